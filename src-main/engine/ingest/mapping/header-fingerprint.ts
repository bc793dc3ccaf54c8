import { hash } from "node:crypto";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { findHeaderRow, holdsDate } from "../formats/generic-csv/header-row.ts";
import type { LogSample } from "../formats/log-format.ts";
import { readSampleRecords, sniffSample } from "../presets/sample-records.ts";
import { toPlainWord } from "../records/plain-word.ts";
import type { LogRecord } from "../records/log-record.ts";

const searchedRecords = 30;
const leastColumns = 3;

/** A row of names that nobody knows: as wide as the rows below, filled, all different, none a number or a date. */
function findUnknownHeader(records: readonly LogRecord[]): LogRecord | null {
  const found = records.slice(0, searchedRecords).find((record, at) => {
    const filled = record.cells.filter((cell) => cell.trim() !== "");
    const next = records[at + 1];
    if (filled.length < leastColumns || next === undefined || next.cells.length !== record.cells.length) return false;
    const isNamed = filled.every((cell) => /\p{L}/u.test(cell) && cell.length <= 60 && !/\d{4,}/.test(cell));
    const words = new Set(filled.map(toPlainWord));
    // Names of people are no header: what stands below a header differs from it in kind.
    const isOther = next.cells.some((cell) => /\d{2,}/.test(cell)) || holdsDate(next);
    return isNamed && words.size === filled.length && !holdsDate(record) && isOther;
  });
  return found ?? null;
}

export type TableHeader = Readonly<{ names: readonly string[]; line: number }>;

/** The header of a table of calls, known words or not; null where there is none. */
export function readTableHeader(sample: LogSample, settings: SourceSettings): TableHeader | null {
  const { layout, hasSepLine } = sniffSample(sample, settings.delimiter);
  const records = readSampleRecords(sample, layout).filter(
    ({ line, fault }) => fault === null && !(hasSepLine && line === 1),
  );
  const { columns: _columns, ...plain } = settings;
  const record = findHeaderRow(records, plain)?.record ?? findUnknownHeader(records);
  if (record === null) return null;
  return { names: record.cells.map((cell) => cell.replaceAll("\uFEFF", "").trim()), line: record.line };
}

/** Names of a header, sorted and in lower case, as 16 hexadecimal digits. Empty cells and the order do not count. */
export function toFingerprint(names: readonly string[]): string {
  const words = names.map(toPlainWord).filter((word) => word !== "");
  return hash("sha256", words.toSorted().join("\u001f"), "hex").slice(0, 16);
}
