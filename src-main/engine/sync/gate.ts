import Bottleneck from "bottleneck";
import type { BudgetWindow } from "../../../src-shared/domain/budget.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConnectorLimits } from "../ports/connector.ts";
import type { Gate } from "./crm-session.ts";

/** A wall clock that goes back by more than this was set, ms. */
const setBackMs = 1_000;
/** Jobs in the gate at most; the queue of record is the database. */
const maxJobs = 20;

/** However few calls a window holds, nobody waits longer than this between two of them, ms. */
const widestMs = 1_000;

/**
 * Spacing that spreads a short window's calls, at twice their average rate: bursts are smoothed, the window decides. None
 * where the CRM counts by the day alone.
 */
export function spacingMs(windows: readonly BudgetWindow[]): number {
  const spacings = windows
    .filter((window) => !window.daily && window.limit > 0)
    .map((window) => window.lengthMs / window.limit / 2);
  return spacings.length === 0 ? 0 : Math.floor(Math.min(...spacings, widestMs));
}

/** `look`: lets go of who waits for a moment that the wall clock moved away; to be called now and then. */
export type LastGate = Readonly<{
  gate: Gate;
  look: () => void;
}>;

/**
 * The last gate of one integration, by Bottleneck: how many requests are in flight and how close they follow, by `windows`
 * as they are known when a request comes. It knows no priorities and counts nothing, and never holds more than a few jobs.
 */
export function createGate(
  limits: Pick<ConnectorLimits, "concurrency">,
  windows: () => readonly BudgetWindow[],
  clock: Pick<Clock, "now" | "monotonic">,
): LastGate {
  let minTime = spacingMs(windows());
  const open = (): Bottleneck =>
    new Bottleneck({
      maxConcurrent: limits.concurrency,
      minTime,
      highWater: maxJobs,
      strategy: Bottleneck.strategy.OVERFLOW,
    });
  let limiter = open();
  let wallAhead = clock.now() - clock.monotonic();
  /** Work that passed the gate and has not ended. */
  const inside = new Set<Promise<unknown>>();

  /**
   * Bottleneck spaces by the wall clock: set back by an hour, it would hold everything for that hour, also who waits in it
   * already. A new one takes over; who is inside keeps a place in it, who waits is let go and waits there.
   */
  function look(): void {
    const ahead = clock.now() - clock.monotonic();
    const isSetBack = ahead < wallAhead - setBackMs;
    wallAhead = ahead;
    if (!isSetBack) return;
    const old = limiter;
    limiter = open();
    for (const work of inside) void limiter.schedule(() => work.catch(() => undefined));
    void old.stop({ dropWaitingJobs: true });
  }

  /** The CRM's own word changes a limit at any time. */
  function adjust(): void {
    const spacing = spacingMs(windows());
    if (spacing === minTime) return;
    minTime = spacing;
    limiter.updateSettings({ minTime });
  }

  async function pass<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      look();
      adjust();
      const mine = limiter;
      let isInside = false;
      try {
        return await mine.schedule(() => {
          isInside = true;
          const job = work().finally(() => inside.delete(job));
          inside.add(job);
          return job;
        });
      } catch (error) {
        // Let go before it passed: it waits at the new one.
        if (isInside || mine === limiter) throw error;
      }
    }
  }

  return { gate: pass, look };
}
