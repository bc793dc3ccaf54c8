import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { anyOf, lookupId, query, quote, row, textOf, toTime, type Row } from "./coql.ts";
import { groupByKey, type KeyPlace } from "./key-place.ts";
import { batchMax, callModule, crmPath } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type ByKey = ReadonlyMap<string, readonly Row[]>;

/** A start may stand in the org rounded to the minute; clocks are known to the second. */
const marginMs = 60_000;
/** Starts that lie closer together are looked up as one stretch. */
const gapMs = 10 * 60_000;
/** Stretches of one query. */
const stretchesMax = 10;

/**
 * Calls whose key stands in their description, which is a long text: Zoho cannot be asked for it. So those that may be
 * meant are listed by their times, by COQL, and the key is read from the records themselves.
 */
export type MarkedCalls = Readonly<{
  /**
   * Which of new calls are there already. A call keeps its start, so whoever wrote it, and whenever, it stands at that
   * time. `unmarked`: the calls of these times that carry no key at all.
   */
  findBegun(session: CrmSession, keys: readonly string[], startsMs: readonly number[]): Result<Begun>;
  /**
   * Those that were written since `sinceMs` (server time), and those whose ids are known, here or by `ids`: with their
   * `columns`.
   */
  findWritten(session: CrmSession, keys: readonly string[], ask: WrittenAsk): Result<ByKey>;
  /** Calls by id, with columns that a query may not give. Those that are gone are left out. */
  read(session: CrmSession, ids: readonly string[], columns: readonly string[]): Result<readonly Row[]>;
}>;

export type Begun = Readonly<{ byKey: ByKey; unmarked: readonly Row[] }>;

/** What tells one call from another where neither has a key. */
const likeness = ["Call_Start_Time", "Subject", "Who_Id", "What_Id"] as const;

export type WrittenAsk = Readonly<{
  sinceMs: number;
  ids: ReadonlyMap<string, string>;
  columns: readonly string[];
}>;

const records = z.looseObject({ data: z.array(row) });

export function createMarkedCalls(client: Client, place: KeyPlace): MarkedCalls {
  /** What a look-up by start found, until it was read. */
  const begun = new Map<string, readonly string[]>();

  async function listIds(session: CrmSession, where: string): Result<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const last = ids.at(-1);
      const found = await query(client, session, {
        module: callModule,
        columns: [],
        where: last === undefined ? where : `(${where} and id > ${quote(last)})`,
        order: "id asc",
        subject: "call",
      });
      if (!found.ok) return { ok: false, fault: found.fault.fault };
      ids.push(...found.value.rows.map(({ id }) => id));
      if (!found.value.hasMore || found.value.rows.length === 0) return { ok: true, value: ids };
    }
  }

  async function read(session: CrmSession, ids: readonly string[], columns: readonly string[]): Result<readonly Row[]> {
    const rows: Row[] = [];
    for (let from = 0; from < ids.length; from += batchMax) {
      const asked = ids.slice(from, from + batchMax);
      const search = new URLSearchParams({
        ids: asked.join(","),
        fields: columns.join(","),
        per_page: String(batchMax),
      });
      const reply = await client.call(session, {
        method: "GET",
        path: crmPath(`${callModule}?${search.toString()}`),
        kind: "read",
        subject: "other",
        schema: records,
        empty: { data: [] },
      });
      if (!reply.ok) return { ok: false, fault: reply.fault.fault };
      rows.push(...reply.value.value.data);
    }
    return { ok: true, value: rows };
  }

  return {
    read,
    findBegun: async (session, keys, startsMs) => {
      const ids: string[] = [];
      const stretches = toStretches(startsMs);
      for (let from = 0; from < stretches.length; from += stretchesMax) {
        const listed = await listIds(session, anyOf(stretches.slice(from, from + stretchesMax)));
        if (!listed.ok) return listed;
        ids.push(...listed.value);
      }
      const found = await read(session, [...new Set(ids)], [place.field, ...likeness]);
      if (!found.ok) return found;
      const byKey = keep(groupByKey(found.value, place), keys);
      for (const [key, rows] of byKey)
        begun.set(
          key,
          rows.map(({ id }) => id),
        );
      const unmarked = found.value.filter((each) => place.keysOf(each).length === 0);
      return { ok: true, value: { byKey, unmarked } };
    },
    findWritten: async (session, keys, { sinceMs, ids, columns }) => {
      const idsOf = (key: string): readonly string[] =>
        begun.get(key) ?? [ids.get(key)].filter((id) => id !== undefined);
      const strange = keys.filter((key) => idsOf(key).length === 0);
      const since = `Modified_Time >= ${quote(toTime(Math.max(0, sinceMs - marginMs)))}`;
      const listed = strange.length === 0 ? nothing : await listIds(session, since);
      if (!listed.ok) return listed;
      const all = [...new Set([...keys.flatMap(idsOf), ...listed.value])];
      const found = await read(session, all, [...new Set([place.field, ...columns])]);
      if (!found.ok) return found;
      // A record whose id is known is the call's, whatever people made of its text.
      const byId = keys.map((key) => [key, found.value.filter(({ id }) => idsOf(key).includes(id))] as const);
      const known = new Map(byId.filter(([, rows]) => rows.length > 0));
      for (const key of keys) begun.delete(key);
      return { ok: true, value: new Map([...keep(groupByKey(found.value, place), strange), ...known]) };
    },
  };
}

/** Whether a call without a key may be this new one: its key may have been taken away by somebody, or by an automation. */
export function mayBeSame(found: Row, record: Readonly<Record<string, unknown>>): boolean {
  const [start, subject, ...links] = likeness;
  const at = Date.parse(textOf(found, start) ?? "");
  return (
    at === Date.parse(String(record[start])) &&
    textOf(found, subject) === (record[subject] ?? null) &&
    links.every((link) => lookupId(found[link]) === lookupId(record[link]))
  );
}

const nothing = { ok: true, value: [] } as const;

function keep(byKey: ByKey, keys: readonly string[]): ByKey {
  const wanted = new Set(keys);
  return new Map([...byKey].filter(([key]) => wanted.has(key)));
}

/** Conditions that cover every start, each a stretch of time. */
function toStretches(startsMs: readonly number[]): readonly string[] {
  const stretches: { from: number; to: number }[] = [];
  for (const at of startsMs.toSorted((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && at - last.to <= gapMs) last.to = at;
    else stretches.push({ from: at, to: at });
  }
  return stretches.map(({ from, to }) => {
    const [first, end] = [quote(toTime(from - marginMs)), quote(toTime(to + marginMs))];
    return `(Call_Start_Time >= ${first} and Call_Start_Time <= ${end})`;
  });
}
