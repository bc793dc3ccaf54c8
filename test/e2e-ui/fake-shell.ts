import type { PreloadApi } from "../../src-shared/ipc/preload-api.ts";
import type { TopicName } from "../../src-shared/ipc/topics.ts";

/** What the scripted shell knows at the start: values of topics, answers of calls. */
export type Script = Readonly<{
  topics: Readonly<Partial<Record<TopicName, Readonly<Record<string, unknown>>>>>;
  /** By the call's name. A list is given out in turn, its last one again and again. `hang`: answered by `settle` alone. */
  answers: Readonly<Record<string, unknown>>;
}>;

export type MadeCall = Readonly<{ name: string; input: unknown; requestId: string }>;

/** In the page, for tests: what was asked, and the other end of every channel. */
export type FakeShell = {
  readonly calls: MadeCall[];
  readonly canceled: string[];
  subscribed(): readonly string[];
  push(topic: TopicName, value: Readonly<Record<string, unknown>>): void;
  answer(name: string, answer: unknown): void;
  /** Tells of how far the last call of that name is. */
  progress(name: string, progress: unknown): void;
  /** Answers the calls of that name that hang. */
  settle(name: string, answer: unknown): void;
  open(route: string): void;
  drop(paths: readonly string[]): void;
};

declare global {
  interface Window {
    fakeShell: FakeShell;
    policyViolations: string[];
  }
}

/** Runs in the page before its own scripts, in the preload's place. Self-contained: it is sent as text. */
export function installFakeShell({ topics, answers }: Script): void {
  type Frame = Readonly<Record<string, unknown>>;
  type Listener = (frame: unknown) => void;
  const values = new Map<string, Readonly<Record<string, unknown>>>(Object.entries(topics));
  const scripted = new Map<string, unknown>(Object.entries(answers));
  const open = new Map<number, { topic: string; version: number }>();
  const listeners = { progress: [] as Listener[], topic: [] as Listener[], open: [] as Listener[] };
  const calls: MadeCall[] = [];
  const canceled: string[] = [];
  const hanging: { readonly name: string; readonly resolve: (answer: unknown) => void }[] = [];

  const snapshot = (subscription: number): void => {
    const entry = open.get(subscription);
    const value = entry === undefined ? undefined : values.get(entry.topic);
    if (entry === undefined || value === undefined) return;
    entry.version += 1;
    const frame = { subscription, version: entry.version, snapshot: true, set: value, remove: [] };
    queueMicrotask(() => listeners.topic.forEach((listener) => listener(frame)));
  };
  const answerOf = (name: string): unknown => {
    const answer = scripted.get(name);
    if (!Array.isArray(answer)) return answer;
    const [first, ...rest] = answer as readonly unknown[];
    if (rest.length > 0) scripted.set(name, rest);
    return first;
  };
  const api: PreloadApi = {
    call(frame) {
      const { name, input, requestId } = frame as MadeCall;
      calls.push({ name, input, requestId });
      const answer = answerOf(name);
      if (answer === "hang") return new Promise((resolve) => void hanging.push({ name, resolve }));
      if (answer === undefined)
        return Promise.resolve({
          ok: false,
          fault: { code: "failed", message: `The script has no answer to ${name}.` },
        });
      const isFault = typeof answer === "object" && answer !== null && "fault" in answer;
      return Promise.resolve(isFault ? { ok: false, ...answer } : { ok: true, value: answer });
    },
    cancel: (frame) => void canceled.push(String((frame as Frame)["requestId"])),
    subscribe(frame) {
      const { subscription, topic } = frame as { subscription: number; topic: string };
      open.set(subscription, { topic, version: 0 });
      snapshot(subscription);
    },
    unsubscribe: (frame) => void open.delete(Number((frame as Frame)["subscription"])),
    taken: () => undefined,
    onProgress: (listener) => void listeners.progress.push(listener),
    onTopic: (listener) => void listeners.topic.push(listener),
    onOpen: (listener) => void listeners.open.push(listener),
  };
  const violations: string[] = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    violations.push(`${violatedDirective} ${blockedURI}`),
  );
  Object.assign(window, {
    callledger: api,
    policyViolations: violations,
    fakeShell: {
      calls,
      canceled,
      subscribed: () => [...open.values()].map(({ topic }) => topic),
      push(topic, value) {
        values.set(topic, value);
        for (const [subscription, entry] of open) if (entry.topic === topic) snapshot(subscription);
      },
      answer: (name, answer) => void scripted.set(name, answer),
      progress(name, progress) {
        const requestId = calls.findLast((call) => call.name === name)?.requestId;
        listeners.progress.forEach((listener) => listener({ requestId, progress }));
      },
      settle(name, answer) {
        const isFault = typeof answer === "object" && answer !== null && "fault" in answer;
        for (const each of hanging.filter((call) => call.name === name))
          each.resolve(isFault ? { ok: false, ...answer } : { ok: true, value: answer });
      },
      open: (route) => listeners.open.forEach((listener) => listener({ route })),
      drop: (paths) =>
        void window.dispatchEvent(new CustomEvent("callledger:dropped", { detail: JSON.stringify(paths) })),
    } satisfies FakeShell,
  });
}
