import type { Column } from "./coql-columns.ts";
import { compareValues } from "./coql-values.ts";
import type { Aggregate, Query } from "./coql-parser.ts";
import { Refusal } from "./refusal.ts";
import type { ZohoRecord } from "./zoho-record.ts";

/** A selected item of a query: a column as it is, or a function over the rows of a group. */
export type Selected = { readonly label: string; readonly column: Column; readonly aggregate: Aggregate | undefined };

export type GroupRow = Readonly<Record<string, unknown>>;

export function isGrouped({ columns, groupBy }: Query): boolean {
  return groupBy.length > 0 || columns.some(({ aggregate }) => aggregate !== undefined);
}

const maxGroupColumns = 4;
const numeric: ReadonlySet<Column["type"]> = new Set(["integer", "bigint", "double", "currency", "percent"]);

/** Columns outside of functions must be grouped by; sums and averages are of numbers. Throws a `Refusal`. */
export function checkGroups({ groupBy }: Query, selected: readonly Selected[]): void {
  if (groupBy.length > maxGroupColumns)
    throw new Refusal(400, "LIMIT_EXCEEDED", "limit exceeded", { clause: "group by", limit: maxGroupColumns });
  for (const { column, aggregate } of selected) {
    if (aggregate === undefined && !groupBy.includes(column.name))
      throw invalid(column, "the column must be in the group by clause or in an aggregate function");
    if ((aggregate === "SUM" || aggregate === "AVG") && !numeric.has(column.type))
      throw invalid(column, "the aggregate function is not supported for the data type");
    if (aggregate === undefined && column.type === "textarea") throw invalid(column, "data type not supported");
  }
}

function invalid({ name }: Column, reason: string): Refusal {
  return new Refusal(400, "INVALID_QUERY", "invalid query formed", { column_name: name, reason });
}

/** One row for each group, in the order in which the groups are first met; without `group by` one for all. */
export function toGroupRows(
  records: readonly ZohoRecord[],
  keys: readonly Column[],
  selected: readonly Selected[],
): readonly GroupRow[] {
  if (keys.length === 0) return [toRow(records, selected)];
  const groups = Map.groupBy(records, (record) => JSON.stringify(keys.map(({ valueOf }) => valueOf(record) ?? null)));
  return [...groups.values()].map((group) => toRow(group, selected));
}

function toRow(records: readonly ZohoRecord[], selected: readonly Selected[]): GroupRow {
  return Object.fromEntries(selected.map((item) => [item.label, toCell(records, item)]));
}

function toCell(records: readonly ZohoRecord[], { column, aggregate }: Selected): unknown {
  const [first] = records;
  if (aggregate === undefined) return first === undefined ? null : column.toWire(first);
  const held = records.filter((record) => column.valueOf(record) !== undefined);
  const numbers = held.map((record) => Number(column.valueOf(record)));
  const sum = numbers.reduce((total, each) => total + each, 0);
  switch (aggregate) {
    case "COUNT":
      return held.length;
    case "SUM":
      return held.length === 0 ? null : sum;
    case "AVG":
      return held.length === 0 ? null : sum / held.length;
    case "MIN":
    case "MAX": {
      const sorted = held.toSorted((left, right) => compareValues(column.valueOf(left), column.valueOf(right)));
      const extreme = aggregate === "MIN" ? sorted[0] : sorted.at(-1);
      return extreme === undefined ? null : column.toWire(extreme);
    }
  }
}
