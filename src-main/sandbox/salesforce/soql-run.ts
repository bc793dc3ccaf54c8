import type { Row, Table } from "./query-table.ts";
import type { Condition, Soql } from "./soql-parser.ts";
import { compareValues, compileCondition, readerOf, toComparable, type Test } from "./soql-condition.ts";
import { toGroupProjection, toGroupTable } from "./soql-groups.ts";
import { toProjection } from "./soql-projection.ts";
import type { GroupItem, Select } from "./soql-select.ts";
import { Refusal } from "./refusal.ts";
import { malformed } from "./soql-words.ts";

/** What a query finds: its records as they are answered, in order, or only how many there are. */
export type QueryResult =
  | { readonly kind: "records"; readonly records: readonly object[] }
  | { readonly kind: "count"; readonly count: number };

/** Throws a `Refusal`. `all`: queryAll, which shows what is deleted or archived too. */
export function runSoql(tables: Tables, query: Soql, options: Options): QueryResult {
  const table = tables(query.from);
  if (table === undefined) {
    throw new Refusal(
      400,
      "INVALID_TYPE",
      `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return runOn(tables, nameTable(table, query), query, options);
}

function nameTable(table: Table, { alias }: Soql): Table {
  return alias === undefined ? table : { ...table, alias };
}

function runOn(tables: Tables, table: Table, query: Soql, options: Options): QueryResult {
  const { select } = query;
  const project =
    select.kind === "fields" || select.kind === "group"
      ? toProjection(table, select, childCells(tables, table, select, options))
      : undefined;
  const rows = findRows(tables, table, query, options);
  if (select.kind === "groups")
    return { kind: "records", records: runGroups(table, query, select.items, rows, options) };
  const found = toPage(query, sortRows(table, query, rows));
  if (project === undefined) return { kind: "count", count: found.length };
  return { kind: "records", records: found.map(project) };
}

function findRows(tables: Tables, table: Table, query: Soql, options: Options): Row[] {
  const where = query.where === undefined ? undefined : resolveJoins(tables, query.where, options);
  const test = where === undefined ? () => true : compileCondition(table, where, options.now);
  const all = options.all || query.allRows;
  return [...filterRows(findCandidates(table, where, all) ?? table.rows(all), test)];
}

function toPage({ offset, limit }: Soql, rows: readonly Row[]): readonly Row[] {
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}

function runGroups(
  table: Table,
  query: Soql,
  items: readonly GroupItem[],
  rows: readonly Row[],
  { now }: Options,
): readonly object[] {
  const groups = toGroupTable(table, query.groupBy, rows);
  const project = toGroupProjection(groups.table, items);
  const test = query.having === undefined ? () => true : compileCondition(groups.table, query.having, now);
  const kept = [...filterRows(groups.rows, test)];
  return toPage(query, sortRows(groups.table, query, kept)).map(project);
}

/** Makes, for every record, the records that point to it; they are looked for once for all of them. */
function childCells(tables: Tables, table: Table, select: Select, options: Options) {
  if (select.kind !== "fields") return [];
  return (select.children ?? []).map(({ relationship, query }) => {
    const child = table.children?.(relationship);
    if (child === undefined)
      throw new Refusal(
        400,
        "INVALID_TYPE",
        `Didn't understand relationship '${relationship}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
      );
    const inner = nameTable(child.table, query);
    if (query.select.kind !== "fields" && query.select.kind !== "group")
      throw malformed("aggregate functions are not allowed in a subquery");
    const project = toProjection(inner, query.select);
    const byParent = Map.groupBy(findRows(tables, inner, query, options), (row) => row.get(child.column));
    const read = (row: Row): object | null => {
      const records = toPage(query, sortRows(inner, query, byParent.get(row.get("Id")) ?? [])).map(project);
      return records.length === 0 ? null : { totalSize: records.length, done: true, records };
    };
    return [child.name, read] as const;
  });
}

type Tables = (name: string) => Table | undefined;
type Options = { readonly all: boolean; readonly now: number };

/** The condition with the values that its inner queries find in their place. */
function resolveJoins(tables: Tables, where: Condition, options: Options): Condition {
  switch (where.kind) {
    case "and":
    case "or":
      return { kind: where.kind, parts: where.parts.map((part) => resolveJoins(tables, part, options)) };
    case "not":
      return { kind: "not", part: resolveJoins(tables, where.part, options) };
    case "semi-join": {
      const { path, query, negated } = where;
      const [column, ...more] = query.select.kind === "fields" ? query.select.paths : [];
      if (column === undefined || more.length > 0)
        throw malformed("The inner select of a semi-join must name exactly one field");
      const found = runSoql(tables, query, options);
      const values = found.kind === "records" ? found.records.map((record) => toId(record, column)) : [];
      const texts = values.filter((value) => value !== undefined);
      return { kind: "in", path, values: texts.map((text) => ({ kind: "string", text })), negated };
    }
    default:
      return where;
  }
}

/** The value of a projected record by its column's name, whatever its case. */
function toId(record: object, column: string): string | undefined {
  const [, value] = Object.entries(record).find(([name]) => name.toLowerCase() === column.toLowerCase()) ?? [];
  return typeof value === "string" ? value : undefined;
}

function* filterRows(rows: Iterable<Row>, test: Test): Iterable<Row> {
  for (const row of rows) if (test(row)) yield row;
}

/** Where the condition demands a value of an indexed column, only the rows that have it are looked at. */
function findCandidates(table: Table, where: Condition | undefined, all: boolean): Iterable<Row> | undefined {
  if (where === undefined || table.find === undefined) return undefined;
  if (where.kind === "and") {
    for (const part of where.parts) {
      const found = findCandidates(table, part, all);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (where.kind === "compare" && where.op === "=" && where.value.kind === "string")
    return table.find(where.path, [where.value.text], all);
  if (where.kind === "in" && !where.negated && where.values.every(({ kind }) => kind === "string")) {
    return table.find(
      where.path,
      where.values.map(({ text }) => text),
      all,
    );
  }
  return undefined;
}

export function sortRows(table: Table, { orderBy }: Pick<Soql, "orderBy">, rows: readonly Row[]): readonly Row[] {
  if (orderBy.length === 0) return rows;
  const keys = orderBy.map((order) => ({ ...order, ...readerOf(table, order.path) }));
  return rows.toSorted((left, right) => {
    for (const { column, read, descending, nullsLast } of keys) {
      const [a, b] = [toComparable(column, read(left)), toComparable(column, read(right))];
      if (a === b) continue;
      if (a === null) return nullsLast ? 1 : -1;
      if (b === null) return nullsLast ? -1 : 1;
      const order = compareValues(a, b);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}
