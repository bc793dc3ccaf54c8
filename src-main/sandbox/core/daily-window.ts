import { dayStartIn, nextMidnightIn } from "./time-zone.ts";

/** A budget that starts anew at midnight of a time zone. */
export type DailyWindow = {
  /** Counts an arrival and says whether it fits; what does not fit is not charged. `others`: used by other applications. */
  readonly take: (now: number, limit: number, cost?: number, others?: number) => boolean;
  /** Charged since the day began. */
  readonly used: (now: number) => number;
  readonly startedAt: (now: number) => number;
  readonly endsAt: (now: number) => number;
  /** The most that ever arrived within one day, limited requests included. */
  readonly max: () => number;
  readonly clear: () => void;
};

/** `timeZone` is asked anew on every call, so that a changed setting bites at once. */
export function createDailyWindow(timeZone: () => string): DailyWindow {
  let day = { zone: "", start: 0, end: 0 };
  let charged = 0;
  let arrived = 0;
  let max = 0;
  const turn = (now: number): void => {
    const zone = timeZone();
    if (day.zone === zone && now < day.end) return;
    if (day.zone === zone || day.zone === "") {
      charged = 0;
      arrived = 0;
    }
    day = { zone, start: dayStartIn(zone, now), end: nextMidnightIn(zone, now) };
  };
  return {
    take: (now, limit, cost = 1, others = 0) => {
      turn(now);
      arrived += cost;
      max = Math.max(max, arrived);
      if (charged + others + cost > limit) return false;
      charged += cost;
      return true;
    },
    used: (now) => {
      turn(now);
      return charged;
    },
    startedAt: (now) => {
      turn(now);
      return day.start;
    },
    endsAt: (now) => {
      turn(now);
      return day.end;
    },
    max: () => max,
    clear: () => {
      charged = 0;
      arrived = 0;
      max = 0;
    },
  };
}
