import { parsePath, parseSelect, type Select } from "./soql-select.ts";
import { malformed, splitSoql, type Word } from "./soql-words.ts";

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE";

/** A value as written. `word`: unquoted (a number, a date, `TRUE`, `NULL`, `TODAY`). */
export type Operand = { readonly kind: "string" | "word"; readonly text: string };

export type Condition =
  | { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  | { readonly kind: "compare"; readonly path: string; readonly op: Comparison; readonly value: Operand }
  | { readonly kind: "in"; readonly path: string; readonly values: readonly Operand[]; readonly negated: boolean }
  /** Of a list of several values: each item is one or several, joined by semicolons. */
  | { readonly kind: "includes"; readonly path: string; readonly values: readonly Operand[]; readonly negated: boolean }
  /** Values that another query finds. */
  | { readonly kind: "semi-join"; readonly path: string; readonly query: Soql; readonly negated: boolean };

export type Order = { readonly path: string; readonly descending: boolean; readonly nullsLast: boolean };

export type Soql = {
  readonly select: Select;
  readonly from: string;
  /** What the query calls the object. */
  readonly alias: string | undefined;
  readonly where: Condition | undefined;
  readonly groupBy: readonly string[];
  readonly having: Condition | undefined;
  readonly orderBy: readonly Order[];
  readonly limit: number | undefined;
  readonly offset: number;
  readonly allRows: boolean;
};

/** The words of one query, taken from left to right. */
export type Cursor = {
  readonly peek: () => Word | undefined;
  readonly next: () => Word;
  /** Takes the word when it is this one (any case), else leaves it. */
  readonly accept: (text: string) => boolean;
  readonly expect: (text: string) => void;
  readonly name: () => string;
  readonly count: () => number;
};

export function createCursor(words: readonly Word[]): Cursor {
  let at = 0;
  const unexpected = (word: Word | undefined) =>
    malformed(word === undefined ? "unexpected token: '<EOF>'" : `unexpected token: '${word.text}'`);
  const is = (word: Word | undefined, text: string): boolean =>
    word !== undefined && word.kind !== "string" && word.text.toUpperCase() === text;
  const next = (): Word => {
    const word = words[at];
    if (word === undefined) throw unexpected(word);
    at += 1;
    return word;
  };
  return {
    peek: () => words[at],
    next,
    accept: (text) => {
      if (!is(words[at], text)) return false;
      at += 1;
      return true;
    },
    expect: (text) => {
      if (!is(words[at], text)) throw unexpected(words[at]);
      at += 1;
    },
    name: () => {
      const word = next();
      if (word.kind !== "name") throw unexpected(word);
      return word.text;
    },
    count: () => {
      const word = next();
      if (word.kind !== "literal" || !/^\d+$/.test(word.text)) throw unexpected(word);
      return Number(word.text);
    },
  };
}

/** A query of the subset that the sandbox knows. Throws a `MALFORMED_QUERY` refusal. */
export function parseSoql(text: string): Soql {
  const cursor = createCursor(splitSoql(text));
  cursor.expect("SELECT");
  const query = parseQuery(cursor);
  const rest = cursor.peek();
  if (rest !== undefined) throw malformed(`unexpected token: '${rest.text}'`);
  return query;
}

/** What follows the word SELECT. */
function parseQuery(cursor: Cursor): Soql {
  const chosen = parseSelect(cursor, parseQuery);
  cursor.expect("FROM");
  const from = cursor.name();
  const alias = parseAlias(cursor);
  parseScope(cursor);
  const where = cursor.accept("WHERE") ? parseCondition(cursor) : undefined;
  if (cursor.accept("WITH")) parseAccess(cursor);
  const groupBy = parseGroups(cursor);
  const having = groupBy.length > 0 && cursor.accept("HAVING") ? parseCondition(cursor) : undefined;
  const select = groupBy.length > 0 && chosen.kind === "fields" ? toGroups(chosen) : chosen;
  const orderBy = parseOrder(cursor);
  const limit = cursor.accept("LIMIT") ? cursor.count() : undefined;
  const offset = cursor.accept("OFFSET") ? cursor.count() : 0;
  const allRows = parseEnd(cursor);
  if (offset > 2000) throw malformed("Maximum SOQL offset allowed is 2000");
  if (select.kind === "group" && select.group !== "STANDARD" && (limit === undefined || limit > 200))
    throw malformed("The SOQL FIELDS function must have a LIMIT of at most 200");
  if (select.kind === "groups" && groupBy.length === 0 && limit !== undefined)
    throw malformed("Non-grouped query that uses overall aggregate functions cannot also use LIMIT");
  return { select, from, alias, where, groupBy, having, orderBy, limit, offset, allRows };
}

const clauses: ReadonlySet<string> = new Set([
  "USING",
  "WHERE",
  "WITH",
  "GROUP",
  "ORDER",
  "LIMIT",
  "OFFSET",
  "FOR",
  "ALL",
]);

function parseAlias(cursor: Cursor): string | undefined {
  cursor.accept("AS");
  const word = cursor.peek();
  return word?.kind === "name" && !clauses.has(word.text.toUpperCase()) ? cursor.name() : undefined;
}

/** Every record that the user may see is the only scope there is. */
function parseScope(cursor: Cursor): void {
  if (!cursor.accept("USING")) return;
  cursor.expect("SCOPE");
  cursor.expect("EVERYTHING");
}

/** The user's rights bind in any case. */
function parseAccess(cursor: Cursor): void {
  if (!cursor.accept("SECURITY_ENFORCED") && !cursor.accept("SYSTEM_MODE")) cursor.expect("USER_MODE");
}

function parseGroups(cursor: Cursor): readonly string[] {
  if (!cursor.accept("GROUP")) return [];
  cursor.expect("BY");
  const paths = [parsePath(cursor)];
  while (cursor.accept(",")) paths.push(parsePath(cursor));
  return paths;
}

function toGroups({ paths, children = [], types = [] }: Extract<Select, { kind: "fields" }>): Select {
  if (children.length + types.length > 0) throw malformed("unexpected token: 'GROUP'");
  return { kind: "groups", items: paths.map((path) => ({ path, alias: undefined })) };
}

/** Parts joined by AND, or by OR: without parentheses they may not be mixed. */
export function parseCondition(cursor: Cursor): Condition {
  const parts = [parseTerm(cursor)];
  const joint = cursor.accept("AND") ? "AND" : cursor.accept("OR") ? "OR" : undefined;
  const [first] = parts;
  if (joint === undefined && first !== undefined) return first;
  do parts.push(parseTerm(cursor));
  while (joint !== undefined && cursor.accept(joint));
  const mixed = cursor.peek();
  if (mixed !== undefined && mixed.kind === "name" && ["AND", "OR"].includes(mixed.text.toUpperCase()))
    throw malformed(`unexpected token: '${mixed.text}'`);
  return { kind: joint === "AND" ? "and" : "or", parts };
}

function parseTerm(cursor: Cursor): Condition {
  if (cursor.accept("NOT")) return { kind: "not", part: parseTerm(cursor) };
  if (cursor.accept("(")) {
    const inner = parseCondition(cursor);
    cursor.expect(")");
    return inner;
  }
  const path = parsePath(cursor);
  if (cursor.accept("IN")) return parseIn(cursor, path, false);
  if (cursor.accept("INCLUDES")) return parseIncludes(cursor, path, false);
  if (cursor.accept("EXCLUDES")) return parseIncludes(cursor, path, true);
  if (cursor.accept("NOT")) {
    cursor.expect("IN");
    return parseIn(cursor, path, true);
  }
  return { kind: "compare", path, op: parseOperator(cursor), value: parseOperand(cursor) };
}

const operators: readonly Comparison[] = ["=", "!=", "<", "<=", ">", ">=", "LIKE"];

function parseOperator(cursor: Cursor): Comparison {
  const word = cursor.next();
  const text = word.text === "<>" ? "!=" : word.text.toUpperCase();
  const operator = operators.find((each) => each === text);
  if (operator === undefined || word.kind === "string") throw malformed(`unexpected token: '${word.text}'`);
  return operator;
}

function parseIn(cursor: Cursor, path: string, negated: boolean): Condition {
  cursor.expect("(");
  if (!cursor.accept("SELECT")) return { kind: "in", path, values: parseList(cursor), negated };
  const query = parseQuery(cursor);
  cursor.expect(")");
  return { kind: "semi-join", path, query, negated };
}

function parseIncludes(cursor: Cursor, path: string, negated: boolean): Condition {
  cursor.expect("(");
  return { kind: "includes", path, values: parseList(cursor), negated };
}

/** Operands up to the closing parenthesis. */
function parseList(cursor: Cursor): readonly Operand[] {
  const values = [parseOperand(cursor)];
  while (cursor.accept(",")) values.push(parseOperand(cursor));
  cursor.expect(")");
  return values;
}

function parseOperand(cursor: Cursor): Operand {
  const word = cursor.next();
  if (word.kind === "mark") throw malformed(`unexpected token: '${word.text}'`);
  return { kind: word.kind === "string" ? "string" : "word", text: word.text };
}

export function parseOrder(cursor: Cursor): readonly Order[] {
  if (!cursor.accept("ORDER")) return [];
  cursor.expect("BY");
  const orders: Order[] = [];
  do {
    const path = parsePath(cursor);
    const descending = cursor.accept("DESC");
    if (!descending) cursor.accept("ASC");
    let nullsLast = false;
    if (cursor.accept("NULLS")) {
      nullsLast = cursor.accept("LAST");
      if (!nullsLast) cursor.expect("FIRST");
    }
    orders.push({ path, descending, nullsLast });
  } while (cursor.accept(","));
  return orders;
}

function parseEnd(cursor: Cursor): boolean {
  if (cursor.accept("FOR")) {
    if (!cursor.accept("VIEW") && !cursor.accept("REFERENCE")) cursor.expect("UPDATE");
  }
  if (!cursor.accept("ALL")) return false;
  cursor.expect("ROWS");
  return true;
}
