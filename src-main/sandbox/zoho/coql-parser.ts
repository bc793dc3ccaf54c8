import { syntaxError, toTokens, type Token } from "./coql-lexer.ts";

export type CoqlOperator =
  | "="
  | "!="
  | ">"
  | "<"
  | ">="
  | "<="
  | "like"
  | "not like"
  | "in"
  | "not in"
  | "between"
  | "is null"
  | "is not null";

export type Condition = {
  readonly kind: "condition";
  readonly column: string;
  readonly operator: CoqlOperator;
  /** None for `is null`, one for most, two for `between`, many for `in`. */
  readonly values: readonly string[];
};
export type Where = Condition | { readonly kind: "and" | "or"; readonly left: Where; readonly right: Where };

export const aggregates = ["COUNT", "SUM", "AVG", "MIN", "MAX"] as const;
export type Aggregate = (typeof aggregates)[number];

/** One item after `select`. `label` names it in the answer: its alias, else the item as it is written. */
export type SelectItem = {
  readonly column: string;
  readonly aggregate: Aggregate | undefined;
  readonly label: string;
};

export type Query = {
  readonly columns: readonly SelectItem[];
  readonly module: string;
  readonly where: Where | undefined;
  readonly groupBy: readonly string[];
  /** By columns, or by labels of the select. */
  readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[];
  readonly offset: number;
  readonly limit: number;
};

type Reader = {
  readonly peek: () => Token;
  readonly next: () => Token;
  readonly takeWord: (...words: string[]) => boolean;
  readonly takeSymbol: (symbol: string) => boolean;
  readonly fail: (clause?: string) => Error;
};

const defaultLimit = 200;

/**
 * `select … from … where … group by … order by … limit …`. A bracket holds one pair at most, as the vendor demands. Throws
 * a `Refusal`.
 */
export function parseCoql(text: string): Query {
  const reader = createReader(toTokens(text));
  expectWord(reader, "select");
  const columns = readSelect(reader);
  expectWord(reader, "from");
  const module = expectKind(reader, "word");
  if (!reader.takeWord("where")) throw reader.fail("where");
  const where = readWhere(reader);
  const groupBy = readGroup(reader);
  const orderBy = readOrder(reader);
  const { offset, limit } = readLimit(reader);
  if (reader.peek().kind !== "end") throw reader.fail();
  return { columns, module, where, groupBy, orderBy, offset, limit };
}

function createReader(tokens: readonly Token[]): Reader {
  let at = 0;
  const end: Token = { kind: "end", text: "", column: 1 };
  const peek = (): Token => tokens[at] ?? end;
  const isWord = (token: Token, word: string | undefined): boolean =>
    token.kind === "word" && token.text.toLowerCase() === word;
  return {
    peek,
    next: () => {
      const token = peek();
      at += 1;
      return token;
    },
    takeWord: (...words) => {
      if (!words.every((word, ahead) => isWord(tokens[at + ahead] ?? end, word))) return false;
      at += words.length;
      return true;
    },
    takeSymbol: (symbol) => {
      if (peek().kind !== "symbol" || peek().text !== symbol) return false;
      at += 1;
      return true;
    },
    fail: () => syntaxError(peek().column, peek().text),
  };
}

function expectWord(reader: Reader, word: string): void {
  if (!reader.takeWord(word)) throw reader.fail(word);
}

function expectKind(reader: Reader, kind: Token["kind"]): string {
  if (reader.peek().kind !== kind) throw reader.fail();
  return reader.next().text;
}

/** A column may stand in quotes, as those with an arrow do: `'What_Id->Leads.Last_Name'`. */
function readColumn(reader: Reader): string {
  return reader.peek().kind === "text" ? reader.next().text : expectKind(reader, "word");
}

function readSelect(reader: Reader): readonly SelectItem[] {
  const items = [readItem(reader)];
  while (reader.takeSymbol(",")) items.push(readItem(reader));
  return items;
}

