import type { Answer, Bridge } from "../../src-renderer/bridge/bridge.ts";
import type { TopicName, TopicValue } from "../../src-shared/ipc/topics.ts";
import type { WindowCallName } from "../../src-shared/ipc/window-contract.ts";

type Asked = Readonly<{ name: string; input: any }>;

/** A bridge whose answers a test gives when it wants to, and whose topics it pushes. */
export type ScriptedBridge = Readonly<{
  bridge: Bridge;
  asked: readonly Asked[];
  canceled: readonly string[];
  followed(): readonly string[];
  /** Answers the oldest open question. */
  answer(value: unknown): Promise<void>;
  fail(code: string, message: string): Promise<void>;
  push<T extends TopicName>(topic: T, value: TopicValue<T>): void;
}>;

export function createScriptedBridge(): ScriptedBridge {
  const asked: Asked[] = [];
  const canceled: string[] = [];
  const open: ((answer: unknown) => void)[] = [];
  const followers = new Map<object, { topic: string; take: (value: any) => void }>();
  const settle = async (answer: unknown): Promise<void> => {
    const first = open.shift();
    if (first === undefined) throw new Error("nothing was asked");
    first(answer);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const bridge: Bridge = {
    call<C extends WindowCallName>(name: C, input: unknown) {
      asked.push({ name, input });
      return new Promise<Answer<C>>((resolve) => open.push((answer) => resolve(answer as Answer<C>)));
    },
    cancel: (requestId) => void canceled.push(requestId),
    subscribe(topic, take) {
      const key = {};
      followers.set(key, { topic, take });
      return () => void followers.delete(key);
    },
    onOpen: () => () => undefined,
    onDropped: () => () => undefined,
  };
  return {
    bridge,
    asked,
    canceled,
    followed: () => [...followers.values()].map(({ topic }) => topic),
    answer: (value) => settle({ ok: true, value }),
    fail: (code, message) => settle({ ok: false, fault: { code, message } }),
    push: (topic, value) => followers.forEach((each) => each.topic === topic && each.take(value)),
  };
}
