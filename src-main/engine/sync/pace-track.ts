import type { BudgetWindow } from "../../../src-shared/domain/budget.ts";
import { midnightBefore } from "../../../src-shared/domain/midnight.ts";
import type { BudgetEntry, BudgetStore, WindowWord } from "../ports/budget-store.ts";
import type { Clock } from "../ports/clock.ts";
import { type DayWindow, createDayWindow } from "./day-window.ts";
import { type RollingWindow, createRollingWindow } from "./rolling-window.ts";

/** No answer takes longer, ms. */
const longestAnswerMs = 120_000;
/** What a process sent just before it died may arrive this much later, ms. */
const transitMs = 5_000;
/**
 * The stamps of two sessions may differ by this: each goes by its first answer, which tells the time of when it left, and may
 * have been on its way as long as we wait for one, ms.
 */
const stampErrsMs = 30_000;
/** A rolling day that others have filled is looked at again after this, ms. */
const rollingDayLookMs = 20 * 60_000;

type Others = { units: number; forgetAt: number };
/** What the vendor counted in a window as it answered, and when (monotonic ms) we heard it. */
type Count = Readonly<{ used: number; at: number }>;
/** One window of a pace. */
export type Track = {
  window: BudgetWindow;
  /** The limit by the vendor's own word, which is more than any plan tells; null until it said one. */
  learnt: number | null;
  readonly log:
    | { readonly kind: "rolling"; readonly entries: RollingWindow }
    | { readonly kind: "day"; readonly usage: DayWindow };
  /** What other applications of the account use, by the vendor's last word; monotonic time at which that word is too old. */
  others: Others;
  /** Of a short window: every count that may be the vendor's last. */
  counts: readonly Count[];
  /** Monotonic ms until which the vendor refuses. */
  blockedUntil: number;
  /** Monotonic ms at which the patient lanes are on time: they spread their calls over a short window. */
  evenAt: number;
};

/**
 * The CRM's time less the monotonic clock, as the session took it for first. Its stamps go by it: what later answers correct,
 * by up to a second and an answer's way, must not make what was sent before look older. A sleep that the monotonic clock did not see
 * moves it.
 */
export type StampBase = { aheadMs: number | null };

export type PaceParts = Readonly<{
  clock: Clock;
  budget: BudgetStore;
  integrationId: number;
  sessionId: number;
  windows: readonly BudgetWindow[];
  /** The CRM's wall time, epoch ms: its day changes by its own clock. */
  serverNow: () => number;
  /** Shared by all paces of an integration in one session. */
  stampBase?: StampBase;
  /** Whether an answer told that time, and no clock jumped since; known where it is left out. */
  isServerTimeKnown?: () => boolean;
}>;

/**
 * What was sent before, by an older session or by this one under other settings, is aged by its distance to the newest of it,
 * which counts as just answered: no wall clock that may have jumped meanwhile takes part. It costs at most one short window
 * of waiting.
 */
function seedRolling(entries: RollingWindow, window: BudgetWindow, parts: PaceParts): void {
  const stored = parts.budget.load(parts.integrationId, 0);
  // Only answers are stamped by the CRM's time for certain: a session that died before its first one knew only our clock.
  const newest = stored.reduce((latest, { answeredAt }) => Math.max(latest, answeredAt ?? 0), 0);
  const newestSession = stored.find(({ answeredAt }) => answeredAt === newest)?.sessionId;
  const now = parts.clock.monotonic();
  for (const entry of stored) {
    const units = entry.cost[window.name] ?? 0;
    // A request without an answer may still be on its way when we start.
    const errsMs = entry.sessionId === newestSession ? 0 : stampErrsMs;
    const age = entry.answeredAt === null ? -transitMs : Math.max(0, newest - entry.answeredAt - errsMs);
    if (units > 0 && age < window.lengthMs) entries.seed(units, now + window.lengthMs - age, sentOf(entry, now - age));
  }
}

/**
 * When the request of an older session left, as if that had ended just now, and when it was answered: what of it the vendor
 * still counts is ours, not others'. Where it was stamped by two clocks, nobody knows.
 */
function sentOf(
  { reservedAt, answeredAt }: BudgetEntry,
  answered: number,
): Readonly<{ at: number; answeredAt: number }> | null {
  if (answeredAt === null) return null;
  const tookMs = answeredAt - reservedAt;
  return tookMs < 0 || tookMs > longestAnswerMs ? null : { at: answered - tookMs, answeredAt };
}

/**
 * What the vendor counted in a short window as it took the last of our requests whose answers we have. Answers overtake each
 * other: a late one tells an older count, from which nothing that was counted since may be taken. Of all that we heard
 * after the newest of those requests left, one is the last, and none is more than what was there.
 */
export function lastCount(track: Track, used: number, now: number): number {
  if (track.log.kind === "day") return used;
  const since = track.log.entries.newestTold();
  track.counts = [...track.counts.filter(({ at }) => at >= since), { used, at: now }];
  return Math.max(...track.counts.map((each) => each.used));
}

/** How long the vendor's word on the others' use is believed: until the window is fresh, or for a rolling day only a while. */
export function wordHoldsMs({ window, log }: Pick<Track, "window" | "log">, serverNow: number): number {
  if (log.kind === "rolling") return window.lengthMs;
  if (window.reset.kind === "rolling") return rollingDayLookMs;
  return log.usage.resetAt(serverNow) - serverNow;
}

/**
 * What others used of this day when an older session last heard of it, or of a short window: like what that session sent it
 * counts as just heard, until the first answer tells.
 */
function recallOthers(track: Pick<Track, "window" | "log">, word: WindowWord | undefined, parts: PaceParts): Others {
  const { reset } = track.window;
  const serverNow = parts.serverNow();
  if (word === undefined) return { units: 0, forgetAt: 0 };
  if (track.log.kind === "rolling")
    return { units: word.others, forgetAt: parts.clock.monotonic() + track.window.lengthMs };
  const since = reset.kind === "midnight" ? midnightBefore(serverNow, reset.timeZone) : serverNow - rollingDayLookMs;
  if (word.at < since || word.at > serverNow + transitMs) return { units: 0, forgetAt: 0 };
  const holdsMs = wordHoldsMs(track, serverNow) - (reset.kind === "rolling" ? serverNow - word.at : 0);
  return { units: word.others, forgetAt: parts.clock.monotonic() + holdsMs };
}

function startLog(window: BudgetWindow, parts: PaceParts): Track["log"] {
  if (window.daily) {
    const total = (since: number): number => parts.budget.total(parts.integrationId, window.name, since);
    return { kind: "day", usage: createDayWindow(window, total, parts.serverNow()) };
  }
  const entries = createRollingWindow(window.lengthMs);
  seedRolling(entries, window, parts);
  return { kind: "rolling", entries };
}

/** A window as it stands by what is stored of it. */
export function startTrack(told: BudgetWindow, parts: PaceParts): Track {
  const word = parts.budget.words(parts.integrationId).find((each) => each.window === told.name);
  const learnt = word?.limit ?? null;
  const window = learnt === null ? told : { ...told, limit: learnt };
  const log = startLog(window, parts);
  const others = recallOthers({ window, log }, word, parts);
  return { window, learnt, log, others, counts: [], blockedUntil: 0, evenAt: Number.NEGATIVE_INFINITY };
}
