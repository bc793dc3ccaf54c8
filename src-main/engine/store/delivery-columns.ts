import type { Database } from "better-sqlite3";
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
  const { match: _, ...columns } = patch;
  const entries: [string, ColumnValue][] = [];
  for (const [key, value] of Object.entries(columns)) if (isColumnKey(key)) entries.push([columnOf[key], value]);
  return Object.fromEntries(entries);
}

/** Updates of `delivery` rows; one prepared statement for each set of columns. Bound by position: names cost as much as the update. */
export function createDeliveryUpdater(db: Database) {
  const prepared = new Map<string, ReturnType<typeof prepareUpdate>>();
  function prepareUpdate(columns: readonly string[], which: string) {
    const assignments = columns.map((column) => `${column} = ?`).join(", ");
    return db.prepare<ColumnValue[]>(`UPDATE delivery SET ${assignments} WHERE ${which}`);
  }
  const saveMatch = db.prepare(`
    INSERT OR REPLACE INTO delivery_match
      (delivery_id, number, object, person_id, name, also, rule, evidence, candidates, matched_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const dropMatch = db.prepare<[number]>("DELETE FROM delivery_match WHERE delivery_id = ?");
  return {
    update(ids: readonly number[], values: DeliveryUpdate): void {
      const columns = Object.keys(values).toSorted();
      if (columns.length === 0 || ids.length === 0) return;
      const which = ids.length === 1 ? "id = ?" : "id IN (SELECT value FROM json_each(?))";
      const name = `${which} ${columns.join(",")}`;
      const statement = prepared.get(name) ?? prepareUpdate(columns, which);
      prepared.set(name, statement);
      const [only = null] = ids;
      statement.run(...columns.map((column) => values[column] ?? null), ids.length === 1 ? only : JSON.stringify(ids));
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
