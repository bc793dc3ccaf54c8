import { expect, test } from "vitest";
import { createLateBridge } from "../../../src-renderer/bridge/late-bridge.ts";
import type { PreloadApi } from "../../../src-shared/ipc/preload-api.ts";

/** A preload that notes what the page asks, and through which the shell may say something. */
function createShell() {
  const asked: unknown[] = [];
  let open: (frame: unknown) => void = () => undefined;
  const ignore = () => undefined;
  const api: PreloadApi = {
    call: (frame) => {
      asked.push(frame);
      return Promise.resolve({ ok: false, fault: { code: "not_running", message: "Not yet." } });
    },
    cancel: (frame) => void asked.push(frame),
    subscribe: (frame) => void asked.push(frame),
    unsubscribe: (frame) => void asked.push(frame),
    taken: ignore,
    onProgress: ignore,
    onTopic: ignore,
    onOpen: (listener) => {
      open = listener;
    },
  };
  return { api, asked, open: (route: string) => open({ route }) };
}

const page = { addEventListener: () => undefined };

test("a place that the shell wants shown before the page can check it is shown when it can", async () => {
  const shell = createShell();
  const bridge = createLateBridge(shell.api, page);
  shell.open("attention");
  const shown = await new Promise((resolve) => void bridge.onOpen(resolve));
  expect(shown).toBe("attention");
});

test("calls and subscriptions wait until the contract is there, and what ended meanwhile never begins", async () => {
  const shell = createShell();
  const bridge = createLateBridge(shell.api, page);
  const end = bridge.subscribe("engine", () => undefined);
  bridge.subscribe("totals", () => undefined);
  end();
  expect(shell.asked).toEqual([]);
  const answer = await bridge.call("shell:info", {}, { requestId: "one" });
  expect(answer).toMatchObject({ ok: false });
  expect(shell.asked).toEqual([
    expect.objectContaining({ topic: "totals" }),
    expect.objectContaining({ name: "shell:info", requestId: "one" }),
  ]);
});
