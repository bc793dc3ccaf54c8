import { Refusal } from "./refusal.ts";

export type Token = {
  readonly kind: "word" | "text" | "number" | "symbol" | "end";
  readonly text: string;
  /** 1-based, as the errors tell it. */
  readonly column: number;
};

const pattern =
  /\s*(?:(?<text>'(?:[^'\\]|''|\\.)*')|(?<number>-?\d+(?:\.\d+)?\b)|(?<word>[$A-Za-z_][\w$]*(?:(?:\.|->)[\w$]+)*)|(?<symbol><=|>=|!=|<>|[=<>(),*]))/y;

/** The words of a COQL query. Throws a `Refusal` where it holds what is none. */
export function toTokens(query: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < query.length && query.slice(pattern.lastIndex).trim() !== "") {
    const from = pattern.lastIndex;
    const found = pattern.exec(query);
    if (found?.groups === undefined) throw syntaxError(from + 1, query.slice(from, from + 20));
    const { text, number, word, symbol } = found.groups;
    const column = pattern.lastIndex - (text ?? number ?? word ?? symbol ?? "").length + 1;
    if (text !== undefined) tokens.push({ kind: "text", text: unquote(text), column });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, column });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, column });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol === "<>" ? "!=" : symbol, column });
  }
  tokens.push({ kind: "end", text: "", column: query.length + 1 });
  return tokens;
}

/** A quote inside a value is doubled, or escaped. */
function unquote(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'").replace(/\\(.)/g, "$1");
}

export function syntaxError(column: number, near: string): Refusal {
  return new Refusal(400, "SYNTAX_ERROR", "invalid query formed", { line: 1, column, near });
}
