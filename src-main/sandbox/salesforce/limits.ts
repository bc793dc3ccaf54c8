import type { SandboxClock } from "../core/clock.ts";
import { createOtherApplications } from "../core/other-applications.ts";
import type { WindowStats } from "../core/request-stats.ts";
import { createRollingWindow } from "../core/rolling-window.ts";
import type { ConfigSource, SalesforceConfig } from "./configuration.ts";
import { Refusal } from "./refusal.ts";

const dayMs = 86_400_000;

export type Limits = {
  /** Counts a call that arrives. Throws the 403 `Refusal` of a used-up limit. */
  readonly admit: () => void;
  /** Counts one more call of a request that is already in. */
  readonly count: () => void;
  /** A request begins to run; the answer ends it. */
  readonly run: () => () => void;
  readonly header: () => Readonly<Record<string, string>>;
  readonly daily: () => { readonly used: number; readonly limit: number };
  readonly windows: () => readonly WindowStats[];
  readonly clear: () => void;
};

/** Calls in 24 hours, by edition and licences. */
export function dailyLimit({ dailyLimit: configured, plan, seats }: SalesforceConfig): number {
  if (configured !== null) return configured;
  switch (plan) {
    case "developer":
      return 15_000;
    case "enterprise":
      return 100_000 + 1000 * seats;
    case "unlimited":
      return 100_000 + 5000 * seats;
    case "sandbox":
      return 5_000_000;
  }
}

function longRunningLimit({ longRunningLimit: configured, plan }: SalesforceConfig): number {
  return configured ?? (plan === "developer" ? 5 : 25);
}

/** The org's calls of the last 24 hours, and how many of those that run now have run for long. */
export function createLimits(clock: SandboxClock, config: ConfigSource): Limits {
  const day = createRollingWindow(dayMs);
  const others = createOtherApplications(clock);
  const running = new Set<{ readonly since: number }>();
  let mostRunning = 0;
  config.onChange((keys) => {
    if (keys.has("otherAppsPerMinute")) others.setPerMinute(config.current().otherAppsPerMinute);
    if (keys.has("otherAppsDailyUsed")) others.setUsed(config.current().otherAppsDailyUsed);
  });
  const byOthers = (): number => others.since(clock.now() - dayMs);
  const used = (): number => day.used(clock.now()) + byOthers();
  const longRunning = (): number => {
    const { longRunningMs, otherAppsLongRunning } = config.current();
    const now = clock.now();
    return [...running].filter(({ since }) => now - since >= longRunningMs).length + otherAppsLongRunning;
  };
  return {
    admit: () => {
      const current = config.current();
      const isIn = day.take(clock.now(), dailyLimit(current) + current.softLimitCalls, 1, byOthers());
      if (!isIn) throw new Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
      const long = longRunning();
      mostRunning = Math.max(mostRunning, long);
      if (long < longRunningLimit(current)) return;
      throw new Refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
    },
    count: () => void day.take(clock.now(), Number.POSITIVE_INFINITY, 1),
    run: () => {
      const request = { since: clock.now() };
      running.add(request);
      return () => void running.delete(request);
    },
    header: () => {
      const { apiBurstsHeader, perAppUsageHeader } = config.current();
      const parts = [`api-usage=${used()}/${dailyLimit(config.current())}`];
      if (apiBurstsHeader) parts.push("api-bursts=1/750");
      if (perAppUsageHeader) parts.push(`per-app-api-usage=${day.used(clock.now())}/250(appName=sample-connected-app)`);
      return { "Sforce-Limit-Info": parts.join("; ") };
    },
    daily: () => ({ used: used(), limit: dailyLimit(config.current()) }),
    windows: () => [
      { name: "daily", windowMs: dayMs, limit: dailyLimit(config.current()), max: day.max() },
      { name: "long_running", windowMs: 0, limit: longRunningLimit(config.current()), max: mostRunning },
    ],
    clear: () => {
      day.clear();
      others.clear();
      running.clear();
      mostRunning = 0;
    },
  };
}
