import { isOwnName, type Row, type Table } from "./query-table.ts";
import { Refusal } from "./refusal.ts";
import { readerOf } from "./soql-condition.ts";
import { splitCall, type Select, type TypeChoice } from "./soql-select.ts";

/** Makes what stands under a name of the answered record. */
type Cell = readonly [name: string, read: (row: Row) => unknown];

/** Makes the answered record of a row: the fields asked for, those of parents nested under their relationship. */
export function toProjection(
  table: Table,
  select: Extract<Select, { kind: "fields" | "group" }>,
  children: readonly Cell[] = [],
): (row: Row) => object {
  if (select.kind === "group") return toRender(table, groupPaths(table, select.group), []);
  const types = (select.types ?? []).map((choice) => toTypeCell(table, choice));
  return toRender(table, select.paths, [...types, ...children]);
}

function toRender(table: Table, paths: readonly string[], more: readonly Cell[]): (row: Row) => object {
  const shape = toShape(table, paths);
  return (row) => ({ ...render(row, shape), ...Object.fromEntries(more.map(([name, read]) => [name, read(row)])) });
}

function groupPaths(table: Table, group: "ALL" | "STANDARD" | "CUSTOM"): readonly string[] {
  return table
    .columns()
    .filter(({ custom }) => group === "ALL" || custom === (group === "CUSTOM"))
    .map(({ name }) => name);
}

/** What is shown of a relationship that may lead to several objects, by the object that it leads to. */
function toTypeCell(table: Table, { relationship, whens, otherwise }: TypeChoice): Cell {
  const parent = table.parent(relationship);
  if (parent === undefined)
    throw new Refusal(400, "INVALID_FIELD", `Didn't understand relationship '${relationship}' in TYPEOF clause.`);
  const read = (row: Row): object | null => {
    const up = row.parent(parent.name);
    if (up === undefined) return null;
    const paths = whens.find(({ type }) => type.toLowerCase() === up.attributes.type.toLowerCase())?.paths ?? otherwise;
    return { attributes: up.attributes, ...Object.fromEntries(paths.map((name) => [name, up.get(name) ?? null])) };
  };
  return [parent.name, read];
}

type Shape = { readonly own: readonly string[]; readonly parents: ReadonlyMap<string, Shape> };

function toShape(table: Table, paths: readonly string[]): Shape {
  const own: string[] = [];
  const below = new Map<string, { readonly table: Table; readonly paths: string[] }>();
  for (const path of paths) {
    readerOf(table, path);
    if (splitCall(path) !== undefined)
      throw new Refusal(400, "MALFORMED_QUERY", `Grouped field should not be aggregated: ${path}`);
    const [first = "", ...rest] = path.split(".");
    const steps = rest.length > 0 && isOwnName(table, first) ? rest : [first, ...rest];
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
