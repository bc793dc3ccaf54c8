import type { SandboxClock } from "../core/clock.ts";
import { createDailyWindow } from "../core/daily-window.ts";
import { withHeaders, type SandboxAnswer } from "../core/message.ts";
import { createOtherApplications } from "../core/other-applications.ts";
import type { WindowStats } from "../core/request-stats.ts";
import { createRollingWindow, type RollingWindow } from "../core/rolling-window.ts";
import type { ConfigSource, PipedriveConfig, Plan } from "./configuration.ts";
import { toBlockPage, toGatewayAnswer } from "./refusal.ts";
import type { Caller } from "./tokens.ts";

const burstMs = 2000;
const dayMs = 86_400_000;
/** Refusals count as ignored when they follow one another within this time. */
const ignoringMs = 60_000;
const tokensPerSeat = 30_000;

const multipliers: Readonly<Record<Plan, number>> = { lite: 1, growth: 2, premium: 5, ultimate: 7, professional: 3 };
const bursts: Readonly<Record<Plan, { readonly api: number; readonly oauth: number }>> = {
  lite: { api: 20, oauth: 80 },
  growth: { api: 40, oauth: 160 },
  professional: { api: 80, oauth: 320 },
  premium: { api: 100, oauth: 400 },
  ultimate: { api: 120, oauth: 480 },
};

export type Limits = {
  /** Counts an arrival in every window. An answer: it was refused, and nothing but that may be done. */
  readonly admit: (caller: Caller, cost: number, isSearch: boolean) => SandboxAnswer | undefined;
  readonly headers: (caller: Caller, isSearch: boolean) => Readonly<Record<string, string>>;
  readonly daily: () => { readonly used: number; readonly limit: number };
  readonly windows: () => readonly WindowStats[];
  readonly clear: () => void;
};

type TokenWindows = {
  readonly burst: RollingWindow;
  readonly search: RollingWindow;
  refusals: number[];
  blockedUntil: number;
};

export function dailyLimitOf({ dailyLimit, plan, seats }: PipedriveConfig): number {
  return dailyLimit ?? tokensPerSeat * multipliers[plan] * seats;
}

/** The company's daily tokens, each token's two seconds and two seconds of search, and the wall behind them. */
export function createLimits(clock: SandboxClock, config: ConfigSource): Limits {
  const day = createDailyWindow(() => config.current().serverTimeZone);
  const others = createOtherApplications(clock);
  const byToken = new Map<string, TokenWindows>();
  config.onChange((keys) => {
    if (keys.has("otherAppsPerMinute")) others.setPerMinute(config.current().otherAppsPerMinute);
    if (keys.has("otherAppsDailyUsed")) others.setUsed(config.current().otherAppsDailyUsed);
  });
  const windowsOf = (token: string): TokenWindows => {
    const known = byToken.get(token) ?? {
      burst: createRollingWindow(burstMs),
      search: createRollingWindow(burstMs),
      refusals: [],
      blockedUntil: 0,
    };
    byToken.set(token, known);
    return known;
  };
  const burstLimit = ({ kind }: Pick<Caller, "kind">): number => {
    const { burstLimit: given, plan } = config.current();
    return given ?? bursts[plan][kind];
  };
  const usedToday = (now: number): number => day.used(now) + others.since(day.startedAt(now));
  const isBlocked = (windows: TokenWindows, now: number): boolean => windows.blockedUntil > now;
  /** After so many refusals in a row, the wall goes up. */
  const noteRefusal = (windows: TokenWindows, now: number): void => {
    const { cloudflareAfter, cloudflareBlockMs } = config.current();
    windows.refusals = [...windows.refusals.filter((at) => at > now - ignoringMs), now];
    if (cloudflareAfter === null || windows.refusals.length < cloudflareAfter) return;
    windows.blockedUntil = now + cloudflareBlockMs;
    windows.refusals = [];
  };
  const dailyRefusal = (now: number): SandboxAnswer => {
    const seconds = String(Math.max(Math.ceil((day.endsAt(now) - now) / 1000), 1));
    const wait = config.current().dailyRetryAfter ? { "retry-after": seconds } : {};
    return toGatewayAnswer(429, "daily request budget exceeded", wait);
  };
  const admit = (caller: Caller, cost: number, isSearch: boolean): SandboxAnswer | undefined => {
    const now = clock.now();
    const windows = windowsOf(caller.token);
    const limit = burstLimit(caller);
    const searchLimit = config.current().searchBurstLimit;
    const apart = others.within(burstMs);
    const isOpen = !isBlocked(windows, now);
    const fitsBurst = windows.burst.used(now) + apart + 1 <= limit;
    const fitsSearch = !isSearch || windows.search.used(now) + apart + 1 <= searchLimit;
    const fitsDay = usedToday(now) + cost <= dailyLimitOf(config.current());
    const isTaken = isOpen && fitsBurst && fitsSearch && fitsDay;
    // What does not fit one window is charged in none, yet it arrived in all of them.
    windows.burst.take(now, isTaken ? Number.POSITIVE_INFINITY : -1);
    if (isSearch) windows.search.take(now, isTaken ? Number.POSITIVE_INFINITY : -1);
    day.take(now, isTaken ? Number.POSITIVE_INFINITY : -1, cost);
    if (!isOpen) return toBlockPage();
    if (isTaken) {
      windows.refusals = [];
      return undefined;
    }
    noteRefusal(windows, now);
    return fitsBurst && fitsSearch ? dailyRefusal(now) : toGatewayAnswer(429, config.current().burstText);
  };
  const headers = (caller: Caller, isSearch: boolean): Readonly<Record<string, string>> => {
    const now = clock.now();
    const windows = windowsOf(caller.token);
    const window = isSearch ? windows.search : windows.burst;
    const limit = isSearch ? config.current().searchBurstLimit : burstLimit(caller);
    const resetMs = (window.frees(now) ?? now + burstMs) - now;
    const dailyLimit = dailyLimitOf(config.current());
    const left = Math.max(dailyLimit - usedToday(now), 0);
    const daily = {
      "x-daily-ratelimit-token-limit": String(dailyLimit),
      "x-daily-ratelimit-token-remaining": String(left),
    };
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(limit - window.used(now) - others.within(burstMs), 0)),
      "x-ratelimit-reset": String(Math.max(Math.ceil(resetMs / 1000), 1)),
      ...(config.current().dailyHeaders ? daily : {}),
    };
  };
  return {
    admit: (caller, cost, isSearch) => {
      const refusal = admit(caller, cost, isSearch);
      const isPage = refusal?.status === 403;
      return refusal === undefined || isPage ? refusal : withHeaders(refusal, headers(caller, isSearch));
    },
    headers,
    daily: () => ({ used: usedToday(clock.now()), limit: dailyLimitOf(config.current()) }),
    windows: () => {
      const all = [...byToken.values()];
      const most = (pick: (windows: TokenWindows) => RollingWindow): number =>
        Math.max(0, ...all.map((windows) => pick(windows).max()));
      const { searchBurstLimit, tokenKind } = config.current();
      return [
        { name: "burst", windowMs: burstMs, limit: burstLimit({ kind: tokenKind }), max: most(({ burst }) => burst) },
        { name: "search", windowMs: burstMs, limit: searchBurstLimit, max: most(({ search }) => search) },
        { name: "day", windowMs: dayMs, limit: dailyLimitOf(config.current()), max: day.max() },
      ];
    },
    clear: () => {
      day.clear();
      others.clear();
      byToken.clear();
    },
  };
}
