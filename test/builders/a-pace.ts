import type { BudgetWindow } from "../../src-shared/domain/budget.ts";
import { createPace } from "../../src-main/engine/sync/pace.ts";
import { createMemoryBudget } from "./memory-budget.ts";
import { createVirtualClock } from "./virtual-clock.ts";

/** A hundred calls in ten seconds. */
export const aShortWindow: BudgetWindow = {
  name: "ten_seconds",
  lengthMs: 10_000,
  limit: 100,
  share: 0.98,
  daily: false,
  reset: { kind: "rolling" },
};

/** The pace of an integration with these windows, by a clock that a test moves; `send` takes room and gets an answer at once. */
export function aPace(windows: readonly BudgetWindow[], start?: number) {
  const clock = createVirtualClock(start);
  const budget = createMemoryBudget();
  const pace = createPace({ clock, budget, integrationId: 1, sessionId: 1, windows, serverNow: clock.now });
  const send = (cost: Record<string, number>, lane: 0 | 1 | 2 | 3 = 1): boolean => {
    if (!pace.ask(cost, lane).ok) return false;
    pace.settle(pace.reserve(cost, lane), []);
    return true;
  };
  return { clock, budget, pace, send };
}
