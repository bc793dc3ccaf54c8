import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { detachText } from "../../detach-text.ts";
import type { PhoneNumbers } from "../../numbers/phone-numbers.ts";
import type { LogRecord } from "../../records/log-record.ts";
import { findHeaderMeanings } from "../../records/header-words.ts";
import { toPlainWord } from "../../records/plain-word.ts";
import { toRowHash } from "../../row-hash.ts";
import type { TimeZone } from "../../time/time-zone.ts";
import {
  describeImplausible,
  holdsDay,
  readPlainStamp,
  readTimeCell,
  resolveMoment,
  type Moment,
  type TimeCell,
} from "../../time/timestamp.ts";
import { quoteValue, skip, type LegRow, type PlacedLeg, type RowOutcome, type SkippedOutcome } from "../log-format.ts";
import type { GenericLeg } from "./fold.ts";
import type { ColumnName, Plan } from "./plan.ts";
import { readParties, type RowParties } from "./row-parties.ts";
import { decideStatus, readTalk, type Talk } from "./row-talk.ts";
import { dayLength } from "../../time/wall-time.ts";
import { readOfficeTime } from "./office-clock.ts";
import { maxDurationSeconds } from "../../time/duration.ts";
import { createWordReader, isDirection, isStatus, isTotalsLabel, type ValueMeaning } from "./value-words.ts";

export type RowReading = Readonly<{
  plan: Plan;
  numbers: PhoneNumbers;
  zone: TimeZone;
  now: number;
  /** Words of the direction and status columns that the user explained. */
  words?: SourceSettings["words"];
}>;

/** Columns without which a row says too little; the others may be missing at the end of a short row. */
const needed: readonly ColumnName[] = [
  ...(["from", "to", "remote", "start", "time", "talk", "duration", "direction", "status", "id"] as const),
];

const countCells = (cells: readonly string[]): number => {
  let count = cells.length;
  while (count > 0 && (cells[count - 1] ?? "").trim() === "") count -= 1;
  return count;
};

/** An id that a spreadsheet has rounded names many calls: it is none. */
const isDamagedId = (id: string): boolean =>
  id === "" || /^\d+([.,]\d+)?e\+?\d+$/i.test(id) || /^#+$/.test(id) || /^(?:-|--|n\/?a|null|none|nil|0)$/i.test(id);

function createShapeCheck({ plan }: RowReading) {
  const least = Math.max(...needed.map((name) => plan.columns[name])) + 1;
  const header = plan.header.map(toPlainWord).join("\u001f");
  const isHeader = (cells: readonly string[]): boolean => {
    if (header !== "" && cells.slice(0, plan.width).map(toPlainWord).join("\u001f") === header) return true;
    if (!findHeaderMeanings(cells[plan.columns.start] ?? "").some(({ field }) => field === "start")) return false;
    return cells.filter((cell) => findHeaderMeanings(cell).length > 0).length >= 3;
  };
  const places = needed.flatMap((name) => plan.places[plan.columns[name]]?.[0] ?? []);
  const lastPlace = Math.max(0, ...places);
  return ({ cells, fault, terminated, raw }: LogRecord): SkippedOutcome | null => {
    if (fault === "oversize") return skip("malformed", "the line is longer than 1 MB");
    if (plan.places.length > 0) {
      if (!terminated && raw.length < lastPlace) return skip("truncated_tail", "the last line is cut");
      const start = (cells[plan.columns.start] ?? "").trim();
      // Whatever a serial printer puts between rows: heads of pages, lines of dashes.
      return /\d/.test(start) ? null : skip("page_header", `${quoteValue(raw.trim())} has no date in its place`);
    }
    const isCut = fault !== null || cells.length < plan.width;
    if (!terminated && isCut && cells.length < plan.width) {
      return skip("truncated_tail", `the last line is cut: ${cells.length} of ${plan.width} columns`);
    }
    if (fault !== null) return skip("malformed", "a quote is not closed");
    if (isTotalsLabel(cells.find((cell) => cell.trim() !== "") ?? "")) return skip("totals_row", "a row of totals");
    if (isHeader(cells)) return skip("repeated_header", "the header again");
    if (cells.length < least) return skip("malformed", `${cells.length} columns instead of ${plan.width}`);
    const count = countCells(cells);
    return count > plan.width ? skip("malformed", `${count} columns instead of ${plan.width}`) : null;
  };
}

