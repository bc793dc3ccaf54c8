import { Refusal } from "./refusal.ts";

/** One word of a query. `at`: where it begins, for the vendor's error texts. */
export type Word =
  | { readonly kind: "name"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly at: number }
  | { readonly kind: "literal"; readonly text: string; readonly at: number }
  | { readonly kind: "mark"; readonly text: string; readonly at: number };

const datePattern = /\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2}))?/y;
const numberPattern = /[+-]?\d+(\.\d+)?/y;
const namePattern = /[A-Za-z_][\w.]*(:\d+)?/y;
const markPattern = /!=|<>|<=|>=|[=<>(),:]/y;

/** Splits a query into words. Throws a `MALFORMED_QUERY` refusal. */
export function splitSoql(text: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    if (text.charAt(at) === "'") {
      const { value, end } = readString(text, at);
      words.push({ kind: "string", text: value, at: start });
      at = end;
      continue;
    }
    const literal = take(datePattern) ?? take(numberPattern);
    const name = literal === undefined ? take(namePattern) : undefined;
    const mark = literal === undefined && name === undefined ? take(markPattern) : undefined;
    const found = literal ?? name ?? mark;
    if (found === undefined) throw malformed(`line 1:${at} no viable alternative at character '${text.charAt(at)}'`);
    at += found.length;
    words.push({
      kind: literal !== undefined ? "literal" : name !== undefined ? "name" : "mark",
      text: found,
      at: start,
    });
  }
  return words;
}

function readString(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") return { value, end: at + 1 };
    if (character !== "\\") {
      value += character;
      continue;
    }
    at += 1;
    const escaped = text.charAt(at);
    const known = escapes[escaped.toLowerCase()];
    // Wildcards of LIKE that are escaped stay so, for the pattern to know.
    if (known === undefined) throw malformed(`line 1:${at} invalid string escape '\\${escaped}'`);
    value += known;
  }
  throw malformed(`line 1:${start} mismatched character '<EOF>' expecting '''`);
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  '"': '"',
  "'": "'",
  "\\": "\\",
  _: "\\_",
  "%": "\\%",
};

export function malformed(message: string): Refusal {
  return new Refusal(400, "MALFORMED_QUERY", message);
}
