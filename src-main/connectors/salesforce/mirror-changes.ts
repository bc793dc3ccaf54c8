import { z } from "zod";
import type { MirrorSource } from "./mirror-record.ts";
import { queryPath, quote } from "./wire.ts";

const place = z.object({
  object: z.string(),
  of: z.enum(["changed", "deleted"]),
  /** The last row read: the next page begins behind it. */
  after: z.object({ stamp: z.string(), id: z.string() }).nullable(),
});
const places = z.array(place);
/** What is left to read of the changes: an object's changed or deleted rows, and behind which row. */
export type ChangePlaces = z.infer<typeof places>;

/** Objects whose merges name the winner. */
const mergeable: ReadonlySet<string> = new Set(["Contact", "Lead", "Account"]);

/** Where the reading of changes stands; everything at the start. */
export function readChangePlaces(page: string | null, sources: readonly MirrorSource[]): ChangePlaces {
  if (page !== null) return places.parse(JSON.parse(page));
  return sources.flatMap(({ object }) => (["changed", "deleted"] as const).map((of) => ({ object, of, after: null })));
}

export const writeChangePlaces = (left: ChangePlaces): string => JSON.stringify(left);

/** `2026-06-01T08:00:00.000+0000` as SOQL takes a time. */
const toTime = (stamp: string): string =>
  new Date(Date.parse(stamp.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))).toISOString();

export type ChangeQuery = Readonly<{ place: ChangePlaces[number]; source: MirrorSource; path: string }>;

/** One query for each place, in the order of change. */
export function toChangeQueries(
  asked: ChangePlaces,
  sources: readonly MirrorSource[],
  sinceMs: number,
  limit: number,
): readonly ChangeQuery[] {
  return asked.flatMap((each) => {
    const source = sources.find(({ object }) => object === each.object);
    if (source === undefined) return [];
    const { after, of } = each;
    const since =
      after === null
        ? `SystemModstamp >= ${new Date(sinceMs).toISOString()}`
        : `((SystemModstamp = ${toTime(after.stamp)} AND Id > ${quote(after.id)}) OR SystemModstamp > ${toTime(after.stamp)})`;
    const isDeleted = of === "deleted";
    const merged = mergeable.has(source.object) ? ["MasterRecordId"] : [];
    const selected = isDeleted ? ["Id", "IsDeleted", "SystemModstamp", ...merged] : source.selected;
    const where = isDeleted ? `IsDeleted = true AND ${since}` : since;
    const soql = `SELECT ${selected.join(",")} FROM ${source.object} WHERE ${where} ORDER BY SystemModstamp ASC, Id ASC LIMIT ${limit}`;
    return [{ place: each, source, path: queryPath(soql, isDeleted ? "queryAll" : "query") }];
  });
}
