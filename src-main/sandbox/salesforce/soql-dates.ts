import type { DateFunction } from "./soql-select.ts";

const dayMs = 86_400_000;

/** Whole days: from the start of the first to the start of the one behind the last, epoch ms. */
export type Days = { readonly from: number; readonly to: number };

type Unit = "DAYS" | "WEEKS" | "MONTHS" | "QUARTERS" | "YEARS";

const named: Readonly<Record<string, readonly [unit: Unit, from: number, to: number]>> = {
  TODAY: ["DAYS", 0, 1],
  YESTERDAY: ["DAYS", -1, 0],
  TOMORROW: ["DAYS", 1, 2],
  LAST_90_DAYS: ["DAYS", -90, 1],
  NEXT_90_DAYS: ["DAYS", 1, 91],
  LAST_WEEK: ["WEEKS", -1, 0],
  THIS_WEEK: ["WEEKS", 0, 1],
  NEXT_WEEK: ["WEEKS", 1, 2],
  LAST_MONTH: ["MONTHS", -1, 0],
  THIS_MONTH: ["MONTHS", 0, 1],
  NEXT_MONTH: ["MONTHS", 1, 2],
  LAST_QUARTER: ["QUARTERS", -1, 0],
  THIS_QUARTER: ["QUARTERS", 0, 1],
  NEXT_QUARTER: ["QUARTERS", 1, 2],
  LAST_FISCAL_QUARTER: ["QUARTERS", -1, 0],
  THIS_FISCAL_QUARTER: ["QUARTERS", 0, 1],
  NEXT_FISCAL_QUARTER: ["QUARTERS", 1, 2],
  LAST_YEAR: ["YEARS", -1, 0],
  THIS_YEAR: ["YEARS", 0, 1],
  NEXT_YEAR: ["YEARS", 1, 2],
  LAST_FISCAL_YEAR: ["YEARS", -1, 0],
  THIS_FISCAL_YEAR: ["YEARS", 0, 1],
  NEXT_FISCAL_YEAR: ["YEARS", 1, 2],
};

/** The days that a relative date such as `THIS_MONTH` or `LAST_N_DAYS:7` stands for; undefined for anything else. */
export function toDays(text: string, now: number): Days | undefined {
  const word = text.toUpperCase();
  const fixed = Object.hasOwn(named, word) ? named[word] : undefined;
  if (fixed !== undefined) return span(now, ...fixed);
  const [, direction, unit, count] =
    /^(LAST_N|NEXT_N|N)_(DAYS|WEEKS|MONTHS|QUARTERS|YEARS)(?:_AGO)?:(\d+)$/.exec(word) ?? [];
  const known = units.find((each) => each === unit);
  if (known === undefined || (direction === "N") !== word.includes("_AGO:")) return undefined;
  const n = Number(count);
  if (direction === "NEXT_N") return span(now, known, 1, n + 1);
  if (direction === "N") return span(now, known, -n, 1 - n);
  // The last days reach to the end of today; of all longer spans only those that are over count.
  return span(now, known, -n, known === "DAYS" ? 1 : 0);
}

const units: readonly Unit[] = ["DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS"];

function span(now: number, unit: Unit, from: number, to: number): Days {
  return { from: startOf(now, unit, from), to: startOf(now, unit, to) };
}

/** The start of the unit that is `offset` away from the current one. Weeks begin on Monday, as in the org's locale. */
function startOf(now: number, unit: Unit, offset: number): number {
  const today = Math.floor(now / dayMs) * dayMs;
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (unit) {
    case "DAYS":
      return today + offset * dayMs;
    case "WEEKS":
      return today - ((date.getUTCDay() + 6) % 7) * dayMs + offset * 7 * dayMs;
    case "MONTHS":
      return Date.UTC(year, month + offset, 1);
    case "QUARTERS":
      return Date.UTC(year, Math.floor(month / 3) * 3 + offset * 3, 1);
    case "YEARS":
      return Date.UTC(year + offset, 0, 1);
  }
}

/** A part of a time, as the date functions count: months from 1, days of the week from 1 for Sunday. */
export function datePart(name: DateFunction, at: number): number | string {
  const date = new Date(at);
  const dayOfYear = Math.floor((at - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1;
  switch (name) {
    case "CALENDAR_YEAR":
    case "FISCAL_YEAR":
      return date.getUTCFullYear();
    case "CALENDAR_QUARTER":
    case "FISCAL_QUARTER":
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case "CALENDAR_MONTH":
    case "FISCAL_MONTH":
      return date.getUTCMonth() + 1;
    case "DAY_IN_MONTH":
      return date.getUTCDate();
    case "DAY_IN_WEEK":
      return date.getUTCDay() + 1;
    case "DAY_IN_YEAR":
      return dayOfYear;
    case "DAY_ONLY":
      return date.toISOString().slice(0, 10);
    case "HOUR_IN_DAY":
      return date.getUTCHours();
    case "WEEK_IN_MONTH":
      return Math.floor((date.getUTCDate() - 1) / 7) + 1;
    case "WEEK_IN_YEAR":
      return Math.floor((dayOfYear - 1) / 7) + 1;
  }
}
