import type { Comparison, RuleCondition } from "../../../src-shared/domain/crm-schema.ts";
import { isSafePattern } from "../http/safe-pattern.ts";

/**
 * The condition of a validation rule, as far as it can be told here: a rule refuses a record where its formula is true.
 * Functions, dates and fields of other objects that are not known become `unknown`, which never refuses by itself.
 */
export function readFormula(text: string): RuleCondition {
  const tokens = toTokens(text);
  if (tokens === undefined) return unknown;
  try {
    const parser = createParser(tokens);
    const read = parser.expression();
    return parser.isAtEnd() ? toCondition(read) : unknown;
  } catch (error) {
    if (error instanceof FormulaError) return unknown;
    throw error;
  }
}

const unknown: RuleCondition = { unknown: true };

/** A formula that is none, or one of a form that is not read here. */
class FormulaError extends Error {
  override readonly name = "FormulaError";
}

type Token = Readonly<{ kind: "text" | "number" | "name" | "sign"; text: string }>;

const tokenPattern =
  /\s+|\/\*[\s\S]*?\*\/|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+(?:\.\d+)?)|([$A-Za-z_][\w$.]*)|(&&|\|\||<>|!=|<=|>=|==|[=<>!(),+\-*/&^])/gy;

/** Longest formula that is looked at, characters: Salesforce takes 3,900. */
const longest = 4_000;

function toTokens(text: string): readonly Token[] | undefined {
  if (text.length > longest) return undefined;
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const [, double, single, number, name, sign] = found;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.replaceAll(/\\(.)/g, "$1") });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
  }
  return tokens;
}

/** What a part of a formula stands for. */
type Part =
  | Readonly<{ kind: "condition"; is: RuleCondition }>
  | Readonly<{ kind: "field"; name: string }>
  | Readonly<{ kind: "length"; of: string }>
  | Readonly<{ kind: "value"; value: string | number | boolean }>
  | Readonly<{ kind: "nothing" }>
  | Readonly<{ kind: "unknown" }>;

const unclear: Part = { kind: "unknown" };
const asPart = (is: RuleCondition): Part => ({ kind: "condition", is });

/** A part used as yes or no: a checkbox is one by itself. */
function toCondition(part: Part): RuleCondition {
  if (part.kind === "condition") return part.is;
  if (part.kind === "field") return { field: part.name, is: "eq", value: true };
  return part.kind === "value" && typeof part.value === "boolean" ? { always: part.value } : unknown;
}

const signs: Readonly<Record<string, Comparison>> = {
  "=": "eq",
  "==": "eq",
  "<>": "ne",
  "!=": "ne",
  "<": "lt",
  ">": "gt",
  "<=": "le",
  ">=": "ge",
};
/** The same comparison seen from the other side. */
const turned: Readonly<Record<Comparison, Comparison>> = { eq: "eq", ne: "ne", lt: "gt", gt: "lt", le: "ge", ge: "le" };

function compareParts(left: Part, is: Comparison, right: Part): Part {
  if (left.kind === "value" || left.kind === "nothing")
    return right.kind === "value" || right.kind === "nothing" ? unclear : compareParts(right, turned[is], left);
  const isEmpty = right.kind === "nothing" || (right.kind === "value" && right.value === "");
  if (left.kind === "field" && isEmpty && (is === "eq" || is === "ne"))
    return asPart(is === "eq" ? { blank: left.name } : { not: { blank: left.name } });
  if (right.kind !== "value") return unclear;
  const { value } = right;
  if (left.kind === "length" && typeof value === "number") return asPart({ lengthOf: left.of, is, value });
  if (left.kind === "field") return asPart({ field: left.name, is, value });
  if (left.kind === "condition" && typeof value === "boolean" && (is === "eq" || is === "ne"))
    return asPart(value === (is === "eq") ? left.is : { not: left.is });
  return unclear;
}

