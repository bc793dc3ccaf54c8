import type { Database } from "better-sqlite3";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { CallCounts, CallSpan, CallWeek } from "../ports/report-store.ts";
import { toDay } from "./call-search.ts";
import { outcomeOfDeliveries } from "./outcome-column.ts";
import { toOutcomeCounts } from "./outcome-counts.ts";

type Ask = Readonly<{ ids: string; from: number | null; to: number | null }>;

/** Counts calls by where they stand, those of a span where one is given: one statement for all of them. */
export function createCallCounter(
  db: Database,
): (ids: readonly number[], span: CallSpan | null) => Omit<CallCounts, "isWhole"> {
  const count = db.prepare<[Ask], Readonly<{ outcome: CallOutcome; count: number }>>(`
    SELECT CASE WHEN c.excluded IS NOT NULL THEN 'skipped' ELSE coalesce(${outcomeOfDeliveries}, 'skipped') END AS outcome,
      count(*) AS count
    FROM json_each(@ids) j CROSS JOIN call c ON c.id = j.value
    WHERE @from IS NULL OR (c.started_at >= @from AND c.started_at < @to) GROUP BY 1`);
  return (ids, span) => {
    const rows = count.all({ ids: JSON.stringify(ids), from: span?.from ?? null, to: span?.to ?? null });
    const found = new Map(rows.map((row) => [row.outcome, row.count]));
    return {
      outcomes: toOutcomeCounts((outcome) => found.get(outcome) ?? 0),
      counted: rows.reduce((sum, row) => sum + row.count, 0),
    };
  };
}

const dayMs = 86_400_000;
const daysOfWeek = 7;
/** A drawing needs no more: a week of so many calls is as long as a bar gets, and a step stays within milliseconds. */
const mostOfWeek = 50_000;

/** The Monday of a day, both counted from 1970, which began on a Thursday. */
const toMonday = (day: number): number => day - ((day + 3) % daysOfWeek);

type WeeksAsk = Readonly<{ now: number; weeks: number; pause: () => Promise<void> }>;

/** Calls by week of their start, from an index alone; others are let in after each week that holds any. */
export function createWeekCounter(db: Database): (ask: WeeksAsk) => Promise<readonly CallWeek[]> {
  const count = db
    .prepare<[{ first: number; last: number }], number>(
      `SELECT count(*) FROM (SELECT 1 FROM call INDEXED BY call_other_party
         WHERE start_day BETWEEN @first AND @last LIMIT ${mostOfWeek})`,
    )
    .pluck();
  return async ({ now, weeks, pause }) => {
    const newest = toMonday(toDay(now));
    const found: CallWeek[] = [];
    for (let week = 0; week < weeks; week += 1) {
      const first = newest - week * daysOfWeek;
      const calls = count.get({ first, last: first + daysOfWeek - 1 }) ?? 0;
      if (calls === 0) continue;
      found.push({ monday: new Date(first * dayMs).toISOString().slice(0, 10), calls });
      await pause();
    }
    return found;
  };
}
