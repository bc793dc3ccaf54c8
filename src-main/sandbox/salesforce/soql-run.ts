import type { Row, Table } from "./query-table.ts";
import type { Condition, Soql } from "./soql-parser.ts";
import { compareValues, compileCondition, readerOf, toComparable, type Test } from "./soql-condition.ts";
import { Refusal } from "./refusal.ts";
import { malformed } from "./soql-words.ts";

/** What a query finds: its records as they are answered, in order, or only how many there are. */
export type QueryResult =
  | { readonly kind: "records"; readonly records: readonly object[] }
  | { readonly kind: "count"; readonly count: number };

/** Throws a `Refusal`. `all`: queryAll, which shows what is deleted or archived too. */
export function runSoql(
  tables: (name: string) => Table | undefined,
  query: Soql,
  options: { readonly all: boolean; readonly now: number },
): QueryResult {
  const table = tables(query.from);
  if (table === undefined) {
    throw new Refusal(
      400,
      "INVALID_TYPE",
      `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  const project = query.select.kind === "count" ? undefined : toProjection(table, query.select);
  const where = query.where === undefined ? undefined : resolveJoins(tables, query.where, options);
  const test = where === undefined ? () => true : compileCondition(table, where, options.now);
  const all = options.all || query.allRows;
  const candidates = findCandidates(table, where, all) ?? table.rows(all);
  const found = sortRows(table, query, [...filterRows(candidates, test)]);
  const page = found.slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
  if (query.select.kind === "count") {
    const { alias } = query.select;
    if (alias === undefined) return { kind: "count", count: page.length };
    return { kind: "records", records: [{ attributes: { type: "AggregateResult" }, [alias]: page.length }] };
  }
  return { kind: "records", records: project === undefined ? [] : page.map(project) };
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

function sortRows(table: Table, { orderBy }: Soql, rows: Row[]): Row[] {
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

type Shape = { readonly own: readonly string[]; readonly parents: ReadonlyMap<string, Shape> };

/** Makes the answered record of a row: the fields asked for, those of parents nested under their relationship. */
export function toProjection(table: Table, select: Exclude<Soql["select"], { kind: "count" }>): (row: Row) => object {
  const shape = toShape(table, select.kind === "fields" ? select.paths : groupPaths(table, select.group));
  return (row) => render(row, shape);
}

function groupPaths(table: Table, group: "ALL" | "STANDARD" | "CUSTOM"): readonly string[] {
  return table
    .columns()
    .filter(({ custom }) => group === "ALL" || custom === (group === "CUSTOM"))
    .map(({ name }) => name);
}

function toShape(table: Table, paths: readonly string[]): Shape {
  const own: string[] = [];
  const below = new Map<string, { readonly table: Table; readonly paths: string[] }>();
  for (const path of paths) {
    readerOf(table, path);
    const [first = "", ...rest] = path.split(".");
    const isSelf = rest.length > 0 && first.toLowerCase() === table.name.toLowerCase();
    const steps = isSelf ? rest : [first, ...rest];
    const [head = "", ...tail] = steps;
    const parent = tail.length === 0 ? undefined : table.parent(head);
    if (parent === undefined) own.push(table.column(head)?.name ?? head);
    else {
      const known = below.get(parent.name) ?? { table: parent.table, paths: [] };
      known.paths.push(tail.join("."));
      below.set(parent.name, known);
    }
  }
  const parents = new Map([...below].map(([name, up]) => [name, toShape(up.table, up.paths)] as const));
  return { own: [...new Set(own)], parents };
}

function render(row: Row, { own, parents }: Shape): object {
  const fields = own.map((name) => [name, row.get(name) ?? null] as const);
  const above = [...parents].map(([name, shape]) => {
    const parent = row.parent(name);
    return [name, parent === undefined ? null : render(parent, shape)] as const;
  });
  return { attributes: row.attributes, ...Object.fromEntries(fields), ...Object.fromEntries(above) };
}