/** A cell's day without its time of day, for the time of another cell. */
const toDayOnly = (cell: TimeCell): TimeCell => {
  if (cell.kind === "text") return { ...cell, stamp: { ...cell.stamp, time: null } };
  return cell.kind === "serial" ? { ...cell, millis: null } : cell;
};

const shiftMoment = ({ at, precision, alternatives }: Moment, ms: number): Moment => ({
  at: at + ms,
  precision,
  alternatives: alternatives.map((other) => other + ms),
});

function createMomentReader({ plan, zone, now }: RowReading) {
  const { columns, dateOrder, header } = plan;
  const readTime = plan.isOfficeClock ? readOfficeTime : readTimeCell;
  const name = header[columns.start] ?? `column ${columns.start + 1}`;
  const endOf = (cells: readonly string[]): TimeCell | null =>
    columns.end < 0 ? null : readTime(cells[columns.end] ?? "");

  /** Both hours of autumn are possible: the end of the call, less its length, tells them apart where the end is plain. */
  const readHint = (cells: readonly string[], seconds: number | null): number | null => {
    const end = endOf(cells);
    if (end === null || seconds === null) return null;
    const moment = resolveMoment({ main: end, time: null }, { order: dateOrder, zone });
    return moment === null || moment.alternatives.length > 0 ? null : moment.at - seconds * 1000;
  };

  const read = (cells: readonly string[], seconds: number | null): Moment | null => {
    const text = cells[columns.start] ?? "";
    const plain = columns.time < 0 && !plan.isOfficeClock ? readPlainStamp(text, zone) : null;
    if (plain !== null) return { at: plain, precision: "second", alternatives: [] };
    const main = readTime(text);
    if (main === null) return null;
    const time = columns.time < 0 ? null : readTime(cells[columns.time] ?? "");
    const moment = resolveMoment({ main, time }, { order: dateOrder, zone });
    if (moment === null || moment.alternatives.length === 0) return moment;
    return resolveMoment({ main, time }, { order: dateOrder, zone, hint: readHint(cells, seconds) });
  };

  return (cells: readonly string[], { seconds, whole }: Talk): Moment | SkippedOutcome => {
    const text = [columns.start, columns.time]
      .flatMap((at) => (at < 0 ? [] : [cells[at] ?? ""]))
      .join(" ")
      .trim();
    if (text === "" && (cells[columns.from] ?? "") === "" && (cells[columns.to] ?? "") === "") {
      return skip("totals_row", `${name} is empty, and so are the numbers`);
    }
    const told = read(cells, seconds);
    const moment = told !== null && plan.isEndTime ? shiftMoment(told, -whole * 1000) : told;
    if (moment === null) return skip("invalid_date", `${name} ${quoteValue(text)} is no date and time`);
    const doubt = describeImplausible(moment.at, now);
    return doubt === null ? moment : skip("invalid_date", `${name} ${quoteValue(text)} ${doubt}`);
  };
}

type Facts = Readonly<{
  id: string | null;
  moment: Moment;
  talk: Talk;
  parties: RowParties;
  status: GenericLeg["s"];
  agent: string | null;
  /** The table has a column for agents, and this row none in it. */
  isNameless: boolean;
}>;

function toLeg({ cells, line }: LogRecord, { id, moment, talk, parties, status, agent, isNameless }: Facts): LegRow {
  const { direction, from, to } = parties;
  const seconds = status === "answered" ? (talk.seconds ?? 0) : 0;
  const [, alternative = null] = moment.alternatives;
  const data: GenericLeg = {
    k: id,
    d: direction,
    f: from,
    t: to,
    g: agent ?? (direction === "inbound" ? extensionOf(to) : from),
    s: status,
    b: seconds,
    p: moment.precision === "minute" ? "m" : "s",
    x: alternative,
    ...(isNameless ? { q: 1 } : {}),
  };
  const startedAt = moment.at;
  const leg: PlacedLeg = { hash: toRowHash(cells.map((cell) => cell.trim()).join("\u001f")), startedAt, data, line };
  const identity = id === null ? [direction, from, to, talk.raw, agent].join("\u001f") : "";
  return { kind: "leg", key: id, node: "", leg, endedAt: startedAt + (talk.seconds ?? 0) * 1000, identity };
}

