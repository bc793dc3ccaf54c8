import type { SandboxClock } from "../core/clock.ts";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { createOtherApplications } from "../core/other-applications.ts";
import type { WindowStats } from "../core/request-stats.ts";
import { createRollingWindow } from "../core/rolling-window.ts";
import type { ConfigSource, ZohoConfig } from "./configuration.ts";
import type { RequestCost } from "./request-cost.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;

export type Admission =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly refusal: SandboxAnswer };

export type Limits = {
  /** Counts a request of a signed-in caller in every window; it holds a place until it is released. */
  readonly admit: (cost: RequestCost) => Admission;
  /** The credits header once enough of them are used, and the headers that only other products send. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly credits: () => { readonly used: number; readonly limit: number | null };
  readonly windows: () => readonly WindowStats[];
  readonly clear: () => void;
};

type Plan = ZohoConfig["plan"];

const perSeat: Readonly<Record<Plan, number>> = {
  free: 0,
  standard: 250,
  professional: 500,
  enterprise: 1000,
  ultimate: 2000,
};
const caps: Readonly<Record<Plan, number>> = {
  free: 5000,
  standard: 100_000,
  professional: 3_000_000,
  enterprise: 5_000_000,
  ultimate: Number.POSITIVE_INFINITY,
};
const concurrency: Readonly<Record<Plan, number>> = {
  free: 5,
  standard: 10,
  professional: 15,
  enterprise: 20,
  ultimate: 25,
};

/** Credits that an org of this edition and size has in 24 hours. */
export function creditLimit({ dailyLimit, plan, seats }: ZohoConfig): number {
  if (dailyLimit !== null) return dailyLimit;
  return plan === "free" ? 5000 : Math.min(50_000 + perSeat[plan] * seats, caps[plan]);
}

function concurrencyLimit({ concurrencyLimit: configured, plan }: ZohoConfig): number {
  return configured ?? concurrency[plan];
}

type Place = "total" | "heavy";

/** Credits of a rolling day, calls at once, heavy calls at once, and (only where it is set) calls of a rolling minute. */
export function createLimits(clock: SandboxClock, config: ConfigSource): Limits {
  const credits = createRollingWindow(dayMs);
  const minute = createRollingWindow(minuteMs);
  const others = createOtherApplications(clock);
  const active: Record<Place, number> = { total: 0, heavy: 0 };
  const most: Record<Place, number> = { total: 0, heavy: 0 };
  config.onChange((keys) => {
    if (keys.has("otherAppsPerMinute")) others.setPerMinute(config.current().otherAppsPerMinute);
    if (keys.has("otherAppsDailyUsed")) others.setUsed(config.current().otherAppsDailyUsed);
  });
  const usedCredits = (now: number): number => credits.used(now) + others.since(now - dayMs);
  const enter = (place: Place): number => {
    active[place] += 1;
    most[place] = Math.max(most[place], active[place]);
    return active[place];
  };
  const countWindows = (cost: RequestCost, now: number): readonly Broken[] => {
    const current = config.current();
    const minuteLimit = current.perMinuteLimit ?? Number.POSITIVE_INFINITY;
    const fitsMinute = minute.take(now, minuteLimit, 1, others.within(minuteMs));
    const fitsCredits = credits.take(now, creditLimit(current), cost.credits, others.since(now - dayMs));
    return [...(fitsMinute ? [] : (["minute"] as const)), ...(fitsCredits ? [] : (["credits"] as const))];
  };
  const countPlaces = (cost: RequestCost): readonly Broken[] => {
    const current = config.current();
    const total = enter("total") + current.otherAppsConcurrent;
    const heavy = cost.isHeavy ? enter("heavy") : 0;
    return [
      ...(total > concurrencyLimit(current) ? (["concurrency"] as const) : []),
      ...(heavy > current.subConcurrencyLimit ? (["sub-concurrency"] as const) : []),
    ];
  };
  const leave = (cost: RequestCost): void => {
    active.total -= 1;
    if (cost.isHeavy) active.heavy -= 1;
  };
  return {
    admit: (cost) => {
      const now = clock.now();
      const [broken] = [...countPlaces(cost), ...countWindows(cost, now)];
      if (broken === undefined) return { ok: true, release: () => leave(cost) };
      leave(cost);
      const freesAt = broken === "credits" ? credits.frees(now) : broken === "minute" ? minute.frees(now) : now + 1000;
      return { ok: false, refusal: toLimitedAnswer(broken, (freesAt ?? now) - now, config.current()) };
    },
    headers: () => {
      const { creditsHeaderFrom, rateLimitHeaders, perMinuteLimit } = config.current();
      const now = clock.now();
      const limit = creditLimit(config.current());
      const used = usedCredits(now);
      const isShown = creditsHeaderFrom !== null && Number.isFinite(limit) && used >= limit * creditsHeaderFrom;
      const shown = isShown ? { "X-API-CREDITS-REMAINING": String(Math.max(limit - used, 0)) } : {};
      if (!rateLimitHeaders) return shown;
      const perMinute = perMinuteLimit ?? 100;
      const left = Math.max(perMinute - minute.used(now) - others.within(minuteMs), 0);
      return { ...shown, "X-RATELIMIT-LIMIT": String(perMinute), "X-RATELIMIT-REMAINING": String(left) };
    },
    credits: () => {
      const limit = creditLimit(config.current());
      return { used: usedCredits(clock.now()), limit: Number.isFinite(limit) ? limit : null };
    },
    windows: () => {
      const current = config.current();
      const limit = creditLimit(current);
      return [
        { name: "credits", windowMs: dayMs, limit: Number.isFinite(limit) ? limit : null, max: credits.max() },
        { name: "minute", windowMs: minuteMs, limit: current.perMinuteLimit, max: minute.max() },
        { name: "concurrency", windowMs: 0, limit: concurrencyLimit(current), max: most.total },
        { name: "sub_concurrency", windowMs: 0, limit: current.subConcurrencyLimit, max: most.heavy },
      ];
    },
    clear: () => {
      credits.clear();
      minute.clear();
      others.clear();
      most.total = 0;
      most.heavy = 0;
    },
  };
}

type Broken = "concurrency" | "sub-concurrency" | "minute" | "credits";

const texts: Readonly<Record<Broken, string>> = {
  concurrency: "You have exceeded the maximum number of simultaneous API calls",
  "sub-concurrency": "You have exceeded the maximum number of simultaneous calls to this kind of API",
  minute: "You have exceeded the maximum number of requests per minute",
  credits: "You have exceeded the maximum number of API credits",
};

function toLimitedAnswer(broken: Broken, freesInMs: number, { rateCode, retryAfterOn429 }: ZohoConfig): SandboxAnswer {
  const body = { code: rateCode, details: {}, message: texts[broken], status: "error" };
  const seconds = String(Math.max(Math.ceil(freesInMs / 1000), 1));
  return toJsonAnswer(429, body, retryAfterOn429 ? { "Retry-After": seconds } : {});
}
