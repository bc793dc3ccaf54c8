import type { Database } from "better-sqlite3";
import type { Link, MirrorGone } from "../ports/connector.ts";
import type { MirroredRecord } from "../ports/mirror.ts";

type Current = Readonly<{
  id: number;
  kind: string;
  name: string;
  ownerId: string | null;
  links: string;
  phones: string;
  lastActivityAt: number | null;
}>;
type Columns = Omit<Current, "id">;

function prepareWrites(db: Database) {
  return {
    current: db.prepare<[number, string, string], Current>(`
      SELECT id, kind, name, owner_id AS ownerId, links, phones, last_activity_at AS lastActivityAt
      FROM mirror_record WHERE integration_id = ? AND object = ? AND remote_id = ?`),
    seen: db.prepare<[number, number]>("UPDATE mirror_record SET reading = ? WHERE id = ?"),
    insert: db.prepare<[Columns & { integrationId: number; object: string; remoteId: string; reading: number }]>(`
      INSERT INTO mirror_record
        (integration_id, kind, object, remote_id, name, owner_id, links, phones, last_activity_at, reading)
      VALUES (@integrationId, @kind, @object, @remoteId, @name, @ownerId, @links, @phones, @lastActivityAt, @reading)`),
    update: db.prepare<[Columns & { id: number; reading: number }]>(`
      UPDATE mirror_record SET kind = @kind, name = @name, owner_id = @ownerId, links = @links, phones = @phones,
        last_activity_at = @lastActivityAt, reading = @reading WHERE id = @id`),
    remove: db.prepare<[number]>("DELETE FROM mirror_record WHERE id = ?"),
    unseen: db.prepare<[number, string, number], { id: number; remoteId: string }>(`
      SELECT id, remote_id AS remoteId FROM mirror_record
      WHERE integration_id = ? AND object = ? AND reading < ?`),
    dropPhones: db.prepare<[number]>("DELETE FROM mirror_phone WHERE record_id = ?"),
    addPhone: db.prepare<
      [{ integrationId: number; number: number; isNational: number; recordId: number; field: string; typed: string }]
    >(`INSERT OR IGNORE INTO mirror_phone (integration_id, number, is_national, record_id, field, typed)
       VALUES (@integrationId, @number, @isNational, @recordId, @field, @typed)`),
    dropDealLinks: db.prepare<[number]>("DELETE FROM mirror_deal_link WHERE deal_id = ?"),
    addDealLink: db.prepare<[number, string, string, number]>(
      "INSERT OR IGNORE INTO mirror_deal_link (integration_id, object, remote_id, deal_id) VALUES (?, ?, ?, ?)",
    ),
    gone: db.prepare<
      [
        {
          integrationId: number;
          object: string;
          id: string;
          intoObject: string | null;
          intoId: string | null;
          at: number;
        },
      ]
    >(`INSERT INTO mirror_gone (integration_id, object, remote_id, into_object, into_id, seen_at)
       VALUES (@integrationId, @object, @id, @intoObject, @intoId, @at)
       ON CONFLICT (integration_id, object, remote_id) DO UPDATE
         SET into_object = coalesce(excluded.into_object, into_object), into_id = coalesce(excluded.into_id, into_id)`),
    back: db.prepare<[number, string, string]>(
      "DELETE FROM mirror_gone WHERE integration_id = ? AND object = ? AND remote_id = ?",
    ),
    changed: db.prepare<[number]>("UPDATE mirror SET numbers_changed = 1 WHERE integration_id = ?"),
  };
}

export type MirrorRecords = Readonly<{
  put(integrationId: number, record: MirroredRecord, ask: Readonly<{ reading: number; at: number }>): void;
  markGone(integrationId: number, gone: MirrorGone, at: number): void;
  /** Takes out what a reading of everything did not tell. */
  sweep(integrationId: number, object: string, reading: number, at: number): void;
}>;

const isSame = (left: Columns, right: Columns): boolean =>
  left.kind === right.kind &&
  left.name === right.name &&
  left.ownerId === right.ownerId &&
  left.links === right.links &&
  left.phones === right.phones &&
  left.lastActivityAt === right.lastActivityAt;

/** Writes of the copy, inside the caller's transaction. A record that did not change costs one small update. */
export function createMirrorRecords(db: Database): MirrorRecords {
  const sql = prepareWrites(db);

  function setPhones(integrationId: number, recordId: number, { keys }: MirroredRecord): void {
    sql.dropPhones.run(recordId);
    for (const { number, isNational, field, typed } of keys)
      sql.addPhone.run({ integrationId, number, isNational: isNational ? 1 : 0, recordId, field, typed });
  }

  function setDealLinks(integrationId: number, dealId: number, links: readonly Link[]): void {
    sql.dropDealLinks.run(dealId);
    for (const { object, id } of links) sql.addDealLink.run(integrationId, object, id, dealId);
  }

  function markGone(integrationId: number, { object, id, mergedInto }: MirrorGone, at: number): void {
    const held = sql.current.get(integrationId, object, id);
    // What was never here and leads nowhere needs no mark.
    if (held === undefined && mergedInto === null) return;
    if (held !== undefined) sql.remove.run(held.id);
    const [intoObject, intoId] = [mergedInto?.object ?? null, mergedInto?.id ?? null];
    sql.gone.run({ integrationId, object, id, intoObject, intoId, at });
  }

  return {
    put: (integrationId, mirrored, { reading, at }) => {
      const { record, keys } = mirrored;
      const { object, id: remoteId } = record;
      const columns: Columns = {
        kind: record.kind,
        name: record.name,
        ownerId: record.ownerId,
        links: JSON.stringify(record.links),
        phones: JSON.stringify(record.phones),
        lastActivityAt: record.lastActivityAt,
      };
      for (const id of record.mergedIds)
        if (id !== remoteId) markGone(integrationId, { object, id, mergedInto: { object, id: remoteId } }, at);
      const held = sql.current.get(integrationId, object, remoteId);
      if (held !== undefined && isSame(held, columns)) return void sql.seen.run(reading, held.id);
      if (held !== undefined) sql.update.run({ ...columns, id: held.id, reading });
      const recordId =
        held?.id ?? Number(sql.insert.run({ ...columns, integrationId, object, remoteId, reading }).lastInsertRowid);
      if (held === undefined) sql.back.run(integrationId, object, remoteId);
      if (record.kind === "deal") return setDealLinks(integrationId, recordId, record.links);
      if (held?.phones === columns.phones) return;
      setPhones(integrationId, recordId, mirrored);
      if (keys.length > 0) sql.changed.run(integrationId);
    },
    markGone,
    sweep: (integrationId, object, reading, at) => {
      for (const { remoteId } of sql.unseen.all(integrationId, object, reading))
        markGone(integrationId, { object, id: remoteId, mergedInto: null }, at);
    },
  };
}
