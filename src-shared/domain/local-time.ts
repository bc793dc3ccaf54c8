import { midnightAfter, midnightBefore } from "./midnight.ts";

const hourMs = 3_600_000;

/** A time for people: `2 Jun 2025, 08:32:16`, in the zone given. */
export function toLocalTime(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

/** The day of a time as `2025-06-02`, in the zone given. */
export function toLocalDate(at: number, timeZone: string): string {
  const parts: Record<string, string> = {};
  const format = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  for (const { type, value } of format.formatToParts(at)) parts[type] = value;
  return `${parts["year"]?.padStart(4, "0")}-${parts["month"]}-${parts["day"]}`;
}

/** First instant of a day (`2025-06-02`) in a zone and of the day after it, epoch ms. */
export function dayBounds(date: string, timeZone: string): Readonly<{ from: number; to: number }> {
  // No zone is further than 14 hours from UTC, so the search starts before the day does anywhere.
  let from = midnightBefore(Date.parse(`${date}T00:00:00Z`) - 14 * hourMs, timeZone);
  while (toLocalDate(from, timeZone) < date) from = midnightAfter(from, timeZone);
  return { from, to: midnightAfter(from, timeZone) };
}

/** A length for people: `45 s`, `7 min 9 s`, `1 h 26 min`. */
export function toLength(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${rest} s`;
}
