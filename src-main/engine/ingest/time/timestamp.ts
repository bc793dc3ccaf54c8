import { readStampText, type StampText } from "./date-text.ts";
import { toPlainText } from "./plain-text.ts";
import type { TimeZone } from "./time-zone.ts";
import { dayLength, readStamp, resolveDate, toMillis, type DateOrder, type WallTime } from "./wall-time.ts";

/** When a call began. `alternatives`: both instants where the clock was set back and nothing tells which. */
export type Moment = Readonly<{ at: number; precision: "second" | "minute"; alternatives: readonly number[] }>;

/** What a cell of a time column says, before order and zone. */
export type TimeCell =
  | Readonly<{ kind: "instant"; at: number }>
  | Readonly<{ kind: "serial"; day: number | null; millis: number | null }>
  | Readonly<{ kind: "text"; stamp: StampText }>;

const accents = /[\u0300-\u036f]/g;

/** Days from 1899-12-30, the zero of Excel's serial dates, to 1970-01-01. */
const excelEpochDays = 25_569;

function readNumber(text: string): TimeCell | null {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return { kind: "instant", at: Math.floor(Number(text)) * 1000 };
  if (/^\d{11,13}$/.test(text)) {
    const value = Number(text);
    return { kind: "instant", at: value < 1e11 ? value * 1000 : Math.floor(value / 1000) * 1000 };
  }
  if (/^\d{15,17}$/.test(text)) return { kind: "instant", at: Math.floor(Number(text) / 1e6) * 1000 };
  const serial = /^(\d{5})(?:[.,](\d+))?$/.exec(text);
  if (serial !== null) {
    const days = Number(serial[1]);
    if (days < 30_000 || days > 75_000) return null;
    const seconds = serial[2] === undefined ? null : Math.round(Number(`0.${serial[2]}`) * 86_400);
    return {
      kind: "serial",
      day: (days - excelEpochDays) * dayLength,
      millis: seconds === null ? null : seconds * 1000,
    };
  }
  const fraction = /^0[.,](\d{3,})$/.exec(text);
  if (fraction === null) return null;
  return { kind: "serial", day: null, millis: Math.round(Number(`0.${fraction[1]}`) * 86_400) * 1000 };
}

/** No language needs more to say when; patterns are not let loose on what is longer. */
const longestTime = 120;

/** Reads one cell of a time column, or null when it holds no time. */
export function readTimeCell(cell: string): TimeCell | null {
  if (cell.length > longestTime) return null;
  const text = toPlainText(cell)
    .replace(/^[="']+|["']+$/g, "")
    .trim();
  if (text === "") return null;
  if (/^\d+([.,]\d+)?$/.test(text)) {
    const number = readNumber(text);
    if (number !== null) return number;
  }
  const stamp = readStampText(text.normalize("NFD").replaceAll(accents, "").toLowerCase());
  return stamp === null ? null : { kind: "text", stamp };
}

export const holdsDay = (cell: TimeCell): boolean =>
  cell.kind === "instant" || (cell.kind === "serial" ? cell.day !== null : cell.stamp.date !== null);

export const holdsTime = (cell: TimeCell): boolean =>
  cell.kind === "instant" || (cell.kind === "serial" ? cell.millis !== null : cell.stamp.time !== null);

/** Wall-clock time in the zone, with what tells the two instants of a repeated hour apart where anything does. */
export function toMoment(local: number, zone: TimeZone, precision: "second" | "minute", hint: number | null): Moment {
  const instant = zone.toInstant(local);
  if (instant.alternative === null) return { at: instant.at, precision, alternatives: [] };
  if (hint !== null) {
    const isLater = Math.abs(instant.alternative - hint) < Math.abs(instant.at - hint);
    return { at: isLater ? instant.alternative : instant.at, precision, alternatives: [] };
  }
  return { at: instant.at, precision, alternatives: [instant.at, instant.alternative] };
}

/** Cells that together say when: one that holds both, or a date and a time of day. */
export type TimeCells = Readonly<{ main: TimeCell; time: TimeCell | null }>;

type Reading = Readonly<{ order: DateOrder; zone: TimeZone; hint?: number | null }>;

const timeOf = (cell: TimeCell | null): WallTime | null =>
  cell !== null && cell.kind === "text" ? cell.stamp.time : null;

function toLocal(main: TimeCell, time: TimeCell | null, order: DateOrder): Readonly<{ local: number; exact: boolean }> {
  const clock = timeOf(main) ?? timeOf(time);
  const serialTime = main.kind === "serial" ? main.millis : null;
  const millis = clock === null ? (serialTime ?? (time?.kind === "serial" ? time.millis : null)) : toMillis(clock);
  const exact = clock === null ? millis !== null : clock.hasSeconds;
  if (main.kind === "serial") return { local: (main.day ?? Number.NaN) + (millis ?? Number.NaN), exact };
  if (main.kind !== "text" || main.stamp.date === null) return { local: Number.NaN, exact };
  return { local: resolveDate(main.stamp.date, order) + (millis ?? Number.NaN), exact };
}

/** The moment that time cells name, or null where they name none (no such day, no time of day). */
export function resolveMoment({ main, time }: TimeCells, { order, zone, hint = null }: Reading): Moment | null {
  if (main.kind === "instant") return { at: main.at, precision: "second", alternatives: [] };
  const { local, exact } = toLocal(main, time, order);
  if (Number.isNaN(local)) return null;
  const precision = exact ? "second" : "minute";
  const offset = main.kind === "text" ? (main.stamp.offset ?? offsetOf(time)) : offsetOf(time);
  if (offset !== null) return { at: local - offset, precision, alternatives: [] };
  return toMoment(local, zone, precision, hint);
}

const offsetOf = (cell: TimeCell | null): number | null =>
  cell !== null && cell.kind === "text" ? cell.stamp.offset : null;

/** Fast path of `resolveMoment` for `YYYY-MM-DD HH:MM:SS` on a day without a clock change; null for everything else. */
export function readPlainStamp(text: string, zone: TimeZone): number | null {
  const local = readStamp(text);
  if (Number.isNaN(local)) return null;
  const offset = zone.offsetOfDay(Math.floor(local / dayLength));
  return Number.isNaN(offset) ? null : local - offset;
}

/** No phone system wrote a call before this: an older date is a clock that was never set. */
const earliest = Date.UTC(1995, 0, 1);
const futureLimit = 48 * 3_600_000;

/** Says what is wrong with a time of a call, or null when it is plausible. */
export function describeImplausible(at: number, now: number): string | null {
  if (at < earliest) return "lies before 1995";
  return at > now + futureLimit ? "lies more than 48 hours in the future" : null;
}
