import type { Cursor, Soql } from "./soql-parser.ts";
import { malformed } from "./soql-words.ts";

export const aggregateFunctions = ["COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"] as const;
export type AggregateFunction = (typeof aggregateFunctions)[number];

/** Functions that make a part of a date out of a date or time. */
export const dateFunctions = [
  "CALENDAR_YEAR",
  "CALENDAR_QUARTER",
  "CALENDAR_MONTH",
  "DAY_IN_MONTH",
  "DAY_IN_WEEK",
  "DAY_IN_YEAR",
  "DAY_ONLY",
  "FISCAL_YEAR",
  "FISCAL_QUARTER",
  "FISCAL_MONTH",
  "HOUR_IN_DAY",
  "WEEK_IN_MONTH",
  "WEEK_IN_YEAR",
] as const;
export type DateFunction = (typeof dateFunctions)[number];

/** Functions that show a value for people; what they show here is the value itself. */
const shownFunctions: ReadonlySet<string> = new Set(["TOLABEL", "FORMAT", "CONVERTCURRENCY", "CONVERTTIMEZONE"]);

/** One item of a query with groups: a function over the group, or what the rows are grouped by. */
export type GroupItem = {
  /** `COUNT(Id)`, `CALENDAR_YEAR(CreatedDate)`, `Account.Name`. */
  readonly path: string;
  readonly alias: string | undefined;
};

/** `(SELECT … FROM Contacts)`: the records that point to each record found. */
export type ChildQuery = { readonly relationship: string; readonly query: Soql };

/** `TYPEOF What WHEN Account THEN Phone ELSE Name END`. */
export type TypeChoice = {
  readonly relationship: string;
  readonly whens: readonly { readonly type: string; readonly paths: readonly string[] }[];
  readonly otherwise: readonly string[];
};

export type Select =
  | {
      readonly kind: "fields";
      readonly paths: readonly string[];
      readonly children?: readonly ChildQuery[];
      readonly types?: readonly TypeChoice[];
    }
  | { readonly kind: "group"; readonly group: "ALL" | "STANDARD" | "CUSTOM" }
  | { readonly kind: "count" }
  | { readonly kind: "groups"; readonly items: readonly GroupItem[] };

/** The function and the path inside of `NAME(path)`; undefined for a plain path. */
export function splitCall(path: string): { readonly name: string; readonly inner: string } | undefined {
  const [, name, inner] = /^(\w+)\((.*)\)$/.exec(path) ?? [];
  return name === undefined || inner === undefined ? undefined : { name, inner };
}

export function isAggregate(path: string): boolean {
  const name = splitCall(path)?.name;
  return aggregateFunctions.some((known) => known === name);
}

/** A field, or a function of one with the function's name in capitals: `CALENDAR_YEAR(CreatedDate)`. */
export function parsePath(cursor: Cursor): string {
  const name = cursor.name();
  if (!cursor.accept("(")) return name;
  const wanted = name.toUpperCase();
  const isKnown = [...aggregateFunctions, ...dateFunctions].some((known) => known === wanted);
  if (!isKnown && !shownFunctions.has(wanted)) throw malformed(`unexpected token: '${name}'`);
  if (wanted === "COUNT" && cursor.accept(")")) return "COUNT()";
  const inner = parsePath(cursor);
  cursor.expect(")");
  // What a time zone is converted to matters for the part of the day only: the org's own zone is the one that counts.
  return shownFunctions.has(wanted) ? inner : `${wanted}(${inner})`;
}

type Parts = {
  readonly items: GroupItem[];
  readonly children: ChildQuery[];
  readonly types: TypeChoice[];
};

/** What stands between SELECT and FROM. `parseInner` reads a query behind its SELECT. Throws a `MALFORMED_QUERY`. */
export function parseSelect(cursor: Cursor, parseInner: (cursor: Cursor) => Soql): Select {
  if (cursor.accept("FIELDS")) return parseFieldGroup(cursor);
  const parts: Parts = { items: [], children: [], types: [] };
  do parsePart(cursor, parts, parseInner);
  while (cursor.accept(","));
  const { items, children, types } = parts;
  const [first] = items;
  if (first?.path === "COUNT()") {
    if (items.length + children.length + types.length > 1) throw malformed("unexpected token: 'COUNT()'");
    return { kind: "count" };
  }
  const isGrouped = items.some(({ path, alias }) => isAggregate(path) || alias !== undefined);
  if (isGrouped && children.length + types.length === 0) return { kind: "groups", items };
  return { kind: "fields", paths: items.map(({ path }) => path), children, types };
}

function parseFieldGroup(cursor: Cursor): Select {
  cursor.expect("(");
  const group = cursor.name().toUpperCase();
  cursor.expect(")");
  if (group === "ALL" || group === "STANDARD" || group === "CUSTOM") return { kind: "group", group };
  throw malformed(`unexpected token: '${group}'`);
}

function parsePart(cursor: Cursor, parts: Parts, parseInner: (cursor: Cursor) => Soql): void {
  if (cursor.accept("(")) {
    cursor.expect("SELECT");
    const query = parseInner(cursor);
    cursor.expect(")");
    parts.children.push({ relationship: query.from, query });
  } else if (cursor.accept("TYPEOF")) parts.types.push(parseTypeChoice(cursor));
  else {
    const path = parsePath(cursor);
    const next = cursor.peek();
    const isAlias = next?.kind === "name" && next.text.toUpperCase() !== "FROM";
    parts.items.push({ path, alias: isAlias ? cursor.name() : undefined });
  }
}

function parseTypeChoice(cursor: Cursor): TypeChoice {
  const relationship = cursor.name();
  const whens: { type: string; paths: readonly string[] }[] = [];
  while (cursor.accept("WHEN")) {
    const type = cursor.name();
    cursor.expect("THEN");
    whens.push({ type, paths: parseNames(cursor) });
  }
  const otherwise = cursor.accept("ELSE") ? parseNames(cursor) : [];
  cursor.expect("END");
  return { relationship, whens, otherwise };
}

function parseNames(cursor: Cursor): readonly string[] {
  const names = [cursor.name()];
  while (cursor.accept(",")) names.push(cursor.name());
  return names;
}
