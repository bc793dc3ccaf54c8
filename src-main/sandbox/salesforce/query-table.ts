import type { FieldType } from "./field-definition.ts";

/** One thing that can be asked for in a query. `long`: a text that cannot be filtered. */
export type Column = {
  readonly name: string;
  readonly type: FieldType | "object";
  readonly caseSensitive: boolean;
  readonly long: boolean;
  readonly custom: boolean;
};

export type Row = {
  readonly get: (column: string) => unknown;
  /** The row that a relationship leads to; undefined where it leads nowhere. */
  readonly parent: (relationship: string) => Row | undefined;
  /** What stands under `attributes`. */
  readonly attributes: { readonly type: string; readonly url: string };
};

/** What a query can be made from. */
export type Table = {
  readonly name: string;
  /** What the query at hand calls it. */
  readonly alias?: string;
  readonly columns: () => readonly Column[];
  readonly column: (name: string) => Column | undefined;
  /** The table behind a relationship. */
  readonly parent: (relationship: string) => { readonly name: string; readonly table: Table } | undefined;
  /** The table whose rows point back to this one's, by the column that holds the id: `Contacts` of an account. */
  readonly children?: (relationship: string) => ChildTable | undefined;
  /** `all`: also what lies in the recycle bin or is archived. */
  readonly rows: (all: boolean) => Iterable<Row>;
  /** The rows with one of these values, where the column is indexed. */
  readonly find?: (column: string, values: readonly string[], all: boolean) => Iterable<Row> | undefined;
};

export type ChildTable = { readonly name: string; readonly table: Table; readonly column: string };

/** A path may begin with the name of the object, or with what the query calls it. */
export function isOwnName({ name, alias }: Table, first: string): boolean {
  return [name, alias].some((each) => each?.toLowerCase() === first.toLowerCase());
}

export function toColumn(name: string, type: Column["type"] = "string"): Column {
  return { name, type, caseSensitive: false, long: false, custom: false };
}

/** A table of fixed rows, by column name. */
export function createFixedTable(
  name: string,
  columns: readonly Column[],
  rows: () => readonly Readonly<Record<string, unknown>>[],
  base: string,
): Table {
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  return {
    name,
    columns: () => columns,
    column: (wanted) => byName.get(wanted.toLowerCase()),
    parent: () => undefined,
    rows: () => rows().map((row) => toFixedRow(name, row, base)),
  };
}

export function toFixedRow(type: string, row: Readonly<Record<string, unknown>>, base: string): Row {
  return {
    get: (column) => row[column] ?? null,
    parent: () => undefined,
    attributes: { type, url: `${base}/sobjects/${type}/${toText(row["Id"])}` },
  };
}

const toText = (value: unknown): string => (typeof value === "string" ? value : "");
