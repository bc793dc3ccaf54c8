import { dayBounds, toLocalDate } from "../../../src-shared/domain/local-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { UpkeepStore } from "../ports/upkeep.ts";

/** The night's upkeep begins so long after midnight of this PC, ms: after the backup, which comes with the new day. */
const nightlyAfterMs = 3 * 3_600_000;
/** Between two steps the engine does its work, ms. */
const pauseMs = 20;

export type UpkeepRunParts = Readonly<{ upkeep: UpkeepStore; clock: Clock; timeZone: () => string }>;

/** Once a day, also where the PC slept through the night, and once after however many nights. */
export function isUpkeepDue({ upkeep, clock, timeZone }: UpkeepRunParts): boolean {
  const now = clock.now();
  const zone = timeZone();
  const begin = dayBounds(toLocalDate(now, zone), zone).from + nightlyAfterMs;
  const last = upkeep.lastRunAt();
  // A time that is to come is of a clock that was set back since.
  return now >= begin && (last === null || last < begin || last > now);
}

/**
 * Does one run of the upkeep, letting others in between its steps. Returns how many rows and pages it came to by task;
 * undefined when it was stopped before its end, from where the next run goes on.
 */
export async function runUpkeep(
  { upkeep, clock }: Omit<UpkeepRunParts, "timeZone">,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>> | undefined> {
  const now = clock.now();
  const done: Record<string, number> = {};
  for (const { task, count } of upkeep.steps(now)) {
    done[task] = (done[task] ?? 0) + count;
    await clock.sleep(pauseMs, signal);
    if (signal.aborted) return undefined;
  }
  upkeep.markRun(now);
  return done;
}
