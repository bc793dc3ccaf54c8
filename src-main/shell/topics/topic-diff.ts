/** What a subscriber was sent, as JSON by key. */
export type SentItems = ReadonlyMap<string, string>;

export type TopicChange = Readonly<{ set: Record<string, unknown>; remove: string[]; sent: SentItems }>;

/** What changed since `sent`; undefined when nothing did. */
export function diffTopic(sent: SentItems, value: Readonly<Record<string, unknown>>): TopicChange | undefined {
  const set: Record<string, unknown> = {};
  const next = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    const text = JSON.stringify(item);
    next.set(key, text);
    if (sent.get(key) !== text) set[key] = item;
  }
  const remove = [...sent.keys()].filter((key) => !next.has(key));
  return Object.keys(set).length === 0 && remove.length === 0 ? undefined : { set, remove, sent: next };
}
