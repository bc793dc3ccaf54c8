import type { Database, Statement } from "better-sqlite3";
import type { DeliveryPatch, Match } from "../ports/delivery-store.ts";

export type ColumnValue = string | number | null;
/** Values by column of `delivery`. Column names come from this file only, never from outside. */
export type DeliveryUpdate = Readonly<Record<string, ColumnValue>>;

const columnOf: Readonly<Record<Exclude<keyof DeliveryPatch, "match">, string>> = {
  lane: "lane",
  dueAt: "due_at",
  waitWhy: "wait_why",
  giveUpAt: "give_up_at",
  nextProbeAt: "next_probe_at",
  sentRevision: "sent_revision",
  attempts: "attempts",
  firstAttemptAt: "first_attempt_at",
  lastSentAt: "last_sent_at",
  rescues: "rescues",
  missingReads: "missing_reads",
  reason: "reason",
  causeKey: "cause_key",
  detail: "detail",
  remoteId: "remote_id",
  deliveredAt: "delivered_at",
  note: "note",
  deadRunId: "dead_run_id",
  sessionId: "session_id",
};

/** What a new start forgets: a replay or a revision owes nothing to what failed before. */
export const freshStart: DeliveryUpdate = {
  attempts: 0,
  first_attempt_at: null,
  rescues: 0,
  missing_reads: 0,
  reason: null,
  cause_key: null,
  detail: null,
  give_up_at: null,
};

const isColumnKey = (key: string): key is keyof typeof columnOf => Object.hasOwn(columnOf, key);

/** The patch's columns; absent ones stay as they are. */
export function toUpdate(patch: DeliveryPatch): DeliveryUpdate {
  const columns: Record<string, ColumnValue> = {};
  for (const key of Object.keys(patch)) {
    if (!isColumnKey(key)) continue;
    const value = patch[key];
    if (value !== undefined) columns[columnOf[key]] = value;
  }
  return columns;
}

/** Columns of one delivery. */
export type RowUpdate = Readonly<{ id: number; columns: DeliveryUpdate }>;

/** Updates of `delivery` rows; one prepared statement for each set of columns, bound by position: cheaper than by name. */
export function createDeliveryUpdater(db: Database) {
  const prepared = new Map<string, Statement<ColumnValue[]>>();
  function prepareOnce(sql: string): Statement<ColumnValue[]> {
    const statement = prepared.get(sql) ?? db.prepare<ColumnValue[]>(sql);
    prepared.set(sql, statement);
    return statement;
  }

  function update(ids: readonly number[], values: DeliveryUpdate): void {
    const columns = Object.keys(values);
    const [only] = ids;
    if (columns.length === 0 || only === undefined) return;
    const which = ids.length === 1 ? "id = ?" : "id IN (SELECT value FROM json_each(?))";
    const assignments = columns.map((column) => `${column} = ?`).join(", ");
    const bound = columns.map((column) => values[column] ?? null);
    prepareOnce(`UPDATE delivery SET ${assignments} WHERE ${which}`).run(
      ...bound,
      ids.length === 1 ? only : JSON.stringify(ids),
    );
  }

  /** Updates of the same columns: what is the same for all is bound once, what differs is read from a list. */
  function updateGroup(rows: readonly RowUpdate[]): void {
    const first = rows[0]?.columns ?? {};
    const columns = Object.keys(first);
    const differing = columns.filter((column) => rows.some((row) => row.columns[column] !== first[column]));
    if (differing.length === 0) {
      const ids = rows.map(({ id }) => id);
      update(ids, first);
      return;
    }
    const same = columns.filter((column) => !differing.includes(column));
    const assignments = [
      ...same.map((column) => `${column} = ?`),
      ...differing.map((column, index) => `${column} = each.value ->> ${index + 1}`),
    ].join(", ");
    prepareOnce(
      `UPDATE delivery SET ${assignments} FROM json_each(?) each WHERE delivery.id = CAST(each.value ->> 0 AS INTEGER)`,
    ).run(
      ...same.map((column) => first[column] ?? null),
      JSON.stringify(rows.map(({ id, columns: own }) => [id, ...differing.map((column) => own[column] ?? null)])),
    );
  }

  const saveMatch = db.prepare(`
    INSERT OR REPLACE INTO delivery_match
      (delivery_id, number, object, person_id, name, also, rule, evidence, candidates, matched_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const dropMatch = db.prepare<[number]>("DELETE FROM delivery_match WHERE delivery_id = ?");
  return {
    /** The same for all. */
    update,
    /** Each its own; no delivery twice. Far cheaper than one after another. */
    updateEach(updates: readonly RowUpdate[]): void {
      for (const group of Map.groupBy(updates, ({ columns }) => Object.keys(columns).join(",")).values())
        updateGroup(group);
    },
    setMatch(id: number, match: Match | null): void {
      if (match === null) return void dropMatch.run(id);
      const { number, object, personId, name, also, rule, evidence, candidates, matchedAt } = match;
      const texts = [JSON.stringify(also), rule, evidence, JSON.stringify(candidates)];
      saveMatch.run(id, number, object, personId, name, ...texts, matchedAt);
    },
  };
}
export type DeliveryUpdater = ReturnType<typeof createDeliveryUpdater>;