/** Recursive descent over `||`, `&&`, `!`, comparisons, and sums, whose value is not worked out. */
function createParser(tokens: readonly Token[]) {
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const isSign = (...texts: readonly string[]): boolean => {
    const token = peek();
    return token?.kind === "sign" && texts.includes(token.text);
  };
  const take = (): Token => {
    const token = tokens[at];
    if (token === undefined) throw new FormulaError("the formula is cut");
    at += 1;
    return token;
  };
  const expect = (text: string): void => {
    if (!isSign(text)) throw new FormulaError(`${text} is missing`);
    at += 1;
  };

  function either(): Part {
    const parts = [both()];
    while (isSign("||")) parts.push((take(), both()));
    return parts.length === 1 ? (parts[0] ?? unclear) : asPart({ any: parts.map(toCondition) });
  }
  function both(): Part {
    const parts = [compared()];
    while (isSign("&&")) parts.push((take(), compared()));
    return parts.length === 1 ? (parts[0] ?? unclear) : asPart({ all: parts.map(toCondition) });
  }
  function compared(): Part {
    let left = sum();
    for (let is = comparisonAt(); is !== undefined; is = comparisonAt()) {
      take();
      left = compareParts(left, is, sum());
    }
    return left;
  }
  const comparisonAt = (): Comparison | undefined => {
    const token = peek();
    return token?.kind === "sign" ? signs[token.text] : undefined;
  };
  function sum(): Part {
    let left = unary();
    while (isSign("+", "-", "*", "/", "&", "^")) {
      take();
      unary();
      left = unclear;
    }
    return left;
  }
  function unary(): Part {
    if (isSign("!")) return (take(), asPart({ not: toCondition(unary()) }));
    if (isSign("-")) {
      take();
      const part = unary();
      return part.kind === "value" && typeof part.value === "number" ? { kind: "value", value: -part.value } : unclear;
    }
    return primary();
  }
  function primary(): Part {
    const token = take();
    if (token.kind === "text") return { kind: "value", value: token.text };
    if (token.kind === "number") return { kind: "value", value: Number(token.text) };
    if (token.kind === "name") return isSign("(") ? called(token.text.toUpperCase()) : named(token.text);
    if (token.text !== "(") throw new FormulaError(`${token.text} stands where a value belongs`);
    const inner = either();
    expect(")");
    return inner;
  }
  function called(name: string): Part {
    expect("(");
    const given: Part[] = [];
    while (!isSign(")")) {
      given.push(either());
      if (!isSign(")")) expect(",");
    }
    expect(")");
    return callFunction(name, given);
  }
  return { expression: either, isAtEnd: () => at === tokens.length };
}

function named(name: string): Part {
  const word = name.toUpperCase();
  if (word === "TRUE" || word === "FALSE") return { kind: "value", value: word === "TRUE" };
  if (word === "NULL") return { kind: "nothing" };
  // A field of another object, or one of the user, the profile, the setup.
  return name.includes(".") || name.startsWith("$") ? unclear : { kind: "field", name };
}

function callFunction(name: string, given: readonly Part[]): Part {
  const [first = unclear, second = unclear] = given;
  switch (name) {
    case "AND":
      return asPart({ all: given.map(toCondition) });
    case "OR":
      return asPart({ any: given.map(toCondition) });
    case "NOT":
      return asPart({ not: toCondition(first) });
    case "ISBLANK":
    case "ISNULL":
      return first.kind === "field" ? asPart({ blank: first.name }) : unclear;
    case "TEXT":
    case "TRIM":
      return first.kind === "field" ? first : unclear;
    case "LEN":
      return first.kind === "field" ? { kind: "length", of: first.name } : unclear;
    case "ISPICKVAL":
      return compareParts(first, "eq", second);
    case "BEGINS":
    case "CONTAINS":
      return first.kind === "field" && second.kind === "value" && typeof second.value === "string"
        ? asPart({ field: first.name, text: name === "BEGINS" ? "begins" : "contains", value: second.value })
        : unclear;
    case "REGEX":
      return toMatch(first, second);
    default:
      return unclear;
  }
}

/** Salesforce wants the whole text to match. */
function toMatch(first: Part, second: Part): Part {
  if (first.kind !== "field" || second.kind !== "value" || typeof second.value !== "string") return unclear;
  const { value } = second;
  return isSafePattern(value) ? asPart({ field: first.name, matches: `^(?:${value})$` }) : unclear;
}
