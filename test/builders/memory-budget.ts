import type { BudgetEntry, BudgetStore, WindowWord } from "../../src-main/engine/ports/budget-store.ts";

/** The budget port in memory: what survives a restart is this object. */
export function createMemoryBudget(): BudgetStore {
  const entries = new Map<number, BudgetEntry & { integrationId: number }>();
  const words: (WindowWord & { integrationId: number })[] = [];
  let lastId = 0;
  return {
    reserve: (integrationId, { cost, lane, at, sessionId }) => {
      lastId += 1;
      entries.set(lastId, { id: lastId, integrationId, cost, lane, reservedAt: at, answeredAt: null, sessionId });
      return lastId;
    },
    answer: (id, at, told) => {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entries.set(id, { ...entry, answeredAt: at });
      for (const word of told?.() ?? []) words.push({ integrationId: entry.integrationId, ...word });
    },
    load: (integrationId, since) =>
      [...entries.values()].filter(
        (entry) => entry.integrationId === integrationId && (entry.answeredAt ?? entry.reservedAt) >= since,
      ),
    compact: () => undefined,
    words: (integrationId) => [
      ...new Map(
        words.filter((each) => each.integrationId === integrationId).map((each) => [each.window, each]),
      ).values(),
    ],
    wordsBetween: (integrationId, from, to) =>
      words.filter(({ at, integrationId: id }) => id === integrationId && at >= from && at < to),
    total: (integrationId, window, since) =>
      [...entries.values()]
        .filter((entry) => entry.integrationId === integrationId && entry.reservedAt >= since)
        .reduce((sum, entry) => sum + (entry.cost[window] ?? 0), 0),
  };
}
