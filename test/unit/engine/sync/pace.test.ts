import { expect, test } from "vitest";
import type { BudgetWindow } from "../../../../src-shared/domain/budget.ts";
import { createPace } from "../../../../src-main/engine/sync/pace.ts";
import { aPace, aShortWindow as short } from "../../../builders/a-pace.ts";
import { createMemoryBudget } from "../../../builders/memory-budget.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const day: BudgetWindow = {
  name: "day",
  lengthMs: 86_400_000,
  limit: 1_000,
  share: 1,
  daily: true,
  reset: { kind: "midnight", timeZone: "US/Eastern" },
};

test("a full window lets one more through only when the oldest cost has left", async () => {
  const { clock, pace, send } = aPace([short]);
  for (let sent = 0; sent < 98; sent += 1) expect(send({ ten_seconds: 1 })).toBe(true);
  expect(pace.ask({ ten_seconds: 1 }, 1)).toEqual({ ok: false, waitMs: 10_000, window: "ten_seconds" });
  await clock.advance(9_999);
  expect(send({ ten_seconds: 1 })).toBe(false);
  await clock.advance(1);
  expect(send({ ten_seconds: 1 })).toBe(true);
});

test("a patient lane leaves the last room to whoever is urgent, until more comes free within the time of one call", async () => {
  const { clock, send } = aPace([short]);
  const fill = (lane: 0 | 1 | 3): number => {
    let sent = 0;
    while (send({ ten_seconds: 1 }, lane)) sent += 1;
    return sent;
  };
  for (let sent = 0; sent < 90; sent += 1) send({ ten_seconds: 1 }, 1);
  expect([fill(3), fill(0)]).toEqual([7, 1]);
  await clock.advance(9_890);
  expect(fill(3)).toBe(0);
  const fresh = aPace([short]);
  for (let sent = 0; sent < 90; sent += 1) fresh.send({ ten_seconds: 1 }, 1);
  expect(fill(0)).toBe(0);
  await fresh.clock.advance(9_900);
  let late = 0;
  while (fresh.send({ ten_seconds: 1 }, 3)) late += 1;
  expect(late).toBe(8);
});

test("backfill and bulk spread their calls over a short window after a few at once; the urgent lanes need not", async () => {
  const { clock, send } = aPace([short]);
  const burst = (lane: 1 | 3): number => {
    let sent = 0;
    while (send({ ten_seconds: 1 }, lane)) sent += 1;
    return sent;
  };
  expect(burst(3)).toBe(21);
  await clock.advance(1_021);
  expect(burst(3)).toBe(10);
  expect(burst(1)).toBe(98 - 31);
});

test("what patient lanes lost by a pause they may make up for, but not more than a few calls", async () => {
  const { clock, send } = aPace([short]);
  while (send({ ten_seconds: 1 }, 2));
  await clock.advance(60_000);
  let sent = 0;
  while (send({ ten_seconds: 1 }, 2)) sent += 1;
  expect([20, 21]).toContain(sent);
});

test("two older sessions: the stamps of the first may be early by as much as its first answer was late", async () => {
  const { clock, budget } = aPace([{ ...short, lengthMs: 60_000 }]);
  const windows = [{ ...short, lengthMs: 60_000 }];
  const session = (sessionId: number, lateMs: number) =>
    createPace({ clock, budget, integrationId: 1, sessionId, windows, serverNow: () => clock.now() - lateMs });
  const first = session(1, 9_000);
  first.settle(first.reserve({ ten_seconds: 40 }, 1), []);
  await clock.advance(50_000);
  const second = session(2, 0);
  second.settle(second.reserve({ ten_seconds: 1 }, 1), []);
  const third = session(3, 0);
  await clock.advance(9_000);
  expect(third.gauges()).toMatchObject([{ used: 41 }]);
  await clock.advance(51_000);
  expect(third.gauges()).toMatchObject([{ used: 0 }]);
});

test("another pace of the same session, after a setting changed, knows what was sent", () => {
  const { clock, budget, send } = aPace([short]);
  while (send({ ten_seconds: 1 }, 1));
  const same = createPace({ clock, budget, integrationId: 1, sessionId: 1, windows: [short], serverNow: clock.now });
  expect(same.ask({ ten_seconds: 1 }, 1).ok).toBe(false);
});

test("a cost leaves one window after its answer, not after its send", async () => {
  const { clock, pace } = aPace([{ ...short, limit: 1, share: 1 }]);
  const reservation = pace.reserve({ ten_seconds: 1 }, 1);
  await clock.advance(60_000);
  expect(pace.ask({ ten_seconds: 1 }, 1).ok).toBe(false);
  pace.settle(reservation, []);
  await clock.advance(9_999);
  expect(pace.ask({ ten_seconds: 1 }, 1).ok).toBe(false);
  await clock.advance(1);
  expect(pace.ask({ ten_seconds: 1 }, 1).ok).toBe(true);
});

