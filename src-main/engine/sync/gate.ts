import Bottleneck from "bottleneck";
import type { BudgetWindow } from "../../../src-shared/domain/budget.ts";
import type { ConnectorLimits } from "../ports/connector.ts";
import type { Gate } from "./crm-session.ts";

/** Jobs in the gate at most; the queue of record is the database. */
const maxJobs = 20;

/** Spacing that spreads a short window's calls, at twice their average rate: bursts are smoothed, the window decides. */
export function spacingMs(windows: readonly BudgetWindow[]): number {
  const spacings = windows
    .filter((window) => !window.daily && window.limit > 0)
    .map((window) => window.lengthMs / window.limit / 2);
  return Math.floor(Math.min(...spacings, 1_000));
}

/**
 * The last gate of one integration, by Bottleneck: how many requests are in flight and how close they follow. It knows no
 * priorities and no windows, and never holds more than a few jobs.
 */
export function createGate(
  limits: Pick<ConnectorLimits, "concurrency">,
  windows: readonly BudgetWindow[],
): Readonly<{ gate: Gate; configure: (windows: readonly BudgetWindow[]) => void }> {
  const limiter = new Bottleneck({
    maxConcurrent: limits.concurrency,
    minTime: spacingMs(windows),
    highWater: maxJobs,
    strategy: Bottleneck.strategy.OVERFLOW,
  });
  return {
    gate: (work) => limiter.schedule(work),
    configure: (next) => void limiter.updateSettings({ minTime: spacingMs(next) }),
  };
}
