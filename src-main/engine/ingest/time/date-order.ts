import { LogRefusedError } from "../log-refused.ts";
import { holdsTime, type TimeCell } from "./timestamp.ts";
import { readWeekday } from "./weekday.ts";
import { resolveDate, toMillis, type DateOrder, type WallDate } from "./wall-time.ts";

/** What is known of the order of day and month after a look at a whole column. */
type Evidence = {
  dayFirst: number;
  monthFirst: number;
  isTwelve: boolean;
  dotted: boolean;
  open: number;
};

type Trend = { last: number; ascending: boolean; descending: boolean; newest: number; valid: boolean };

const createTrend = (): Trend => ({
  last: Number.NaN,
  ascending: true,
  descending: true,
  newest: Number.NEGATIVE_INFINITY,
  valid: true,
});

function follow(trend: Trend, at: number): void {
  if (Number.isNaN(at)) {
    trend.valid = false;
    return;
  }
  if (at < trend.last) trend.ascending = false;
  if (at > trend.last) trend.descending = false;
  trend.last = at;
  trend.newest = Math.max(trend.newest, at);
}

export type OrderHints = Readonly<{
  /** When the file was written last, epoch ms: no call in it is younger. */
  modifiedAt: number;
  /** The headers are in a language whose speakers write the day first. */
  dayFirstLanguage: boolean;
  region: string | undefined;
  /** The column's header, for the question. */
  column: string;
}>;

export type OrderScan = Readonly<{
  /** Takes the next cell of the column, in file order. */
  add(cell: TimeCell, time: TimeCell | null, text: string): void;
  /** True once the numbers themselves have decided. */
  isDecided(): boolean;
  /** The one order of the whole column. Throws `LogRefusedError` (`ask`) when nothing tells. */
  decide(hints: OrderHints): DateOrder;
}>;

const monthFirstRegions = new Set(["US", "PH", "PR", "GU", "VI", "AS", "MP"]);
const oneDay = 86_400_000;

/** True where the day that starts at that instant (wall time as if it were UTC) is that day of the week. */
const isWeekday = (dayStart: number, weekday: number): boolean => new Date(dayStart).getUTCDay() === weekday;

/** A part over 12 is a day, and a named weekday fits one order only. A few damaged dates do not outvote a column. */
function decideByParts({ dayFirst, monthFirst }: Evidence): DateOrder | null {
  if (dayFirst > monthFirst * 5) return "DMY";
  return monthFirst > dayFirst * 5 ? "MDY" : null;
}

function decideByHints(evidence: Evidence, hints: OrderHints): DateOrder | null {
  const votes = new Set<DateOrder>();
  if (evidence.dotted || hints.dayFirstLanguage) votes.add("DMY");
  if (evidence.isTwelve) {
    votes.add("MDY");
    // Half of the English-speaking world writes AM and PM after a date that begins with the day.
    if (hints.region !== undefined && !monthFirstRegions.has(hints.region)) votes.add("DMY");
  }
  return votes.size === 1 ? ([...votes][0] ?? null) : null;
}

function decideByTrend(dmy: Trend, mdy: Trend, modifiedAt: number): DateOrder | null {
  if (dmy.valid !== mdy.valid) return dmy.valid ? "DMY" : "MDY";
  const sortedDmy = dmy.ascending || dmy.descending;
  const sortedMdy = mdy.ascending || mdy.descending;
  if (sortedDmy !== sortedMdy) return sortedDmy ? "DMY" : "MDY";
  const limit = modifiedAt + oneDay;
  if (dmy.newest > limit !== mdy.newest > limit) return dmy.newest > limit ? "MDY" : "DMY";
  return null;
}

function ask(column: string, sample: string): LogRefusedError {
  return new LogRefusedError(
    "ask",
    `The dates in column "${column}" can be read in two ways: "${sample}" may start with the day or with the month. ` +
      `Say which with --assume '{"dateOrder":"DMY"}' (day first) or --assume '{"dateOrder":"MDY"}' (month first).`,
  );
}

/**
 * Collects what a column says about the order of day and month: a first number over 12, a second over 12, days of the week
 * beside the dates, the order in which the rows are sorted, the file's time, and how the log writes otherwise. One order for the whole file.
 */
export function createOrderScan(): OrderScan {
  const evidence: Evidence = { dayFirst: 0, monthFirst: 0, isTwelve: false, dotted: false, open: 0 };
  const dmy = createTrend();
  const mdy = createTrend();
  let sample = "";

  const addOpen = (date: WallDate, millis: number, text: string): void => {
    evidence.open += 1;
    if (sample === "") sample = text;
    if (date.first > 12 && date.second <= 12) evidence.dayFirst += 1;
    if (date.second > 12 && date.first <= 12) evidence.monthFirst += 1;
    if (/^\d{1,2}\.\d{1,2}\./.test(text.trim())) evidence.dotted = true;
    const [dayFirst, monthFirst] = [resolveDate(date, "DMY"), resolveDate(date, "MDY")];
    follow(dmy, dayFirst + millis);
    follow(mdy, monthFirst + millis);
    const weekday = readWeekday(text);
    if (weekday === null || isWeekday(dayFirst, weekday) === isWeekday(monthFirst, weekday)) return;
    if (isWeekday(dayFirst, weekday)) evidence.dayFirst += 1;
    else evidence.monthFirst += 1;
  };

  return {
    add: (cell, time, text) => {
      if (cell.kind !== "text" || cell.stamp.date === null) return;
      const clock = cell.stamp.time ?? (time?.kind === "text" ? time.stamp.time : null);
      if (clock?.isTwelve === true) evidence.isTwelve = true;
      if (cell.stamp.date.order !== null) return;
      addOpen(cell.stamp.date, clock === null || !holdsTime(cell) ? 0 : toMillis(clock), text);
    },
    isDecided: () => decideByParts(evidence) !== null,
    decide: (hints) => {
      if (evidence.open === 0) return "DMY";
      const byParts = decideByParts(evidence);
      if (byParts !== null) return byParts;
      const isMixed = evidence.dayFirst > 0 && evidence.monthFirst > 0;
      const order = (isMixed ? null : decideByTrend(dmy, mdy, hints.modifiedAt)) ?? decideByHints(evidence, hints);
      if (order === null) throw ask(hints.column, sample);
      return order;
    },
  };
}
