const dayMs = 86_400_000;

/** Making a format costs far more than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  } as const;
  const made = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...numeric });
  formats.set(timeZone, made);
  return made;
}

function wallParts(at: number, timeZone: string): Readonly<Record<string, number>> {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  return parts;
}

function offsetOf(at: number, timeZone: string): number {
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = wallParts(at, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The same time of day so many days earlier, as clocks in `timeZone` showed it, epoch ms. */
export function daysEarlier(at: number, days: number, timeZone: string): number {
  const guess = at - days * dayMs;
  return guess + offsetOf(at, timeZone) - offsetOf(guess, timeZone);
}

/** Minutes since midnight that clocks in `timeZone` show. */
export function minuteOfDay(at: number, timeZone: string): number {
  const { hour = 0, minute = 0 } = wallParts(at, timeZone);
  return hour * 60 + minute;
}

/** Epoch ms of the last midnight in `timeZone` at or before `at`, across changes of summer time. */
export function midnightBefore(at: number, timeZone: string): number {
  const { year = 1970, month = 1, day = 1 } = wallParts(at, timeZone);
  const wall = Date.UTC(year, month - 1, day);
  const guess = wall - offsetOf(at, timeZone);
  // The offset at midnight may differ from the one now; one correction settles it.
  return wall - offsetOf(guess, timeZone);
}

/** Epoch ms of the next midnight in `timeZone` after `at`. */
export function midnightAfter(at: number, timeZone: string): number {
  // A day has 23 to 25 hours: 26 hours after midnight lies in the next day for certain.
  return midnightBefore(midnightBefore(at, timeZone) + dayMs + 2 * 3_600_000, timeZone);
}
