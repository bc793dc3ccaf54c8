import type { Clock } from "../../ports/clock.ts";

export type Nap = Readonly<{
  /** Sleeps at least `leastMs`, then up to `mostMs` in all or until woken; what woke it before counts too. */
  sleep(leastMs: number, mostMs: number): Promise<void>;
  wake(): void;
}>;

/** A sleep that can be cut short, but not below a least time. Ends at once with the signal. */
export function createNap(clock: Pick<Clock, "sleep">, signal: AbortSignal): Nap {
  let isWoken = false;
  let rest: AbortController | null = null;
  signal.addEventListener("abort", () => rest?.abort(), { once: true });
  return {
    async sleep(leastMs, mostMs) {
      await clock.sleep(leastMs, signal);
      if (!isWoken && !signal.aborted && mostMs > leastMs) {
        rest = new AbortController();
        await clock.sleep(mostMs - leastMs, rest.signal);
        rest = null;
      }
      isWoken = false;
    },
    wake() {
      isWoken = true;
      rest?.abort();
    },
  };
}
