import { expect, test } from "vitest";
import {
  collectHandlers,
  createRelayHandlers,
  createShellHandlers,
  createWindowDispatcher,
  type WindowHandler,
  type WindowHandlers,
} from "../../../src-main/shell/window-calls.ts";
import {
  engineCallsOfWindow,
  shellCalls,
  windowCallSpec,
  type CallAnswer,
} from "../../../src-shared/ipc/window-contract.ts";

const answer =
  (value: unknown): WindowHandler =>
  () => ({ answer: Promise.resolve({ ok: true, value }), cancel: () => undefined });

const all = (change: WindowHandlers = {}): WindowHandlers => ({
  ...Object.fromEntries([...engineCallsOfWindow, ...Object.keys(shellCalls)].map((name) => [name, answer({})])),
  ...change,
});
const ask = (change: WindowHandlers, name: string, input: unknown, requestId = "request-1") => {
  const bugs: string[] = [];
  const dispatcher = createWindowDispatcher(collectHandlers([all(change)]), (call, error) =>
    bugs.push(`${call}: ${(error as Error).message}`),
  );
  return { answer: dispatcher.call(name, input, requestId, () => undefined), bugs, dispatcher };
};

test("a name that is unknown to the contract is refused at start", () => {
  expect(() => collectHandlers([all({ "shell:explode": answer({}) })])).toThrow(
    "no call of the window is named shell:explode",
  );
  expect(() => collectHandlers([all({ "sync:run": answer({}) })])).toThrow("no call of the window is named sync:run");
});

test("a name that two subjects serve is refused at start", () => {
  expect(() => collectHandlers([all(), { "status:get": answer({}) }])).toThrow("two handlers serve status:get");
});

test("a call that nobody serves is refused at start", () => {
  const { "status:get": _left, ...rest } = all();
  expect(() => collectHandlers([rest])).toThrow("no handler serves status:get");
});

test.each(["explode", "__proto__", "constructor", "toString", "sync:run", "erase:number", ""])(
  "a window that asks for %j gets no answer but that there is no such call",
  async (name) => {
    expect(await ask({}, name, {}).answer).toEqual({
      ok: false,
      fault: { code: "bad_input", message: "There is no call of that name." },
    });
  },
);

test("input that breaks the contract does not reach the handler", async () => {
  let called = 0;
  const handler: WindowHandler = (input, context) => {
    called += 1;
    return answer({})(input, context);
  };
  const refused = ask({ "integrations:pause": handler }, "integrations:pause", { id: "1", note: "" });
  expect(await refused.answer).toMatchObject({ ok: false, fault: { code: "bad_input" } });
  const extra = ask({ "integrations:pause": handler }, "integrations:pause", { id: 1, note: "", force: true });
  expect(await extra.answer).toMatchObject({ ok: false });
  expect(called).toBe(0);
});

test("an answer that breaks the contract does not reach the window: it is a bug, and its words stay in the log", async () => {
  const leaking = answer({ opened: true, token: "pat-secret" });
  const { answer: told, bugs } = ask({ "shell:openExternal": leaking }, "shell:openExternal", {
    url: "https://a.example/",
  });
  expect(await told).toMatchObject({ ok: false, fault: { code: "internal" } });
  expect(JSON.stringify(await told)).not.toContain("secret");
  expect(bugs).toHaveLength(1);
});

test("what a handler throws is told as a bug without its words", async () => {
  const throwing: WindowHandler = () => {
    throw new Error("pat-secret");
  };
  const { answer: told, bugs } = ask({ "shell:info": throwing }, "shell:info", {});
  expect(await told).toMatchObject({ ok: false, fault: { code: "internal" } });
  expect(JSON.stringify(await told)).not.toContain("secret");
  expect(bugs).toEqual(["shell:info: pat-secret"]);
});

test("the same request twice at once is refused, and may be called off by its id", async () => {
  let end: (value: CallAnswer) => void = () => undefined;
  let canceled = 0;
  const held: WindowHandler = () => ({
    answer: new Promise((resolve) => (end = resolve)),
    cancel: () => void (canceled += 1),
  });
  const { answer: first, dispatcher } = ask({ "shell:restartEngine": held }, "shell:restartEngine", {});
  const again = () => dispatcher.call("shell:restartEngine", {}, "request-1", () => undefined);
  expect(await again()).toMatchObject({ ok: false, fault: { code: "busy" } });
  dispatcher.cancel("request-1");
  dispatcher.cancel("request-2");
  expect(canceled).toBe(1);
  end({ ok: true, value: {} });
  expect(await first).toEqual({ ok: true, value: {} });
});

test("the relay hands changes on under their request id, and reads without one", () => {
  const seen: (string | undefined)[] = [];
  const relayed = createRelayHandlers({
    call({ requestId }) {
      seen.push(requestId);
      return { answer: Promise.resolve({ ok: true, value: {} }), cancel: () => undefined };
    },
  });
  const context = { requestId: "request-1", onProgress: () => undefined };
  relayed["deadLetters:replay"]?.({ target: "a", note: "" }, context);
  relayed["status:get"]?.({}, context);
  expect(seen).toEqual(["request-1", undefined]);
  expect(Object.keys(relayed)).toEqual([...engineCallsOfWindow]);
});

test("a handler of the shell gets its input typed and checked", async () => {
  const asked: unknown[] = [];
  const unused = () => Promise.reject(new Error("not asked"));
  const handlers = createShellHandlers({
    "shell:info": unused,
    "shell:preferences": unused,
    "shell:setPreferences": unused,
    "shell:pick": unused,
    "shell:openExternal": async (input) => {
      asked.push(input);
      return { opened: false };
    },
    "shell:openFolder": unused,
    "shell:testNotification": unused,
    "shell:restartEngine": unused,
  });
  const { answer: told } = ask(handlers, "shell:openExternal", { url: "file:///etc/passwd" });
  expect(await told).toEqual({ ok: true, value: { opened: false } });
  expect(asked).toEqual([{ url: "file:///etc/passwd" }]);
});

test("a window names an app that a person signs in to, or a variable, and can hand on no secret", () => {
  const asked = { crm: "salesforce", tenant: "acme", baseUrl: null, label: null, unknownCaller: null, since: null };
  const takes = (secret: unknown): boolean =>
    windowCallSpec("integrations:connect")?.input.safeParse({ ...asked, setup: true, secret }).success === true;
  expect(takes({ kind: "env", name: "HUBSPOT_KEY" })).toBe(true);
  expect(takes({ kind: "browser", app: { clientId: "3MVG9" }, waitMs: 60_000 })).toBe(true);
  expect(takes({ kind: "browser", app: { clientId: "3MVG9", clientSecret: "s" }, waitMs: 60_000 })).toBe(false);
  expect(takes({ kind: "browser", app: { clientId: "1", refreshToken: "r" }, waitMs: 60_000 })).toBe(false);
  expect(takes({ kind: "keychain", credential: { token: "t" } })).toBe(false);
});

test("a window can have the ledger copied, and cannot say where to", () => {
  const takes = (to: unknown): boolean => windowCallSpec("backup:create")?.input.safeParse({ to }).success === true;
  expect([takes(null), takes("/etc/cron.d/ledger")]).toEqual([true, false]);
});
