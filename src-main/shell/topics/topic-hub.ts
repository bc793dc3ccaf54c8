import type { TopicName, TopicPush } from "../../../src-shared/ipc/topics.ts";
import { diffTopic, type SentItems } from "./topic-diff.ts";

type Value = Readonly<Record<string, unknown>>;

/** Where a topic's value comes from. Undefined: not known yet (the engine is away); the last one stands. */
export type TopicReaders = Readonly<Record<TopicName, () => Promise<Value | undefined>>>;

export type TopicHubParts = Readonly<{
  readers: TopicReaders;
  /** Least time between two pushes of a topic, ms. */
  gapMs: Readonly<Partial<Record<TopicName, number>>>;
  clock: Readonly<{ now(): number; after(ms: number, work: () => void): () => void }>;
  log: (line: string) => void;
}>;

/**
 * Snapshots and deltas for everybody who subscribes: windows, tray, notifications. A value is read once for all of them,
 * at most four times a second; a subscriber gets the next delta when it has taken in the last, so a slow one costs nothing.
 */
export type TopicHub = Readonly<{
  subscribe(ask: SubscribeAsk): Subscription;
  /** The topics' values may have changed. */
  touch(...names: readonly TopicName[]): void;
  /** The same, without a rest since the last read: a person waits for these numbers. */
  hurry(...names: readonly TopicName[]): void;
}>;

export type SubscribeAsk = Readonly<{ topic: TopicName; subscription: number; push: (push: TopicPush) => void }>;
export type Subscription = Readonly<{ taken(version: number): void; end(): void }>;

type Subscriber = {
  readonly ask: SubscribeAsk;
  sent: SentItems;
  version: number;
  isReady: boolean;
  hasSnapshot: boolean;
};
type Topic = {
  readonly name: TopicName;
  readonly subscribers: Set<Subscriber>;
  value: Value | undefined;
  isDirty: boolean;
  /** The next read does not wait. */
  isHurried: boolean;
  isReading: boolean;
  readAt: number;
  tookMs: number;
  /** Calls off the read that is put off; undefined where none is. */
  putOff: (() => void) | undefined;
};

const defaultGapMs = 250;
/** A read that takes long (a busy engine, a large day) rests ten times as long before the next, but not so long that a person looks at old numbers. */
const leastRest = 10;
const longestRestMs = 5_000;

export function createTopicHub(parts: TopicHubParts): TopicHub {
  const topics = new Map<TopicName, Topic>();
  const topicOf = (name: TopicName): Topic => {
    const known = topics.get(name);
    if (known !== undefined) return known;
    const made: Topic = {
      name,
      subscribers: new Set(),
      value: undefined,
      isDirty: true,
      isHurried: false,
      isReading: false,
      readAt: Number.NEGATIVE_INFINITY,
      tookMs: 0,
      putOff: undefined,
    };
    topics.set(name, made);
    return made;
  };
  return {
    subscribe(ask) {
      const topic = topicOf(ask.topic);
      const subscriber: Subscriber = { ask, sent: new Map(), version: 0, isReady: true, hasSnapshot: false };
      topic.subscribers.add(subscriber);
      // What is known is said at once; what may be newer follows as a delta.
      offer(topic, subscriber);
      refresh(parts, topic);
      return {
        taken(version) {
          if (version !== subscriber.version) return;
          subscriber.isReady = true;
          offer(topic, subscriber);
        },
        end: () => void topic.subscribers.delete(subscriber),
      };
    },
    touch(...names) {
      for (const name of names) {
        const topic = topicOf(name);
        topic.isDirty = true;
        refresh(parts, topic);
      }
    },
    hurry(...names) {
      for (const name of names) {
        const topic = topicOf(name);
        topic.isDirty = true;
        topic.isHurried = true;
        topic.putOff?.();
        topic.putOff = undefined;
        refresh(parts, topic);
      }
    },
  };
}

function offer(topic: Topic, subscriber: Subscriber): void {
  if (!subscriber.isReady || topic.value === undefined || !topic.subscribers.has(subscriber)) return;
  const change = diffTopic(subscriber.sent, topic.value);
  if (change === undefined && subscriber.hasSnapshot) return;
  const snapshot = !subscriber.hasSnapshot;
  subscriber.hasSnapshot = true;
  subscriber.isReady = false;
  subscriber.version += 1;
  subscriber.sent = change?.sent ?? subscriber.sent;
  const { set, remove } = change ?? { set: {}, remove: [] };
  const { subscription, push } = subscriber.ask;
  push({ subscription, version: subscriber.version, snapshot, set, remove });
}

function refresh(parts: TopicHubParts, topic: Topic): void {
  if (!topic.isDirty || topic.isReading || topic.putOff !== undefined || topic.subscribers.size === 0) return;
  const gapMs = topic.isHurried
    ? 0
    : Math.max(parts.gapMs[topic.name] ?? defaultGapMs, Math.min(topic.tookMs * leastRest, longestRestMs));
  const wait = topic.readAt + gapMs - parts.clock.now();
  if (wait > 0) {
    topic.putOff = parts.clock.after(wait, () => {
      topic.putOff = undefined;
      refresh(parts, topic);
    });
    return;
  }
  void read(parts, topic);
}

async function read(parts: TopicHubParts, topic: Topic): Promise<void> {
  topic.isReading = true;
  topic.isDirty = false;
  topic.isHurried = false;
  const since = parts.clock.now();
  try {
    topic.value = (await parts.readers[topic.name]()) ?? topic.value;
  } catch (error) {
    parts.log(`The topic ${topic.name} could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  topic.readAt = parts.clock.now();
  topic.tookMs = Math.max(0, topic.readAt - since);
  topic.isReading = false;
  for (const subscriber of topic.subscribers) offer(topic, subscriber);
  refresh(parts, topic);
}
