import { type BudgetWindow, type Cost, type Lane, ceilingOf, laneWeights, usableOf } from "./budget.ts";
import type { IntegrationState } from "./integration.ts";
import type { LaneStop } from "./lane-stop.ts";
import { midnightAfter } from "./midnight.ts";

/** A pace is what was sent in the last so many ms. */
export const paceSpanMs = 5 * 60_000;
/** A run that just began is measured by so much at least, ms. */
const leastSpanMs = 10_000;
const farthestMs = 366 * 86_400_000;
/** Steps of a forecast at most: a year of days, each with a stop of every lane. */
const mostSteps = 4_000;

export type LaneLoad = Readonly<{ lane: Lane; waiting: number; sentLately: number; sentSince: number | null }>;

/** A limit as it stands; `resetsAt` (epoch ms): when it is fresh again, for those of a day. */
export type WindowLoad = Readonly<{
  window: BudgetWindow;
  used: number;
  usedByOthers: number;
  resetsAt: number | null;
}>;

export type ForecastAsk = Readonly<{
  /** Epoch ms. */
  now: number;
  state: IntegrationState;
  /** Until when the CRM wants nothing, epoch ms, or null. */
  restUntil: number | null;
  lanes: readonly LaneLoad[];
  windows: readonly WindowLoad[];
  /** Units of one call by window. */
  cost: Cost;
}>;

export type LaneForecast = Readonly<{
  lane: Lane;
  /** Calls a minute, or null. */
  perMinute: number | null;
  /** Epoch ms, or null with `why`. */
  drainsAt: number | null;
  why: LaneStop | null;
  limitedBy: string | null;
}>;

type Day = {
  readonly window: BudgetWindow;
  readonly unit: number;
  readonly others: number;
  used: number;
  freshAt: number;
};
type Load = { readonly lane: Lane; left: number; drainsAt: number | null; limitedBy: string | null };

/** Calls per ms of what was sent lately; 0 where nothing was. */
function paceOf(loads: readonly LaneLoad[], now: number): number {
  const since = loads.reduce((first, { sentSince }) => Math.min(first, sentSince ?? now), now);
  const sent = loads.reduce((sum, { sentLately }) => sum + sentLately, 0);
  return sent / Math.min(paceSpanMs, Math.max(now - since, leastSpanMs));
}

/** Calls per ms that the short windows let through at best, or null where the CRM counts by the day alone. */
function bestPace(windows: readonly WindowLoad[], cost: Cost): number | null {
  const paces = windows.flatMap(({ window }) => {
    const unit = cost[window.name] ?? 0;
    return window.daily || unit === 0 ? [] : [usableOf(window, 0) / window.lengthMs / unit];
  });
  return paces.length === 0 ? null : Math.min(...paces);
}

/** Calls that a lane may still send before a day's limit stops it. Others are taken to use as much again each day. */
const roomOf = ({ window, unit, others, used }: Day, lane: Lane): number =>
  Math.max(0, Math.min(usableOf(window, lane) - used, ceilingOf(window, lane) - used - others) / unit);

function startDays({ windows, cost, now }: ForecastAsk): readonly Day[] {
  return windows.flatMap(({ window, used, usedByOthers, resetsAt }) => {
    const unit = cost[window.name] ?? 0;
    if (!window.daily || unit === 0) return [];
    return [{ window, unit, others: usedByOthers, used, freshAt: resetsAt ?? now + window.lengthMs }];
  });
}

/** Less than one call is none: sums of fractions do not end at zero. */
const hasRoom = (day: Day, lane: Lane): boolean => roomOf(day, lane) >= 1e-6;

function begin(day: Day): void {
  const { reset, lengthMs } = day.window;
  day.used = 0;
  day.freshAt = reset.kind === "midnight" ? midnightAfter(day.freshAt, reset.timeZone) : day.freshAt + lengthMs;
}

/** Moves time on to where a lane is empty or stopped by a day's limit, or to where a day begins. Returns the new time. */
function step(loads: readonly Load[], days: readonly Day[], pace: number, at: number): number {
  for (const load of loads)
    load.limitedBy ??= days.find((day) => load.left > 0 && !hasRoom(day, load.lane))?.window.name ?? null;
  const going = loads.filter(({ left, lane }) => left > 0 && days.every((day) => hasRoom(day, lane)));
  const turns = going.reduce((sum, { lane }) => sum + laneWeights[lane], 0);
  const rateOf = (load: Load): number => (pace * laneWeights[load.lane]) / turns;
  const freshAt = Math.min(...days.map((day) => day.freshAt));
  const ends = going.flatMap((load) => [load.left / rateOf(load), ...days.map((day) => roomOf(day, load.lane) / pace)]);
  const ms = Math.min(freshAt - at, ...ends);
  for (const load of going) {
    load.left = Math.max(0, load.left - rateOf(load) * ms);
    if (load.left < 1e-6) {
      load.left = 0;
      load.drainsAt = at + ms;
    }
  }
  for (const day of days) {
    if (going.length > 0) day.used += pace * ms * day.unit;
    if (day.freshAt <= at + ms) begin(day);
  }
  return at + ms;
}

function run(ask: ForecastAsk, pace: number): readonly Load[] {
  const loads = ask.lanes.map(({ lane, waiting }): Load => ({ lane, left: waiting, drainsAt: null, limitedBy: null }));
  const days = startDays(ask);
  let at = Math.max(ask.now, ask.restUntil ?? 0);
  for (let steps = 0; steps < mostSteps && at < ask.now + farthestMs; steps += 1) {
    for (const day of days) while (day.freshAt <= at) begin(day);
    if (loads.every(({ left }) => left === 0)) break;
    at = step(loads, days, pace, at);
  }
  return loads;
}

/**
 * When each lane of an account is empty, if things go on as they go: at the pace of the last minutes, shared by the lanes
 * as their turns are, and with the stops that the limits of a day make. Where such a limit or the CRM's own word holds
 * everything now, the pace after it is what the short limits let through at best.
 */
export function forecastLanes(ask: ForecastAsk): readonly LaneForecast[] {
  const { now, state, restUntil, lanes } = ask;
  const measured = paceOf(lanes, now);
  const days = startDays(ask);
  const busy = lanes.filter(({ waiting }) => waiting > 0);
  const isHeld = (restUntil ?? 0) > now || busy.every(({ lane }) => days.some((day) => !hasRoom(day, lane)));
  const pace = measured > 0 ? measured : isHeld ? bestPace(ask.windows, ask.cost) : null;
  const loads = state === "active" && pace !== null && busy.length > 0 ? run(ask, pace) : [];
  return lanes.map(({ lane, waiting, sentLately, sentSince }) => {
    const load = loads.find((each) => each.lane === lane);
    const drainsAt = waiting === 0 || load === undefined ? null : load.drainsAt;
    const own = paceOf([{ lane, waiting, sentLately, sentSince }], now) * 60_000;
    return {
      lane,
      perMinute: waiting === 0 || state !== "active" || own === 0 ? null : Math.round(own * 10) / 10,
      drainsAt: drainsAt === null ? null : Math.ceil(drainsAt / 1_000) * 1_000,
      why: drainsAt === null ? whyUnknown(waiting, state, pace) : null,
      limitedBy: waiting === 0 ? null : (load?.limitedBy ?? null),
    };
  });
}

function whyUnknown(waiting: number, state: IntegrationState, pace: number | null): LaneStop {
  if (waiting === 0) return "empty";
  if (state !== "active") return state;
  return pace === null ? "no_pace" : "too_far";
}
