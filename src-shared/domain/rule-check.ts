import type { Comparison, FieldKind, RuleCondition } from "./crm-schema.ts";

/** What a record holds in a field: `text` null where it holds something that is not known. Undefined: nothing is known. */
export type RecordView = (field: string) => Readonly<{ text: string | null; kind: FieldKind }> | undefined;

/** Longest text that an expression of the CRM's is tried on, characters. */
const longestTried = 1_000;

/** Whether a condition holds; undefined where what is known does not decide it. */
export function holds(condition: RuleCondition, record: RecordView): boolean | undefined {
  if ("all" in condition) return every(condition.all.map((each) => holds(each, record)));
  if ("any" in condition) return negate(every(condition.any.map((each) => negate(holds(each, record)))));
  if ("not" in condition) return negate(holds(condition.not, record));
  if ("always" in condition) return condition.always;
  if ("unknown" in condition) return undefined;
  if ("blank" in condition) {
    const held = record(condition.blank);
    return held === undefined ? undefined : held.text === "";
  }
  if ("lengthOf" in condition) {
    const text = record(condition.lengthOf)?.text;
    return typeof text === "string" ? compare(text.length, condition.value, condition.is) : undefined;
  }
  const held = record(condition.field);
  if (held === undefined || held.text === null) return undefined;
  if ("matches" in condition)
    return held.text.length > longestTried ? undefined : new RegExp(condition.matches, "u").test(held.text);
  if ("text" in condition)
    return condition.text === "begins" ? held.text.startsWith(condition.value) : held.text.includes(condition.value);
  return compareField(held.text, held.kind, condition.is, condition.value);
}

const negate = (known: boolean | undefined): boolean | undefined => (known === undefined ? undefined : !known);

/** False as soon as one is; true where all are. */
function every(parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

function compareField(
  text: string,
  kind: FieldKind,
  is: Comparison,
  value: string | number | boolean,
): boolean | undefined {
  if (typeof value === "boolean")
    return kind === "flag" ? compare(text === "true" ? 1 : 0, value ? 1 : 0, is) : undefined;
  if (typeof value === "number" || kind === "whole" || kind === "number") {
    // What an empty number counts as differs from rule to rule.
    if (text === "" || !Number.isFinite(Number(text)) || !Number.isFinite(Number(value))) return undefined;
    return compare(Number(text), Number(value), is);
  }
  if (is === "eq") return text === value;
  if (is === "ne") return text !== value;
  // Texts are ordered by the CRM's own rules.
  return undefined;
}

function compare(left: number, right: number, is: Comparison): boolean {
  switch (is) {
    case "eq":
      return left === right;
    case "ne":
      return left !== right;
    case "lt":
      return left < right;
    case "gt":
      return left > right;
    case "le":
      return left <= right;
    case "ge":
      return left >= right;
  }
}
