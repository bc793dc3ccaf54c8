import { describe, expect, test } from "vitest";
import { type BudgetWindow, type Lane, usableOf } from "../../../../src-shared/domain/budget.ts";
import { withOwnShare } from "../../../../src-shared/domain/own-share.ts";
import { createPace } from "../../../../src-main/engine/sync/pace.ts";
import { aShortWindow as short } from "../../../builders/a-pace.ts";
import { createMemoryBudget } from "../../../builders/memory-budget.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const day: BudgetWindow = {
  name: "day",
  lengthMs: 86_400_000,
  limit: 10_000,
  share: 1,
  daily: true,
  reset: { kind: "midnight", timeZone: "UTC" },
};

function aPace(settings: Readonly<Record<string, string>>, windows: readonly BudgetWindow[] = [day, short]) {
  const clock = createVirtualClock();
  const budget = createMemoryBudget();
  const open = (sessionId: number) =>
    createPace({
      clock,
      budget,
      integrationId: 1,
      sessionId,
      windows: withOwnShare(windows, settings),
      serverNow: clock.now,
    });
  const pace = open(1);
  /** Whether a cost is taken; the vendor then tells what is left, where it is given. */
  const spend = (cost: Record<string, number>, lane: Lane = 0, remaining?: number): boolean => {
    if (!pace.ask(cost, lane).ok) return false;
    pace.settle(pace.reserve(cost, lane), remaining === undefined ? [] : [{ window: "day", remaining }]);
    return true;
  };
  return { clock, pace, open, spend };
}

describe("what is left to other applications", () => {
  test("use at most half: of the day and of the short window, however little others use", () => {
    const { pace, spend } = aPace({ useAtMostPercent: "50" });
    expect(spend({ day: 4_999 })).toBe(true);
    expect([spend({ day: 2 }), spend({ day: 1 }), spend({ day: 1 })]).toEqual([false, true, false]);
    expect([pace.ask({ ten_seconds: 50 }, 1).ok, pace.ask({ ten_seconds: 49 }, 1).ok]).toEqual([false, true]);
  });

  test("leave 2,000 for others: of the day alone", () => {
    const { pace, spend } = aPace({ leaveForOthers: "2000" });
    expect([spend({ day: 8_001 }), spend({ day: 8_000 }), spend({ day: 1 })]).toEqual([false, true, false]);
    expect(pace.ask({ ten_seconds: 98 }, 1).ok).toBe(true);
  });

  test("both: the smaller part is ours", () => {
    const [mine] = withOwnShare([day], { useAtMostPercent: "50", leaveForOthers: "7000" });
    expect(mine === undefined ? 0 : usableOf(mine, 0)).toBe(3_000);
  });

  test("others who use more than was left to them have it, and we the rest", () => {
    const { spend } = aPace({ leaveForOthers: "2000" });
    expect(spend({ day: 1 }, 0, 10_000 - 1 - 6_000)).toBe(true);
    expect([spend({ day: 4_000 }), spend({ day: 3_999 })]).toEqual([false, true]);
  });

  test("within our part the lower lanes stop short, so that what is urgent still gets through", () => {
    const { spend } = aPace({ useAtMostPercent: "50" });
    expect([spend({ day: 4_001 }, 3), spend({ day: 4_000 }, 3)]).toEqual([false, true]);
    expect([spend({ day: 1 }, 3), spend({ day: 500 }, 2), spend({ day: 350 }, 1), spend({ day: 150 }, 0)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test("nothing set leaves the vendor's limits as they are", () => {
    expect(withOwnShare([day, short], { country: "GB" })).toEqual([day, short]);
  });
});

describe("what the vendor told", () => {
  test("is known to the next session: its limits, and what others used of the day", () => {
    const { pace, open } = aPace({});
    const told = [
      { window: "ten_seconds", limit: 190, remaining: 189 },
      { window: "day", limit: 625_000, remaining: 600_000 },
    ];
    pace.settle(pace.reserve({ ten_seconds: 1, day: 1 }, 1), told);
    expect(open(2).gauges()).toMatchObject([
      { name: "day", limit: 625_000, used: 1, usedByOthers: 24_999 },
      { name: "ten_seconds", limit: 190, used: 1 },
    ]);
  });

  test("of another day is not what others use today", async () => {
    const { clock, pace, open } = aPace({});
    pace.settle(pace.reserve({ day: 1 }, 1), [{ window: "day", limit: 10_000, remaining: 4_000 }]);
    await clock.advance(16 * 3_600_000);
    expect(open(2).gauges()[0]).toMatchObject({ limit: 10_000, used: 0, usedByOthers: 0 });
  });

  test("stands above a plan that is looked up again", () => {
    const { pace } = aPace({});
    pace.settle(pace.reserve({ ten_seconds: 1 }, 1), [{ window: "ten_seconds", limit: 190 }]);
    pace.configure([day, short]);
    expect(pace.gauges()[1]).toMatchObject({ limit: 190, used: 1 });
  });

  test("a day that only others fill is told as theirs", () => {
    const { pace, spend } = aPace({});
    spend({ day: 1 }, 0, 0);
    expect(pace.gauges()[0]).toMatchObject({ used: 1, usedByOthers: 9_999 });
    expect(pace.ask({ day: 1 }, 0).ok).toBe(false);
  });
});
