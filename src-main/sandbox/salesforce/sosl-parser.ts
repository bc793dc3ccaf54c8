import { createCursor, parseCondition, parseOrder, type Condition, type Cursor, type Order } from "./soql-parser.ts";
import { splitSoql } from "./soql-words.ts";
import { Refusal } from "./refusal.ts";

export type SearchScope = "ALL" | "NAME" | "EMAIL" | "PHONE" | "SIDEBAR";

/** What is looked for in one object, and what is answered of it. */
export type SearchTarget = {
  readonly object: string;
  readonly fields: readonly string[];
  readonly where: Condition | undefined;
  /** None: in the order of their ids. */
  readonly orderBy: readonly Order[];
  readonly limit: number | undefined;
  /** So many of the first are left out. */
  readonly offset: number;
};

/** The records of an object, found, in no order of their own. */
export const wholeTarget = { where: undefined, orderBy: [], limit: undefined, offset: 0 } as const;

export type Sosl = {
  /** Any of these terms; each is one or several words that must all be found. */
  readonly terms: readonly string[];
  readonly scope: SearchScope;
  readonly targets: readonly SearchTarget[];
  readonly limit: number;
};

export const maxSearchRows = 2000;

export function malformedSearch(message: string): Refusal {
  return new Refusal(400, "MALFORMED_SEARCH", message);
}

/** A search of the subset that the sandbox knows. Throws a `MALFORMED_SEARCH` refusal. */
export function parseSosl(text: string): Sosl {
  const [, rawTerm = "", rest = ""] = /^\s*FIND\s*\{((?:\\.|[^\\}])*)\}(.*)$/is.exec(text) ?? [];
  if (rawTerm === "") throw malformedSearch("No search term was found in FIND {…}");
  const terms = parseTerms(rawTerm);
  try {
    return parseRest(createCursor(splitSoql(rest)), terms);
  } catch (error) {
    throw error instanceof Refusal ? malformedSearch(error.message) : error;
  }
}

function parseRest(cursor: Cursor, terms: readonly string[]): Sosl {
  const scope = cursor.accept("IN") ? parseScope(cursor) : "ALL";
  const targets: SearchTarget[] = [];
  if (cursor.accept("RETURNING")) {
    do targets.push(parseTarget(cursor));
    while (cursor.accept(","));
  }
  const limit = cursor.accept("LIMIT") ? cursor.count() : maxSearchRows;
  const word = cursor.peek();
  if (word !== undefined) throw malformedSearch(`unexpected token: '${word.text}'`);
  return { terms, scope, targets, limit: Math.min(limit, maxSearchRows) };
}

const scopes: readonly SearchScope[] = ["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"];

function parseScope(cursor: Cursor): SearchScope {
  const name = cursor.name().toUpperCase();
  cursor.expect("FIELDS");
  const scope = scopes.find((each) => each === name);
  if (scope === undefined) throw malformedSearch(`unexpected token: '${name}'`);
  return scope;
}

function parseTarget(cursor: Cursor): SearchTarget {
  const object = cursor.name();
  if (!cursor.accept("(")) return { object, fields: ["Id"], ...wholeTarget };
  const fields = [cursor.name()];
  while (cursor.accept(",")) fields.push(cursor.name());
  const where = cursor.accept("WHERE") ? parseCondition(cursor) : undefined;
  const orderBy = parseOrder(cursor);
  const limit = cursor.accept("LIMIT") ? cursor.count() : undefined;
  const offset = cursor.accept("OFFSET") ? cursor.count() : 0;
  cursor.expect(")");
  return { object, fields, where, orderBy, limit, offset };
}

/** `a OR b`: either; quotes and AND only hold words together. Reserved characters must be escaped. */
export function parseTerms(raw: string): readonly string[] {
  return raw.split(/\s+OR\s+/i).map((term) => unescapeTerm(term.replace(/\s+AND\s+/gi, " ").trim()));
}

const wildcards = new Set(["*", "?"]);
const reserved = new Set("&|!{}[]()^~:+-'\"".split(""));

function unescapeTerm(term: string): string {
  let text = "";
  for (let at = 0; at < term.length; at++) {
    const character = term.charAt(at);
    if (character === "\\") {
      at += 1;
      text += term.charAt(at);
    } else if (reserved.has(character)) {
      throw malformedSearch(`line 1: the reserved character '${character}' must be escaped in a search term`);
    } else if (character !== '"') text += character;
  }
  if (wildcards.has(text.charAt(0))) throw malformedSearch("The search term must not begin with a wildcard");
  return text;
}
