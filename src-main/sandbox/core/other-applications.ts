import type { SandboxClock } from "./clock.ts";

/** What other applications of the same account use of its limits. */
export type OtherApplications = {
  /** From now on they use this much a minute, spread evenly over time. */
  readonly setPerMinute: (perMinute: number) => void;
  /** They have already used this much today. */
  readonly setUsed: (used: number) => void;
  /** Their steady use within the last `windowMs`, rounded down. */
  readonly within: (windowMs: number) => number;
  /** Their use since `start`, what was used before included if it was set since then. */
  readonly since: (start: number) => number;
  readonly clear: () => void;
};

type Span = { readonly from: number; readonly perMs: number };

export function createOtherApplications(clock: SandboxClock): OtherApplications {
  let spans: Span[] = [];
  let already = { at: 0, used: 0 };
  const between = (from: number, to: number): number =>
    spans.reduce((sum, span, index) => {
      const start = Math.max(span.from, from);
      const end = Math.min(spans[index + 1]?.from ?? to, to);
      return sum + Math.max(end - start, 0) * span.perMs;
    }, 0);
  return {
    setPerMinute: (perMinute) => {
      if (perMinute === 0 && spans.length === 0) return;
      spans.push({ from: clock.now(), perMs: perMinute / 60_000 });
    },
    setUsed: (used) => {
      already = { at: clock.now(), used };
    },
    within: (windowMs) => {
      if (spans.length === 0) return 0;
      const now = clock.now();
      return Math.floor(between(now - windowMs, now) + 1e-9);
    },
    since: (start) => {
      const used = already.at >= start ? already.used : 0;
      return spans.length === 0 ? used : used + Math.floor(between(start, clock.now()) + 1e-9);
    },
    clear: () => {
      spans = [];
      already = { at: 0, used: 0 };
    },
  };
}
