import { beforeEach, expect, test } from "vitest";
import { followTopic } from "../../../src-main/shell/topics/follow-topic.ts";
import { createTopicHub, type TopicReaders } from "../../../src-main/shell/topics/topic-hub.ts";
import type { TopicPush } from "../../../src-shared/ipc/topics.ts";
import { aGroup } from "../../builders/window-ledger.ts";

type Value = Record<string, unknown>;

let value: Value | undefined;
let reads: number;
let lines: string[];
let now: number;
let timers: { at: number; work: () => void }[];

beforeEach(() => {
  value = { one: 1, two: 2 };
  reads = 0;
  lines = [];
  now = 0;
  timers = [];
});

const clock = {
  now: () => now,
  after(ms: number, work: () => void) {
    const timer = { at: now + ms, work };
    timers.push(timer);
    return () => void (timers = timers.filter((each) => each !== timer));
  },
};

/** Lets time pass, and what is awaited come to its end. */
async function pass(ms: number): Promise<void> {
  now += ms;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { work } of due) work();
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

const hubWith = (read?: () => Promise<Value | undefined>) => {
  const reader = async () => {
    reads += 1;
    return read === undefined ? value : read();
  };
  const readers = Object.fromEntries(
    ["engine", "connections", "totals", "attention", "today", "imports", "activity", "sources"].map((name) => [
      name,
      reader,
    ]),
  ) as unknown as TopicReaders;
  return createTopicHub({ readers, gapMs: {}, clock, log: (line) => void lines.push(line) });
};

test("a subscriber gets a snapshot first and then what changed, each with the next version", async () => {
  const hub = hubWith();
  const pushes: TopicPush[] = [];
  const subscription = hub.subscribe({ topic: "attention", subscription: 7, push: (push) => void pushes.push(push) });
  await pass(0);
  subscription.taken(1);
  value = { two: 2.5, three: 3 };
  hub.touch("attention");
  await pass(250);
  expect(pushes).toEqual([
    { subscription: 7, version: 1, snapshot: true, set: { one: 1, two: 2 }, remove: [] },
    { subscription: 7, version: 2, snapshot: false, set: { two: 2.5, three: 3 }, remove: ["one"] },
  ]);
});

test("what did not change is not said", async () => {
  const hub = hubWith();
  const pushes: TopicPush[] = [];
  const subscription = hub.subscribe({ topic: "attention", subscription: 7, push: (push) => void pushes.push(push) });
  await pass(0);
  subscription.taken(1);
  hub.touch("attention");
  await pass(250);
  expect(reads).toBe(2);
  expect(pushes).toHaveLength(1);
});

test("a slow subscriber gets one delta for everything that happened meanwhile, and holds nobody else up", async () => {
  const hub = hubWith();
  const slow: TopicPush[] = [];
  const quick: TopicPush[] = [];
  const slowly = hub.subscribe({ topic: "attention", subscription: 1, push: (push) => void slow.push(push) });
  const quickly = hub.subscribe({
    topic: "attention",
    subscription: 2,
    push(push) {
      quick.push(push);
      queueMicrotask(() => quickly.taken(push.version));
    },
  });
  await pass(0);
  for (let step = 1; step <= 3; step += 1) {
    value = { step };
    hub.touch("attention");
    await pass(250);
  }
  expect(quick).toHaveLength(4);
  expect(slow).toHaveLength(1);
  slowly.taken(1);
  expect(slow.at(-1)).toMatchObject({ version: 2, set: { step: 3 }, remove: ["one", "two"] });
});

test("a thousand touches are at most four reads in a second, and none where nobody listens", async () => {
  const hub = hubWith();
  hub.touch("today", "attention");
  await pass(1_000);
  expect(reads).toBe(0);
  const subscription = hub.subscribe({ topic: "attention", subscription: 1, push: () => undefined });
  await pass(0);
  for (let each = 0; each < 1_000; each += 1) {
    hub.touch("attention");
    if (each % 10 === 0) await pass(10);
  }
  expect(reads).toBeLessThanOrEqual(5);
  subscription.end();
  const before = reads;
  hub.touch("attention");
  await pass(1_000);
  expect(reads).toBe(before);
});

test("a read that takes long rests ten times as long before the next", async () => {
  const hub = hubWith(async () => {
    now += 100;
    return { at: now };
  });
  hub.subscribe({ topic: "attention", subscription: 1, push: () => undefined });
  await pass(0);
  hub.touch("attention");
  await pass(900);
  expect(reads).toBe(1);
  await pass(100);
  expect(reads).toBe(2);
});

test("on a computer with too much to do, numbers are at most five seconds older than it takes to read them", async () => {
  const hub = hubWith(async () => {
    now += 4_000;
    return { at: now };
  });
  hub.subscribe({ topic: "attention", subscription: 1, push: () => undefined });
  await pass(0);
  hub.touch("attention");
  await pass(4_999);
  expect(reads).toBe(1);
  await pass(1);
  expect(reads).toBe(2);
});

test("what a person waits for is read at once, whatever the rest was, and once more after a read under way", async () => {
  let answer = (_value: Value): void => undefined;
  const hub = hubWith(() => {
    now += 400;
    return new Promise((resolve) => (answer = resolve));
  });
  hub.subscribe({ topic: "today", subscription: 1, push: () => undefined });
  answer({});
  await pass(0);
  hub.touch("today");
  await pass(100);
  expect(reads).toBe(1);
  hub.hurry("today");
  expect(reads).toBe(2);
  hub.hurry("today");
  expect(reads).toBe(2);
  answer({});
  await pass(0);
  expect(reads).toBe(3);
  answer({});
  await pass(60_000);
  expect([reads, timers]).toEqual([3, []]);
});

test("while the engine is away the last value stands, and a read that fails is logged", async () => {
  const hub = hubWith();
  const pushes: TopicPush[] = [];
  const first = hub.subscribe({ topic: "attention", subscription: 1, push: (push) => void pushes.push(push) });
  await pass(0);
  first.taken(1);
  value = undefined;
  hub.touch("attention");
  await pass(250);
  expect(pushes).toHaveLength(1);
  hub.subscribe({ topic: "attention", subscription: 2, push: (push) => void pushes.push(push) });
  expect(pushes.at(-1)).toMatchObject({ subscription: 2, snapshot: true, set: { one: 1, two: 2 } });
  const broken = hubWith(() => Promise.reject(new Error("no such table")));
  broken.subscribe({ topic: "today", subscription: 3, push: () => undefined });
  await pass(0);
  expect(lines).toEqual(["The topic today could not be read: no such table"]);
});

test("the shell itself follows the whole value, typed", async () => {
  value = { a: aGroup({ id: "a" }), b: aGroup({ id: "b" }) };
  const hub = hubWith();
  const seen: string[][] = [];
  followTopic(hub, "attention", (groups) => void seen.push(Object.keys(groups)));
  await pass(0);
  value = { b: aGroup({ id: "b", count: 2 }), c: aGroup({ id: "c" }) };
  hub.touch("attention");
  await pass(250);
  expect(seen).toEqual([
    ["a", "b"],
    ["b", "c"],
  ]);
});
