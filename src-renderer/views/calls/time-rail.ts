import type { CallWeek } from "../../../src-shared/ipc/call-views.ts";
import { addDays } from "../../state/call-span.ts";

/** One bar of the rail: some weeks from `monday` on, and how long the bar is, from 0 to 1. */
export type RailRow = Readonly<{ monday: string; weeks: number; calls: number; share: number; label: string | null }>;

type RailAsk = Readonly<{
  weeks: readonly CallWeek[];
  /** Today as 2026-11-19. */
  today: string;
  /** Bars that fit. */
  rows: number;
  /** Bars from one label to the next, at least. */
  labelEvery: number;
  month: (date: string) => string;
}>;

const dayMs = 86_400_000;
const toTime = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const weeksBetween = (from: string, to: string): number => Math.round((toTime(to) - toTime(from)) / (7 * dayMs));

/** The Monday of a date's week. */
export const mondayOf = (date: string): string => addDays(date, -((new Date(toTime(date)).getUTCDay() + 6) % 7));

/** Bars from this week back to the oldest with calls, each of as many weeks as it takes for all to fit. */
export function toRail({ weeks, today, rows, labelEvery, month }: RailAsk): readonly RailRow[] {
  const newest = mondayOf(today);
  const known = weeks.filter(({ monday }) => monday <= newest);
  const oldest = known.reduce((first, { monday }) => (monday < first ? monday : first), newest);
  const span = weeksBetween(oldest, newest) + 1;
  const perRow = Math.max(1, Math.ceil(span / Math.max(1, rows)));
  const sums = Array.from({ length: Math.ceil(span / perRow) }, () => 0);
  for (const { monday, calls } of known) {
    const row = Math.floor(weeksBetween(monday, newest) / perRow);
    sums[row] = (sums[row] ?? 0) + calls;
  }
  const most = Math.max(1, ...sums);
  const mondays = sums.map((_, index) => addDays(newest, -7 * (index * perRow + perRow - 1)));
  const labels = toLabels(mondays.map(month), labelEvery);
  return sums.map((calls, index) => {
    return {
      monday: mondays[index] ?? newest,
      weeks: perRow,
      calls,
      share: calls / most,
      label: labels[index] ?? null,
    };
  });
}

/** The first bar of each name is labeled, where there is room; a year's name (digits) takes the room of a month's. */
function toLabels(names: readonly string[], every: number): readonly (string | null)[] {
  const isYear = (name: string | undefined): boolean => /^\d+$/.test(name ?? "");
  const firsts = names.flatMap((name, index) => (name === names[index - 1] ? [] : [index]));
  const kept: number[] = [];
  for (const index of firsts) {
    while (isYear(names[index]) && kept.length > 0 && index - (kept.at(-1) ?? 0) < every) kept.pop();
    if (kept.length === 0 || index - (kept.at(-1) ?? 0) >= every) kept.push(index);
  }
  return names.map((name, index) => (kept.includes(index) ? name : null));
}

/** The bar that a key leads to: the next one with calls. `at` null: no bar is chosen. */
export function moveOnRail(key: string, at: number | null, rows: readonly RailRow[]): number | undefined {
  const far = 4;
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: far, PageUp: -far };
  if (key === "Home" || key === "End") {
    const found =
      key === "Home" ? rows.findIndex(({ calls }) => calls > 0) : rows.findLastIndex(({ calls }) => calls > 0);
    return found === -1 ? undefined : found;
  }
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return undefined;
  const direction = Math.sign(step);
  let index = at === null ? (direction > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step));
  while (rows[index] !== undefined && rows[index]?.calls === 0) index += direction;
  return rows[index] === undefined ? undefined : index;
}
