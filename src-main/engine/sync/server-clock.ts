import type { Clock } from "../ports/clock.ts";

/** The CRM's wall clock as far as its `Date` headers tell; our own until the first answer. */
export type ServerClock = Readonly<{
  /** Epoch ms by the CRM. */
  now(): number;
  /** Learns from an answer: `serverTimeMs` is whole seconds. */
  learn(serverTimeMs: number): void;
  /** CRM time minus ours, ms; null before the first answer. */
  offsetMs(): number | null;
}>;

/** Date headers are whole seconds, so up to this much of the difference is rounding. */
const headerResolutionMs = 1_000;

export function createServerClock(clock: Clock): ServerClock {
  let base: Readonly<{ server: number; monotonic: number; offset: number }> | null = null;
  const now = (): number =>
    base === null ? clock.now() : base.server + Math.floor(clock.monotonic() - base.monotonic);
  return {
    now,
    learn: (serverTimeMs) => {
      // Within the header's resolution the running estimate is the better one: a truncated second never pulls it back.
      const drift = base === null ? Number.POSITIVE_INFINITY : serverTimeMs - now();
      if (drift <= 0 && drift > -headerResolutionMs) return;
      base = { server: serverTimeMs, monotonic: clock.monotonic(), offset: serverTimeMs - clock.now() };
    },
    offsetMs: () => base?.offset ?? null,
  };
}
