import { fitsPattern, toPattern } from "../core/wildcard.ts";
import { isOwnName, toColumn, type Column, type Row, type Table } from "./query-table.ts";
import { normaliseId } from "./record-id.ts";
import { noSuchField, Refusal } from "./refusal.ts";
import { datePart, toDays, type Days } from "./soql-dates.ts";
import type { Comparison, Condition, Operand } from "./soql-parser.ts";
import { dateFunctions, splitCall } from "./soql-select.ts";
import { malformed } from "./soql-words.ts";

export type Reader = { readonly column: Column; readonly read: (row: Row) => unknown };

/** What reads a dotted path. Throws an `INVALID_FIELD` refusal. */
export function readerOf(table: Table, path: string): Reader {
  const whole = table.column(path);
  if (whole !== undefined) return { column: whole, read: (row) => row.get(whole.name) };
  const call = splitCall(path);
  if (call !== undefined) return dateReader(table, call.name, call.inner);
  const [first = "", ...rest] = path.split(".");
  if (rest.length > 0 && isOwnName(table, first)) return readerOf(table, rest.join("."));
  if (rest.length === 0) {
    const column = table.column(first);
    if (column === undefined) throw noSuchField(first, table.name);
    return { column, read: (row) => row.get(column.name) };
  }
  const parent = table.parent(first);
  if (parent === undefined) {
    throw new Refusal(
      400,
      "INVALID_FIELD",
      `Didn't understand relationship '${first}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
    );
  }
  const inner = readerOf(parent.table, rest.join("."));
  return {
    column: inner.column,
    read: (row) => {
      const up = row.parent(parent.name);
      return up === undefined ? null : inner.read(up);
    },
  };
}

/** A part of a date or time, as a column of its own. Throws a `Refusal` for any other function here. */
function dateReader(table: Table, name: string, inner: string): Reader {
  const part = dateFunctions.find((known) => known === name);
  if (part === undefined) throw malformed(`unexpected token: '${name}'`);
  const { column, read } = readerOf(table, inner);
  if (!isDated(column)) throw malformed(`Invalid field ${inner} for the date function ${name}`);
  return {
    column: toColumn(`${name}(${inner})`, part === "DAY_ONLY" ? "date" : "int"),
    read: (row) => {
      const at = toMoment(toComparable(column, read(row)));
      return at === null ? null : datePart(part, at);
    },
  };
}

export type Test = (row: Row) => boolean;

/** A condition as a test of rows; types are checked once, here. Throws a `Refusal`. */
export function compileCondition(table: Table, condition: Condition, now: number): Test {
  switch (condition.kind) {
    case "and": {
      const tests = condition.parts.map((part) => compileCondition(table, part, now));
      return (row) => tests.every((test) => test(row));
    }
    case "or": {
      const tests = condition.parts.map((part) => compileCondition(table, part, now));
      return (row) => tests.some((test) => test(row));
    }
    case "not": {
      const test = compileCondition(table, condition.part, now);
      return (row) => !test(row);
    }
    case "in": {
      const { column, read } = readerOf(table, condition.path);
      const wanted = new Set(condition.values.map((value) => toComparable(column, toValue(column, value))));
      return (row) => wanted.has(toComparable(column, read(row))) !== condition.negated;
    }
    case "includes": {
      const { column, read } = readerOf(table, condition.path);
      if (column.type !== "multipicklist") throw filterOperator(column);
      const sets = condition.values.map(({ text }) => text.toLowerCase().split(";"));
      return (row) => {
        const value = read(row);
        const held = typeof value === "string" ? value.toLowerCase().split(";") : [];
        return sets.some((set) => set.every((each) => held.includes(each))) !== condition.negated;
      };
    }
    case "semi-join":
      throw new Error("a semi-join is resolved before its condition is compiled");
    case "compare":
      return compileComparison(table, condition, now);
  }
}

function compileComparison(
  table: Table,
  { path, op, value }: Extract<Condition, { kind: "compare" }>,
  now: number,
): Test {
  const { column, read } = readerOf(table, path);
  if (op === "LIKE") return compileLike(column, read, value);
  const days = isDated(column) && value.kind === "word" ? toDays(value.text, now) : undefined;
  if (days !== undefined) return (row) => fitsDays(op, toMoment(toComparable(column, read(row))), days);
  const wanted = toComparable(column, toValue(column, value));
  return (row) => holds(op, toComparable(column, read(row)), wanted);
}

function compileLike(column: Column, read: Reader["read"], value: Operand): Test {
  if (value.kind !== "string") throw filterType(column);
  checkFilterable(column);
  const pattern = toPattern(value.text.toLowerCase(), { "%": "any", _: "one" });
  return (row) => {
    const found = read(row);
    return typeof found === "string" && fitsPattern(pattern, found.toLowerCase());
  };
}

function holds(op: Exclude<Comparison, "LIKE">, found: unknown, wanted: unknown): boolean {
  if (op === "=") return found === wanted;
  if (op === "!=") return found !== wanted;
  if (found === null || wanted === null) return false;
  const order = compareValues(found, wanted);
  if (op === "<") return order < 0;
  if (op === "<=") return order <= 0;
  return op === ">" ? order > 0 : order >= 0;
}

export function compareValues(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [a, b] = [String(left), String(right)];
  return a < b ? -1 : Number(a > b);
}

/** The form in which two values of a column are compared: texts without case, times as numbers. */
export function toComparable(column: Column, value: unknown): unknown {
  if (value === undefined || value === null || value === "") return null;
  if (column.type === "datetime") return typeof value === "string" ? Date.parse(fixOffset(value)) : value;
  if (typeof value !== "string" || column.caseSensitive || column.type === "id" || column.type === "reference")
    return value;
  return value.toLowerCase();
}

const fixOffset = (text: string): string => text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2");

function checkFilterable(column: Column): void {
  if (!column.long) return;
  throw new Refusal(400, "INVALID_FIELD", `field '${column.name}' can not be filtered in a query call`);
}

function filterOperator({ name }: Column): Refusal {
  return new Refusal(400, "INVALID_FIELD", `invalid operator on field '${name}'`);
}

function filterType({ name, type }: Column): Refusal {
  const quotes =
    type === "string" || type === "picklist" ? "should be enclosed in quotes" : "should not be enclosed in quotes";
  return new Refusal(
    400,
    "INVALID_FIELD",
    `value of filter criterion for field '${name}' must be of type ${type} and ${quotes}`,
  );
}

/** A written value as one of the column's type. Throws a `Refusal`. */
function toValue(column: Column, { kind, text }: Operand): unknown {
  checkFilterable(column);
  if (kind === "word" && text.toUpperCase() === "NULL") return null;
  switch (column.type) {
    case "int":
    case "double":
    case "currency":
    case "percent":
      if (kind !== "word" || Number.isNaN(Number(text))) throw filterType(column);
      return Number(text);
    case "boolean":
      if (kind !== "word" || !/^(true|false)$/i.test(text)) throw filterType(column);
      return text.toLowerCase() === "true";
    case "date":
    case "datetime":
      if (kind !== "word") throw filterType(column);
      return toTime(column, text);
    case "id":
    case "reference": {
      if (kind !== "string") throw filterType(column);
      if (text === "") return null;
      const id = normaliseId(text);
      // Users of the account may have ids of any form.
      if (id === undefined && column.name === "Id")
        throw new Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", `invalid ID field: ${text}`);
      return id ?? text;
    }
    default:
      if (kind !== "string") throw filterType(column);
      return text;
  }
}

/** A date or time as written. */
function toTime(column: Column, text: string): string | number {
  const isTime = column.type === "datetime";
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) throw malformed(`unexpected token: '${text}'`);
  if (text.includes("T") !== isTime) throw filterType(column);
  return isTime ? Date.parse(fixOffset(text)) : text;
}

const isDated = ({ type }: Column): boolean => type === "date" || type === "datetime";

/** Epoch ms of a date or time in its comparable form. */
function toMoment(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? Date.parse(value) : null;
}

function fitsDays(op: Exclude<Comparison, "LIKE">, at: number | null, { from, to }: Days): boolean {
  if (at === null) return op === "!=";
  switch (op) {
    case "=":
      return at >= from && at < to;
    case "!=":
      return at < from || at >= to;
    case "<":
      return at < from;
    case "<=":
      return at < to;
    case ">":
      return at >= to;
    case ">=":
      return at >= from;
  }
}
