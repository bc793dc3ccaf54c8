import type { Database } from "better-sqlite3";
import type { ExclusionReason } from "../../../src-shared/domain/call-record.ts";
import { type BatchCall, sameCallMs } from "./batch-calls.ts";
import { type CallColumns, callColumns, toAlternatives, toRecord, toStoredLogId } from "./call-columns.ts";
import { toLegsText } from "./call-legs.ts";
import { toDay } from "./call-search.ts";
import { MissingRowError } from "./store-errors.ts";

/** A stored call with what a revision needs. */
export type StoredCall = CallColumns &
  Readonly<{
    excluded: ExclusionReason | null;
    settlesAt: number | null;
    revision: number;
    legs: string;
    readingId: number;
  }>;

export type CallPlace = Readonly<{ systemId: number; readingId: number; at: number }>;

export type CallTable = Readonly<{
  /** The stored call of each batch call that has one, by its place in the batch. One statement for each day. */
  findStored(systemId: number, calls: readonly BatchCall[]): ReadonlyMap<number, StoredCall>;
  /** A stored call as it is now. */
  get(callId: number): StoredCall;
  /** Stores new calls under ascending ids; returns the first and the last, or null when there are none. */
  insert(calls: readonly BatchCall[], place: CallPlace): Readonly<{ first: number; last: number }> | null;
  /** Keeps the old revision and puts the new one in its place. */
  revise(
    old: StoredCall,
    next: Pick<BatchCall, "record" | "excluded" | "settlesAt" | "stored">,
    place: CallPlace,
  ): void;
  /** Remembers rows that changed nothing in the call. */
  setLegs(callId: number, stored: BatchCall["stored"]): void;
}>;

const storedColumns = `${callColumns}, c.excluded, c.settles_at AS settlesAt, c.revision, c.legs,
  c.reading_id AS readingId`;
type RecordColumns = readonly (string | number | null)[];
type DayAsk = Readonly<{ keys: string; system: number; day: number }>;

function prepareStatements(db: Database) {
  return {
    days: db
      .prepare<[{ system: number }], number>(
        `WITH RECURSIVE days (day) AS (
           SELECT max(start_day) FROM call WHERE phone_system_id = @system
           UNION ALL
           SELECT (SELECT max(start_day) FROM call WHERE phone_system_id = @system AND start_day < day)
           FROM days WHERE day IS NOT NULL)
         SELECT day FROM days WHERE day IS NOT NULL`,
      )
      .pluck(),
    one: db.prepare<[number], StoredCall>(`SELECT ${storedColumns} FROM call c
      JOIN phone_system s ON s.id = c.phone_system_id JOIN tenant t ON t.id = s.tenant_id WHERE c.id = ?`),
    find: db.prepare<[DayAsk], StoredCall & Readonly<{ position: number }>>(`
      SELECT j.key AS position, ${storedColumns}
      FROM json_each(@keys) j CROSS JOIN call c INDEXED BY call_identity
        ON c.phone_system_id = @system AND c.start_day = @day AND c.log_key = j.value
      CROSS JOIN phone_system s ON s.id = c.phone_system_id CROSS JOIN tenant t ON t.id = s.tenant_id`),
    lastId: db.prepare<[], number | null>("SELECT max(id) FROM call").pluck(),
    insert: db.prepare(`
      INSERT INTO call (id, phone_system_id, start_day, log_key, node, key_started_at, log_id, direction, status,
        from_party, to_party, started_at, started_at_precision, started_at_alternatives, duration_seconds, agent,
        leg_count, excluded, settles_at, revision, reading_id, read_at, legs)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`),
    keepOld: db.prepare("INSERT INTO call_revision VALUES (?, ?, ?, ?, ?, ?, ?)"),
    revise: db.prepare(`
      UPDATE call SET log_id = ?, direction = ?, status = ?, from_party = ?, to_party = ?, started_at = ?,
        started_at_precision = ?, started_at_alternatives = ?, duration_seconds = ?, agent = ?, leg_count = ?,
        excluded = ?, settles_at = ?, revision = ?, legs = ? WHERE id = ?`),
    setLegs: db.prepare<[string, number]>("UPDATE call SET legs = ? WHERE id = ?"),
  };
}

const distance = (call: BatchCall, stored: StoredCall): number => Math.abs(stored.keyStartedAt - call.keyStartedAt);

/** The call that has one of these rows already, else the nearest: rows met again must find the call they are in. */
function chooseCall(call: BatchCall, candidates: readonly StoredCall[]): StoredCall | undefined {
  if (candidates.length < 2) return candidates[0];
  const nearestFirst = candidates.toSorted((a, b) => distance(call, a) - distance(call, b));
  return nearestFirst.find(({ legs }) => call.read.some(({ hash }) => legs.includes(hash))) ?? nearestFirst[0];
}

