import { z } from "zod";
import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { createYearCounter, settleDateOrder, settleFirstYear, type MonthDay } from "../../presets/date-settling.ts";
import { createLineFormat, type LinePreset, type LogLine } from "../../presets/line-format.ts";
import type { Ending, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { readPlaces } from "../../records/fixed-places.ts";
import { quoteValue, skip, type FormatContext } from "../log-format.ts";
import {
  fields,
  fitsLayout,
  layouts,
  readDateRecord,
  readField,
  readToldLayout,
  type Field,
  type Layout,
} from "./layouts.ts";

const enoughShare = 0.6;

type Choice = Readonly<{ layout: Layout; fitting: number; judged: number }>;

/** The layout that most lines have; date records and second halves of records are not asked. */
function chooseLayout(lines: readonly string[], settings: SourceSettings): Choice | null {
  const told = readToldLayout(settings);
  const judged = lines.filter((line) => readDateRecord(line) === null);
  const found = (told === null ? layouts : [told])
    .map((layout) => ({
      layout,
      fitting: judged.filter((line) => fitsLayout(layout, line)).length,
      judged: judged.length,
    }))
    .toSorted((left, right) => right.fitting - left.fitting)[0];
  if (found === undefined || found.fitting === 0) return null;
  // Every second line of a record over two lines is none of its own.
  const rows = found.layout.name === "int-isdn" ? Math.min(judged.length, found.fitting * 2) : judged.length;
  return found.fitting >= judged.length * enoughShare || found.fitting * 2 >= rows ? found : null;
}

const stateSchema = z.strictObject({
  layout: z.string(),
  spans: z.partialRecord(z.enum(fields), z.tuple([z.int().positive(), z.int().positive()])),
  monthFirst: z.boolean(),
  /** Year of the first date record; 0 where the rows have years of their own. */
  year: z.int().nonnegative(),
});

type Dated = Readonly<{ first: number; second: number; year: string }>;

/** The two parts of a date of a row or of a date record, before their order is known. */
function readParts(layout: Layout, line: string): Dated | null {
  const record = readDateRecord(line);
  if (record !== null) return { first: record[0], second: record[1], year: "" };
  const text = readField(layout, line, "date");
  if (!/^\d{4}(?:\d\d)?$/.test(text)) return null;
  return { first: Number(text.slice(0, 2)), second: Number(text.slice(2, 4)), year: text.slice(4) };
}

async function settle(
  lines: readonly string[],
  all: () => AsyncIterable<string>,
  context: FormatContext,
): Promise<string> {
  const choice = chooseLayout(lines, context.settings);
  if (choice === null) throw new LogRefusedError("unknown_format", "No layout of an Avaya CDR fits these lines.");
  const { layout } = choice;
  async function* dates(): AsyncGenerator<string, void, undefined> {
    for await (const line of all()) {
      const parts = readParts(layout, line);
      // Without a year any will do for the order of day and month.
      if (parts !== null) yield `${parts.first}/${parts.second}/${parts.year === "" ? "2024" : parts.year}`;
    }
  }
  const order = layout.name === "int-direct" ? "DMY" : await settleDateOrder(dates(), context);
  const monthFirst = order !== "DMY";
  async function* months(): AsyncGenerator<MonthDay, void, undefined> {
    for await (const line of all()) {
      const parts = readParts(layout, line);
      if (parts !== null && parts.year === "") yield toMonthDay(parts, monthFirst);
    }
  }
  const year = await settleFirstYear(months(), context);
  return JSON.stringify({ layout: layout.name, spans: layout.spans, monthFirst, year });
}

const toMonthDay = ({ first, second }: Dated, monthFirst: boolean): MonthDay =>
  monthFirst ? { month: first, day: second } : { month: second, day: first };

/** Condition codes of the system (CDR, condition codes): incoming ones, those of its own lines; the rest went out. */
const incoming = new Set(["9", "G", "H", "I"]);
const failed = new Set(["E", "F"]);

function toDirection(code: string, calling: string, dialed: string, { numbers }: RowTools): CallDirection {
  const isFromOwn = numbers.isExtension(calling);
  const isToOwn = numbers.isExtension(dialed);
  if (code === "0") return "internal";
  // A busy or unanswered call of an own extension to a number outside went out.
  if (incoming.has(code)) return isFromOwn && !isToOwn && dialed !== "" ? "outbound" : "inbound";
  if (isFromOwn && isToOwn) return "internal";
  return code === "C" && isToOwn && !isFromOwn ? "inbound" : "outbound";
}

function toEnding(code: string, seconds: number): Ending {
  if (code === "I") return "busy";
  if (code === "H") return "none";
  if (failed.has(code)) return "failed";
  return seconds > 0 ? "answered" : "none";
}

const lineDigits = 5;

type Clock = Readonly<{ year: number; month: number; day: number }>;

function toFacts(layout: Layout, line: string, clock: Clock, tools: RowTools): RowReading {
  const { numbers } = tools;
  const at = (field: Field): string => readField(layout, line, field);
  const code = at("condition").toUpperCase();
  const spent = at("hours") + at("minutes") + at("tenths");
  const seconds =
    layout.spans.hours === undefined
      ? Number(at("seconds"))
      : Number(at("hours")) * 3600 + Number(at("minutes")) * 60 + Number(at("tenths")) * 6;
  const calling = at("calling");
  const dialed = at("dialed");
  const direction = toDirection(code, calling, dialed, tools);
  const ending = toEnding(code, seconds);
  // What five digits name in a call that came in is the line, not a caller.
  const caller = calling.length <= lineDigits ? null : numbers.toRemote(calling);
  const from = direction === "inbound" ? caller : numbers.toOwn(calling);
  const to = direction === "outbound" ? numbers.toDialled(dialed) : numbers.toOwn(dialed);
  const { year, month, day } = clock;
  const pad = (value: number): string => String(value).padStart(2, "0");
  const time = at("time");
  return {
    start: {
      text: `${year}-${pad(month)}-${pad(day)} ${time.slice(0, 2)}:${time.slice(2)}`,
      secondsBefore: seconds,
    },
    key: null,
    direction,
    from,
    to,
    called: "person",
    ending,
    talk: ending === "answered" ? seconds : 0,
    agent: to?.startsWith("ext:") === true ? to : null,
    caller: direction === "inbound" ? null : from,
    identity: [layout.spans.hours === undefined ? at("seconds") : spent, calling, dialed],
  };
}

/** The second line of a record holds circuits and bearer data only: never letters of a number or a time at its place. */
const isSecondHalf = (text: string): boolean => /^[\s\d]{0,40}$/.test(text);

function createReader(tools: RowTools, settled: string): (line: LogLine) => RowReading {
  const state = stateSchema.parse(JSON.parse(settled));
  const layout: Layout = { name: state.layout, spans: state.spans };
  const years = createYearCounter(state.year);
  let current: Clock | null = null;
  let isHalf = false;

  const toClock = (parts: Dated): Clock => {
    const date = toMonthDay(parts, state.monthFirst);
    return { ...date, year: parts.year === "" ? years.read(date) : 2000 + Number(parts.year) };
  };

  return ({ text, terminated }) => {
    const wasHalf = isHalf;
    isHalf = false;
    const record = readDateRecord(text);
    if (record !== null && !(wasHalf && text.startsWith(" "))) {
      current = toClock({ first: record[0], second: record[1], year: "" });
      return skip("date_record", "the date of the lines that follow");
    }
    if (!fitsLayout(layout, text)) {
      if (wasHalf && isSecondHalf(text)) return null;
      const reason = terminated ? "malformed" : "truncated_tail";
      return skip(reason, `${quoteValue(text.trim())} does not fit the columns of the log (${layout.name})`);
    }
    isHalf = layout.name === "int-isdn";
    const own = layout.spans.date === undefined ? null : readParts(layout, text);
    const clock: Clock | null = own === null ? current : toClock(own);
    if (clock === null) return skip("invalid_date", "no line with the date stands before this one");
    return toFacts(layout, text, clock, tools);
  };
}

const preset: LinePreset = {
  id: "avaya-cm-cdr",
  title: "Avaya Communication Manager CDR",
  detect: (lines, settings) => {
    // Places such as "21-38" are meant for a log of lines; names and numbers of columns for a table.
    const told = Object.values(settings.columns ?? {});
    if (told.length > 0 && readPlaces(settings.columns) === null) return null;
    const choice = chooseLayout(lines, settings);
    if (choice === null) return null;
    const { layout, fitting, judged } = choice;
    const dates = lines.filter((line) => readDateRecord(line) !== null).length;
    return {
      score: 0.92,
      evidence: [
        `${fitting} of ${judged} lines fit the fixed columns of layout ${layout.name}`,
        `${dates} lines hold only a date`,
      ],
    };
  },
  settle,
  open: createReader,
};

/**
 * Avaya Communication Manager CDR over TCP or a serial line: fixed columns of one of the standard layouts, or those that
 * the setting `columns` names (`{"calling-num":"40-54",…}`). The time is the end of the call; the date stands in a line of
 * its own, without year, unless the layout has one.
 * (Avaya, CDR formats and condition codes)
 */
export const avayaCmCdr = createLineFormat(preset);
