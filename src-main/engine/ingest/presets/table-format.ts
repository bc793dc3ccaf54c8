import { z } from "zod";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { createExclusion } from "../exclusion.ts";
import type {
  Detection,
  FormatContext,
  FormatState,
  LogFormat,
  LogSample,
  OpenLog,
  RecordScan,
} from "../formats/log-format.ts";
import { LogRefusedError } from "../log-refused.ts";
import type { LogRecord, TableLayout } from "../records/log-record.ts";
import { toPlainWord } from "../records/plain-word.ts";
import { createOrderScan } from "../time/date-order.ts";
import { holdsDay, readTimeCell } from "../time/timestamp.ts";
import type { DateOrder } from "../time/wall-time.ts";
import { createLegFold } from "./fold-legs.ts";
import { createFinder, createPresetRowReader, createWholeRowCheck, placeRow } from "./preset-row-reader.ts";
import { fieldsOf, findPresetHeader, readToldColumns, type ColumnMap } from "./preset-columns.ts";
import type { TablePreset } from "./preset.ts";
import { readSampleRecords, sniffSample } from "./sample-records.ts";
import { createRowTools } from "./row-outcome.ts";

const judgedRows = 200;
const enoughShare = 0.5;
const defaultCertainty = 0.95;
const halfDay = 12 * 3_600_000;

const stateSchema = z.strictObject({
  delimiter: z.string().length(1),
  wrapped: z.boolean(),
  /** Line of the header, 0 where there is none. Lines up to it are titles. */
  headerLine: z.int().nonnegative(),
  header: z.array(z.string()),
  width: z.int().nonnegative(),
  /** 0-based columns by header or by the settings; positions of a preset are found row by row. */
  columns: z.record(z.string(), z.int().nonnegative()),
  dateOrder: z.enum(["DMY", "MDY", "YMD"]),
  /** What the preset itself settled. */
  settled: z.string(),
});
export type TableState = Readonly<z.infer<typeof stateSchema>>;

type Head = Readonly<{
  layout: TableLayout;
  records: readonly LogRecord[];
  headerLine: number;
  header: readonly string[];
  columns: ColumnMap;
  /** Rows that have the form of the format. */
  rows: readonly LogRecord[];
  /** All rows that might have it. */
  judged: number;
}>;

/**
 * Delimiters to be tried: the setting alone, else the vendor's, what splits the lines alike, and, where a few lines without
 * header leave that open (a file of one call), all that are usual. `undefined` stands for what splits the lines alike.
 */
function listDelimiters<F extends string>(
  { shape, delimiter }: TablePreset<F>,
  { delimiter: told }: SourceSettings,
): readonly (string | undefined)[] {
  if (told !== undefined) return [told];
  const first = delimiter === undefined ? [undefined] : [delimiter, undefined];
  return shape.kind === "header" ? first : [...first, ",", ";", "\t", "|"];
}

/** Reads the beginning of a file as a table of this preset, or null where it is none. */
function readHead<F extends string>(
  preset: TablePreset<F>,
  sample: LogSample,
  settings: SourceSettings,
  told: ColumnMap = {},
): Head | null {
  for (const delimiter of listDelimiters(preset, settings)) {
    const head = readHeadBy(preset, sample, delimiter, told);
    if (head !== null) return head;
  }
  return null;
}

function readHeadBy<F extends string>(
  preset: TablePreset<F>,
  sample: LogSample,
  delimiter: string | undefined,
  told: ColumnMap,
): Head | null {
  const { shape } = preset;
  const { layout: sniffed, hasSepLine } = sniffSample(sample, delimiter);
  const layout = { ...sniffed, multiline: preset.multiline ?? shape.kind === "header" };
  const records = readSampleRecords(sample, layout).filter(({ line }) => !(hasSepLine && line === 1));
  if (shape.kind === "header") {
    const found = findPresetHeader(shape, records);
    if (found === null) return null;
    const { record, columns } = found;
    const rows = records.filter(({ line }) => line > record.line);
    const header = record.cells.map((cell) => cell.replaceAll("\uFEFF", "").trim());
    return { layout, records, headerLine: record.line, header, columns, rows, judged: rows.length };
  }
  const judged = records.filter(({ cells }) => shape.isHeader?.(cells) !== true).slice(0, judgedRows);
  const align = preset.align ?? ((cells: readonly string[]) => cells);
  const find = createFinder(preset, told);
  const rows = judged.filter(({ cells, raw }) => find(align(cells, raw, {})) !== null);
  if (rows.length === 0 || rows.length < judged.length * enoughShare) return null;
  return { layout, records, headerLine: 0, header: [], columns: {}, rows, judged: judged.length };
}

function detect<F extends string>(preset: TablePreset<F>, head: Head): Detection {
  const certainty = preset.certainty ?? defaultCertainty;
  const { shape } = preset;
  const separated = `columns are separated by ${JSON.stringify(head.layout.delimiter)}`;
  if (shape.kind === "header") {
    const names = Object.values(head.columns).map((at) => head.header[at] ?? "");
    return {
      score: certainty,
      evidence: [`the header in line ${head.headerLine} has the columns ${names.join(", ")}`, separated],
    };
  }
  const share = head.rows.length / head.judged;
  return {
    score: certainty * (0.5 + share / 2),
    evidence: [`${head.rows.length} of ${head.judged} lines have ${shape.form}`, separated],
  };
}

