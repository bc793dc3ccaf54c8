import { z } from "zod";
import { createExclusion } from "../../exclusion.ts";
import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import { createJsonWalk, findArrays } from "../../records/json-items.ts";
import type { LogRecord } from "../../records/log-record.ts";
import { createTimeZone } from "../../time/time-zone.ts";
import { createFold } from "../generic-csv/fold.ts";
import { planSchema } from "../generic-csv/plan.ts";
import { createRowReader } from "../generic-csv/row-reader.ts";
import { describeLack, readTableHead, settlePlan } from "../generic-csv/settle.ts";
import { isOwnOutput } from "../item-log/own-output.ts";
import { parseItem, toLayout } from "../item-log/item-format.ts";
import type { FormatContext, FormatState, LogFormat, LogSample, OpenLog, RecordScan } from "../log-format.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { flatten, toHeader } from "./table-of-items.ts";

const stateSchema = z.strictObject({ path: z.string(), names: z.array(z.string()).nonempty(), plan: planSchema });

const judgedItems = 200;
const quote = (cell: string): string => `"${cell.replaceAll('"', '""').replaceAll(/\s+/g, " ")}"`;

type Table = Readonly<{ path: string; names: readonly [string, ...string[]]; sample: LogSample }>;

/** Lists within calls (tags, legs) may be longer than the list of calls itself. */
const triedArrays = 6;

const readHeadOf = (table: Table, settings: SourceSettings) =>
  readTableHead(table.sample, { ...settings, delimiter: "," });

/** The list that is one of calls: the longest that has their columns, else the longest; null where there is none. */
function readTable(sample: LogSample, settings: SourceSettings): Table | null {
  const first = /^\s*([[{])/.exec(sample.text)?.[1];
  if (first === undefined) return null;
  const arrays = findArrays(sample.text).slice(0, triedArrays);
  if (arrays.length === 0 && first === "[") return null;
  // Objects one behind the other, without a list around them.
  const paths = arrays.length === 0 ? [""] : arrays.map(({ path }) => path);
  const tables = paths.map((path) => readTableAt(path, sample)).filter((table) => table !== null);
  return tables.find((table) => describeLack(readHeadOf(table, settings)) === null) ?? tables[0] ?? null;
}

/** The items at the beginning of the file as a table, so that columns are found as in any table; null where there are none. */
function readTableAt(path: string, { text, isWhole }: LogSample): Table | null {
  const items: ReadonlyMap<string, string>[] = [];
  const walk = createJsonWalk({
    isItems: (at) => at === path,
    onItem: (item) => {
      if (items.length >= judgedItems || !item.isWhole) return;
      try {
        const value: unknown = JSON.parse(item.text);
        if (!isOwnOutput(value)) items.push(flatten(value));
      } catch {
        // A broken item tells nothing of the columns; reading it will say so.
      }
    },
  });
  walk.push(text);
  walk.end();
  const [name, ...others] = new Set(items.flatMap((item) => [...item.keys()]));
  if (name === undefined) return null;
  const names: readonly [string, ...string[]] = [name, ...others];
  const lines = [names.map(toHeader), ...items.map((item) => names.map((at) => item.get(at) ?? ""))];
  return { path, names, sample: { text: `${lines.map((cells) => cells.map(quote).join(",")).join("\n")}\n`, isWhole } };
}

/** An item as a row of the table. The header is its first line. */
function toRow(record: LogRecord, names: readonly string[]): LogRecord | null {
  const parsed = parseItem(record);
  if ("kind" in parsed) return null;
  const values = flatten(parsed.value);
  return { ...record, line: record.line + 1, cells: names.map((name) => values.get(name) ?? "") };
}

async function prepare(sample: LogSample, context: FormatContext, scan: RecordScan): Promise<FormatState> {
  const table = readTable(sample, context.settings);
  if (table === null) {
    throw new LogRefusedError("unknown_format", "This is no list of calls in JSON: it holds no array of objects.");
  }
  const { path, names } = table;
  async function* rows(): AsyncGenerator<LogRecord, void, undefined> {
    for await (const record of scan(toLayout({ kind: "json", path }))) {
      const row = toRow(record, names);
      if (row !== null) yield row;
    }
  }
  const settings = { ...context.settings, delimiter: "," };
  const plan = await settlePlan(table.sample, { ...context, settings }, rows);
  return { path, names: [...names], plan: { ...plan, columns: { ...plan.columns } } };
}

function open(state: FormatState, { settings, zone, now }: FormatContext): OpenLog {
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
    layout: toLayout({ kind: "json", path }),
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

/** Any JSON that holds a list of calls: the longest array of objects, its names read like the header of a table. */
export const genericJson: LogFormat = {
  id: "generic-json",
  title: "A list of calls (JSON)",
  detect: (sample, settings) => {
    const table = readTable(sample, settings);
    if (table === null) return null;
    const head = readHeadOf(table, settings);
    if (describeLack(head) !== null || head.header.length === 0) return null;
    const place = table.path === "" ? "at the top" : `under "${table.path}"`;
    return {
      // Less than any product that writes JSON: what nobody else claims is read here.
      score: Math.min(0.6, 0.42 + head.headerHits * 0.02),
      evidence: [
        `an array of objects ${place}`,
        `${head.headerHits} known names: ${head.header.slice(0, 12).join(", ")}`,
      ],
    };
  },
  prepare,
  open,
};
