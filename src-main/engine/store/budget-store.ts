import type { Database } from "better-sqlite3";
import type { BudgetEntry, BudgetStore, WindowWord } from "../ports/budget-store.ts";
import { fromJson, numberMap } from "./json-column.ts";
import type { Transact } from "./transaction.ts";

type Row = Omit<BudgetEntry, "cost"> & Readonly<{ cost: string }>;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Words of days are kept for so long: as far back as a person asks what others used. */
const wordsKeptDays = 400;

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
  const { keep, ...words } = createWords(db);
  return {
    ...words,
    reserve: (integrationId, { cost, lane, at, sessionId }) =>
      transact.run(() => Number(insert.run(integrationId, JSON.stringify(cost), lane, at, sessionId).lastInsertRowid)),
    answer: (id, at, told) =>
      transact.run(() => {
        answer.run(at, id);
        for (const word of told?.() ?? []) keep(id, word);
      }),
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

type HeardAsk = Readonly<{ entry: number; day: number }> & WindowWord;

/** What the vendors' answers told of the windows: a restart need not learn the plan anew, a day tells what others used. */
function createWords(db: Database) {
  const put = db.prepare<[HeardAsk]>(`
    INSERT INTO budget_word (integration_id, window, day, unit_limit, others, heard_at)
    SELECT integration_id, @window, @day, @limit, @others, @at FROM budget_entry WHERE id = @entry
    ON CONFLICT (integration_id, window, day) DO UPDATE SET
      unit_limit = coalesce(excluded.unit_limit, unit_limit), others = excluded.others, heard_at = excluded.heard_at`);
  const drop = db.prepare<[number, number]>(`
    DELETE FROM budget_word WHERE integration_id = (SELECT integration_id FROM budget_entry WHERE id = ?)
      AND day < ? - ${wordsKeptDays}`);
  const columns = `SELECT window, unit_limit AS "limit", others, heard_at AS at FROM budget_word w`;
  const newest = db.prepare<[{ integrationId: number }], WindowWord>(`${columns}
    WHERE integration_id = @integrationId AND heard_at =
      (SELECT max(heard_at) FROM budget_word WHERE integration_id = @integrationId AND window = w.window)
    GROUP BY window`);
  const between = db.prepare<[number, number, number], WindowWord>(
    `${columns} WHERE integration_id = ? AND heard_at >= ? AND heard_at < ? ORDER BY window, heard_at`,
  );
  return {
    /** In the transaction of the answer that told it. */
    keep: (entry: number, word: WindowWord): void => {
      const day = Math.floor(word.at / dayMs);
      put.run({ ...word, entry, day });
      drop.run(entry, day);
    },
    words: (integrationId: number): readonly WindowWord[] => newest.all({ integrationId }),
    wordsBetween: (integrationId: number, from: number, to: number): readonly WindowWord[] =>
      between.all(integrationId, from, to),
  };
}
