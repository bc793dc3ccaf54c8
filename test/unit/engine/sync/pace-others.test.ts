import { expect, test } from "vitest";
import type { BudgetWindow } from "../../../../src-shared/domain/budget.ts";
import { createPace } from "../../../../src-main/engine/sync/pace.ts";
import { aPace, aShortWindow as short } from "../../../builders/a-pace.ts";
import { createMemoryBudget } from "../../../builders/memory-budget.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

test("after a restart what we sent ourselves is not taken for what others use", async () => {
  const { clock, budget, pace } = aPace([short]);
  for (let sent = 0; sent < 90; sent += 1) {
    const reservation = pace.reserve({ ten_seconds: 1 }, 1);
    await clock.advance(20);
    pace.settle(reservation, []);
  }
  const next = createPace({ clock, budget, integrationId: 1, sessionId: 2, windows: [short], serverNow: clock.now });
  next.settle(next.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", limit: 100, remaining: 4 }]);
  expect(next.gauges()[0]).toMatchObject({ used: 91, usedByOthers: 5 });
});

test("what an older session sent and the vendor may have forgotten since hides nothing that others use", async () => {
  const { clock, budget, pace } = aPace([short]);
  for (let sent = 0; sent < 6; sent += 1) pace.settle(pace.reserve({ ten_seconds: 1 }, 1), []);
  await clock.advance(12_000);
  const next = createPace({ clock, budget, integrationId: 1, sessionId: 2, windows: [short], serverNow: clock.now });
  // For how long nothing was sent, only the CRM's clock tells.
  expect(next.gauges()).toMatchObject([{ used: 6 }]);
  next.settle(next.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", limit: 100, remaining: 95 }]);
  expect(next.gauges()).toMatchObject([{ used: 1, usedByOthers: 4 }]);
});

test("nor does what was sent before a sleep that the monotonic clock did not see", async () => {
  const clock = createVirtualClock();
  let asleepMs = 0;
  const serverNow = (): number => clock.now() + asleepMs;
  const pace = createPace({
    clock,
    budget: createMemoryBudget(),
    integrationId: 1,
    sessionId: 1,
    windows: [short],
    serverNow,
  });
  for (let sent = 0; sent < 6; sent += 1) pace.settle(pace.reserve({ ten_seconds: 1 }, 1), []);
  asleepMs = 600_000;
  pace.settle(pace.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", limit: 100, remaining: 95 }]);
  expect(pace.gauges()).toMatchObject([{ used: 1, usedByOthers: 4 }]);
});

test("after a restart what others use of a short window is known until an answer tells, or for one window", async () => {
  const { clock, budget, pace } = aPace([short]);
  const tell = (remaining: number): void =>
    pace.settle(pace.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", limit: 100, remaining }]);
  tell(59);
  // At once, although others were stored just now.
  tell(38);
  const parts = { clock, budget, integrationId: 1, windows: [short], serverNow: clock.now };
  const next = createPace({ ...parts, sessionId: 2 });
  expect(next.gauges()).toMatchObject([{ used: 2, usedByOthers: 60 }]);
  expect(next.ask({ ten_seconds: 36 }, 0).ok).toBe(true);
  expect(next.ask({ ten_seconds: 37 }, 0).ok).toBe(false);
  await clock.advance(10_000);
  expect(next.ask({ ten_seconds: 98 }, 0).ok).toBe(true);
  const third = createPace({ ...parts, sessionId: 3 });
  third.settle(third.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", limit: 100, remaining: 99 }]);
  expect(third.gauges()).toMatchObject([{ usedByOthers: 0 }]);
});

test("what other applications use, as the vendor's header tells, is taken from our room", async () => {
  const { clock, pace, send } = aPace([short]);
  const reservation = pace.reserve({ ten_seconds: 1 }, 1);
  pace.settle(reservation, [{ window: "ten_seconds", limit: 100, remaining: 9 }]);
  let sent = 0;
  while (send({ ten_seconds: 1 })) sent += 1;
  // 91 used at the vendor, 1 of them ours: 98 - 91 are left.
  expect(sent).toBe(7);
  expect(pace.gauges()[0]).toMatchObject({ used: 8, usedByOthers: 90 });
  await clock.advance(10_000);
  expect(pace.ask({ ten_seconds: 98 }, 1).ok).toBe(true);
});

test("the vendor counts from the arrival, we from the answer: what it forgot already hides nothing that others use", async () => {
  const { clock, pace } = aPace([short]);
  const slow = pace.reserve({ ten_seconds: 1 }, 1);
  await clock.advance(4_000);
  pace.settle(slow, []);
  await clock.advance(6_500);
  pace.settle(pace.reserve({ ten_seconds: 1 }, 1), [{ window: "ten_seconds", limit: 100, remaining: 89 }]);
  // Ten of others and the last of ours; the slow one left the vendor's window half a second ago.
  expect(pace.gauges()[0]).toMatchObject({ used: 2, usedByOthers: 10 });
});

/** A CRM of which others use so much all the time: each answer tells what it counted as the request came. */
function aVendor(others: number) {
  const { clock, pace } = aPace([short]);
  let counted = 0;
  const leave = () => {
    const reservation = pace.reserve({ ten_seconds: 1 }, 0);
    let remaining = 0;
    return {
      arrive: () => {
        counted += 1;
        remaining = 100 - counted - others;
      },
      answer: () => pace.settle(reservation, [{ window: "ten_seconds", limit: 100, remaining }]),
      lose: () => pace.settle(reservation, []),
    };
  };
  const sendAtOnce = (count: number): void => {
    for (let sent = 0; sent < count; sent += 1) {
      const request = leave();
      request.arrive();
      request.answer();
    }
  };
  return { clock, leave, sendAtOnce, others: () => pace.gauges()[0]?.usedByOthers };
}

test("an answer that is late tells an old count: what was counted since is not taken from what others use", async () => {
  const { clock, leave, sendAtOnce, others } = aVendor(40);
  const slow = leave();
  slow.arrive();
  await clock.advance(1_000);
  sendAtOnce(20);
  await clock.advance(2_000);
  slow.answer();
  expect(others()).toBe(40);
  sendAtOnce(1);
  expect(others()).toBe(40);
});

test("answers of requests that were on their way together hide nothing of what others use, in whatever order they come", () => {
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 0, 3, 1],
  ] as const) {
    const { leave, others } = aVendor(40);
    const requests = [leave(), leave(), leave(), leave()];
    for (const request of requests) request.arrive();
    for (const at of order) {
      requests[at]?.answer();
      expect(others(), order.join(" ")).toBeGreaterThanOrEqual(40);
    }
    expect(others()).toBe(40);
  }
});

test("a request that came late is counted late, whichever answer was first", async () => {
  const { clock, leave, others } = aVendor(40);
  const [quick, late] = [leave(), leave()];
  quick.arrive();
  await clock.advance(1_500);
  late.arrive();
  late.answer();
  await clock.advance(1_000);
  quick.answer();
  expect(others()).toBe(40);
});

test("requests that were lost may never have come: they are not taken from what others use", () => {
  const { leave, sendAtOnce, others } = aVendor(40);
  for (let sent = 0; sent < 5; sent += 1) leave().lose();
  sendAtOnce(1);
  expect(others()).toBe(40);
});

test("a search that tells of its own window alone is in the count of the other as soon as a later request is", async () => {
  const search: BudgetWindow = { ...short, name: "search", limit: 50 };
  const { clock, pace } = aPace([short, search]);
  const slow = pace.reserve({ ten_seconds: 1 }, 0);
  await clock.advance(100);
  for (let sent = 0; sent < 10; sent += 1)
    pace.settle(pace.reserve({ ten_seconds: 1, search: 1 }, 0), [{ window: "search", remaining: 49 - sent }]);
  // Counted before the searches came: five of others, and itself.
  pace.settle(slow, [{ window: "ten_seconds", remaining: 94 }]);
  expect(pace.gauges()).toMatchObject([{ used: 11, usedByOthers: 5 }, { usedByOthers: 0 }]);
  await clock.advance(100);
  pace.settle(pace.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", remaining: 83 }]);
  expect(pace.gauges()).toMatchObject([{ used: 12, usedByOthers: 5 }, { usedByOthers: 0 }]);
});

test("a refusal need not be in the count that it tells", () => {
  const { pace } = aPace([short]);
  pace.settle(pace.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", remaining: 0, blockedForMs: 1 }]);
  expect(pace.gauges()).toMatchObject([{ usedByOthers: 100 }]);
});

test("others that use less are believed as soon as a request that left after the old words is answered", async () => {
  const { clock, pace } = aPace([short]);
  const tell = (remaining: number): void =>
    pace.settle(pace.reserve({ ten_seconds: 1 }, 0), [{ window: "ten_seconds", limit: 100, remaining }]);
  tell(20);
  await clock.advance(1);
  tell(70);
  expect(pace.gauges()).toMatchObject([{ used: 2, usedByOthers: 28 }]);
});