test("lower lanes stop short of a daily limit, and the urgent lane still gets through", () => {
  const { send } = aPace([day]);
  const count = (lane: 0 | 1 | 2 | 3): number => {
    let sent = 0;
    while (send({ day: 1 }, lane)) sent += 1;
    return sent;
  };
  expect([count(3), count(2), count(1), count(0)]).toEqual([800, 100, 70, 30]);
});

test("the daily window is fresh at midnight in the account's zone, not in ours", async () => {
  // 09:00 UTC is 04:00 in New York: 20 hours to its midnight.
  const { clock, pace, send } = aPace([{ ...day, limit: 1 }]);
  expect(send({ day: 1 }, 0)).toBe(true);
  const verdict = pace.ask({ day: 1 }, 0);
  expect(verdict.ok ? 0 : verdict.waitMs).toBe(20 * 3_600_000 + 5_000);
  await clock.advance(20 * 3_600_000);
  expect(send({ day: 1 }, 0)).toBe(true);
});

test("the limit that a header names replaces ours", () => {
  const { pace } = aPace([short]);
  pace.settle(pace.reserve({ ten_seconds: 1 }, 1), [{ window: "ten_seconds", limit: 190, remaining: 189 }]);
  expect(pace.ask({ ten_seconds: 185 }, 1).ok).toBe(true);
  expect(pace.ask({ ten_seconds: 186 }, 1).ok).toBe(false);
});

test("a 429 closes its window for as long as the vendor says, whatever our count is", async () => {
  const { clock, pace } = aPace([short]);
  pace.settle(pace.reserve({ ten_seconds: 1 }, 1), [{ window: "ten_seconds", blockedForMs: 7_000 }]);
  expect(pace.ask({ ten_seconds: 1 }, 0)).toEqual({ ok: false, waitMs: 7_000, window: "ten_seconds" });
  await clock.advance(7_000);
  expect(pace.ask({ ten_seconds: 1 }, 0).ok).toBe(true);
});

test("what is told of a closed window are whole milliseconds, whatever fractions the clock has, and never too early", async () => {
  const { clock, pace } = aPace([short]);
  await clock.advance(0.4);
  pace.settle(pace.reserve({ ten_seconds: 1 }, 1), [{ window: "ten_seconds", blockedForMs: 7_000 }]);
  const [gauge] = pace.gauges();
  expect(gauge?.blockedUntil).toBe(Math.ceil(clock.now() + 7_000));
});

test("a new session inherits what the last one used, an unanswered request included, wherever the wall clock went", async () => {
  const { clock, budget, pace, send } = aPace([short]);
  for (let sent = 0; sent < 90; sent += 1) send({ ten_seconds: 1 });
  pace.reserve({ ten_seconds: 1 }, 1);
  clock.jumpWall(-7 * 86_400_000);
  const next = createPace({ clock, budget, integrationId: 1, sessionId: 2, windows: [short], serverNow: clock.now });
  expect(next.ask({ ten_seconds: 7 }, 1).ok).toBe(true);
  expect(next.ask({ ten_seconds: 8 }, 1).ok).toBe(false);
  await clock.advance(15_000);
  expect(next.ask({ ten_seconds: 98 }, 1).ok).toBe(true);
});

test("a pace that is made anew within a session, for other settings, knows what was sent under the old ones", async () => {
  const { clock, budget, pace, send } = aPace([short]);
  for (let sent = 0; sent < 90; sent += 1) send({ ten_seconds: 1 });
  const anew = createPace({ clock, budget, integrationId: 1, sessionId: 1, windows: [short], serverNow: clock.now });
  expect(anew.ask({ ten_seconds: 8 }, 1).ok).toBe(true);
  expect(anew.ask({ ten_seconds: 9 }, 1).ok).toBe(false);
  pace.configure([{ ...short, lengthMs: 20_000 }]);
  expect(pace.gauges()).toMatchObject([{ used: 90 }]);
  await clock.advance(10_000);
  expect(anew.ask({ ten_seconds: 98 }, 1).ok).toBe(true);
});

