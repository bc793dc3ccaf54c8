import { compareIds } from "../core/record-view.ts";
import { fitsPattern, toPattern } from "../core/wildcard.ts";
import type { Column } from "./coql-columns.ts";
import type { Condition } from "./coql-parser.ts";
import { Refusal } from "./refusal.ts";
import { parseZohoTime, type FieldValue } from "./zoho-record.ts";

type Test = (value: FieldValue | undefined) => boolean;

const textOnly: ReadonlySet<Condition["operator"]> = new Set(["like", "not like"]);

/**
 * One condition as a test of a column's value. `=` is literal on the stored text. Throws a `Refusal` for a literal that
 * does not fit the column, and for long text, which cannot be filtered by.
 */
export function meetsCondition(column: Column, { operator, values }: Condition): Test {
  if (column.type === "textarea" && operator !== "is null" && operator !== "is not null")
    throw new Refusal(400, "INVALID_QUERY", "data type not supported", {
      column_name: column.name,
      data_type: "textarea",
      operator,
    });
  const isText = !["datetime", "date", "integer", "double", "currency", "percent", "boolean"].includes(column.type);
  if (textOnly.has(operator) && !isText)
    throw new Refusal(400, "INVALID_QUERY", "operator is invalid for the column", {
      column_name: column.name,
      operator,
    });
  const wanted = values.map((value) => toComparable(column, value));
  const [first, second] = wanted;
  const compared = (accept: (order: number) => boolean): Test => {
    return (value) => value !== undefined && first !== undefined && accept(compare(toPlain(value), first));
  };
  switch (operator) {
    case "=":
      return (value) => value !== undefined && toPlain(value) === first;
    case "!=":
      return (value) => value === undefined || toPlain(value) !== first;
    case ">":
      return compared((order) => order > 0);
    case "<":
      return compared((order) => order < 0);
    case ">=":
      return compared((order) => order >= 0);
    case "<=":
      return compared((order) => order <= 0);
    case "in": {
      const set = new Set(wanted);
      return (value) => value !== undefined && set.has(toPlain(value));
    }
    case "not in": {
      const set = new Set(wanted);
      return (value) => value === undefined || !set.has(toPlain(value));
    }
    case "between":
      return (value) =>
        value !== undefined &&
        first !== undefined &&
        second !== undefined &&
        compare(toPlain(value), first) >= 0 &&
        compare(toPlain(value), second) <= 0;
    case "like":
    case "not like": {
      const fits = toLike(String(first ?? ""));
      return (value) => (value !== undefined && fits(String(value))) === (operator === "like");
    }
    case "is null":
      return (value) => value === undefined;
    case "is not null":
      return (value) => value !== undefined;
  }
}

type Plain = string | number | boolean;

function toPlain(value: FieldValue): Plain {
  return typeof value === "object" ? value.join(";") : value;
}

/** A literal in the form in which the column's values are stored. */
function toComparable({ name, type }: Column, literal: string): Plain {
  const wrong = (expected: string): Refusal =>
    new Refusal(400, "INVALID_QUERY", "value given seems to be invalid for the column", {
      column_name: name,
      expected_data_type: expected,
    });
  switch (type) {
    case "datetime": {
      const time = parseZohoTime(literal);
      if (time === undefined) throw wrong("datetime");
      return time;
    }
    case "integer":
    case "double":
    case "currency":
    case "percent": {
      const number = Number(literal);
      if (literal === "" || Number.isNaN(number)) throw wrong("number");
      return number;
    }
    case "boolean":
      if (literal !== "true" && literal !== "false") throw wrong("boolean");
      return literal === "true";
    default:
      return literal;
  }
}

function compare(left: Plain, right: Plain): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [one, other] = [String(left), String(right)];
  if (/^\d{15,}$/.test(one) && /^\d{15,}$/.test(other)) return compareIds(one, other);
  return one < other ? -1 : Number(one > other);
}

/** Values of a column in order, empty ones last. */
export function compareValues(left: FieldValue | undefined, right: FieldValue | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return compare(toPlain(left), toPlain(right));
}

/** `%` stands for anything; case does not matter. */
function toLike(pattern: string): (text: string) => boolean {
  const parts = toPattern(pattern.toLowerCase(), { "%": "any" }, { escapes: false });
  return (text) => fitsPattern(parts, text.toLowerCase());
}
