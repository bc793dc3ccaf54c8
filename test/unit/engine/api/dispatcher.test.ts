import { expect, test } from "vitest";
import { createDispatcher, serve, type Handlers } from "../../../../src-main/engine/api/dispatcher.ts";
import { fault } from "../../../../src-main/engine/host/engine.ts";
import type { RequestMemory } from "../../../../src-main/engine/ports/request-memory.ts";
import { ipcCalls } from "../../../../src-shared/ipc/contract.ts";

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

const forgetful: RequestMemory = { recall: () => undefined, keep: (_request, work) => work() };

/** A dispatcher that serves `integrations:remove` and `integrations:list` alone. */
function dispatcherWith(change: {
  remove?: (id: number) => ReturnType<Parameters<typeof serve>[1]>;
  list?: () => unknown;
  readOnly?: boolean;
  requests?: RequestMemory;
}) {
  const bugs: unknown[] = [];
  const handlers = {
    "integrations:remove": serve(
      ipcCalls["integrations:remove"],
      async ({ id }) => (await (change.remove?.(id) ?? { ok: true, value: { removed: id } })) as never,
    ),
    "integrations:list": serve(
      ipcCalls["integrations:list"],
      async () => ({ ok: true, value: change.list?.() ?? { integrations: [] } }) as never,
    ),
  } as unknown as Handlers;
  const dispatcher = createDispatcher({
    handlers,
    readOnly: change.readOnly ?? false,
    requests: change.requests ?? forgetful,
    onBug: (_call, error) => bugs.push(error),
  });
  return { dispatcher, bugs };
}

test("an unknown call is refused by name", async () => {
  const { dispatcher } = dispatcherWith({});
  const outcome = await dispatcher.call("integrations:explode", {}, { ...quiet, requestId: undefined });
  expect(outcome).toEqual({
    ok: false,
    fault: { code: "bad_input", message: "There is no call named integrations:explode." },
  });
});

test("input that breaks the contract is refused with the field's name, and nothing is called", async () => {
  let called = false;
  const { dispatcher } = dispatcherWith({
    remove: async () => {
      called = true;
      return { ok: true, value: {} };
    },
  });
  const outcome = await dispatcher.call("integrations:remove", { id: "1" }, { ...quiet, requestId: "request-1" });
  expect(outcome).toMatchObject({ ok: false, fault: { code: "bad_input", message: expect.stringContaining("id:") } });
  expect(called).toBe(false);
});

test("a key that the contract does not know is refused", async () => {
  const { dispatcher } = dispatcherWith({});
  const input = { id: 1, force: true };
  const outcome = await dispatcher.call("integrations:remove", input, { ...quiet, requestId: "request-1" });
  expect(outcome).toMatchObject({ ok: false, fault: { code: "bad_input" } });
});

test("a change that is asked for again with its request id is done once and answered twice", async () => {
  const done: number[] = [];
  const { dispatcher } = dispatcherWith({
    remove: async (id) => {
      done.push(id);
      return { ok: true, value: { removed: id } };
    },
  });
  const ask = (requestId: string) => dispatcher.call("integrations:remove", { id: 4 }, { ...quiet, requestId });
  expect(await ask("request-1")).toEqual({ ok: true, value: { removed: 4 } });
  expect(await ask("request-1")).toEqual({ ok: true, value: { removed: 4 } });
  expect(done).toEqual([4]);
  await ask("request-2");
  expect(done).toEqual([4, 4]);
});

test("a change that is asked for again while it is in hand joins it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const { dispatcher } = dispatcherWith({
    remove: async (id) => {
      begun += 1;
      await promise;
      return { ok: true, value: { removed: id } };
    },
  });
  const ask = () => dispatcher.call("integrations:remove", { id: 4 }, { ...quiet, requestId: "request-1" });
  const both = Promise.all([ask(), ask()]);
  resolve();
  expect(await both).toEqual([
    { ok: true, value: { removed: 4 } },
    { ok: true, value: { removed: 4 } },
  ]);
  expect(begun).toBe(1);
});

test.each(["canceled", "busy"] as const)("a change that ended %s may be asked for again", async (code) => {
  let begun = 0;
  const { dispatcher } = dispatcherWith({
    remove: async (id) => {
      begun += 1;
      return begun === 1 ? fault(code, "not now") : { ok: true, value: { removed: id } };
    },
  });
  const ask = () => dispatcher.call("integrations:remove", { id: 4 }, { ...quiet, requestId: "request-1" });
  expect(await ask()).toMatchObject({ ok: false });
  expect(await ask()).toEqual({ ok: true, value: { removed: 4 } });
});

test("a reader refuses what changes something", async () => {
  const { dispatcher } = dispatcherWith({ readOnly: true });
  const changed = await dispatcher.call("integrations:remove", { id: 4 }, { ...quiet, requestId: "request-1" });
  expect(changed).toMatchObject({ ok: false, fault: { code: "bad_input" } });
  const read = await dispatcher.call("integrations:list", {}, { ...quiet, requestId: undefined });
  expect(read).toEqual({ ok: true, value: { integrations: [] } });
});

test("an answer with more in it than the contract says never leaves", async () => {
  const { dispatcher, bugs } = dispatcherWith({ list: () => ({ integrations: [], token: "pat-secret" }) });
  const outcome = await dispatcher.call("integrations:list", {}, { ...quiet, requestId: undefined });
  expect(outcome).toMatchObject({ ok: false, fault: { code: "internal" } });
  expect(JSON.stringify(outcome)).not.toContain("pat-secret");
  expect(bugs).toHaveLength(1);
});

test("what a handler throws is a fault of ours, told in one line", async () => {
  const { dispatcher, bugs } = dispatcherWith({
    remove: async () => {
      throw new Error("disk is gone\n    at line 3");
    },
  });
  const outcome = await dispatcher.call("integrations:remove", { id: 4 }, { ...quiet, requestId: "request-1" });
  expect(outcome).toMatchObject({ ok: false, fault: { code: "internal" } });
  expect(outcome.ok ? "" : outcome.fault.message).toContain("disk is gone");
  expect(outcome.ok ? "" : outcome.fault.message).not.toContain("line 3");
  expect(bugs).toHaveLength(1);
});

test("a change that an engine before did is answered from memory, without being done", async () => {
  let begun = 0;
  const requests: RequestMemory = {
    recall: (request) => (request === "integrations:remove request-1" ? { value: { removed: 4 } } : undefined),
    keep: (_request, work) => work(),
  };
  const { dispatcher } = dispatcherWith({
    requests,
    remove: async (id) => {
      begun += 1;
      return { ok: true, value: { removed: id } };
    },
  });
  const ask = (requestId: string) => dispatcher.call("integrations:remove", { id: 4 }, { ...quiet, requestId });
  expect(await ask("request-1")).toEqual({ ok: true, value: { removed: 4 } });
  expect(begun).toBe(0);
  await ask("request-2");
  expect(begun).toBe(1);
});
