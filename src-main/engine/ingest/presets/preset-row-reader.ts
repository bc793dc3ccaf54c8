import { isTotalsLabel } from "../formats/generic-csv/value-words.ts";
import { skip, type RowOutcome, type SkippedOutcome } from "../formats/log-format.ts";
import { isSepLine } from "../records/delimiter.ts";
import type { LogRecord } from "../records/log-record.ts";
import { toPlainWord } from "../records/plain-word.ts";
import { holdsDay, readTimeCell } from "../time/timestamp.ts";
import { mapNames, type ColumnMap } from "./preset-columns.ts";
import type { PresetRow, TablePreset } from "./preset.ts";
import { createRowOutcome, type RowTools } from "./row-outcome.ts";
import type { TableState } from "./table-format.ts";

const countCells = (cells: readonly string[]): number => {
  let count = cells.length;
  while (count > 0 && (cells[count - 1] ?? "").trim() === "") count -= 1;
  return count;
};

const firstFilled = (cells: readonly string[]): string => cells.find((cell) => cell.trim() !== "") ?? "";

type Shape = Readonly<{ columns: ColumnMap; cells: readonly string[] }>;

const cutTail = (detail: string): SkippedOutcome => skip("truncated_tail", `the last line is cut: ${detail}`);

const oversize = (): SkippedOutcome => skip("malformed", "the line is longer than 1 MB");

/** A row that the preset put right is not broken any more. */
function alignRow<F extends string>(
  { align }: TablePreset<F>,
  record: LogRecord,
  columns: ColumnMap,
): Pick<LogRecord, "cells" | "fault"> {
  if (align === undefined) return record;
  const cells = align(record.cells, record.raw, columns);
  return cells === record.cells ? record : { cells, fault: null };
}

/** Rows of a table with header: repeated headers, totals, and rows with too few or too many cells. */
function createHeaderShape<F extends string>(preset: TablePreset<F>, state: TableState) {
  const { shape } = preset;
  if (shape.kind !== "header") throw new Error("The preset has no header.");
  const { columns, width, header } = state;
  const needed = shape.needed ?? shape.required;
  const least = Math.max(0, ...needed.map((field) => columns[field] ?? 0)) + 1;
  const words = header.map(toPlainWord).join("\u001f");
  const isHeader = (cells: readonly string[]): boolean => {
    if (cells.slice(0, width).map(toPlainWord).join("\u001f") === words) return true;
    const found = mapNames(shape, cells);
    return shape.required.every((field) => found[field] !== undefined);
  };
  return (record: LogRecord): Shape | SkippedOutcome | null => {
    const { terminated } = record;
    if (record.fault === "oversize") return oversize();
    const { cells, fault } = alignRow(preset, record, columns);
    if (!terminated && cells.length < width) return cutTail(`${cells.length} of ${width} columns`);
    if (fault !== null) return skip("malformed", "a quote is not closed");
    if (isTotalsLabel(firstFilled(cells))) return skip("totals_row", "a row of totals");
    if (isHeader(cells)) return skip("repeated_header", "the header again");
    if (cells.length < least) return skip("malformed", `${cells.length} columns instead of ${width}`);
    const count = countCells(cells);
    return count > width ? skip("malformed", `${count} columns instead of ${width}`) : { columns, cells };
  };
}

const toIndexes = (positions: Readonly<Record<string, number | undefined>>): ColumnMap =>
  Object.fromEntries(
    Object.entries(positions).flatMap(([field, at]) => (at === undefined ? [] : [[field, at - 1] as const])),
  );

/** Finds the columns of rows: by the preset's forms, or (where the settings name them) by a date in the place of the start. */
export function createFinder<F extends string>(
  { shape }: TablePreset<F>,
  told: ColumnMap,
): (cells: readonly string[]) => Readonly<Record<string, number | undefined>> | null {
  if (shape.kind === "header") return () => null;
  const start = shape.startField === undefined ? undefined : told[shape.startField];
  if (start === undefined) return shape.find;
  const none = {};
  return (cells) => {
    const cell = readTimeCell(cells[start] ?? "");
    return cell !== null && holdsDay(cell) ? (shape.find(cells) ?? none) : null;
  };
}

