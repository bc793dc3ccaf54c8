import type { SandboxClock } from "../core/clock.ts";
import { createDailyWindow } from "../core/daily-window.ts";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { createOtherApplications } from "../core/other-applications.ts";
import type { WindowStats } from "../core/request-stats.ts";
import { createRollingWindow } from "../core/rolling-window.ts";
import { randomUUID } from "node:crypto";
import type { ConfigSource, HubspotConfig } from "./configuration.ts";
import type { Caller } from "./tokens.ts";

const tenSecondsMs = 10_000;

export type Limits = {
  /** Counts a request of a signed-in caller; the answer is the refusal, undefined lets it in. */
  readonly admit: (caller: Caller, isSearch: boolean) => SandboxAnswer | undefined;
  /** Rate headers: none on searches, no daily ones for OAuth tokens. */
  readonly headers: (caller: Caller, isSearch: boolean) => Readonly<Record<string, string>>;
  readonly daily: () => { readonly used: number; readonly limit: number; readonly resetsAt: number };
  readonly windows: () => readonly WindowStats[];
  readonly clear: () => void;
};

/** Calls in ten seconds that the plan allows one app. */
export function tenSecondLimit({
  tenSecondLimit: configured,
  appType,
  apiLimitIncreases,
  plan,
}: HubspotConfig): number {
  if (configured !== null) return configured;
  if (appType === "marketplace") return 110;
  if (apiLimitIncreases > 0) return 250;
  return plan === "free" || plan === "starter" ? 100 : 190;
}

const dailyByPlan: Readonly<Record<HubspotConfig["plan"], number>> = {
  free: 250_000,
  starter: 250_000,
  professional: 625_000,
  enterprise: 1_000_000,
};

export function dailyLimit({ dailyLimit: configured, apiLimitIncreases, plan }: HubspotConfig): number {
  return configured ?? dailyByPlan[plan] + apiLimitIncreases * 1_000_000;
}

export function createLimits(clock: SandboxClock, config: ConfigSource): Limits {
  const rolling = { plain: createRollingWindow(tenSecondsMs), oauth: createRollingWindow(tenSecondsMs) };
  const search = createRollingWindow(1000);
  const day = createDailyWindow(() => config.current().portalTimeZone);
  const others = createOtherApplications(clock);
  config.onChange((keys) => {
    if (keys.has("otherAppsPerMinute")) others.setPerMinute(config.current().otherAppsPerMinute);
    if (keys.has("otherAppsDailyUsed")) others.setUsed(config.current().otherAppsDailyUsed);
  });
  const usedToday = (now: number): number => day.used(now) + others.since(day.startedAt(now));
  const refuse = (policy: Policy, retryAfterMs: number): SandboxAnswer =>
    toLimitedAnswer(policy, retryAfterMs, config.current());
  return {
    admit: ({ kind }, isSearch) => {
      const now = clock.now();
      const current = config.current();
      // The daily arrival is counted first, so that its `max` knows of every request.
      const withinDay = day.take(now, dailyLimit(current), 1, others.since(day.startedAt(now)));
      const window = isSearch ? search : rolling[kind];
      const span = isSearch ? 1000 : tenSecondsMs;
      const limit = isSearch ? current.searchPerSecondLimit : tenSecondLimit(current);
      const withinWindow = window.take(now, limit, 1, others.within(span));
      if (!withinWindow)
        return refuse(isSearch ? "SECONDLY" : "TEN_SECONDLY_ROLLING", (window.frees(now) ?? now) - now);
      return withinDay ? undefined : refuse("DAILY", day.endsAt(now) - now);
    },
    headers: ({ kind }, isSearch) => {
      const current = config.current();
      if (isSearch || !current.rateHeaders) return {};
      const now = clock.now();
      const limit = tenSecondLimit(current);
      const secondly = Math.floor(limit / 10);
      const left = limit - rolling[kind].used(now) - others.within(tenSecondsMs);
      const short = {
        "X-HubSpot-RateLimit-Max": String(limit),
        "X-HubSpot-RateLimit-Remaining": String(Math.max(left, 0)),
        "X-HubSpot-RateLimit-Interval-Milliseconds": String(tenSecondsMs),
        "X-HubSpot-RateLimit-Secondly": String(secondly),
        "X-HubSpot-RateLimit-Secondly-Remaining": String(Math.max(secondly - rolling[kind].used(now, 1000), 0)),
      };
      if (kind === "oauth") return short;
      const limitToday = dailyLimit(current);
      return {
        ...short,
        "X-HubSpot-RateLimit-Daily": String(limitToday),
        "X-HubSpot-RateLimit-Daily-Remaining": String(Math.max(limitToday - usedToday(now), 0)),
      };
    },
    daily: () => ({
      used: usedToday(clock.now()),
      limit: dailyLimit(config.current()),
      resetsAt: day.endsAt(clock.now()),
    }),
    windows: () => {
      const current = config.current();
      return [
        {
          name: "ten_secondly_rolling",
          windowMs: tenSecondsMs,
          limit: tenSecondLimit(current),
          max: rolling.plain.max(),
        },
        {
          name: "ten_secondly_rolling_oauth",
          windowMs: tenSecondsMs,
          limit: tenSecondLimit(current),
          max: rolling.oauth.max(),
        },
        { name: "search_secondly", windowMs: 1000, limit: current.searchPerSecondLimit, max: search.max() },
        { name: "daily", windowMs: 86_400_000, limit: dailyLimit(current), max: day.max() },
      ];
    },
    clear: () => {
      rolling.plain.clear();
      rolling.oauth.clear();
      search.clear();
      day.clear();
      others.clear();
    },
  };
}

type Policy = "DAILY" | "TEN_SECONDLY_ROLLING" | "SECONDLY";

const policyText: Readonly<Record<Policy, string>> = {
  DAILY: "You have reached your daily limit.",
  TEN_SECONDLY_ROLLING: "You have reached your ten_secondly_rolling limit.",
  SECONDLY: "You have reached your secondly limit.",
};

function toLimitedAnswer(
  policyName: Policy,
  retryAfterMs: number,
  { rateLimitBodyField, retryAfterOn429 }: HubspotConfig,
): SandboxAnswer {
  const kind = rateLimitBodyField === "errorType" ? { errorType: "RATE_LIMIT" } : { category: "RATE_LIMITS" };
  const group = policyName === "TEN_SECONDLY_ROLLING" ? { groupName: "publicapi:private-apps:api-calls" } : {};
  const request = policyName === "DAILY" ? { requestId: randomUUID() } : {};
  const body = {
    status: "error",
    message: policyText[policyName],
    ...kind,
    correlationId: randomUUID(),
    policyName,
    ...group,
    ...request,
  };
  return toJsonAnswer(
    429,
    body,
    retryAfterOn429 ? { "Retry-After": String(Math.max(Math.ceil(retryAfterMs / 1000), 1)) } : {},
  );
}
