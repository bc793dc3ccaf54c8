import { z } from "zod";
import { deadGroupView } from "./dead-letter-views.ts";
import { statementView, statusView } from "./report-views.ts";
import { raisedSilence } from "./silence-views.ts";
import { activity, engineState, importJob } from "./window-views.ts";

/**
 * What a window can subscribe to. The value of a topic is a record of items by key: the first push holds all of it
 * (`snapshot`), each later one what changed. Topics with one item have the key `now`.
 */
export const topics = {
  engine: { item: engineState },
  /** Keys: integration ids. */
  connections: { item: statusView.shape.integrations.element },
  totals: { item: statusView.omit({ integrations: true }) },
  /** Keys: ids of groups of dead letters. */
  attention: { item: deadGroupView },
  /** Keys: sources that give no calls although they should. */
  silences: { item: raisedSilence },
  /** Today's balance in the zone of this PC. */
  today: { item: statementView },
  /** Keys: request ids. Running ones, and those that ended while this app runs. */
  imports: { item: importJob },
  activity: { item: activity },
} as const satisfies Record<string, { item: z.ZodType }>;

export type Topics = typeof topics;
export type TopicName = keyof Topics;
export type TopicItem<T extends TopicName> = z.output<Topics[T]["item"]>;
export type TopicValue<T extends TopicName> = Readonly<Record<string, TopicItem<T>>>;

export const isTopicName = (name: string): name is TopicName => Object.hasOwn(topics, name);

/** One push of a topic. Versions of a subscription rise by one; a gap means that the window subscribes anew. */
export const topicPush = z.strictObject({
  subscription: z.int().positive(),
  version: z.int().positive(),
  snapshot: z.boolean(),
  set: z.record(z.string(), z.unknown()),
  remove: z.array(z.string()),
});
export type TopicPush = Readonly<z.infer<typeof topicPush>>;

/** The value after a push: the snapshot, or the last value with what changed. */
export function applyPush(
  value: Readonly<Record<string, unknown>>,
  { snapshot, set, remove }: Pick<TopicPush, "snapshot" | "set" | "remove">,
): Readonly<Record<string, unknown>> {
  const gone = new Set(remove);
  const kept = snapshot ? [] : Object.entries(value).filter(([key]) => !gone.has(key));
  return { ...Object.fromEntries(kept), ...set };
}
