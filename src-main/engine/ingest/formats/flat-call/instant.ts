import { createTimeZone, type TimeZone } from "../../time/time-zone.ts";
import { readTimeCell, resolveMoment, type Moment } from "../../time/timestamp.ts";

const utc = createTimeZone("UTC");

/** The moment of a cell that names day and time, year first unless the month is spelled; null where it names none. Without a zone: UTC. */
export function readMoment(cell: string, zone: TimeZone = utc): Moment | null {
  const main = readTimeCell(cell);
  return main === null ? null : resolveMoment({ main, time: null }, { order: "YMD", zone });
}

/** Whole seconds between two cells, fractions dropped on both sides; null where one of them is no time. */
export function secondsBetween(from: string, to: string, zone: TimeZone = utc): number | null {
  const start = readMoment(from, zone);
  const end = readMoment(to, zone);
  if (start === null || end === null || end.at < start.at) return null;
  return Math.floor(end.at / 1000) - Math.floor(start.at / 1000);
}
