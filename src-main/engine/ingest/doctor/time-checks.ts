import type { Check, CheckedFile, Found } from "./check.ts";
import { plural } from "./check.ts";
import { createTimeZone } from "../time/time-zone.ts";

const minute = 60_000;
const hour = 60 * minute;
/** Clocks differ by so much without anybody minding. */
const toleranceMs = 10 * minute;

/** An instant as people read it, in the zone of the log. */
function showTime(at: number, zone: string): string {
  const offset = createTimeZone(zone).offsetAt(at);
  return `${new Date(at + offset).toISOString().slice(0, 16).replace("T", " ")} (${zone})`;
}

/** Calls that have not happened yet, or that began after the file was written: the zone or a clock is wrong. */
export function createFutureCheck({ now, modifiedAt, zone }: CheckedFile): Check {
  let future = 0;
  let firstFuture: Readonly<{ line: number; at: number }> | null = null;
  let refused = 0;
  let firstRefused: number | null = null;
  let newest: Readonly<{ line: number; at: number }> | null = null;
  return {
    row: ({ line }, outcome) => {
      if (outcome === null) return;
      if (outcome.kind === "skip") {
        if (outcome.reason !== "invalid_date" || !outcome.detail.includes("in the future")) return;
        refused += 1;
        firstRefused ??= line;
        return;
      }
      const { startedAt } = outcome.leg;
      if (startedAt > now + toleranceMs) {
        future += 1;
        firstFuture ??= { line, at: startedAt };
      }
      if (newest === null || startedAt > newest.at) newest = { line, at: startedAt };
    },
    end: () => {
      const found: Found[] = [];
      const first = firstFuture;
      if (future + refused > 0) {
        const shown = first === null ? "" : ` The first is at ${showTime(first.at, zone)}.`;
        found.push({
          code: "future_calls",
          level: "warning",
          line: first?.line ?? firstRefused,
          field: null,
          count: future + refused,
          says: `${plural(future + refused, "call lies", "calls lie")} in the future.${shown} The log is in another time zone than it was told, or the clock of the phone system (or of this computer) is wrong.`,
          does: `Calls more than 48 hours ahead are left out (${refused}); the others would be stored as they are. Set the zone first (--timezone, or logTimeZone in --assume): the start is part of a call's id.`,
        });
      } else if (newest !== null && newest.at > modifiedAt + toleranceMs) {
        const hours = Math.round((newest.at - modifiedAt) / hour);
        found.push({
          code: "newer_than_file",
          level: "warning",
          line: newest.line,
          field: null,
          count: 0,
          says: `The newest call began at ${showTime(newest.at, zone)}, ${hours < 1 ? "some minutes" : plural(hours, "hour", "hours")} after the file was written: the log is probably in another time zone.`,
          does: "It would be stored as it is. Check the zone first (--timezone, or logTimeZone in --assume).",
        });
      }
      return found;
    },
  };
}

const leastCalls = 20;
const nightShare = 0.6;
const dayFrom = 8;
const dayTo = 18;

/** Most calls at night: a whole office telephones by day, so the zone may be wrong by the hours that move them there. */
export function createOddHoursCheck({ zone }: CheckedFile): Check {
  const hours = Array.from({ length: 24 }, () => 0);
  const clock = createTimeZone(zone);
  let count = 0;
  const countBetween = (shift: number): number =>
    hours.reduce((sum, calls, at) => {
      const moved = (at + shift + 48) % 24;
      return moved >= dayFrom && moved < dayTo ? sum + calls : sum;
    }, 0);
  return {
    row: (_record, outcome) => {
      if (outcome?.kind !== "leg") return;
      const { startedAt } = outcome.leg;
      const local = new Date(startedAt + clock.offsetAt(startedAt)).getUTCHours();
      hours[local] = (hours[local] ?? 0) + 1;
      count += 1;
    },
    end: () => {
      const byDay = countBetween(0);
      if (count < leastCalls || count - byDay < count * nightShare) return [];
      const shifts = Array.from({ length: 25 }, (_, at) => at - 12);
      const best = shifts.toSorted(
        (left, right) => countBetween(right) - countBetween(left) || Math.abs(left) - Math.abs(right),
      )[0];
      if (best === undefined || best === 0 || countBetween(best) < count * 0.8) return [];
      return [
        {
          code: "odd_hours",
          level: "warning",
          line: null,
          field: null,
          count: count - byDay,
          says: `${count - byDay} of ${count} rows begin outside ${dayFrom}:00 to ${dayTo}:00 in ${zone}; ${plural(Math.abs(best), "hour", "hours")} ${best > 0 ? "later" : "earlier"} nearly all would be by day. The log may be in another time zone, or its clock of twelve hours lost AM and PM.`,
          does: "The calls would be stored as they are. Set the zone first if it is wrong (--timezone, or logTimeZone in --assume).",
        },
      ];
    },
  };
}

const jumpMs = 6 * hour;
const leastRows = 10;

/** A log goes on in one direction; a few steps far against it are a clock that was set, or parts of other logs. */
export function createClockJumpCheck({ zone }: CheckedFile): Check {
  let last: number | null = null;
  let rising = 0;
  let falling = 0;
  type Jump = { count: number; first: Readonly<{ line: number; from: number; to: number }> | null };
  const up: Jump = { count: 0, first: null };
  const down: Jump = { count: 0, first: null };
  return {
    row: ({ line }, outcome) => {
      if (outcome?.kind !== "leg") return;
      const at = outcome.leg.startedAt;
      if (last !== null && at !== last) {
        if (at > last) rising += 1;
        else falling += 1;
        if (Math.abs(at - last) > jumpMs) {
          const jump = at > last ? up : down;
          jump.count += 1;
          jump.first ??= { line, from: last, to: at };
        }
      }
      last = at;
    },
    end: () => {
      const steps = rising + falling;
      const against = rising >= falling ? down : up;
      const share = Math.min(rising, falling) / Math.max(1, steps);
      if (steps < leastRows || share > 0.2 || against.first === null) return [];
      const { line, from, to } = against.first;
      return [
        {
          code: "clock_jump",
          level: "warning",
          line,
          field: null,
          count: against.count,
          says: `The log jumps against its order ${plural(against.count, "time", "times")}, first from ${showTime(from, zone)} to ${showTime(to, zone)}: the clock of the phone system was set, or parts of other logs were put together.`,
          does: "All rows are read as they are written; calls with wrong times can be told by the statement of those days.",
        },
      ];
    },
  };
}
