import type { FormatContext } from "../formats/log-format.ts";
import { LogRefusedError } from "../log-refused.ts";
import { createOrderScan } from "../time/date-order.ts";
import { readTimeCell } from "../time/timestamp.ts";
import { toDayStart, type DateOrder } from "../time/wall-time.ts";

const monthFirstRegions = new Set(["US", "PH", "PR", "GU", "VI", "AS", "MP"]);

/**
 * The order of day and month of all dates of a file (`dd/mm/yy` or `mm/dd/yy`): by the setting, by the dates themselves, by
 * the country where a system follows it. Throws `LogRefusedError` (`ask`) when nothing tells.
 */
export async function settleDateOrder(
  dates: AsyncIterable<string>,
  { settings, modifiedAt }: FormatContext,
): Promise<DateOrder> {
  if (settings.dateOrder !== undefined) return settings.dateOrder;
  const scan = createOrderScan();
  for await (const text of dates) {
    const cell = readTimeCell(text);
    if (cell !== null) scan.add(cell, null, text);
  }
  const { region } = settings;
  try {
    return scan.decide({ modifiedAt, dayFirstLanguage: false, region, column: "Date" });
  } catch (error) {
    if (!(error instanceof LogRefusedError) || region === undefined) throw error;
    return monthFirstRegions.has(region) ? "MDY" : "DMY";
  }
}

export type MonthDay = Readonly<{ month: number; day: number }>;

/** A log that goes on has a January after a December: a step back by more than this is a new year. */
const newYearMonths = 6;

/** Follows dates without year through a file: the year rises where the months begin anew. */
export function createYearCounter(firstYear: number) {
  let year = firstYear;
  let last = 0;
  return {
    /** Year of the next date of the file. */
    read: ({ month }: MonthDay): number => {
      if (last - month > newYearMonths) year += 1;
      // A record that ended late may still carry the last month of the old year.
      const isOld = month - last > newYearMonths && last !== 0;
      if (!isOld) last = month;
      return isOld ? year - 1 : year;
    },
  };
}

/**
 * Year of the first date of a log whose dates have none: as set, else so that the last date does not lie behind the time at
 * which the file was written last.
 */
export async function settleFirstYear(
  dates: AsyncIterable<MonthDay>,
  { settings, modifiedAt }: FormatContext,
): Promise<number> {
  if (settings.year !== undefined) return settings.year;
  const counter = createYearCounter(0);
  let turns = 0;
  let last: MonthDay | null = null;
  for await (const date of dates) {
    turns = Math.max(turns, counter.read(date));
    last = date;
  }
  const written = new Date(modifiedAt).getUTCFullYear();
  if (last === null) return written;
  const isLater = toDayStart(written, last.month, last.day) > modifiedAt + 86_400_000;
  return (isLater ? written - 1 : written) - turns;
}
