import type { Database } from "better-sqlite3";
import type { CallSearch } from "./call-search.ts";
import { type PhoneIndex, shortestFragment } from "./phone-index.ts";

const mostWords = 16;
const mostNumbers = 200;
const mostCalls = 200;
/** Shorter beginnings of words match too much to be quick. */
const shortestPrefix = 4;

const quote = (word: string): string => `"${word.replaceAll('"', '""')}"`;

/** Any text as a full-text query: all words, the last one also as a beginning. Nothing in it is read as an operator. */
export function toWordQuery(text: string): string | undefined {
  const words = text.match(/[^\s\p{Cc}]+/gu)?.slice(0, mostWords) ?? [];
  const searchable = words.filter((word) => /[\p{L}\p{N}+]/u.test(word));
  const last = searchable.at(-1);
  if (last === undefined) return undefined;
  const isPrefix = last.length >= shortestPrefix && /[\p{L}\p{N}]$/u.test(last);
  return searchable.map(quote).join(" AND ") + (isPrefix ? " *" : "");
}

/** The digits of a number or of a part of one, however it is written; undefined where the text is something else. */
export function toDigits(text: string): string | undefined {
  if (!/^\+?[\d\s().\-/]+$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, "").replace(/^00/, "");
  return digits.length >= shortestFragment ? digits : undefined;
}

export type AuditSearch = (text: string, limit: number) => readonly number[];

/** Ids of the entries that match, newest first by row id: sorting by any other column costs seconds at a million rows. */
export function createAuditSearch(db: Database, phones: PhoneIndex, calls: CallSearch): AuditSearch {
  const newest = db.prepare<[number], number>("SELECT id FROM audit ORDER BY id DESC LIMIT ?").pluck();
  const byWords = db
    .prepare<[string, number], number>(
      "SELECT rowid FROM audit_fts WHERE audit_fts MATCH ? ORDER BY rowid DESC LIMIT ?",
    )
    .pluck();
  const byCalls = db
    .prepare<[string, number], number>(
      "SELECT id FROM audit WHERE call_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT ?",
    )
    .pluck();

  function ofNumber(digits: string, limit: number): readonly number[] {
    // A national number begins with a trunk 0 that its E.164 form does not have.
    const national = digits.replace(/^0+/, "");
    const numbers = phones.containing(national.length >= shortestFragment ? national : digits, mostNumbers);
    return numbers.length === 0 ? [] : byWords.all(numbers.map(quote).join(" OR "), limit);
  }

  return (text, limit) => {
    const asked = text.trim();
    if (asked === "") return newest.all(limit);
    const found = new Set<number>();
    const add = (ids: readonly number[]): void => ids.forEach((id) => found.add(id));
    const isParty = /^(\+\d+|ext:\S+)$/.test(asked);
    const callIds = isParty ? calls.byParty(asked, mostCalls) : /\s/.test(asked) ? [] : calls.byId(asked, mostCalls);
    if (callIds.length > 0) add(byCalls.all(JSON.stringify(callIds), limit));
    const digits = toDigits(asked);
    if (digits !== undefined) add(ofNumber(digits, limit));
    const query = toWordQuery(asked);
    if (query !== undefined) add(byWords.all(query, limit));
    return [...found].toSorted((a, b) => b - a).slice(0, limit);
  };
}
