/** Seconds are rounded on both sides. */
const roundingMs = 2000;

/** From when to when a row tells of talk, ms; `isQueue`: it is the row of a queue, whose agent may have one too. */
export type TalkSpan = Readonly<{ from: number; to: number; isQueue: boolean }>;

/**
 * Talks without those rows of a queue that repeat what a row of its agent tells: they end together, and the queue's began
 * no later, because it counts the waiting too.
 */
export function dropRepeated<T extends TalkSpan>(talks: readonly T[]): readonly T[] {
  if (!talks.some(({ isQueue }) => isQueue)) return talks;
  const agents = talks.filter(({ isQueue }) => !isQueue);
  return talks.filter(
    ({ isQueue, from, to }) =>
      !isQueue || !agents.some((agent) => Math.abs(agent.to - to) <= roundingMs && agent.from >= from - roundingMs),
  );
}
