import type { RecordView } from "../core/record-view.ts";
import type { HubRecord } from "./hub-record.ts";
import { emailIndex, phoneTailIndex, toPhoneTail } from "./hub-records.ts";
import type { Portal } from "./portal.ts";
import { withAssociations } from "./search-associations.ts";
import { compareValues, createSearchTest } from "./search-match.ts";
import { maxReachable, type Search, type SearchFilter } from "./search-request.ts";

export type SearchResult = {
  readonly total: number;
  readonly records: readonly HubRecord[];
  readonly next: number | undefined;
};

/** Runs a search on the delayed index. Archived records never appear. */
export function runSearch(portal: Portal, search: Search): SearchResult {
  const view = portal.records.searchView(search.object);
  const test = createSearchTest(search, withAssociations(portal));
  const found: HubRecord[] = [];
  for (const record of candidates(view, search)) {
    if (record.archivedAt === undefined && portal.records.isVisible(record) && test(record)) found.push(record);
  }
  sortRecords(portal, search, found);
  const end = Math.min(search.after + search.limit, maxReachable);
  return {
    total: found.length,
    records: found.slice(search.after, end),
    next: end < found.length && search.limit > 0 ? end : undefined,
  };
}

/** Already in order of id, which is the order without a sort. */
function sortRecords({ valueOf, registry }: Portal, { object, sort }: Search, found: HubRecord[]): void {
  if (sort === undefined) return;
  const definition = registry.find(object, sort.property);
  if (definition === undefined) return;
  if (sort.property === "hs_object_id") {
    if (sort.isDescending) found.reverse();
    return;
  }
  const keyed = new Map(found.map((record) => [record, valueOf(record, sort.property)]));
  const sign = sort.isDescending ? -1 : 1;
  found.sort((left, right) => {
    const leftValue = keyed.get(left);
    const rightValue = keyed.get(right);
    if (leftValue === undefined || rightValue === undefined)
      return Number(leftValue === undefined) - Number(rightValue === undefined);
    return sign * compareValues(definition, leftValue, rightValue);
  });
}

/** As few records as the filters allow to look at: by index where every group has a filter that one serves. */
function candidates(view: RecordView<HubRecord>, { groups }: Search): Iterable<HubRecord> {
  const narrowed = groups.map((filters) =>
    filters.map((filter) => byIndex(view, filter)).find((records) => records !== undefined),
  );
  if (groups.length > 0 && narrowed.every((records) => records !== undefined)) {
    return [...new Set(narrowed.flat())].toSorted((left, right) => Number(left.id) - Number(right.id));
  }
  return view.iterate(lowestId(groups));
}

function byIndex(
  view: RecordView<HubRecord>,
  { definition: { name }, operator, value, values }: SearchFilter,
): readonly HubRecord[] | undefined {
  const wanted = operator === "EQ" ? [value] : operator === "IN" ? values : undefined;
  if (name === "hs_object_id" && wanted !== undefined)
    return wanted.map((id) => view.get(id)).filter((record) => record !== undefined);
  if (name === "email" && wanted !== undefined && view.hasIndex(emailIndex))
    return wanted.flatMap((email) => view.find(emailIndex, email.toLowerCase()));
  const tails = phoneTails(name, operator, wanted ?? [value]);
  return tails?.flatMap((tail) => view.find(phoneTailIndex, tail));
}

const typedPhones = new Set(["phone", "mobilephone"]);
const calculatedPhones = new Set(["hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"]);

/** Whatever equals a number ends in its last digits; a leading `*` only helps on the calculated, unpunctuated ones. */
function phoneTails(
  name: string,
  operator: SearchFilter["operator"],
  wanted: readonly string[],
): readonly string[] | undefined {
  const isCalculated = calculatedPhones.has(name);
  const isServed =
    operator === "EQ" || operator === "IN"
      ? isCalculated || typedPhones.has(name)
      : operator === "CONTAINS_TOKEN" && isCalculated;
  if (!isServed) return undefined;
  const tails = wanted.map((value) =>
    operator !== "CONTAINS_TOKEN" || /^\*?\d{8,}$/.test(value) ? toPhoneTail(value) : undefined,
  );
  return tails.every((tail) => tail !== undefined) ? tails : undefined;
}

/** Where a keyset search begins: every group asks for ids above some id. */
function lowestId(groups: Search["groups"]): string | undefined {
  const bounds = groups.map((filters) =>
    filters.find(
      ({ definition, operator, value }) =>
        definition.name === "hs_object_id" && (operator === "GT" || operator === "GTE") && /^\d+$/.test(value),
    ),
  );
  const values = bounds.map((bound) => bound?.value);
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined;
  return String(Math.min(...values.map(Number)));
}
