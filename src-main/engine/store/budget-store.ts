import type { Database } from "better-sqlite3";
import type { BudgetEntry, BudgetStore } from "../ports/budget-store.ts";
import { fromJson, numberMap } from "./json-column.ts";
import type { Transact } from "./transaction.ts";

type Row = Omit<BudgetEntry, "cost"> & Readonly<{ cost: string }>;
const hourMs = 3_600_000;

/**
 * What may leave the log: answered before a time, or reserved before it by a session that is over and never answered.
 * Of the latter nobody will hear again; they count from their reservation.
 */
const foldable = `integration_id = @integrationId AND CASE
  WHEN answered_at IS NOT NULL THEN answered_at < @before
  ELSE reserved_at < @before AND session_id < (SELECT coalesce(max(id), 0) FROM engine_session) END`;

/** The stored windows. Entries fold into one row per window and hour, so a day of a million calls stays small. */
export function createBudgetStore(db: Database, transact: Transact): BudgetStore {
  const insert = db.prepare<[number, string, number, number, number]>(
    "INSERT INTO budget_entry (integration_id, cost, lane, reserved_at, session_id) VALUES (?, ?, ?, ?, ?)",
  );
  const answer = db.prepare<[number, number]>("UPDATE budget_entry SET answered_at = ? WHERE id = ?");
  const load = db.prepare<[{ integrationId: number; since: number }], Row>(`
    SELECT id, cost, lane, reserved_at AS reservedAt, answered_at AS answeredAt, session_id AS sessionId
    FROM budget_entry
    WHERE integration_id = @integrationId AND (reserved_at >= @since OR answered_at >= @since) ORDER BY id`);
  // Only answers are stamped by the CRM's time for certain: what our own clock stamped may be days ahead of them.
  const newest = db
    .prepare<[number], number | null>("SELECT max(answered_at) FROM budget_entry WHERE integration_id = ?")
    .pluck();
  const fold = db.prepare<[{ integrationId: number; before: number }]>(`
    INSERT INTO budget_hour (integration_id, window, hour, units)
    SELECT integration_id, j.key, coalesce(answered_at, reserved_at) / ${hourMs}, sum(j.value)
    FROM budget_entry, json_each(budget_entry.cost) j WHERE ${foldable} GROUP BY 1, 2, 3
    ON CONFLICT (integration_id, window, hour) DO UPDATE SET units = units + excluded.units`);
  const drop = db.prepare<[{ integrationId: number; before: number }]>(`DELETE FROM budget_entry WHERE ${foldable}`);
  const total = db
    .prepare<[{ integrationId: number; window: string; since: number }], number>(
      `SELECT
         (SELECT coalesce(sum(units), 0) FROM budget_hour
          WHERE integration_id = @integrationId AND window = @window AND hour >= CAST(@since / ${hourMs} AS INTEGER)) +
         (SELECT coalesce(sum(j.value), 0) FROM budget_entry b, json_each(b.cost) j
          WHERE b.integration_id = @integrationId AND j.key = @window
            AND coalesce(b.answered_at, b.reserved_at) >= @since)`,
    )
    .pluck();
  return {
    reserve: (integrationId, { cost, lane, at, sessionId }) =>
      transact.run(() => Number(insert.run(integrationId, JSON.stringify(cost), lane, at, sessionId).lastInsertRowid)),
    answer: (id, at) => transact.run(() => void answer.run(at, id)),
    load: (integrationId, since) =>
      load.all({ integrationId, since }).map((row) => ({ ...row, cost: fromJson(numberMap, row.cost) })),
    compact: (integrationId, olderMs) =>
      transact.run(() => {
        const before = (newest.get(integrationId) ?? 0) - olderMs;
        fold.run({ integrationId, before });
        drop.run({ integrationId, before });
      }),
    total: (integrationId, window, since) => total.get({ integrationId, window, since }) ?? 0,
  };
}