/** Places that the settings name, for a table without header whose fields they are; none where they mean another log. */
function readToldPlaces<F extends string>(preset: TablePreset<F>, settings: SourceSettings): ColumnMap {
  const { columns = {} } = settings;
  const known = new Set(fieldsOf(preset).map(toPlainWord));
  if (preset.shape.kind !== "positions" || !Object.keys(columns).every((name) => known.has(toPlainWord(name))))
    return {};
  return Object.values(columns).every((text) => /^[1-9]\d{0,2}$/.test(text))
    ? readToldColumns(preset, settings, [])
    : {};
}

type Settling<F extends string> = Readonly<{ preset: TablePreset<F>; head: Head; columns: ColumnMap }>;

/** A date that leaves open which number is the day. */
function isOpenDate(text: string): boolean {
  const cell = readTimeCell(text);
  return cell !== null && cell.kind === "text" && cell.stamp.date !== null && cell.stamp.date.order === null;
}

/** One order of day and month for the whole file, by the setting or by all of its dates. */
async function decideOrder<F extends string>(
  { preset, head, columns }: Settling<F>,
  { settings, modifiedAt }: FormatContext,
  readAll: RecordScan,
): Promise<DateOrder> {
  if (settings.dateOrder !== undefined) return settings.dateOrder;
  const date = preset.dateColumn === undefined ? undefined : columns[preset.dateColumn.date];
  if (preset.dateColumn === undefined || date === undefined) return "YMD";
  if (!head.rows.some(({ cells }) => isOpenDate(cells[date] ?? ""))) return "YMD";
  const time = preset.dateColumn.time === undefined ? -1 : (columns[preset.dateColumn.time] ?? -1);
  const scan = createOrderScan();
  for await (const record of readAll(head.layout)) {
    if (record.line <= head.headerLine) continue;
    const text = record.cells[date] ?? "";
    const cell = readTimeCell(text);
    if (cell !== null && holdsDay(cell)) scan.add(cell, time < 0 ? null : readTimeCell(record.cells[time] ?? ""), text);
    if (scan.isDecided() && record.line > head.headerLine + judgedRows) break;
  }
  const column = head.header[date] ?? String(date + 1);
  return scan.decide({ modifiedAt, dayFirstLanguage: false, region: settings.region, column });
}

function settle<F extends string>(
  { preset, head, columns }: Settling<F>,
  context: FormatContext,
  order: DateOrder,
): string {
  if (preset.settle === undefined) return "";
  const rows = head.rows.slice(0, judgedRows).flatMap((record) => {
    const placed = placeRow(preset, record, columns);
    return placed === null ? [] : [placed];
  });
  return preset.settle(rows, createRowTools(context, order));
}

async function prepare<F extends string>(
  preset: TablePreset<F>,
  sample: LogSample,
  context: FormatContext,
  readAll: RecordScan,
): Promise<TableState> {
  preset.checkSettings?.(context.settings);
  const isNamed = preset.shape.kind === "positions" && context.settings.columns !== undefined;
  const places = isNamed ? readToldColumns(preset, context.settings, []) : {};
  const head = readHead(preset, sample, context.settings, places);
  if (head === null) {
    const { shape } = preset;
    const lack =
      shape.kind === "header"
        ? `no line is a header with the columns ${shape.required.map((field) => shape.names[field][0] ?? field).join(", ")}`
        : `too few lines have ${shape.form}`;
    throw new LogRefusedError("unknown_format", `This is no ${preset.title}: ${lack}.`);
  }
  const told = readToldColumns(preset, context.settings, head.header);
  const columns = { ...head.columns, ...told };
  const { delimiter, wrapped } = head.layout;
  const dateOrder = await decideOrder({ preset, head, columns }, context, readAll);
  return {
    delimiter,
    wrapped,
    headerLine: head.headerLine,
    header: [...head.header],
    width: head.header.length,
    columns,
    dateOrder,
    settled: settle({ preset, head, columns }, context, dateOrder),
  };
}

function open<F extends string>(preset: TablePreset<F>, state: FormatState, context: FormatContext): OpenLog {
  const table = stateSchema.parse(state);
  const multiline = preset.multiline ?? preset.shape.kind === "header";
  return {
    layout: { delimiter: table.delimiter, wrapped: table.wrapped, multiline },
    isWholeRow: createWholeRowCheck(preset, table),
    read: createPresetRowReader(preset, table, createRowTools(context, table.dateOrder)),
    fold: createLegFold(createExclusion(context.settings)),
    keyReuseMs: preset.keyReuseMs ?? halfDay,
  };
}

/** Makes a format of a preset. */
export function createTableFormat<F extends string>(preset: TablePreset<F>): LogFormat {
  return {
    id: preset.id,
    title: preset.title,
    detect: (sample, settings) => {
      const head = readHead(preset, sample, settings, readToldPlaces(preset, settings));
      return head === null ? null : detect(preset, head);
    },
    prepare: (sample, context, readAll) => prepare(preset, sample, context, readAll),
    open: (state, context) => open(preset, state, context),
  };
}
