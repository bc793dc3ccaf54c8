import { quoteValue, skip, type SkippedOutcome } from "../formats/log-format.ts";
import { readDuration, type DurationStyle } from "../time/duration.ts";
import { toPlainWord } from "../records/plain-word.ts";

const seconds: DurationStyle = { unit: "s", colonIsHours: false };
const nothing = new Set(["", "-", "--", "n/a", "na", "null", "none"]);

/** Seconds of a duration cell, 0 where it is empty, or why it is no length of a call. */
export function readSeconds(name: string, cell: string, style: DurationStyle = seconds): number | SkippedOutcome {
  if (nothing.has(cell.toLowerCase())) return 0;
  const found = readDuration(cell, style);
  if (found === null || found < 0) return skip("malformed", `${name} ${quoteValue(cell)} is no length of a call`);
  return found;
}

export type NamedSeconds = Readonly<Record<string, string>>;

/** Several duration cells at once: all their seconds, or the first that is none. */
export function readAllSeconds<K extends string>(
  cells: Readonly<Record<K, string>>,
  style?: DurationStyle,
): Readonly<Record<K, number>> | SkippedOutcome;
export function readAllSeconds(
  cells: Readonly<Record<string, string>>,
  style: DurationStyle = seconds,
): Readonly<Record<string, number>> | SkippedOutcome {
  const found: Record<string, number> = {};
  for (const [name, cell] of Object.entries(cells)) {
    const value = readSeconds(name, cell, style);
    if (typeof value !== "number") return value;
    found[name] = value;
  }
  return found;
}

/** True where `readAllSeconds` or another reader answered with a reason. */
export const isReason = (value: object): value is SkippedOutcome => "kind" in value && value.kind === "skip";

/** A table of words in several languages to what they mean; compared without case, accents and punctuation. */
export function createWords<T extends string>(
  table: Readonly<Record<T, readonly string[]>>,
): (cell: string) => T | null;
export function createWords(table: Readonly<Record<string, readonly string[]>>): (cell: string) => string | null {
  const meanings = new Map<string, string>();
  for (const [meaning, words] of Object.entries(table)) {
    for (const word of words) meanings.set(toPlainWord(word), meaning);
  }
  return (cell) => meanings.get(toPlainWord(cell)) ?? null;
}

/** A key as the log writes it, or null where the cell holds none or a spreadsheet has rounded it. */
export function readKey(cell: string): string | null {
  const key = cell.trim();
  if (/^(?:-|--|n\/?a|null|none|nil|0)?$/i.test(key)) return null;
  return /^\d+([.,]\d+)?e\+?\d+$/i.test(key) || /^#+$/.test(key) ? null : key;
}
