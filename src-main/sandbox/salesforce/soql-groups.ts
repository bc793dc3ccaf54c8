import { toColumn, type Column, type Row, type Table } from "./query-table.ts";
import { Refusal } from "./refusal.ts";
import { compareValues, readerOf, toComparable, type Reader } from "./soql-condition.ts";
import { isAggregate, splitCall, type GroupItem } from "./soql-select.ts";
import { malformed } from "./soql-words.ts";

type Group = { readonly rows: readonly Row[] };

const numeric: ReadonlySet<Column["type"]> = new Set(["int", "double", "currency", "percent"]);

/**
 * The groups of the rows found, as a table of their own: its columns are what may be asked of a group, that is functions
 * over it and what it is grouped by. Without GROUP BY all rows are one group. Throws a `Refusal`.
 */
export function toGroupTable(
  table: Table,
  groupBy: readonly string[],
  rows: readonly Row[],
): { readonly table: Table; readonly rows: readonly Row[] } {
  const keys = groupBy.map((path) => ({ path, ...readerOf(table, path) }));
  for (const { column } of keys)
    if (column.long) throw malformed(`field '${column.name}' can not be grouped in a query call`);
  const readers = new Map<string, GroupReader>(
    keys.map(({ path, column, read }) => [
      path.toLowerCase(),
      { column: { ...column, name: path }, read: ({ rows: [first] }) => (first === undefined ? null : read(first)) },
    ]),
  );
  const find = (path: string): GroupReader | undefined => {
    const known = readers.get(path.toLowerCase());
    if (known !== undefined || !isAggregate(path)) return known;
    const made = toAggregate(table, path);
    readers.set(path.toLowerCase(), made);
    return made;
  };
  const groups = keys.length === 0 ? [{ rows }] : splitRows(keys, rows);
  return {
    table: {
      name: "AggregateResult",
      columns: () => [],
      column: (path) => find(path)?.column,
      parent: () => undefined,
      rows: () => [],
    },
    rows: groups.map((group) => ({
      get: (path) => find(path)?.read(group) ?? null,
      parent: () => undefined,
      attributes: { type: "AggregateResult", url: "" },
    })),
  };
}

type GroupReader = { readonly column: Column; readonly read: (group: Group) => unknown };

function splitRows(keys: readonly Reader[], rows: readonly Row[]): readonly Group[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map(({ column, read }) => toComparable(column, read(row))));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  return [...groups.values()].map((each) => ({ rows: each }));
}

function toAggregate(table: Table, path: string): GroupReader {
  const { name, inner } = splitCall(path) ?? { name: "", inner: "" };
  const { column, read } = readerOf(table, inner);
  const isSum = name === "SUM" || name === "AVG";
  if ((isSum && !numeric.has(column.type)) || column.long || column.type === "boolean")
    throw malformed(`the field ${inner} does not support aggregate operator ${name}`);
  const type = name === "COUNT" || name === "COUNT_DISTINCT" ? "int" : isSum ? "double" : column.type;
  const values = ({ rows }: Group): readonly unknown[] =>
    rows.map(read).filter((value) => toComparable(column, value) !== null);
  return { column: toColumn(path, type), read: (group) => aggregate(name, column, values(group)) };
}

function aggregate(name: string, column: Column, values: readonly unknown[]): unknown {
  if (name === "COUNT") return values.length;
  if (name === "COUNT_DISTINCT") return new Set(values.map((value) => toComparable(column, value))).size;
  if (values.length === 0) return null;
  const sum = values.reduce<number>((total, value) => total + Number(value), 0);
  if (name === "SUM") return sum;
  if (name === "AVG") return sum / values.length;
  const sorted = values.toSorted((left, right) =>
    compareValues(toComparable(column, left), toComparable(column, right)),
  );
  return name === "MIN" ? sorted[0] : sorted.at(-1);
}

/** Makes the answered record of a group. Throws a `Refusal` for what is neither grouped nor a function. */
export function toGroupProjection(groups: Table, items: readonly GroupItem[]): (row: Row) => object {
  let unnamed = 0;
  const cells = items.map(({ path, alias }) => {
    if (groups.column(path) === undefined) throw malformed(`Field must be grouped or aggregated: ${path}`);
    const own = splitCall(path) === undefined ? path.split(".").at(-1) : undefined;
    return { path, label: alias ?? own ?? `expr${unnamed++}` };
  });
  const labels = cells.map(({ label }) => label.toLowerCase());
  const twice = labels.find((label, position) => labels.indexOf(label) !== position);
  if (twice !== undefined) throw new Refusal(400, "MALFORMED_QUERY", `duplicate alias: ${twice}`);
  return (row) => ({
    attributes: { type: "AggregateResult" },
    ...Object.fromEntries(cells.map(({ path, label }) => [label, row.get(path)])),
  });
}