test("what later answers correct of the CRM's time makes nothing of a session look older to the next", async () => {
  const clock = createVirtualClock();
  const budget = createMemoryBudget();
  let correctedMs = 0;
  const parts = { clock, budget, integrationId: 1, windows: [short], serverNow: () => clock.now() + correctedMs };
  const pace = createPace({ ...parts, sessionId: 1 });
  for (let sent = 0; sent < 98; sent += 1) pace.settle(pace.reserve({ ten_seconds: 1 }, 1), []);
  await clock.advance(9_000);
  correctedMs = 1_100;
  pace.settle(pace.reserve({ ten_seconds: 0 }, 1), []);
  const next = createPace({ ...parts, sessionId: 2 });
  await clock.advance(999);
  expect(next.ask({ ten_seconds: 1 }, 1).ok).toBe(false);
  await clock.advance(1);
  expect(next.ask({ ten_seconds: 1 }, 1).ok).toBe(true);
});

test("what was sent after a sleep that the monotonic clock did not see is not taken for older by a later session", () => {
  const clock = createVirtualClock();
  const budget = createMemoryBudget();
  let sleptMs = 0;
  const parts = { clock, budget, integrationId: 1, windows: [short], serverNow: () => clock.now() + sleptMs };
  const pace = createPace({ ...parts, sessionId: 1 });
  pace.settle(pace.reserve({ ten_seconds: 50 }, 1), []);
  sleptMs = 40 * 60_000;
  pace.settle(pace.reserve({ ten_seconds: 90 }, 1), []);
  const second = createPace({ ...parts, sessionId: 2 });
  second.settle(second.reserve({ ten_seconds: 1 }, 1), []);
  const third = createPace({ ...parts, sessionId: 3 });
  expect(third.ask({ ten_seconds: 7 }, 1).ok).toBe(true);
  expect(third.ask({ ten_seconds: 8 }, 1).ok).toBe(false);
});

test("a request that died with its session, stamped by our clock before the CRM told its own, makes no other look old", () => {
  const { clock, budget, send } = aPace([short]);
  for (let sent = 0; sent < 90; sent += 1) send({ ten_seconds: 1 });
  const ahead = { clock, budget, integrationId: 1, windows: [short], serverNow: () => clock.now() + 90_000 };
  const died = createPace({ ...ahead, sessionId: 2, isServerTimeKnown: () => false });
  died.settle(died.reserve({ ten_seconds: 1 }, 1), []);
  died.reserve({ ten_seconds: 1 }, 1);
  const next = createPace({ ...ahead, sessionId: 3, serverNow: clock.now });
  expect(next.ask({ ten_seconds: 6 }, 1).ok).toBe(true);
  expect(next.ask({ ten_seconds: 7 }, 1).ok).toBe(false);
});

test("a plan change keeps what was used", () => {
  const { pace, send } = aPace([short]);
  for (let sent = 0; sent < 50; sent += 1) send({ ten_seconds: 1 });
  pace.configure([{ ...short, limit: 200 }]);
  expect(pace.gauges()).toMatchObject([{ limit: 200, used: 50 }]);
});

test("a rolling day that other applications have filled is looked at again after twenty minutes, not a day later", async () => {
  const rolling: BudgetWindow = { ...day, reset: { kind: "rolling" } };
  const { clock, pace } = aPace([rolling]);
  pace.settle(pace.reserve({ day: 1 }, 1), [{ window: "day", limit: 1_000, remaining: 0 }]);
  expect(pace.ask({ day: 1 }, 1)).toEqual({ ok: false, waitMs: 20 * 60_000, window: "day" });
  await clock.advance(20 * 60_000);
  expect(pace.ask({ day: 1 }, 1).ok).toBe(true);
});

test("a rolling day that we filled ourselves is waited for until our own calls leave", () => {
  const { pace, send } = aPace([{ ...day, limit: 10, reset: { kind: "rolling" } }]);
  while (send({ day: 1 }, 0));
  const verdict = pace.ask({ day: 1 }, 0);
  expect(verdict.ok ? 0 : verdict.waitMs).toBeGreaterThan(86_400_000);
});

test("a PC whose clock is a day ahead knows what was used today as soon as the CRM tells its time", () => {
  const { clock, budget, pace } = aPace([day]);
  for (let sent = 0; sent < 300; sent += 1) pace.settle(pace.reserve({ day: 1 }, 1), []);
  let aheadMs = 86_400_000;
  const next = createPace({
    clock,
    budget,
    integrationId: 1,
    sessionId: 2,
    windows: [day],
    serverNow: () => clock.now() + aheadMs,
    isServerTimeKnown: () => aheadMs === 0,
  });
  expect(next.gauges()).toMatchObject([{ used: 0 }]);
  const first = next.reserve({ day: 1 }, 0);
  aheadMs = 0;
  next.settle(first, []);
  expect(next.gauges()).toMatchObject([{ used: 301 }]);
});