function readItem(reader: Reader): SelectItem {
  const name = readColumn(reader);
  const aggregate = aggregates.find((known) => known === name.toUpperCase());
  const isCall = aggregate !== undefined && reader.takeSymbol("(");
  const column = isCall ? readColumn(reader) : name;
  if (isCall && !reader.takeSymbol(")")) throw reader.fail("select");
  const label = isCall ? `${name}(${column})` : name;
  return {
    column,
    aggregate: isCall ? aggregate : undefined,
    label: reader.takeWord("as") ? readColumn(reader) : label,
  };
}

function readGroup(reader: Reader): readonly string[] {
  if (!reader.takeWord("group", "by")) return [];
  const names = [readColumn(reader)];
  while (reader.takeSymbol(",")) names.push(readColumn(reader));
  return names;
}

/** One condition, or two that are joined: more need brackets of their own. */
function readWhere(reader: Reader): Where {
  const left = readOperand(reader);
  const kind = reader.takeWord("and") ? "and" : reader.takeWord("or") ? "or" : undefined;
  if (kind === undefined) return left;
  const right = readOperand(reader);
  const next = reader.peek();
  if (next.kind === "word" && ["and", "or"].includes(next.text.toLowerCase())) throw reader.fail("where");
  return { kind, left, right };
}

function readOperand(reader: Reader): Where {
  if (!reader.takeSymbol("(")) return readCondition(reader);
  const inner = readWhere(reader);
  if (!reader.takeSymbol(")")) throw reader.fail("where");
  return inner;
}

const comparisons: readonly CoqlOperator[] = ["=", "!=", ">=", "<=", ">", "<"];

function readCondition(reader: Reader): Condition {
  const column = readColumn(reader);
  const condition = (operator: CoqlOperator, values: readonly string[]): Condition => ({
    kind: "condition",
    column,
    operator,
    values,
  });
  if (reader.takeWord("is", "not", "null")) return condition("is not null", []);
  if (reader.takeWord("is", "null")) return condition("is null", []);
  if (reader.takeWord("not", "in")) return condition("not in", readList(reader));
  if (reader.takeWord("in")) return condition("in", readList(reader));
  if (reader.takeWord("not", "like")) return condition("not like", [readValue(reader)]);
  if (reader.takeWord("like")) return condition("like", [readValue(reader)]);
  if (reader.takeWord("between")) {
    const from = readValue(reader);
    expectWord(reader, "and");
    return condition("between", [from, readValue(reader)]);
  }
  const comparison = comparisons.find((symbol) => reader.takeSymbol(symbol));
  if (comparison === undefined) throw reader.fail();
  return condition(comparison, [readValue(reader)]);
}

function readList(reader: Reader): readonly string[] {
  if (!reader.takeSymbol("(")) throw reader.fail();
  const values = [readValue(reader)];
  while (reader.takeSymbol(",")) values.push(readValue(reader));
  if (!reader.takeSymbol(")")) throw reader.fail();
  return values;
}

function readValue(reader: Reader): string {
  const token = reader.peek();
  const isBoolean = token.kind === "word" && /^(true|false)$/i.test(token.text);
  if (token.kind !== "text" && token.kind !== "number" && !isBoolean) throw reader.fail();
  return isBoolean ? reader.next().text.toLowerCase() : reader.next().text;
}

function readOrder(reader: Reader): Query["orderBy"] {
  if (!reader.takeWord("order", "by")) return [];
  const orders: { column: string; descending: boolean }[] = [];
  do {
    const column = readItem(reader).label;
    const descending = reader.takeWord("desc");
    if (!descending) reader.takeWord("asc");
    orders.push({ column, descending });
  } while (reader.takeSymbol(","));
  return orders;
}

/** `limit 200`, `limit 0, 200` (offset first) or `limit 200 offset 0`. */
function readLimit(reader: Reader): Pick<Query, "offset" | "limit"> {
  if (!reader.takeWord("limit")) return { offset: 0, limit: defaultLimit };
  const first = Number(expectKind(reader, "number"));
  if (reader.takeSymbol(",")) return { offset: first, limit: Number(expectKind(reader, "number")) };
  const offset = reader.takeWord("offset") ? Number(expectKind(reader, "number")) : 0;
  return { offset, limit: first };
}