const extensionOf = (party: string | null): string | null => (party?.startsWith("ext:") === true ? party : null);

/** Reads rows of one table. Rows that are no leg come back with the reason, naming column and value. */
export function createRowReader(reading: RowReading) {
  const { plan, numbers, zone } = reading;
  const { columns, header } = plan;
  const findFault = createShapeCheck(reading);
  const readMoment = createMomentReader(reading);
  const readWord = createWordReader(reading.words);
  const cellOf = (cells: readonly string[], at: number): string => (at < 0 ? "" : (cells[at] ?? "").trim());

  const readAgent = (cells: readonly string[]): string | null => {
    const text = cellOf(cells, columns.agent);
    if (text === "") return null;
    return numbers.isExtension(text) ? numbers.toOwn(text) : detachText(text);
  };

  /** Without a column for the length: from the answer (or the start) to the end. */
  const readSpan = (cells: readonly string[], startedAt: number): number | null => {
    if (columns.talk >= 0 || columns.duration >= 0 || columns.end < 0) return null;
    const written = { order: plan.dateOrder, zone };
    const instantOf = (at: number): number | null => {
      const main = at < 0 ? null : readTimeCell(cells[at] ?? "");
      if (main === null) return null;
      if (holdsDay(main)) return resolveMoment({ main, time: null }, written)?.at ?? null;
      // A time of day alone is that of the day of the start, or of the night after it.
      const day = readTimeCell(cells[columns.start] ?? "");
      const found =
        day === null || !holdsDay(day) ? null : resolveMoment({ main: toDayOnly(day), time: main }, written);
      if (found === null) return null;
      return found.at < startedAt ? found.at + dayLength : found.at;
    };
    const ended = instantOf(columns.end);
    if (ended === null || (columns.answer >= 0 && cellOf(cells, columns.answer) === "")) return null;
    const seconds = Math.floor((ended - (instantOf(columns.answer) ?? startedAt)) / 1000);
    return seconds >= 0 && seconds <= maxDurationSeconds ? seconds : null;
  };

  const findNoCall = (direction: ValueMeaning, status: ValueMeaning, text: string): SkippedOutcome | null => {
    if (direction === "other" || status === "other") return skip("non_call", `${quoteValue(text)} is no phone call`);
    if (direction === "ringing" || status === "ringing") return skip("in_progress", "the call was not over");
    return null;
  };

  return (record: LogRecord): RowOutcome => {
    const { cells } = record;
    if (record.line <= plan.headerLine) return null;
    if (record.fault === null && cells.every((cell) => cell.trim() === "")) return null;
    const fault = findFault(record);
    if (fault !== null) return fault;
    const directionText = cellOf(cells, columns.direction);
    const statusText = cellOf(cells, columns.status);
    const direction = directionText === "" ? "unknown" : readWord(directionText);
    const status = statusText === "" ? "unknown" : readWord(statusText);
    const noCall = findNoCall(direction, status, directionText === "" ? statusText : directionText);
    if (noCall !== null) return noCall;
    const told = readTalk(cells, plan);
    if ("kind" in told) return told;
    const moment = readMoment(cells, told);
    if ("kind" in moment) return moment;
    const talk = told.seconds === null && status !== "missed" ? { ...told, seconds: readSpan(cells, moment.at) } : told;
    if (directionText !== "" && !isDirection(direction) && !isStatus(direction)) {
      return skip("malformed", `${header[columns.direction] ?? "direction"} ${quoteValue(directionText)} is not known`);
    }
    const parties = readParties({ cells, columns, numbers, direction, status });
    if (parties === null)
      return skip("malformed", "nothing tells the direction: no side is an own extension or number (ownNumbers)");
    const id = cellOf(cells, columns.id);
    return toLeg(record, {
      id: isDamagedId(id) ? null : detachText(id),
      moment,
      talk,
      parties,
      status: decideStatus({ columns, status, direction, called: parties.direction, seconds: talk.seconds }),
      agent: readAgent(cells),
      isNameless: columns.agent >= 0 && cellOf(cells, columns.agent) === "",
    });
  };
}

/** True for cells that alone are a row: enough of them, and a time where the start is. */
export function createWholeRowCheck({ plan }: Pick<RowReading, "plan">): (cells: readonly string[]) => boolean {
  return (cells) => cells.length === plan.width && readTimeCell(cells[plan.columns.start] ?? "") !== null;
}
