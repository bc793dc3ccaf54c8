import { LogRefusedError } from "../../log-refused.ts";
import { readNumberText } from "../../numbers/number-text.ts";
import { readPlaces, toPlacesLayout, type Places } from "../../records/fixed-places.ts";
import { readHead, sniffLayout, splitText } from "../../records/delimiter.ts";
import { findHeaderMeanings, readHeaderNote } from "../../records/header-words.ts";
import type { LogRecord, TableLayout } from "../../records/log-record.ts";
import { createOrderScan, type OrderScan } from "../../time/date-order.ts";
import { createTimeZone } from "../../time/time-zone.ts";
import { holdsDay, readTimeCell } from "../../time/timestamp.ts";
import type { DateOrder } from "../../time/wall-time.ts";
import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import type { FormatContext, LogSample, RecordScan } from "../log-format.ts";
import { chooseStart, guessColumns, profileColumns, type ColumnProfile } from "./column-values.ts";
import { decideDurationStyle, holdsRing, readToldStyle } from "./duration-style.ts";
import { findHeaderRow, findStartColumns, isDayFirstLanguage, mapHeader, readToldColumns } from "./header-row.ts";
import { isClockOpen } from "./office-clock.ts";
import { noColumns, type Columns, type Plan } from "./plan.ts";
import { createWordReader, isTotalsLabel } from "./value-words.ts";

const sniffedChars = 32_768;
const judgedRows = 300;

/** What the beginning of a table shows before anything is asked of the whole file. */
export type TableHead = Readonly<{
  layout: TableLayout;
  headerLine: number;
  header: readonly string[];
  headerHits: number;
  width: number;
  rows: readonly LogRecord[];
  columns: Columns | null;
}>;

const isEmptyRow = ({ cells }: LogRecord): boolean => cells.every((cell) => cell.trim() === "");

/** The head of a table whose columns were named by their places in the line. */
function readPlacedHead(text: string, { fields, spans }: Places, settings: SourceSettings): TableHead {
  const layout = toPlacesLayout(spans);
  const columns = fields.map((field, index) => [field, String(index + 1)] as const);
  const told = readToldColumns({ ...settings, columns: Object.fromEntries(columns) }, [], spans.length);
  const rows = splitText(text, layout).filter((record) => {
    const start = record.cells[told.start ?? -1] ?? "";
    return readTimeCell(start) !== null;
  });
  const full = { ...noColumns, ...told };
  const common = { layout, headerLine: 0, header: [], headerHits: 0, width: spans.length };
  return { ...common, rows: rows.slice(0, judgedRows), columns: rows.length === 0 ? null : full };
}

/** Reads the head of a table: layout, header, and the columns by header or (without one) by values. */
export function readTableHead(sample: LogSample, settings: SourceSettings): TableHead {
  const text = readHead(sample.text, sniffedChars);
  const places = readPlaces(settings.columns);
  if (places !== null) return readPlacedHead(text, places, settings);
  const { layout, columns: sniffed, hasSepLine } = sniffLayout(text, settings.delimiter);
  const all = splitText(text, layout).filter((record) => record.fault === null && !isEmptyRow(record));
  const records = hasSepLine ? all.filter(({ line }) => line > 1) : all;
  const found = findHeaderRow(records, settings);
  const headerLine = found?.record.line ?? (hasSepLine ? 1 : 0);
  const header = found?.record.cells.map((cell) => cell.replaceAll("\uFEFF", "").trim()) ?? [];
  const rows = records
    .filter(({ line, cells }) => line > headerLine && !isTotalsLabel(cells[0] ?? ""))
    .slice(0, judgedRows);
  const width = found === null ? sniffed : trimWidth(found.record.cells);
  const told = readToldColumns(settings, header, width);
  const profiles = profileColumns(rows, width, createWordReader(settings.words));
  if (found === null) {
    const guessed = Object.keys(told).length === 0 ? guessColumns(profiles) : mapHeader([], told);
    return { layout, headerLine, header, headerHits: 0, width, rows, columns: guessed };
  }
  const mapped = preferNumbers(mapHeader(header, told), { header, told, profiles });
  const used = new Set(Object.values(mapped).filter((index) => index >= 0));
  const when = mapped.start >= 0 ? null : chooseStart(profiles, findStartColumns(header, used));
  const columns = when === null ? mapped : { ...mapped, ...when };
  return { layout, headerLine, header, headerHits: found.hits, width, rows, columns };
}

type Named = Readonly<{ header: readonly string[]; told: Partial<Columns>; profiles: readonly ColumnProfile[] }>;

/** Where a party has a column for its name and one for its number ("From", "From Number"), the numbers count. */
function preferNumbers(columns: Columns, { header, told, profiles }: Named): Columns {
  const found: Record<string, number> = { ...columns };
  for (const field of ["from", "to", "remote"] as const) {
    const shown = profiles[columns[field]];
    if (told[field] !== undefined || shown === undefined || shown.filled === 0 || shown.phone >= 0.5) continue;
    const used = new Set(Object.values(found));
    const better = profiles.find(({ index, phone }) => {
      const fits = findHeaderMeanings(header[index] ?? "").some((meaning) => meaning.field === field);
      return fits && phone >= 0.5 && !used.has(index);
    });
    if (better !== undefined) found[field] = better.index;
  }
  return { ...columns, ...found };
}

