import { expect, test } from "vitest";
import type { BudgetWindow, Lane } from "../../../src-shared/domain/budget.ts";
import { type ForecastAsk, type LaneLoad, forecastLanes } from "../../../src-shared/domain/lane-forecast.ts";
import { laneStop, laneStopTexts } from "../../../src-shared/domain/lane-stop.ts";

const now = Date.UTC(2026, 10, 20, 9);
const minuteMs = 60_000;
const dayMs = 86_400_000;

const short: BudgetWindow = {
  name: "ten_seconds",
  lengthMs: 10_000,
  limit: 100,
  share: 1,
  daily: false,
  reset: { kind: "rolling" },
};
const day: BudgetWindow = {
  name: "day",
  lengthMs: dayMs,
  limit: 10_000,
  share: 1,
  daily: true,
  reset: { kind: "midnight", timeZone: "UTC" },
};
const midnight = Date.UTC(2026, 10, 21);

/** `perMinute`: what the lane sent in each of the last five minutes. */
const load = (lane: Lane, waiting: number, perMinute = 0): LaneLoad => ({
  lane,
  waiting,
  sentLately: perMinute * 5,
  sentSince: perMinute === 0 ? null : now - 5 * minuteMs,
});

function forecast(change: Partial<ForecastAsk>) {
  const windows = [{ window: day, used: 0, usedByOthers: 0, resetsAt: midnight }];
  const base: ForecastAsk = { now, state: "active", restUntil: null, lanes: [], windows, cost: { day: 1 } };
  return forecastLanes({ ...base, ...change });
}
const minutesOf = (drainsAt: number | null | undefined): number | null =>
  drainsAt === null || drainsAt === undefined ? null : (drainsAt - now) / minuteMs;

test("a lane alone is empty when its calls are sent at the pace of the last minutes", () => {
  const [bulk] = forecast({ lanes: [load(3, 600, 60)] });
  expect(bulk).toEqual({ lane: 3, perMinute: 60, drainsAt: now + 10 * minuteMs, why: null, limitedBy: null });
});

test("lanes share the pace by their turns, and the last one takes all of it", () => {
  // 8 to 1: 80 of the first 90 calls are real-time ones; the other 350 of the bulk follow alone.
  const told = forecast({ lanes: [load(0, 80, 0), load(3, 360, 90)] });
  expect(told.map(({ drainsAt }) => minutesOf(drainsAt)?.toFixed(2))).toEqual(["1.00", "4.90"]);
  expect(told.map(({ perMinute }) => perMinute)).toEqual([null, 90]);
});

test("a run that began seconds ago is measured from its begin", () => {
  const began = { lane: 1 as const, waiting: 1_000, sentLately: 40, sentSince: now - 20_000 };
  expect(forecast({ lanes: [began] })[0]).toMatchObject({ perMinute: 120, why: null });
});

test("a lane that would pass its share of the day stops for it and goes on when the vendor's day begins", () => {
  // Bulk stops at 80 % of 10,000: 7,900 were used, so 100 go today, 500 tomorrow.
  const windows = [{ window: day, used: 7_900, usedByOthers: 0, resetsAt: midnight }];
  const [bulk] = forecast({ lanes: [load(3, 600, 100)], windows });
  expect(bulk).toMatchObject({ drainsAt: midnight + 5 * minuteMs, limitedBy: "day", why: null });
});

test("what others use is left to them today, and taken to be used again tomorrow", () => {
  const windows = [{ window: day, used: 0, usedByOthers: 7_900, resetsAt: midnight }];
  const [bulk] = forecast({ lanes: [load(3, 250, 100)], windows });
  expect(bulk).toMatchObject({ drainsAt: midnight + dayMs + 0.5 * minuteMs, limitedBy: "day" });
});

test("what an administrator leaves to others is not reckoned with", () => {
  const own: BudgetWindow = { ...day, own: { share: 0.5, leave: 0 } };
  const windows = [{ window: own, used: 4_900, usedByOthers: 0, resetsAt: midnight }];
  const [urgent] = forecast({ lanes: [load(0, 200, 100)], windows });
  expect(urgent).toMatchObject({ drainsAt: midnight + minuteMs, limitedBy: "day" });
});

test("a vendor's day of 23 hours is no hour longer", () => {
  const london: BudgetWindow = { ...day, limit: 100, reset: { kind: "midnight", timeZone: "Europe/London" } };
  // Summer time begins on 29 March 2027: that day ends 23 hours after it began.
  const begin = Date.UTC(2027, 2, 28);
  const windows = [{ window: london, used: 100, usedByOthers: 0, resetsAt: begin }];
  const lanes = [{ lane: 0, waiting: 150, sentLately: 50, sentSince: begin - 5 * minuteMs - 1_000 }] as const;
  const [urgent] = forecast({ now: begin - 1_000, lanes, windows });
  expect(urgent?.drainsAt).toBe(begin + 23 * 3_600_000 + 5 * minuteMs);
});

test("where the day's limit or the CRM's own word holds everything, the short limits tell the pace after it", () => {
  const windows = [
    { window: day, used: 10_000, usedByOthers: 0, resetsAt: midnight },
    { window: short, used: 0, usedByOthers: 0, resetsAt: null },
  ];
  const cost = { day: 1, ten_seconds: 1 };
  expect(forecast({ lanes: [load(1, 600)], windows, cost })[0]?.drainsAt).toBe(midnight + minuteMs);
  const free = windows.map((each) => ({ ...each, used: 0 }));
  const rested = forecast({ lanes: [load(1, 600)], windows: free, cost, restUntil: now + minuteMs });
  expect(rested[0]).toMatchObject({ drainsAt: now + 2 * minuteMs, perMinute: null });
});

test("where nobody can say when a lane is empty, it says why", () => {
  const whyOf = (change: Partial<ForecastAsk>) => forecast(change).map(({ why, drainsAt }) => [why, drainsAt]);
  expect(whyOf({ lanes: [load(1, 0, 10)] })).toEqual([["empty", null]]);
  expect(whyOf({ lanes: [load(1, 5, 10)], state: "paused" })).toEqual([["paused", null]]);
  expect(whyOf({ lanes: [load(1, 5, 10)], state: "blocked" })).toEqual([["blocked", null]]);
  expect(whyOf({ lanes: [load(1, 5)] })).toEqual([["no_pace", null]]);
  expect(whyOf({ lanes: [load(3, 8_000 * 400, 100)] })).toEqual([["too_far", null]]);
  expect(laneStop.options.every((why) => laneStopTexts[why] !== "")).toBe(true);
});

test("a paused account has no pace to show", () => {
  expect(forecast({ lanes: [load(1, 5, 10)], state: "paused" })[0]?.perMinute).toBeNull();
});
