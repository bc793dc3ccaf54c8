import { dayBounds } from "../../src-shared/domain/local-time.ts";

/** A day or a week of calls: its first day as 2026-11-19, and its bounds in the zone of this PC, epoch ms, `to` excluded. */
export type CallSpan = Readonly<{ kind: "day" | "week"; date: string; from: number; to: number }>;

const dayMs = 86_400_000;
const isDate = /^\d{4}-\d{2}-\d{2}$/;

/** The date so many days after another. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** A day's span; null for what is no date. */
export function toDaySpan(date: string, timeZone: string): CallSpan | null {
  if (!isDate.test(date) || Number.isNaN(Date.parse(`${date}T00:00:00Z`))) return null;
  return { kind: "day", date, ...dayBounds(date, timeZone) };
}

/** One week from its Monday, or some that follow each other. */
export function toWeekSpan(monday: string, timeZone: string, weeks = 1): CallSpan {
  const { from } = dayBounds(monday, timeZone);
  return { kind: "week", date: monday, from, to: dayBounds(addDays(monday, 7 * weeks - 1), timeZone).to };
}

/** The day before or after a span; from nowhere, today. Never a day that has not begun. */
export function stepDay(span: CallSpan | null, step: -1 | 1, today: string): string {
  if (span === null) return today;
  const from = span.kind === "week" && step === 1 ? addDays(span.date, 6) : span.date;
  const wanted = addDays(from, step);
  return wanted > today ? today : wanted;
}
