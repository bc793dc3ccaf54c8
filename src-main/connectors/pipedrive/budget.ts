import { type BudgetObservation, type BudgetWindow, defaultShare } from "../../../src-shared/domain/budget.ts";
import { midnightAfter } from "../../../src-shared/domain/midnight.ts";
import type { CrmAnswer, CrmRequest } from "../../engine/ports/connector.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { readVendorError } from "./error-body.ts";
import { wallRestMs } from "./faults.ts";
import type { PipedriveSettings } from "./settings.ts";
import { windowNames } from "./wire.ts";

type Answer = Extract<CrmAnswer, { kind: "answer" }>;

const dayMs = 24 * 3_600_000;
const burstMs = 2_000;
/** The smallest plan with one seat and a personal token. The headers of the first answers raise them. */
const smallest = { burst: 20, search: 10, day: 30_000 };
/** A `retry-after` above this is never about a burst. */
const longestBurstMs = 60_000;

export const zoneOf = ({ serverTimeZone }: PipedriveSettings): string => serverTimeZone ?? "UTC";

/** The windows before anything was learnt. The day ends at midnight of the vendor's servers, not of the customer. */
export function listWindows(settings: PipedriveSettings): readonly BudgetWindow[] {
  const short = { lengthMs: burstMs, share: defaultShare, daily: false, reset: { kind: "rolling" } } as const;
  return [
    { ...short, name: windowNames.burst, limit: settings.burstLimit ?? smallest.burst },
    { ...short, name: windowNames.search, limit: smallest.search },
    {
      name: windowNames.day,
      lengthMs: dayMs,
      limit: settings.dailyTokens ?? smallest.day,
      share: 1,
      daily: true,
      reset: { kind: "midnight", timeZone: zoneOf(settings) },
    },
  ];
}

/** When: our clock where the answer has no `Date`, and the zone of the vendor's midnight. */
export type Place = Readonly<{ nowMs: number; timeZone: string }>;

function header(answer: Answer, name: string): number | undefined {
  const text = answer.headers[name];
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Which of the two 429s this is, and how long it lasts, ms. Only meaningful for a 429. */
export function readLimit(answer: Answer, { nowMs, timeZone }: Place): Readonly<{ isDaily: boolean; waitMs: number }> {
  const now = answer.serverTimeMs ?? nowMs;
  const asked = parseRetryAfter(answer.headers["retry-after"], now);
  const isDaily =
    header(answer, "x-daily-ratelimit-token-remaining") === 0 ||
    /\bdaily\b/i.test(readVendorError(answer.json)?.message ?? "") ||
    (asked !== undefined && asked > longestBurstMs);
  if (isDaily) {
    const untilMidnight = midnightAfter(now, timeZone) - now;
    return { isDaily, waitMs: Math.max(1_000, Math.min(asked ?? untilMidnight, untilMidnight)) };
  }
  const resetMs = (header(answer, "x-ratelimit-reset") ?? 0) * 1_000;
  return { isDaily, waitMs: Math.max(burstMs, resetMs, asked ?? 0) };
}

function observeRefusal(request: CrmRequest, answer: Answer, place: Place): readonly BudgetObservation[] {
  const isWall = answer.status === 403 && readVendorError(answer.json) === undefined;
  if (isWall) return [{ window: windowNames.burst, blockedForMs: wallRestMs }];
  if (answer.status !== 429) return [];
  const { isDaily, waitMs } = readLimit(answer, place);
  // Nothing is said of what remains: after a rest that ends before midnight the next answer tells it.
  if (isDaily) return [{ window: windowNames.day, blockedForMs: waitMs }];
  return [{ window: shortWindowOf(request), blockedForMs: waitMs }];
}

const shortWindowOf = ({ cost }: CrmRequest): string =>
  Object.hasOwn(cost, windowNames.search) ? windowNames.search : windowNames.burst;

function toCounts(
  window: string,
  limit: number | undefined,
  remaining: number | undefined,
): readonly BudgetObservation[] {
  if (limit === undefined && remaining === undefined) return [];
  return [{ window, ...(limit === undefined ? {} : { limit }), ...(remaining === undefined ? {} : { remaining }) }];
}

/** What an answer tells about the windows: searches tell of theirs, and the day's headers may be missing. */
export function observe(request: CrmRequest, answer: Answer, place: Place): readonly BudgetObservation[] {
  const refused = observeRefusal(request, answer, place);
  const told = [
    ...toCounts(shortWindowOf(request), header(answer, "x-ratelimit-limit"), header(answer, "x-ratelimit-remaining")),
    ...toCounts(
      windowNames.day,
      header(answer, "x-daily-ratelimit-token-limit"),
      header(answer, "x-daily-ratelimit-token-remaining"),
    ),
  ];
  const merged = told.map((each) => ({ ...each, ...refused.find(({ window }) => window === each.window) }));
  const known = new Set(merged.map(({ window }) => window));
  return [...merged, ...refused.filter(({ window }) => !known.has(window))];
}
