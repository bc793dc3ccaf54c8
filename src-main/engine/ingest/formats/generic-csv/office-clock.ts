import { readTimeCell, type TimeCell } from "../../time/timestamp.ts";
import type { LogRecord } from "../../records/log-record.ts";
import type { Columns } from "./plan.ts";

/** On a clock of twelve hours without AM and PM these are afternoon: offices telephone by day. */
const lastOfAfternoon = 6;

/** A time cell of a clock of twelve hours without AM and PM: 1 to 6 are afternoon. */
export function readOfficeTime(cell: string): TimeCell | null {
  const read = readTimeCell(cell);
  if (read === null || read.kind !== "text" || read.stamp.time === null) return read;
  const { time } = read.stamp;
  if (time.isTwelve || time.hour < 1 || time.hour > lastOfAfternoon) return read;
  return { ...read, stamp: { ...read.stamp, time: { ...time, hour: time.hour + 12 } } };
}

const leastRows = 3;

/**
 * True where nothing tells a clock of twelve hours from one of twenty-four: hours of the early morning and of the day, none
 * at noon plus one or later, none at midnight, and no AM or PM. `9:41` then means two things.
 */
export function isClockOpen(rows: readonly LogRecord[], columns: Columns): boolean {
  let early = 0;
  let late = 0;
  for (const { cells } of rows) {
    const texts = [columns.time, columns.start].flatMap((at) => (at < 0 ? [] : [cells[at] ?? ""]));
    const time = texts.map(readTimeCell).find((read) => read?.kind === "text" && read.stamp.time !== null);
    if (time?.kind !== "text" || time.stamp.time === null || time.stamp.offset !== null) continue;
    const { hour, isTwelve } = time.stamp.time;
    if (isTwelve || hour === 0 || hour > 12) return false;
    if (hour <= lastOfAfternoon) early += 1;
    else late += 1;
  }
  return early >= leastRows && late >= leastRows;
}