/** True for a table that has a header of calls and no row: an export that found nothing. */
export function isEmptyTable(sample: LogSample, settings: SourceSettings): boolean {
  const { header, headerHits, rows } = readTableHead(sample, settings);
  return sample.isWhole && header.length > 0 && headerHits >= 4 && rows.length === 0;
}

function trimWidth(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 1 && (cells[width - 1] ?? "").trim() === "") width -= 1;
  return width;
}

/** What a table lacks to be a table of calls, in plain words, or null. */
export function describeLack({ columns, rows, header }: TableHead): string | null {
  const seen =
    header.length === 0 ? "it has no header that is known" : `its header is ${header.slice(0, 12).join(", ")}`;
  if (columns === null) return `no column of dates and numbers was found; ${seen}`;
  if (columns.start < 0) return `no column tells when a call began; ${seen}`;
  if (columns.from < 0 && columns.to < 0 && columns.remote < 0)
    return `no column holds the number of a caller; ${seen}`;
  return rows.length === 0 && header.length === 0 ? "it holds no row" : null;
}

/** One row of the column of dates, for the order of day and month. */
function addToScan(scan: OrderScan, { cells }: LogRecord, columns: Columns): void {
  const text = cells[columns.start] ?? "";
  const cell = readTimeCell(text);
  if (cell === null || !holdsDay(cell)) return;
  scan.add(cell, columns.time < 0 ? null : readTimeCell(cells[columns.time] ?? ""), text);
}

type Settling = Readonly<{ head: TableHead; columns: Columns; context: FormatContext }>;

async function decideOrder({ head, columns, context }: Settling, readAll: RecordScan): Promise<DateOrder> {
  const { settings, modifiedAt } = context;
  if (settings.dateOrder !== undefined) return settings.dateOrder;
  const probe = createOrderScan();
  for (const row of head.rows) addToScan(probe, row, columns);
  let scan = probe;
  if (!probe.isDecided()) {
    // The beginning leaves it open: the whole column decides.
    scan = createOrderScan();
    for await (const record of readAll(head.layout))
      if (record.line > head.headerLine) addToScan(scan, record, columns);
  }
  return scan.decide({
    modifiedAt,
    dayFirstLanguage: isDayFirstLanguage(head.header),
    region: settings.region,
    column: head.header[columns.start] ?? String(columns.start + 1),
  });
}

/** True where a column writes international numbers as digits: most of its numbers begin with a country code and have no `+`. */
function isInternational({ head, columns, context }: Settling): boolean {
  const digits = head.rows
    .flatMap(({ cells }) => [columns.from, columns.to, columns.remote, columns.did].map((at) => cells[at] ?? ""))
    .map(readNumberText)
    .flatMap((text) => (text.kind === "dialled" && text.digits.length >= 7 ? [text] : []));
  const bare = digits.filter((text) => !text.isInternational && /^[1-9]\d{10,14}$/.test(text.digits));
  if (bare.length < 5 || bare.length < digits.length * 0.8) return false;
  // National numbers of eleven digits begin with the trunk 0 (or, in Germany, rarely without): those are not meant.
  return context.settings.region !== "US" || bare.some((text) => text.digits.length > 11);
}

function askForClock({ header }: TableHead, columns: Columns): LogRefusedError {
  const name = header[columns.time >= 0 ? columns.time : columns.start] ?? "of the start";
  return new LogRefusedError(
    "ask",
    `The times in column "${name}" may be of a clock of twelve hours that lost its AM and PM: none is past 12:59 or at midnight. ` +
      `Say which with --assume '{"clock":"24h"}' (as written) or --assume '{"clock":"12h-office"}' (hours 1 to 6 are afternoon).`,
  );
}

/** Settles everything that holds for the whole table. Throws `LogRefusedError` when it is none, or has to be asked about. */
export async function settlePlan(sample: LogSample, context: FormatContext, readAll: RecordScan): Promise<Plan> {
  const head = readTableHead(sample, context.settings);
  const lack = describeLack(head);
  const { columns } = head;
  if (lack !== null || columns === null) {
    throw new LogRefusedError(
      "unknown_format",
      `This is no table of calls: ${lack ?? "no columns were found"}. ` +
        `Name the columns with --assume '{"columns":{"start":"…","from":"…","to":"…"}}' if it is one.`,
    );
  }
  const settling: Settling = { head, columns, context };
  const dateOrder = await decideOrder(settling, readAll);
  const zone = createTimeZone(context.zone);
  const question = { rows: head.rows, header: head.header, columns, order: dateOrder, zone };
  if (context.settings.clock === undefined && isClockOpen(head.rows, columns)) throw askForClock(head, columns);
  const style = readToldStyle(context.settings) ?? decideDurationStyle(question);
  return {
    delimiter: head.layout.delimiter,
    wrapped: head.layout.wrapped,
    headerLine: head.headerLine,
    header: [...head.header],
    width: head.width,
    places: (head.layout.spans ?? []).map(([first, last]): [number, number] => [first, last]),
    columns,
    dateOrder,
    isUtc: readHeaderNote(head.header[columns.start] ?? "").isUtc,
    ...style,
    isOfficeClock: context.settings.clock === "12h-office",
    isEndTime: context.settings.timeOf === "end",
    durationHoldsRing: holdsRing(question, style, createWordReader(context.settings.words)),
    international: isInternational(settling),
  };
}