/** Rows of a table without header: each has to have one of the preset's forms. */
function createPositionShape<F extends string>(preset: TablePreset<F>, state: TableState) {
  const { shape } = preset;
  if (shape.kind !== "positions") throw new Error("The preset has a header.");
  const known = new Map<unknown, ColumnMap>();
  const find = createFinder(preset, state.columns);
  return (record: LogRecord): Shape | SkippedOutcome | null => {
    const { terminated } = record;
    if (record.fault === "oversize") return oversize();
    if (isSepLine(record)) return null;
    const { cells, fault } = alignRow(preset, record, {});
    if (shape.isHeader?.(cells) === true) return record.line === 1 ? null : skip("repeated_header", "the header again");
    const positions = find(cells);
    if (fault !== null) return terminated ? skip("malformed", "a quote is not closed") : cutTail("an open quote");
    if (positions === null) {
      const detail = `it has not ${shape.form} (${cells.length} columns)`;
      return terminated ? skip("malformed", detail) : cutTail(detail);
    }
    const columns = known.get(positions) ?? { ...toIndexes(positions), ...state.columns };
    known.set(positions, columns);
    return { columns, cells };
  };
}

function toRow<F extends string>({ columns, cells }: Shape, line: number): PresetRow<F> {
  return {
    text: (field) => {
      const at = columns[field];
      return at === undefined ? "" : (cells[at] ?? "").trim();
    },
    has: (field) => columns[field] !== undefined,
    cells,
    line,
  };
}

/** The cells of a record by name, or null where it has not the form of the preset's rows. */
export function placeRow<F extends string>(
  preset: TablePreset<F>,
  record: LogRecord,
  told: ColumnMap,
): PresetRow<F> | null {
  const { cells } = alignRow(preset, record, told);
  if (preset.shape.kind === "header") return toRow({ columns: told, cells }, record.line);
  const positions = createFinder(preset, told)(cells);
  return positions === null ? null : toRow({ columns: { ...toIndexes(positions), ...told }, cells }, record.line);
}

/** Reads the records of one file by a preset. */
export function createPresetRowReader<F extends string>(preset: TablePreset<F>, state: TableState, tools: RowTools) {
  const readShape =
    preset.shape.kind === "header" ? createHeaderShape(preset, state) : createPositionShape(preset, state);
  const read = preset.open(tools, state.settled);
  const toOutcome = createRowOutcome(tools);
  let continued = 0;

  return (record: LogRecord): RowOutcome => {
    if (record.line <= state.headerLine) return null;
    if (record.cells.length > 0 && record.cells.every((cell) => cell.trim() === "")) return null;
    const shape = readShape(record);
    if (shape === null || "kind" in shape) return shape;
    const { cells } = shape;
    const reading = read(toRow(shape, record.line));
    continued = reading !== null && "start" in reading && reading.continues === true ? continued + 1 : 0;
    const text = cells.map((cell) => cell.trim()).join("\u001f");
    // Two legs of one call may read alike where no time tells them apart; the same row of a later export does too.
    return toOutcome(record, reading, continued === 0 ? text : `${text}\u001f#${continued}`);
  };
}

/** True for cells that alone are a row, so that a lost quote does not swallow the rows behind it. */
export function createWholeRowCheck<F extends string>(
  preset: TablePreset<F>,
  { width, columns }: TableState,
): (cells: readonly string[]) => boolean {
  const { shape } = preset;
  if (shape.kind === "positions") {
    const find = createFinder(preset, columns);
    return (cells) => find(cells) !== null;
  }
  const date = preset.dateColumn === undefined ? -1 : (columns[preset.dateColumn.date] ?? -1);
  return (cells) => {
    if (cells.length !== width) return false;
    if (date >= 0) return readTimeCell(cells[date] ?? "") !== null;
    return cells.some((cell) => /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/.test(cell) || /^\d{10}$/.test(cell));
  };
}
