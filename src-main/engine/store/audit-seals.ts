import type { Database } from "better-sqlite3";
import { genesis, hashSeal } from "./audit-chain.ts";
import type { AuditKey } from "./audit-key.ts";
import type { AuditWriter } from "./audit-log.ts";
import type { Transact } from "./transaction.ts";

export type SealRow = Readonly<{
  id: number;
  day: number;
  firstId: number;
  lastId: number;
  entryCount: number;
  lastHash: Buffer;
  isKeyed: number;
  hash: Buffer;
  droppedAt: number | null;
}>;

export const sealColumns = `id, day, first_id AS firstId, last_id AS lastId, entry_count AS entryCount,
  last_hash AS lastHash, is_keyed AS isKeyed, hash, dropped_at AS droppedAt FROM audit_seal`;

/** What keeps the log in bounds: sealing days, dropping whole sealed days, erasing payloads. */
export type AuditUpkeep = Readonly<{
  /** Seals every day that has ended before `now` (UTC days). Returns how many. */
  seal(now: number): number;
  /**
   * Drops entries of sealed days that ended before `before` (epoch ms), the oldest first; their seals stay. At most `most`
   * at once, so that a day of a million calls stops nobody: call it again until it drops none. Returns how many.
   */
  dropSealed(before: number, now: number, most?: number): number;
  /** Erases what these entries say and sent, leaving their digests in the chain. Returns how many were erased. */
  erase(ids: readonly number[], now: number, note: string): number;
}>;

const dayMs = 86_400_000;
const erasedPerEntry = 1_000;
const droppedAtOnce = 2_000;

function prepareStatements(db: Database) {
  return {
    lastSeal: db.prepare<[], SealRow>(`SELECT ${sealColumns} ORDER BY id DESC LIMIT 1`),
    earliest: db
      .prepare<[{ after: number; before: number }], number | null>(
        "SELECT min(at) FROM audit WHERE id > @after AND at < @before",
      )
      .pluck(),
    lastOfDay: db.prepare<[{ after: number; end: number }], { id: number; hash: Buffer }>(
      "SELECT id, hash FROM audit WHERE id > @after AND at < @end ORDER BY id DESC LIMIT 1",
    ),
    insert: db.prepare(`
      INSERT INTO audit_seal (id, day, first_id, last_id, entry_count, last_hash, is_keyed, hash, sealed_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    kept: db.prepare<[], SealRow>(`SELECT ${sealColumns} WHERE dropped_at IS NULL ORDER BY id`),
    markDropped: db.prepare<[number, number]>("UPDATE audit_seal SET dropped_at = ? WHERE id = ?"),
    droppedThrough: db.prepare<[], number>("SELECT dropped_through FROM audit_head WHERE id = 1").pluck(),
    allowDrop: db.prepare<[number]>("UPDATE audit_head SET dropped_through = ? WHERE id = 1"),
    dropText: db.prepare<[number]>("DELETE FROM audit_fts WHERE rowid IN (SELECT id FROM audit WHERE id <= ?)"),
    dropPayload: db.prepare<[number]>("DELETE FROM audit_payload WHERE audit_id <= ?"),
    dropEntries: db.prepare<[number]>("DELETE FROM audit WHERE id <= ?"),
    erasable: db
      .prepare<[string], number>(
        `SELECT a.id FROM audit a JOIN audit_payload p ON p.audit_id = a.id
         WHERE a.id IN (SELECT value FROM json_each(?)) AND a.operation <> 'audit.erase' ORDER BY a.id`,
      )
      .pluck(),
    eraseText: db.prepare<[string]>("DELETE FROM audit_fts WHERE rowid IN (SELECT value FROM json_each(?))"),
    erasePayload: db.prepare<[string]>("DELETE FROM audit_payload WHERE audit_id IN (SELECT value FROM json_each(?))"),
  };
}

export type UpkeepParts = Readonly<{
  db: Database;
  transact: Transact;
  writer: AuditWriter;
  key: AuditKey;
}>;

export function createAuditUpkeep({ db, transact, writer, key }: UpkeepParts): AuditUpkeep {
  const sql = prepareStatements(db);

  function note(at: number, operation: string, summary: string, pushed?: unknown): void {
    const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };
    const payload = pushed === undefined ? {} : { payload: { pushed } };
    writer.append([{ at, ...nothing, operation, outcome: "info", summary, ...payload }]);
  }

  /** Seals the first day that has open entries and is over; false when there is none. */
  function sealNext(now: number): boolean {
    const previous = sql.lastSeal.get();
    const after = previous?.lastId ?? 0;
    const earliest = sql.earliest.get({ after, before: Math.floor(now / dayMs) * dayMs });
    if (earliest === undefined || earliest === null) return false;
    const day = Math.floor(earliest / dayMs);
    // Entries stay in the order they were written: one that a moved clock stamped with another day goes with its neighbours.
    const last = sql.lastOfDay.get({ after, end: (day + 1) * dayMs });
    if (last === undefined) return false;
    const { hash, isKeyed } = key.current();
    const [id, firstId, entryCount] = [(previous?.id ?? 0) + 1, after + 1, last.id - after];
    const fields = { id, day, firstId, lastId: last.id, entryCount, lastHash: last.hash, isKeyed };
    const sealHash = hashSeal(hash, previous?.hash ?? genesis, fields);
    sql.insert.run(id, day, firstId, last.id, entryCount, last.hash, isKeyed, sealHash, now);
    return true;
  }

  /** Seals that may go: the oldest ones, without a gap. */
  function droppable(before: number): readonly SealRow[] {
    const kept = sql.kept.all();
    const firstToStay = kept.findIndex(({ day }) => (day + 1) * dayMs > before);
    return firstToStay === -1 ? kept : kept.slice(0, firstToStay);
  }

  /** Days of which nothing but the seal is left. */
  function noteDropped(seals: readonly SealRow[], now: number): void {
    if (seals.length === 0) return;
    for (const { id } of seals) sql.markDropped.run(now, id);
    const entries = seals.reduce((sum, { entryCount }) => sum + entryCount, 0);
    const days = seals.length === 1 ? "a sealed day" : `${seals.length} sealed days`;
    const summary = `${entries} entries of ${days} were dropped by retention; the seals stay.`;
    note(now, "audit.retention", summary);
  }

  return {
    seal: (now) =>
      transact.run(() => {
        let sealed = 0;
        while (sealNext(now)) sealed += 1;
        return sealed;
      }),
    dropSealed: (before, now, most = droppedAtOnce) =>
      transact.run(() => {
        const from = sql.droppedThrough.get() ?? 0;
        const seals = droppable(before);
        const last = seals.at(-1);
        if (last === undefined) return 0;
        const through = Math.min(last.lastId, from + most);
        sql.allowDrop.run(through);
        sql.dropText.run(through);
        sql.dropPayload.run(through);
        const dropped = sql.dropEntries.run(through).changes;
        noteDropped(
          seals.filter(({ lastId }) => lastId <= through),
          now,
        );
        return dropped;
      }),
    erase: (ids, now, why) =>
      transact.run(() => {
        const found = sql.erasable.all(JSON.stringify(ids));
        for (let start = 0; start < found.length; start += erasedPerEntry) {
          const part = found.slice(start, start + erasedPerEntry);
          sql.eraseText.run(JSON.stringify(part));
          sql.erasePayload.run(JSON.stringify(part));
          note(
            now,
            "audit.erase",
            `What ${part.length} entries said was erased; their digests stay. ${why}`.trim(),
            part,
          );
        }
        return found.length;
      }),
  };
}
