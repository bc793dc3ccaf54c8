import type { Clock } from "../../src-main/engine/ports/clock.ts";

type Sleeper = { readonly until: number; readonly wake: () => void };

/** A clock that moves only when told. `jumpWall` moves the wall time alone, as a user or a time server does. */
export type VirtualClock = Clock & {
  /** Moves both times, waking sleepers in order; lets promises settle between them. */
  advance(ms: number): Promise<void>;
  jumpWall(ms: number): void;
};

export function createVirtualClock(start = Date.UTC(2026, 10, 20, 9)): VirtualClock {
  let elapsed = 0;
  let wall = start;
  const sleepers = new Set<Sleeper>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper: Sleeper = {
          until: elapsed + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake, { once: true });
      }),
    advance: async (ms) => {
      const end = elapsed + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].filter((sleeper) => sleeper.until <= end).toSorted((a, b) => a.until - b.until)[0];
        if (next === undefined) break;
        elapsed = Math.max(elapsed, next.until);
        next.wake();
      }
      elapsed = end;
      await settle();
    },
    jumpWall: (ms) => {
      wall += ms;
    },
  };
}
