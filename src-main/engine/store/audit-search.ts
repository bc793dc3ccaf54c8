import type { Database } from "better-sqlite3";
import type { CallSearch } from "./call-search.ts";
import { type PhoneIndex, shortestFragment } from "./phone-index.ts";

const mostWords = 16;
const mostNumbers = 200;
const mostCalls = 200;
/** A longer text that is the id or the number of a call is not looked for as a part of others, too. */
const longestPart = 9;
/** Shorter beginnings of words match too much to be quick. */
const shortestPrefix = 4;

const quote = (word: string): string => `"${word.replaceAll('"', '""')}"`;

/**
 * Any text as a full-text query: all words, the last one also as a beginning, or as a whole word like the others. Nothing in
 * it is read as an operator.
 */
export function toWordQuery(text: string, last: "begun" | "whole" = "begun"): string | undefined {
  const words = text.match(/[^\s\p{Cc}]+/gu)?.slice(0, mostWords) ?? [];
  const searchable = words.filter((word) => /[\p{L}\p{N}+]/u.test(word));
  const lastWord = searchable.at(-1);
  if (lastWord === undefined) return undefined;
  const isPrefix = last === "begun" && lastWord.length >= shortestPrefix && /[\p{L}\p{N}]$/u.test(lastWord);
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
  const namedCalls = db
    .prepare<[{ found: string; text: string }], number>(
      `SELECT DISTINCT c.id FROM audit a JOIN call c ON c.id = a.call_id
       WHERE a.id IN (SELECT value FROM json_each(@found)) AND @text IN (c.log_key, c.from_party, c.to_party)`,
    )
    .pluck();

  const ofWords = (query: string | undefined, limit: number): readonly number[] =>
    query === undefined ? [] : byWords.all(query, limit);

  /**
   * Calls whose id or party the text is. `found`: the newest entries that hold it. Most entries of a call hold both, so these
   * lead to the calls that matter; looking through all calls is left to what few entries hold.
   */
  function callsOf(text: string, found: readonly number[], limit: number): readonly number[] {
    if (/\s/.test(text)) return [];
    const isParty = /^(\+\d+|ext:\S+)$/.test(text);
    if (isParty && found.length < limit) return calls.byParty(text, mostCalls);
    const named = found.length === 0 ? [] : namedCalls.all({ found: JSON.stringify(found), text });
    return named.length > 0 || found.length >= limit ? named : calls.byId(text, mostCalls);
  }

  function ofNumber(digits: string, limit: number): readonly number[] {
    // A national number begins with a trunk 0 that its E.164 form does not have.
    const national = digits.replace(/^0+/, "");
    const numbers = phones.containing(national.length >= shortestFragment ? national : digits, mostNumbers);
    return numbers.length === 0 ? [] : byWords.all(numbers.map(quote).join(" OR "), limit);
  }

  return (text, limit) => {
    const asked = text.trim();
    if (asked === "") return newest.all(limit);
    const whole = ofWords(toWordQuery(asked, "whole"), limit);
    const found = new Set(whole);
    const add = (ids: readonly number[]): void => ids.forEach((id) => found.add(id));
    const callIds = callsOf(asked, whole, limit);
    if (callIds.length > 0) add(byCalls.all(JSON.stringify(callIds), limit));
    const digits = toDigits(asked);
    const isWhole = callIds.length > 0 && asked.length > longestPart;
    if (digits !== undefined && !isWhole) add(ofNumber(digits, limit));
    // Every entry of a beginning is looked at, however many there are; of a whole word only the newest.
    if (!isWhole && whole.length < limit) add(ofWords(toWordQuery(asked), limit));
    return [...found].toSorted((a, b) => b - a).slice(0, limit);
  };
}
