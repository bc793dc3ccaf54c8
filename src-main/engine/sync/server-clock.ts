import type { Clock } from "../ports/clock.ts";

/**
 * The CRM's wall clock as far as its `Date` headers tell; our own until the first answer. What is stamped by it is compared
 * across runs and restarts, so nothing that such a stamp decides may happen while it is not known.
 */
export type ServerClock = Readonly<{
  /** Epoch ms by the CRM: no later than it is there, but for what the header's whole seconds leave open. */
  now(): number;
  /** The latest that it may be there, epoch ms: an answer told the time of when it left. Sends are stamped by it. */
  latest(): number;
  /**
   * Whether an answer told it, and our two clocks have gone alike since. Where one was set, or slept while the other did
   * not, nobody here can tell how much time passed until the next answer.
   */
  isKnown(): boolean;
  /** As a request leaves: what takes the time that its answer tells, in whole seconds. */
  listen(): (serverTimeMs: number) => void;
}>;

/** Date headers are whole seconds, so up to this much of the difference is rounding. */
const headerResolutionMs = 1_000;
/** Our clocks may part by this much between two answers (a time server nudges one of them), ms. */
const mayPartMs = 5_000;

/** The budget window that a write is told of while the CRM's time is not known: it is given back, not held up. */
export const untimed = "server time";

/** `longestMs`: an answer that took longer lay somewhere while the PC slept, and tells the time of then. */
export function createServerClock(clock: Clock, longestMs: number): ServerClock {
  let base: Readonly<{ server: number; monotonic: number }> | null = null;
  /** By so much the CRM's time may be ahead of what we take it for: as long as the answer was on its way, ms. */
  let mayLagMs = 0;
  /** Our wall clock minus our monotonic one at the last answer, ms. */
  let wallAhead = 0;
  const now = (): number =>
    base === null ? clock.now() : base.server + Math.floor(clock.monotonic() - base.monotonic);
  return {
    now,
    latest: () => now() + mayLagMs,
    isKnown: () => base !== null && Math.abs(clock.now() - clock.monotonic() - wallAhead) <= mayPartMs,
    listen: () => {
      const left = { wall: clock.now(), monotonic: clock.monotonic() };
      return (serverTimeMs) => {
        const tookMs = Math.max(Math.abs(clock.now() - left.wall), clock.monotonic() - left.monotonic);
        if (tookMs > longestMs) return;
        wallAhead = clock.now() - clock.monotonic();
        // Within the header's resolution and the answer's way the running estimate is the better one: nothing pulls it back.
        const drift = base === null ? Number.POSITIVE_INFINITY : serverTimeMs - now();
        if (drift <= 0 && drift > -headerResolutionMs - tookMs) {
          mayLagMs = Math.min(mayLagMs, Math.max(0, Math.ceil(drift + tookMs)));
          return;
        }
        base = { server: serverTimeMs, monotonic: clock.monotonic() };
        mayLagMs = Math.ceil(tookMs);
      };
    },
  };
}
