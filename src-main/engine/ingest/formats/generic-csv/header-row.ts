import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { findHeaderMeanings, type ColumnField, type HeaderMeaning } from "../../records/header-words.ts";
import type { LogRecord } from "../../records/log-record.ts";
import { toPlainWord } from "../../records/plain-word.ts";
import { holdsDay, readTimeCell } from "../../time/timestamp.ts";
import { noColumns, type ColumnName, type Columns } from "./plan.ts";

const searchedRecords = 30;
const leastHits = 3;

export type HeaderRow = Readonly<{ record: LogRecord; hits: number }>;

const countHits = ({ cells }: LogRecord): number =>
  cells.filter((cell) => cell.length < 60 && findHeaderMeanings(cell).length > 0).length;

export const holdsDate = ({ cells }: LogRecord): boolean =>
  cells.some((cell) => {
    if (cell.length > 40 || !/\d.*[-/.: ].*\d|\d{8,}/.test(cell)) return false;
    const time = readTimeCell(cell);
    return time !== null && holdsDay(time);
  });

/** The header: at least three known words and no date, within the first 30 records; titles may stand above it. */
export function findHeaderRow(records: readonly LogRecord[], settings: SourceSettings): HeaderRow | null {
  const told = Object.values(settings.columns ?? {}).map(toPlainWord);
  const named = records.slice(0, searchedRecords).find(({ cells }) => {
    const words = new Set(cells.map(toPlainWord));
    return told.length > 0 && told.every((word) => words.has(word));
  });
  if (named !== undefined) return { record: named, hits: countHits(named) };
  const searched = records.slice(0, searchedRecords);
  const found =
    searched.find((record) => countHits(record) >= leastHits && !holdsDate(record)) ??
    // Whoever names columns has a header before them: what is in its place shows what they can be called.
    (told.some((word) => !/^\d+$/.test(word)) ? searched.find((record) => !holdsDate(record)) : undefined);
  return found === undefined ? null : { record: found, hits: countHits(found) };
}

type Candidate = Readonly<{ index: number; meaning: HeaderMeaning }>;

/** Fields in the order in which they choose their column: the rare words first. */
const order: readonly Exclude<ColumnField, "start">[] = [
  ...(["id", "direction", "status", "talk", "ring", "answer", "end", "duration"] as const),
  ...(["from", "to", "did", "remote", "agent"] as const),
];

export const isColumnName = (name: string): name is ColumnName => Object.hasOwn(noColumns, name);

/** The column that the settings name for a field: by the header's text, or by its number where there is no header. */
function findToldColumn(field: string, text: string, header: readonly string[], width: number): number {
  const word = toPlainWord(text);
  const index = header.findIndex((cell) => toPlainWord(cell) === word);
  if (index >= 0) return index;
  const position = /^\d+$/.test(text) ? Number(text) : 0;
  if (position >= 1 && position <= width) return position - 1;
  throw new LogRefusedError(
    "settings",
    `"columns" names "${text}" for ${field}, but the table has no such column. It has: ${header.join(", ") || `${width} columns without a header`}.`,
  );
}

/** Columns as the user named them. Throws `LogRefusedError` for a field or a column that does not exist. */
export function readToldColumns(settings: SourceSettings, header: readonly string[], width: number): Partial<Columns> {
  const told: [string, number][] = [];
  for (const [field, text] of Object.entries(settings.columns ?? {})) {
    if (!isColumnName(field)) {
      const known = Object.keys(noColumns).join(", ");
      throw new LogRefusedError("settings", `"columns" has no field "${field}". Known are ${known}.`);
    }
    told.push([field, findToldColumn(field, text, header, width)]);
  }
  return Object.fromEntries(told);
}

/** Gives every field but the start the column whose header fits best. No column serves two fields. */
export function mapHeader(header: readonly string[], told: Partial<Columns>): Columns {
  const used = new Set(Object.values(told));
  const columns: Record<string, number> = { ...told };
  const candidates = header.flatMap((cell, index) =>
    findHeaderMeanings(cell).map((meaning): Candidate => ({ index, meaning })),
  );
  for (const field of order) {
    if (columns[field] !== undefined) continue;
    const best = candidates
      .filter(({ index, meaning }) => meaning.field === field && !used.has(index))
      .toSorted((left, right) => left.meaning.rank - right.meaning.rank)[0];
    if (best === undefined) continue;
    columns[field] = best.index;
    used.add(best.index);
  }
  return settleParties({ ...noColumns, ...columns });
}

/** A lone "number called" is the destination; "number" beside a caller is the other side, alone it is the outside party. */
function settleParties(columns: Columns): Columns {
  if (columns.to < 0 && columns.did >= 0 && columns.from >= 0) return { ...columns, to: columns.did, did: -1 };
  if (columns.remote < 0) return columns;
  if (columns.from >= 0 && columns.to < 0) return { ...columns, to: columns.remote, remote: -1 };
  if (columns.to >= 0 && columns.from < 0) return { ...columns, from: columns.remote, remote: -1 };
  return columns.from >= 0 ? { ...columns, remote: -1 } : columns;
}

/** Columns whose header can mean the start of the call, the best first. */
export function findStartColumns(header: readonly string[], used: ReadonlySet<number>): readonly number[] {
  return header
    .flatMap((cell, index) =>
      findHeaderMeanings(cell)
        .filter(({ field }) => field === "start")
        .map((meaning): Candidate => ({ index, meaning })),
    )
    .filter(({ index }) => !used.has(index))
    .toSorted((left, right) => left.meaning.rank - right.meaning.rank)
    .map(({ index }) => index);
}

/** True where most known headers are words of a language whose speakers write the day first. */
export function isDayFirstLanguage(header: readonly string[]): boolean {
  const known = header.map(findHeaderMeanings).filter((meanings) => meanings.length > 0);
  const foreign = known.filter((meanings) => meanings.every(({ language }) => language === "other"));
  return foreign.length >= 2 && foreign.length * 2 >= known.length;
}