/** The record's own columns, from `log_id` to `leg_count`. */
function toColumns({ record }: Pick<BatchCall, "record">, logKey: string): RecordColumns {
  return [
    toStoredLogId(record.logId, logKey),
    record.direction,
    record.status,
    record.from,
    record.to,
    record.startedAt,
    record.startedAtPrecision,
    toAlternatives(record.startedAtAlternatives),
    record.durationSeconds,
    record.agent,
    record.legs,
  ];
}

export function createCallTable(db: Database): CallTable {
  const sql = prepareStatements(db);
  /** Days that may have calls, by phone system: most batches then look at one or two days for each call. */
  const daysOf = new Map<number, Set<number>>();

  function knownDays(systemId: number): Set<number> {
    const known = daysOf.get(systemId) ?? new Set(sql.days.all({ system: systemId }));
    daysOf.set(systemId, known);
    return known;
  }

  /** Places of the batch's calls by the days on which a stored call may have begun. */
  function placesByDay(systemId: number, calls: readonly BatchCall[]): ReadonlyMap<number, readonly number[]> {
    const days = knownDays(systemId);
    const places = new Map<number, number[]>();
    for (const [place, { keyStartedAt }] of calls.entries()) {
      const day = toDay(keyStartedAt);
      for (let near = day - 1; near <= day + 1; near += 1) {
        if (!days.has(near)) continue;
        const known = places.get(near);
        if (known === undefined) places.set(near, [place]);
        else known.push(place);
      }
    }
    return places;
  }

  /** Values one by one: an import does this a million times, and spread arrays cost a tenth of it. */
  function insertOne(id: number, day: number, call: BatchCall, { systemId, readingId, at }: CallPlace): void {
    const { logKey, record } = call;
    sql.insert.run(
      id,
      systemId,
      day,
      logKey,
      call.node,
      call.keyStartedAt,
      toStoredLogId(record.logId, logKey),
      record.direction,
      record.status,
      record.from,
      record.to,
      record.startedAt,
      record.startedAtPrecision,
      toAlternatives(record.startedAtAlternatives),
      record.durationSeconds,
      record.agent,
      record.legs,
      call.excluded,
      call.settlesAt,
      readingId,
      at,
      toLegsText(call.stored),
    );
  }

  /** Every stored call that may be the one of a place. */
  function findCandidates(systemId: number, calls: readonly BatchCall[]): ReadonlyMap<number, readonly StoredCall[]> {
    const candidates = new Map<number, StoredCall[]>();
    for (const [day, places] of placesByDay(systemId, calls)) {
      const keys = JSON.stringify(places.map((place) => calls[place]?.logKey));
      for (const { position, ...stored } of sql.find.all({ keys, day, system: systemId })) {
        const place = places[position] ?? -1;
        const call = calls[place];
        if (call === undefined || call.node !== stored.node || distance(call, stored) > sameCallMs) continue;
        const known = candidates.get(place);
        if (known === undefined) candidates.set(place, [stored]);
        else known.push(stored);
      }
    }
    return candidates;
  }

  return {
    findStored(systemId, calls) {
      const found = new Map<number, StoredCall>();
      for (const [place, candidates] of findCandidates(systemId, calls)) {
        const call = calls[place];
        const best = call === undefined ? undefined : chooseCall(call, candidates);
        if (best !== undefined) found.set(place, best);
      }
      return found;
    },
    get(callId) {
      const call = sql.one.get(callId);
      if (call === undefined) throw new MissingRowError(`There is no call ${callId}.`);
      return call;
    },
    insert(calls, place) {
      if (calls.length === 0) return null;
      const first = (sql.lastId.get() ?? 0) + 1;
      const days = knownDays(place.systemId);
      let id = first;
      for (const call of calls) {
        const day = toDay(call.keyStartedAt);
        days.add(day);
        insertOne(id, day, call, place);
        id += 1;
      }
      return { first, last: id - 1 };
    },
    revise(old, next, { at, readingId }) {
      const { system: _, ...record } = toRecord(old);
      const kept = [JSON.stringify(record), old.excluded, old.legs, readingId, at];
      sql.keepOld.run(old.callRowId, old.revision, ...kept);
      const state = [next.excluded, next.settlesAt, old.revision + 1, toLegsText(next.stored), old.callRowId];
      sql.revise.run(...toColumns(next, old.logKey), ...state);
    },
    setLegs: (callId, stored) => void sql.setLegs.run(toLegsText(stored), callId),
  };
}
