import type { TextChunk } from "../bytes/text-chunks.ts";
import { LogRefusedError } from "../log-refused.ts";
import { findHeaderMeanings } from "./header-words.ts";
import type { LogRecord, TableLayout } from "./log-record.ts";
import { createTableSplitter } from "./table-splitter.ts";

const candidates = [",", ";", "\t", "|"] as const;
const sniffedRecords = 50;
const searchedForHeader = 30;

/** How the beginning of a file splits by one delimiter. */
type Split = Readonly<{
  delimiter: string;
  wrapped: boolean;
  /** The count of cells that most records have. */
  columns: number;
  /** Share of the records that have it. */
  share: number;
  headerHits: number;
}>;

const never = (): boolean => false;

/** Splits a text that is in memory. `firstLine`: physical line of its beginning. */
export function splitText(
  text: string,
  layout: TableLayout,
  isWholeRow: (cells: readonly string[]) => boolean = never,
  firstLine = 1,
): readonly LogRecord[] {
  const splitter = createTableSplitter({ layout, start: { offset: 0, line: firstLine }, isWholeRow });
  const chunk: TextChunk = {
    text,
    end: 0,
    line: firstLine,
    lines: 0,
    terminated: true,
    oversize: false,
    offsetOfLine: () => 0,
  };
  return [...splitter.push(chunk), ...splitter.push(null)];
}

function countHeaderHits(records: readonly LogRecord[]): number {
  const hits = records
    .slice(0, searchedForHeader)
    .map(({ cells }) => cells.filter((cell) => cell.length < 60 && findHeaderMeanings(cell).length > 0).length);
  return Math.max(0, ...hits);
}

/** Enough for fifty records of the widest logs; more would only make a file slow that is no table. */
const sniffedChars = 24_576;

const leastLines = 8;

/** The beginning of a text; all of it where a cell is so long that the beginning would hold hardly a row. */
export function readHead(text: string, chars: number): string {
  const head = text.slice(0, chars);
  return head.length < text.length && head.split("\n", leastLines).length < leastLines ? text : head;
}

function trySplit(text: string, delimiter: string, wrapped: boolean): Split {
  const records = splitText(text, { delimiter, multiline: true, wrapped }).slice(0, sniffedRecords);
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [columns, most] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
  return {
    delimiter,
    wrapped,
    columns,
    share: records.length === 0 ? 0 : most / records.length,
    headerHits: countHeaderHits(records),
  };
}

/** The better of two: a header of known words, then as many equal records as possible, then more columns. */
function compareSplits(left: Split, right: Split): number {
  const known = Number(right.headerHits >= 3) - Number(left.headerHits >= 3);
  if (known !== 0) return known;
  if (left.headerHits >= 3 && left.headerHits !== right.headerHits) return right.headerHits - left.headerHits;
  return right.share - left.share || right.columns - left.columns;
}

/** True for the first line that tells a spreadsheet how the columns are separated: it is no row. */
export const isSepLine = ({ line, raw }: Pick<LogRecord, "line" | "raw">): boolean =>
  line === 1 && /^\uFEFF?"?sep=.?"?[ \t,;]*$/i.test(raw);

export type Sniffed = Readonly<{ layout: TableLayout; columns: number; share: number; hasSepLine: boolean }>;

const namedDelimiters: Readonly<Record<string, string>> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
  pipe: "|",
};

/** The delimiter of the settings in the form that splits, or undefined. Throws when it is no single character. */
export function readDelimiterSetting(setting: string | undefined): string | undefined {
  if (setting === undefined) return undefined;
  const delimiter = namedDelimiters[setting.toLowerCase()] ?? setting;
  if (delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  throw new LogRefusedError("settings", `"delimiter" has to be one character, "tab" or "\\t", not "${setting}".`);
}

/** Finds how the beginning of a table splits: the setting, a `sep=` line, else what splits most records alike. */
export function sniffLayout(text: string, setting?: string): Sniffed {
  const first = /^\uFEFF?"?sep=(.)"?[ \t,;]*(\n|$)/i.exec(text);
  const told = readDelimiterSetting(setting) ?? first?.[1];
  const whole = first === null ? text : text.slice(first[0].length);
  const head = readHead(whole, sniffedChars);
  const lineEnd = head.length < whole.length ? head.lastIndexOf("\n") : -1;
  const body = lineEnd > 0 ? head.slice(0, lineEnd + 1) : head;
  const tried = (told === undefined ? [...candidates] : [told]).flatMap((delimiter) => [
    trySplit(body, delimiter, false),
    trySplit(body, delimiter, true),
  ]);
  // Unwrapping is only tried where the records are single cells otherwise: the same split twice is no evidence.
  const fitting = tried.filter((split, at) => {
    const plain = tried[at - 1];
    return split.columns >= 3 && (!split.wrapped || plain === undefined || plain.columns < 3);
  });
  const best = fitting.toSorted(compareSplits)[0];
  const delimiter = best?.delimiter ?? told ?? ",";
  return {
    layout: { delimiter, multiline: true, wrapped: best?.wrapped ?? false },
    columns: best?.columns ?? 1,
    share: best?.share ?? 0,
    hasSepLine: first !== null,
  };
}
