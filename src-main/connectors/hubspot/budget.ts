import { type BudgetObservation, type BudgetWindow, defaultShare } from "../../../src-shared/domain/budget.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { CrmAnswer, CrmRequest } from "../../engine/ports/connector.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { readVendorError } from "./error-body.ts";

type Answer = Extract<CrmAnswer, { kind: "answer" }>;

const dayMs = 24 * 3_600_000;

/**
 * HubSpot's windows for a service key. The account's plan is not told by any API, so we start with the smallest plan's
 * limits and the headers of the first answers raise them (100 to 250 in ten seconds, 250,000 to 3,000,000 a day).
 */
export function listWindows(account: CrmAccount | null): readonly BudgetWindow[] {
  const rolling = { kind: "rolling" } as const;
  return [
    { name: "ten_seconds", lengthMs: 10_000, limit: 100, share: defaultShare, daily: false, reset: rolling },
    {
      name: "day",
      lengthMs: dayMs,
      limit: 250_000,
      share: 1,
      daily: true,
      reset: { kind: "midnight", timeZone: account?.timeZone ?? "UTC" },
    },
    { name: "search_second", lengthMs: 1_000, limit: 5, share: defaultShare, daily: false, reset: rolling },
  ];
}

/** Ms from `nowMs` to the next midnight in an IANA zone (HubSpot counts a day in the portal's zone). An unknown zone counts as UTC. */
export function untilMidnight(timeZone: string, nowMs: number): number {
  const zone = isZone(timeZone) ? timeZone : "UTC";
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short" });
  const dayOf = (at: number): string => format.format(at);
  const today = dayOf(nowMs);
  // Zones change their offset by whole minutes at most twice a year: bisecting finds the day's end whatever its length.
  let before = nowMs;
  let after = nowMs + 26 * 3_600_000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle) === today) before = middle;
    else after = middle;
  }
  return after - nowMs;
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone }).format(0) !== "";
  } catch {
    return false;
  }
}

function readCount(headers: Answer["headers"], name: string): number | undefined {
  const text = headers[`x-hubspot-ratelimit-${name}`];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function observeWindow(
  window: string,
  counts: Readonly<{ limit: number | undefined; remaining: number | undefined; lengthMs?: number | undefined }>,
): readonly BudgetObservation[] {
  const { limit, remaining, lengthMs } = counts;
  if (limit === undefined && remaining === undefined) return [];
  return [
    {
      window,
      ...(limit === undefined ? {} : { limit }),
      ...(remaining === undefined ? {} : { remaining }),
      ...(lengthMs === undefined ? {} : { lengthMs }),
    },
  ];
}

/** The window a 429 is about, and how long it stays shut. HubSpot sends no `Retry-After`, so the policy's own times count. */
function observeRefusal(request: CrmRequest, answer: Answer, place: Place): readonly BudgetObservation[] {
  const policy = readVendorError(answer.json)?.policy;
  const now = answer.serverTimeMs ?? place.nowMs;
  const asked = parseRetryAfter(answer.headers["retry-after"], now);
  if (policy === "DAILY")
    return [{ window: "day", remaining: 0, blockedForMs: asked ?? untilMidnight(place.timeZone, now) }];
  if (Object.hasOwn(request.cost, "search_second")) return [{ window: "search_second", blockedForMs: asked ?? 1_000 }];
  return [{ window: "ten_seconds", blockedForMs: asked ?? (policy === "SECONDLY" ? 1_000 : 10_000) }];
}

/** When and where: our clock (used where the answer has no `Date`) and the portal's time zone. */
export type Place = Readonly<{ nowMs: number; timeZone: string }>;

/** What an answer tells about the windows. Searches carry no rate headers, OAuth answers none of the day. */
export function observe(request: CrmRequest, answer: Answer, place: Place): readonly BudgetObservation[] {
  const { headers } = answer;
  const refused = answer.status === 429 ? observeRefusal(request, answer, place) : [];

  const told = [
    ...observeWindow("ten_seconds", {
      limit: readCount(headers, "max"),
      remaining: readCount(headers, "remaining"),
      lengthMs: readCount(headers, "interval-milliseconds"),
    }),
    ...observeWindow("day", { limit: readCount(headers, "daily"), remaining: readCount(headers, "daily-remaining") }),
  ];
  const merged = told.map((each) => ({ ...each, ...refused.find(({ window }) => window === each.window) }));
  const known = new Set(merged.map(({ window }) => window));
  return [...merged, ...refused.filter(({ window }) => !known.has(window))];
}
