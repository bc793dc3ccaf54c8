import { z } from "zod";
import { createExclusion } from "../../exclusion.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import { sniffLayout, splitText } from "../../records/delimiter.ts";
import type { LogRecord, TableLayout } from "../../records/log-record.ts";
import { createTimeZone, type TimeZone } from "../../time/time-zone.ts";
import { readStamp } from "../../time/wall-time.ts";
import type { FormatContext, FormatState, LogFormat, LogSample, OpenLog } from "../log-format.ts";
import {
  column,
  countColumns,
  findKeyColumns,
  isHeaderRow,
  leastColumns,
  mostColumns,
  readUniqueId,
} from "./columns.ts";
import { createDeviceReader } from "./devices.ts";
import { createFold } from "./fold.ts";
import { createRowClock, readRowClock, voteClock, type LogClock } from "./row-clock.ts";
import { createRowReader } from "./row-reader.ts";

const id = "asterisk-cdr-csv";
const sniffedChars = 32_768;
const judgedRows = 200;
const enoughShare = 0.5;

const stateSchema = z.strictObject({
  delimiter: z.string().length(1),
  wrapped: z.boolean(),
  width: z.int(),
  clock: z.union([z.enum(["local", "utc"]), z.int()]),
});

const isRow = (cells: readonly string[]): boolean => {
  const width = countColumns(cells);
  if (width < leastColumns || width > mostColumns) return false;
  return !Number.isNaN(readStamp(cells[column.start] ?? ""));
};

type Head = Readonly<{ layout: TableLayout; records: readonly LogRecord[]; rows: readonly LogRecord[] }>;

function readHead({ text }: LogSample, delimiter: string | undefined): Head {
  const head = text.slice(0, sniffedChars);
  const layout = { ...sniffLayout(head, delimiter).layout, multiline: false };
  const records = splitText(head, layout).slice(0, judgedRows);
  return { layout, records, rows: records.filter(({ cells }) => isRow(cells)) };
}

const dispositionWords = /^(?:ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION|CANCEL|\d{1,2})$/;

/** The clock that the rows at the beginning prove by the epoch in their uniqueid. */
function readClock(rows: readonly LogRecord[], zone: TimeZone): LogClock {
  const clocks = rows.map(({ cells }): LogClock | null => {
    const { uniqueid } = findKeyColumns(countColumns(cells));
    const epoch = readUniqueId(cells[uniqueid] ?? "")?.epoch;
    const local = readStamp(cells[column.start] ?? "");
    return epoch === undefined ? null : readRowClock(local, epoch * 1000, zone);
  });
  return voteClock(clocks);
}

function open(state: FormatState, context: FormatContext): OpenLog {
  const { delimiter, wrapped, width, clock } = stateSchema.parse(state);
  const { settings, zone: zoneName, now } = context;
  const numbers = createPhoneNumbers(settings);
  const zone = createTimeZone(zoneName);
  return {
    layout: { delimiter, wrapped, multiline: false },
    isWholeRow: isRow,
    read: createRowReader({
      numbers,
      readDevice: createDeviceReader(settings, numbers.isExtension),
      toStart: createRowClock(zone, clock, settings.logTimeZone !== undefined),
      now,
      width,
    }),
    fold: createFold(createExclusion(settings)),
    // The key holds the second of the call's start: it is never used again.
    keyReuseMs: Number.POSITIVE_INFINITY,
  };
}

/**
 * Asterisk `cdr_csv` (Master.csv): no header, 16 to 21 columns, start in the tenth. Times are local, or UTC with
 * `usegmtime=yes`, told apart by the epoch in the uniqueid.
 */
export const asteriskCdrCsv: LogFormat = {
  id,
  title: "Asterisk cdr_csv (Master.csv)",
  detect: (sample, settings) => {
    const { layout, records, rows } = readHead(sample, settings.delimiter);
    const judged = records.filter(({ cells }) => !isHeaderRow(cells));
    if (rows.length === 0 || rows.length < judged.length * enoughShare) return null;
    const known = rows.filter(({ cells }) => dispositionWords.test(cells[column.disposition] ?? "")).length;
    if (known < rows.length * enoughShare) return null;
    const width = countColumns(rows[0]?.cells ?? []);
    return {
      score: 0.6 + 0.4 * (rows.length / judged.length) * (known / rows.length),
      evidence: [
        `${rows.length} of ${judged.length} lines have ${leastColumns} to ${mostColumns} columns (the first ${width}) and a date in column ${column.start + 1}`,
        `${known} have a disposition in column ${column.disposition + 1}`,
        `columns are separated by ${JSON.stringify(layout.delimiter)}`,
      ],
    };
  },
  prepare: (sample, context) => {
    const { layout, rows } = readHead(sample, context.settings.delimiter);
    if (rows.length === 0) {
      return Promise.reject(
        new LogRefusedError(
          "unknown_format",
          `No line has the shape of an Asterisk cdr_csv row (${leastColumns} to ${mostColumns} columns, the start in column ${column.start + 1}).`,
        ),
      );
    }
    const clock = readClock(rows, createTimeZone(context.zone));
    const width = countColumns(rows[0]?.cells ?? []);
    return Promise.resolve({ delimiter: layout.delimiter, wrapped: layout.wrapped, width, clock });
  },
  open,
};
