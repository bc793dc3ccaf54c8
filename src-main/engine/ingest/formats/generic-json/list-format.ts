import { z } from "zod";
import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { createExclusion } from "../../exclusion.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import type { JsonItems, LogRecord, XmlItems } from "../../records/log-record.ts";
import { createTimeZone } from "../../time/time-zone.ts";
import { createFold } from "../generic-csv/fold.ts";
import { planSchema } from "../generic-csv/plan.ts";
import { createRowReader } from "../generic-csv/row-reader.ts";
import { describeLack, readTableHead, settlePlan } from "../generic-csv/settle.ts";
import { parseItem, toLayout } from "../item-log/item-format.ts";
import { isOwnOutput } from "../item-log/own-output.ts";
import type { FormatContext, FormatState, LogFormat, LogSample, OpenLog, RecordScan } from "../log-format.ts";
import { flatten, toHeaders } from "./table-of-items.ts";

/** A document that holds lists of things with names: where the lists are, and the items of one as JSON texts. */
export type ItemSource = Readonly<{
  id: string;
  title: string;
  /** Lists in the beginning of a document, the longest first; null where it is no such document. */
  findLists: (text: string) => readonly string[] | null;
  /** Whole items of a list in the beginning of a document. */
  readItems: (list: string, text: string) => readonly string[];
  toPlace: (list: string) => JsonItems | XmlItems;
  /** What a list is called in the evidence. */
  describe: (list: string) => string;
  /** What a file lacks that is none. */
  lack: string;
}>;

const stateSchema = z.strictObject({ path: z.string(), names: z.array(z.string()).nonempty(), plan: planSchema });

const judgedItems = 200;
const quote = (cell: string): string => `"${cell.replaceAll('"', '""').replaceAll(/\s+/g, " ")}"`;

type Table = Readonly<{ path: string; names: readonly [string, ...string[]]; sample: LogSample }>;

/** Lists within calls (tags, legs) may be longer than the list of calls itself. */
const triedLists = 6;

const readHeadOf = (table: Table, settings: SourceSettings) =>
  readTableHead(table.sample, { ...settings, delimiter: "," });

function parseWhole(text: string): ReadonlyMap<string, string> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isOwnOutput(value) ? null : flatten(value);
  } catch {
    // A broken item tells nothing of the columns; reading it will say so.
    return null;
  }
}

/** The items at the beginning of a list as a table, so that columns are found as in any table; null where there are none. */
function readTableAt(source: ItemSource, path: string, { text, isWhole }: LogSample): Table | null {
  const texts = source.readItems(path, text).slice(0, judgedItems);
  const items = texts.map(parseWhole).filter((item) => item !== null);
  const [name, ...others] = new Set(items.flatMap((item) => [...item.keys()]));
  if (name === undefined) return null;
  const names: readonly [string, ...string[]] = [name, ...others];
  const lines = [toHeaders(names), ...items.map((item) => names.map((at) => item.get(at) ?? ""))];
  return { path, names, sample: { text: `${lines.map((cells) => cells.map(quote).join(",")).join("\n")}\n`, isWhole } };
}

function holdsCalls(table: Table, settings: SourceSettings): boolean {
  try {
    return describeLack(readHeadOf(table, settings)) === null;
  } catch (error) {
    // Columns that the settings name are those of one list, not of every one.
    if (error instanceof LogRefusedError) return false;
    throw error;
  }
}

/** The list that is one of calls: the longest that has their columns, else the longest; null where there is none. */
function readTable(source: ItemSource, sample: LogSample, settings: SourceSettings): Table | null {
  const lists = source.findLists(sample.text);
  if (lists === null) return null;
  const tables = lists
    .slice(0, triedLists)
    .map((path) => readTableAt(source, path, sample))
    .filter((table) => table !== null);
  return tables.find((table) => holdsCalls(table, settings)) ?? tables[0] ?? null;
}

/** An item as a row of the table. The header is its first line. */
function toRow(record: LogRecord, names: readonly string[]): LogRecord | null {
  const parsed = parseItem(record);
  if ("kind" in parsed) return null;
  const values = flatten(parsed.value);
  return { ...record, line: record.line + 1, cells: names.map((name) => values.get(name) ?? "") };
}

async function prepare(
  source: ItemSource,
  sample: LogSample,
  context: FormatContext,
  scan: RecordScan,
): Promise<FormatState> {
  const table = readTable(source, sample, context.settings);
  if (table === null) throw new LogRefusedError("unknown_format", source.lack);
  const { path, names } = table;
  async function* rows(): AsyncGenerator<LogRecord, void, undefined> {
    for await (const record of scan(toLayout(source.toPlace(path)))) {
      const row = toRow(record, names);
      if (row !== null) yield row;
    }
  }
  const settings = { ...context.settings, delimiter: "," };
  const plan = await settlePlan(table.sample, { ...context, settings }, rows);
  return { path, names: [...names], plan: { ...plan, columns: { ...plan.columns } } };
}

function open(source: ItemSource, state: FormatState, { settings, zone, now }: FormatContext): OpenLog {
  const { path, names, plan } = stateSchema.parse(state);
  const numbers = createPhoneNumbers(settings);
  if (plan.international) numbers.assumeInternational();
  const { words } = settings;
  const read = createRowReader({
    plan,
    numbers,
    zone: createTimeZone(plan.isUtc ? "UTC" : zone),
    now,
    ...(words === undefined ? {} : { words }),
  });
  return {
    layout: toLayout(source.toPlace(path)),
    isWholeRow: () => false,
    read: (record) => {
      const parsed = parseItem(record);
      if ("kind" in parsed) return parsed;
      const row = toRow(record, names);
      const outcome = row === null ? null : read(row);
      if (outcome === null || outcome.kind === "skip") return outcome;
      return { ...outcome, leg: { ...outcome.leg, line: record.line } };
    },
    fold: createFold(createExclusion(settings)),
    keyReuseMs: 12 * 3_600_000,
  };
}

/** Makes a format of a document that holds a list of calls, whose names are read like the header of a table. */
export function createListFormat(source: ItemSource): LogFormat {
  return {
    id: source.id,
    title: source.title,
    detect: (sample, settings) => {
      const table = readTable(source, sample, settings);
      if (table === null) return null;
      const head = readHeadOf(table, settings);
      if (describeLack(head) !== null || head.header.length === 0) return null;
      return {
        // Less than any product that writes such documents: what nobody else claims is read here.
        score: Math.min(0.6, 0.42 + head.headerHits * 0.02),
        evidence: [
          source.describe(table.path),
          `${head.headerHits} known names: ${head.header.slice(0, 12).join(", ")}`,
        ],
      };
    },
    prepare: (sample, context, scan) => prepare(source, sample, context, scan),
    open: (state, context) => open(source, state, context),
  };
}
