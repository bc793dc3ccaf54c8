import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Link, MirrorOwner } from "../ports/connector.ts";
import type { MirrorFinding, MirrorStore } from "../ports/mirror.ts";
import { fromJson } from "./json-column.ts";
import { createMirrorRecords } from "./mirror-records.ts";
import { createMirrorRounds } from "./mirror-rounds.ts";
import type { OwnNumbers } from "./own-numbers.ts";
import { settled } from "./settled-parameter.ts";
import type { Transact } from "./transaction.ts";

type PhoneRow = Readonly<{ recordId: number; field: string; typed: string; isNational: number }>;
type RecordRow = Omit<MirrorFinding, "links" | "isNational" | "field" | "typed"> & Readonly<{ links: string }>;
type DealRow = Readonly<{ id: string; object: string; name: string; ownerId: string | null; links: string }>;

const linkList = z.array(z.object({ object: z.string(), id: z.string() }));

/** Deals of one record that are looked at; more tell no more. */
const maxDeals = 50;

const recordColumns = `r.id, r.kind, r.object, r.remote_id AS remoteId, r.name, r.owner_id AS ownerId, r.links,
  r.last_activity_at AS lastActivityAt`;

function prepareReads(db: Database) {
  const count = (query: string) => db.prepare<[number], number>(query).pluck();
  const kinds = (kind: string) =>
    count(`SELECT count(*) FROM mirror_record WHERE integration_id = ? AND kind = '${kind}'`);
  return {
    // Without a join and an order of its own, it is one search in one small index.
    find: db.prepare<[number, number, number], PhoneRow>(`
      SELECT record_id AS recordId, field, typed, is_national AS isNational FROM mirror_phone
      WHERE integration_id = ? AND number = ? AND is_national = ?`),
    one: db.prepare<[number], RecordRow>(`SELECT ${recordColumns} FROM mirror_record r WHERE r.id = ?`),
    get: db.prepare<[number, string, string], RecordRow>(`
      SELECT ${recordColumns} FROM mirror_record r
      WHERE r.integration_id = ? AND r.object = ? AND r.remote_id = ? AND r.kind <> 'deal'`),
    deals: db.prepare<[number, string, string], DealRow>(`
      SELECT r.remote_id AS id, r.object, r.name, r.owner_id AS ownerId, r.links
      FROM mirror_deal_link l CROSS JOIN mirror_record r ON r.id = l.deal_id
      WHERE l.integration_id = ? AND l.object = ? AND l.remote_id = ? ORDER BY r.id LIMIT ${maxDeals}`),
    owners: db.prepare<[number], MirrorOwner>(
      `SELECT owner_id AS id, name, email FROM mirror_owner WHERE integration_id = ${settled("?")} ORDER BY owner_id`,
    ),
    fate: db.prepare<[number, string, string], { object: string | null; id: string | null }>(`
      SELECT into_object AS object, into_id AS id FROM mirror_gone
      WHERE integration_id = ? AND object = ? AND remote_id = ?`),
    people: kinds("person"),
    companies: kinds("company"),
    dealCount: kinds("deal"),
    ownerCount: count("SELECT count(*) FROM mirror_owner WHERE integration_id = ?"),
    phones: count("SELECT count(DISTINCT number) FROM mirror_phone WHERE integration_id = ?"),
    dropOwners: db.prepare<[number]>("DELETE FROM mirror_owner WHERE integration_id = ?"),
    addOwner: db.prepare<[number, string, string, string | null]>(
      "INSERT OR REPLACE INTO mirror_owner (integration_id, owner_id, name, email) VALUES (?, ?, ?, ?)",
    ),
    readingOf: db
      .prepare<[number, string], number>("SELECT reading FROM mirror_step WHERE integration_id = ? AND step = ?")
      .pluck(),
    newestReading: db.prepare<[number], number>("SELECT reading FROM mirror WHERE integration_id = ?").pluck(),
    drop: ["mirror_owner", "mirror_gone", "mirror_record", "mirror_step", "mirror"].map((table) =>
      db.prepare<[number]>(`DELETE FROM ${table} WHERE integration_id = ?`),
    ),
  };
}

const noPhone: Omit<PhoneRow, "recordId"> = { field: "", typed: "", isNational: 0 };

const toFinding = (
  { links, ...rest }: RecordRow,
  { field, typed, isNational }: Omit<PhoneRow, "recordId"> = noPhone,
): MirrorFinding => ({
  ...rest,
  // Most have none: nothing is to be checked then.
  links: links === "[]" ? [] : fromJson(linkList, links),
  field,
  typed,
  isNational: isNational === 1,
});

/** The stored copy of each integration's people (see the port). */
export function createMirrorStore(db: Database, transact: Transact, own: Pick<OwnNumbers, "ownNumbers">): MirrorStore {
  const sql = prepareReads(db);
  const { settleStep, ...rounds } = createMirrorRounds(db, transact);
  const records = createMirrorRecords(db);
  const newestReading = (id: number): number => sql.newestReading.get(id) ?? 0;

  const dealsOf = (id: number, { object, id: remoteId }: Link) =>
    sql.deals.all(id, object, remoteId).map(({ links, ...deal }) => ({ ...deal, about: fromJson(linkList, links) }));

  return {
    ...rounds,
    ownNumbers: own.ownNumbers,
    commitPage: (id, commit) =>
      transact.run(() => {
        const { at, step } = commit;
        const reading = sql.readingOf.get(id, step) ?? newestReading(id);
        for (const gone of commit.gone) records.markGone(id, gone, at);
        for (const record of commit.records) records.put(id, record, { reading, at });
        if (commit.owners !== null) {
          sql.dropOwners.run(id);
          for (const owner of commit.owners) sql.addOwner.run(id, owner.id, owner.name, owner.email);
        }
        if (commit.page === null && commit.sweeps !== null) records.sweep(id, commit.sweeps, reading, at);
        settleStep(id, commit);
      }),
    find: (id, keys) =>
      keys.flatMap(({ number, isNational }) =>
        sql.find.all(id, number, isNational ? 1 : 0).flatMap((phone) => {
          const row = sql.one.get(phone.recordId);
          return row === undefined ? [] : [toFinding(row, phone)];
        }),
      ),
    openDeals: (id, about) => {
      const found = about.flatMap((link) => dealsOf(id, link));
      return [...new Map(found.map((deal) => [deal.id, deal])).values()];
    },
    owners: (id) => sql.owners.all(id),
    fateOf: (id, link) => {
      const row = sql.fate.get(id, link.object, link.id);
      if (row === undefined) return null;
      const { object, id: intoId } = row;
      return { mergedInto: object === null || intoId === null ? null : { object, id: intoId } };
    },
    get: (id, link) => {
      const row = sql.get.get(id, link.object, link.id);
      return row === undefined ? undefined : toFinding(row);
    },
    put: (id, record) =>
      transact.run(() => {
        if (rounds.round(id) !== null) records.put(id, record, { reading: newestReading(id), at: 0 });
      }),
    markGone: (id, gone, at) =>
      transact.run(() => {
        if (rounds.round(id) !== null) records.markGone(id, gone, at);
      }),
    counts: (id) => ({
      people: sql.people.get(id) ?? 0,
      companies: sql.companies.get(id) ?? 0,
      deals: sql.dealCount.get(id) ?? 0,
      owners: sql.ownerCount.get(id) ?? 0,
      phones: sql.phones.get(id) ?? 0,
    }),
    drop: (id) =>
      transact.run(() => {
        for (const statement of sql.drop) statement.run(id);
      }),
  };
}
