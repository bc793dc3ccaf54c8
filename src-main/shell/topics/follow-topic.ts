import { applyPush, topics, type TopicName, type TopicValue } from "../../../src-shared/ipc/topics.ts";
import type { Subscription, TopicHub } from "./topic-hub.ts";

/** A subscription inside the shell: tray and notifications follow the same topics as windows. */
export function followTopic<T extends TopicName>(
  hub: TopicHub,
  topic: T,
  onValue: (value: TopicValue<T>) => void,
): Subscription {
  let value: Readonly<Record<string, unknown>> = {};
  const subscription = hub.subscribe({
    topic,
    subscription: 1,
    push(push) {
      value = applyPush(value, push);
      onValue(toTyped(topic, value));
      queueMicrotask(() => subscription.taken(push.version));
    },
  });
  return subscription;
}

/** The reader of the topic made it; its type is what the table says. */
function toTyped<T extends TopicName>(topic: T, value: Readonly<Record<string, unknown>>): TopicValue<T> {
  const entries = Object.entries(value).map(([key, item]) => [key, topics[topic].item.parse(item)]);
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the compiler cannot tie a schema to the name it was looked up by; the lookup does
  return Object.fromEntries(entries) as TopicValue<T>;
}
