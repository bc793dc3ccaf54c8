import type { BudgetWindow } from "../../../src-shared/domain/budget.ts";
import { midnightAfter, midnightBefore } from "../../../src-shared/domain/midnight.ts";

/** Usage of one daily window. `startOf` says since when usage counts at a time, `resetOf` when it is fresh again. Times are wall ms of the server. */
export type DayWindow = Readonly<{
  add(units: number, at: number): void;
  used(at: number): number;
  /** When usage falls: the vendor's midnight, or when the oldest hour of a rolling day leaves. */
  resetAt(at: number): number;
  /** Since when usage counts at a time. */
  startOf(at: number): number;
  /** Units by hour, whole hours since 1970. */
  byHour(): readonly (readonly [hour: number, units: number])[];
}>;

const hourMs = 3_600_000;

/** Counts by hour, so that a day of a million calls stays 25 numbers. A straddling hour counts whole: never too little. */
export function createDayWindow(
  window: Pick<BudgetWindow, "reset" | "lengthMs">,
  total: (since: number) => number,
  now: number,
): DayWindow {
  const { reset, lengthMs } = window;
  /** The vendor's day that was asked for last: it is asked for again with every request. */
  let day = { from: 0, to: 0 };
  function startOf(at: number): number {
    if (reset.kind !== "midnight") return at - lengthMs;
    if (at < day.from || at >= day.to)
      day = { from: midnightBefore(at, reset.timeZone), to: midnightAfter(at, reset.timeZone) };
    return day.from;
  }
  const hours = new Map<number, number>();
  const load = (): void => {
    let newer = 0;
    const first = Math.floor(startOf(now) / hourMs) * hourMs;
    for (let hour = Math.floor(now / hourMs) * hourMs; hour >= first; hour -= hourMs) {
      const since = total(Math.max(hour, reset.kind === "midnight" ? startOf(now) : hour));
      if (since > newer) hours.set(hour, since - newer);
      newer = Math.max(newer, since);
    }
  };
  load();
  return {
    startOf,
    byHour: () => [...hours].map(([hour, units]) => [hour / hourMs, units] as const),
    add: (units, at) => {
      const hour = Math.floor(at / hourMs) * hourMs;
      hours.set(hour, (hours.get(hour) ?? 0) + units);
    },
    used: (at) => {
      const start = startOf(at);
      let used = 0;
      for (const [hour, units] of hours) {
        if (hour + hourMs <= start) hours.delete(hour);
        else if (reset.kind === "midnight" ? hour >= Math.floor(start / hourMs) * hourMs : true) used += units;
      }
      return used;
    },
    resetAt: (at) => {
      if (reset.kind === "midnight") return midnightAfter(at, reset.timeZone);
      const oldest = [...hours.keys()].reduce((low, hour) => Math.min(low, hour), at);
      return oldest + hourMs + lengthMs;
    },
  };
}
