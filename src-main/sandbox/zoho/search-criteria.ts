import { Refusal } from "./refusal.ts";

const operators = [
  "equals",
  "not_equal",
  "starts_with",
  "in",
  "not_in",
  "between",
  "greater_than",
  "greater_equal",
  "less_than",
  "less_equal",
] as const;
export type SearchOperator = (typeof operators)[number];

export type Criterion = {
  readonly kind: "criterion";
  readonly field: string;
  readonly operator: SearchOperator;
  readonly value: string;
};
export type Criteria = Criterion | { readonly kind: "and" | "or"; readonly parts: readonly Criteria[] };

const maxLength = 3000;
const maxCriteria = 15;

/**
 * `((Phone:equals:…)or(Mobile:equals:…))`: brackets and commas inside a value are escaped by a backslash. Throws a
 * `Refusal` for anything that is none, for more than 15 criteria and for more than 3,000 characters.
 */
export function parseCriteria(text: string): Criteria {
  if (text.length > maxLength) throw limitExceeded(maxLength);
  const reader = createReader(text.trim());
  const criteria = reader.readAll();
  if (countCriteria(criteria) > maxCriteria) throw limitExceeded(maxCriteria);
  return criteria;
}

function limitExceeded(limit: number): Refusal {
  return new Refusal(400, "CRITERIA_LIMIT_EXCEEDED", "criteria limit exceeded", { limit, param_name: "criteria" });
}

function countCriteria(criteria: Criteria): number {
  return criteria.kind === "criterion" ? 1 : criteria.parts.reduce((sum, part) => sum + countCriteria(part), 0);
}

function invalidCriteria(): Refusal {
  return new Refusal(400, "INVALID_QUERY", "Invalid query formed", {
    reason: "the criteria given seems to be invalid",
    param_name: "criteria",
  });
}

function createReader(text: string): { readonly readAll: () => Criteria } {
  let at = 0;
  const readGroup = (): Criteria => {
    if (text[at] !== "(") throw invalidCriteria();
    at += 1;
    const criteria = text[at] === "(" ? readJoined() : readCriterion();
    if (text[at] !== ")") throw invalidCriteria();
    at += 1;
    return criteria;
  };
  const readJoined = (): Criteria => {
    const parts = [readGroup()];
    let joint: "and" | "or" | undefined;
    for (let word = readJoint(); word !== undefined; word = readJoint()) {
      if (joint !== undefined && word !== joint) throw invalidCriteria();
      joint = word;
      parts.push(readGroup());
    }
    const [only] = parts;
    return joint === undefined && only !== undefined ? only : { kind: joint ?? "and", parts };
  };
  const readJoint = (): "and" | "or" | undefined => {
    const found = /^\s*(and|or)\s*/i.exec(text.slice(at));
    if (found === null) return undefined;
    at += found[0].length;
    return found[1]?.toLowerCase() === "and" ? "and" : "or";
  };
  const readCriterion = (): Criterion => {
    let raw = "";
    while (at < text.length && text[at] !== ")") {
      if (text[at] === "\\") at += 1;
      raw += text[at] ?? "";
      at += 1;
    }
    const [, field, operator, value] = /^(\w+):(\w+):([\s\S]*)$/.exec(raw) ?? [];
    const known = operators.find((name) => name === operator);
    if (field === undefined || known === undefined || value === undefined) throw invalidCriteria();
    return { kind: "criterion", field, operator: known, value };
  };
  return {
    readAll: () => {
      const criteria = readJoined();
      if (at < text.length) throw invalidCriteria();
      return criteria;
    },
  };
}

/** Whether a value, as text, meets one criterion; numbers are compared as numbers. */
export function meetsCriterion(found: string, operator: SearchOperator, wanted: string): boolean {
  const list = wanted.split(",");
  const order = compare(found, wanted);
  switch (operator) {
    case "equals":
      return found.toLowerCase() === wanted.toLowerCase();
    case "not_equal":
      return found.toLowerCase() !== wanted.toLowerCase();
    case "starts_with":
      return found.toLowerCase().startsWith(wanted.toLowerCase());
    case "in":
      return list.includes(found);
    case "not_in":
      return !list.includes(found);
    case "between":
      return compare(found, list[0] ?? "") >= 0 && compare(found, list[1] ?? "") <= 0;
    case "greater_than":
      return found !== "" && order > 0;
    case "greater_equal":
      return found !== "" && order >= 0;
    case "less_than":
      return found !== "" && order < 0;
    case "less_equal":
      return found !== "" && order <= 0;
  }
}

function compare(left: string, right: string): number {
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference)) return difference;
  return left < right ? -1 : Number(left > right);
}
