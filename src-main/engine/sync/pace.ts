import {
  type BudgetObservation,
  type BudgetWindow,
  type Cost,
  type Lane,
  ceilingOf,
  usableOf,
} from "../../../src-shared/domain/budget.ts";
import type { WindowWord } from "../ports/budget-store.ts";
import type { Pace, PaceVerdict, Reservation, WindowGauge } from "../ports/pace.ts";
import type { OwnLog, OwnWindow, RoomOf } from "../ports/team.ts";
import { type PaceParts, type Track, lastCount, startTrack, wordHoldsMs } from "./pace-track.ts";
import type { Told } from "./rolling-window.ts";

/** While only open requests stand in the way, look again this often, ms. */
const openRequestPollMs = 25;
/** The others' use is stored this often at most, ms. */
const storeOthersMs = 5_000;
/**
 * Answers correct the CRM's time by less than this. More is a sleep of the PC that the monotonic clock did not see: what was sent
 * before it is as much older, ms.
 */
const answersCorrectMs = 35_000;
/** After the vendor's midnight, wait this much more: its clock and ours need not agree to the second. */
const resetMarginMs = 5_000;

const hourMs = 3_600_000;

/** Lanes that spread their calls, so that room comes free all the time and what is urgent waits for none of their bursts. */
const isPatient = (lane: Lane): boolean => lane >= 2;
/** Units that a patient lane may be ahead of an even pace. */
const burstUnits = 20;

/** What an answer tells of its own request's place in a window. A refused one need not be in any count. */
function toldOf(observations: readonly BudgetObservation[], name: string): Told {
  const counts = observations.filter(({ remaining }) => remaining !== undefined);
  if (counts.length === 0 || observations.some(({ blockedForMs }) => blockedForMs !== undefined)) return "none";
  return counts.some(({ window }) => window === name) ? "here" : "elsewhere";
}

/** What one PC counts by itself, and what it tells others of it where several share the account. */
export type OwnPace = Omit<Pace, "ask"> &
  Readonly<{
    /** `ownShare`: of what a lane may use, so much at most is this PC's own. */
    ask(cost: Cost, lane: Lane, ownShare?: number): PaceVerdict;
    room(window: string, lane: Lane): RoomOf;
    windows(): readonly OwnWindow[];
    /** The windows with the limits that the CRM told last. */
    limits(): readonly BudgetWindow[];
    log(): readonly OwnLog[];
  }>;

/** The sliding-window token bucket of one integration (see the port). */
export function createPace(parts: PaceParts): OwnPace {
  const { clock, budget, serverNow } = parts;
  const stampBase = parts.stampBase ?? { aheadMs: null };
  function stamp(): number {
    if (!isTimed()) return serverNow();
    const aheadMs = serverNow() - clock.monotonic();
    const known = stampBase.aheadMs;
    const base = known === null || aheadMs - known > answersCorrectMs ? aheadMs : known;
    stampBase.aheadMs = base;
    return Math.floor(base + clock.monotonic());
  }
  let tracks = new Map<string, Track>(parts.windows.map((window) => [window.name, startTrack(window, parts)]));

  const isTimed = (): boolean => parts.isServerTimeKnown?.() !== false;
  const ownUse = (track: Track): number =>
    track.log.kind === "day" ? track.log.usage.used(serverNow()) : track.log.entries.used(clock.monotonic());
  const othersUse = (track: Track): number => (track.others.forgetAt > clock.monotonic() ? track.others.units : 0);

  /** In a rolling day the others' use leaves at times that nobody tells us: their share alone is looked at again soon. */
  const isOthersDoing = (track: Track, units: number, lane: Lane): boolean =>
    track.window.reset.kind === "rolling" && ownUse(track) + units <= usableOf(track.window, lane);

  /**
   * How long a patient lane leaves room that is there: until it is no longer ahead of an even pace, and, where it would take
   * the last unit, until the next comes free within the time of one. Who is urgent never waits longer than that.
   */
  function patienceOf(track: Track, over: number, units: number, lane: Lane): number {
    const now = clock.monotonic();
    const evenMs = Math.max(0, track.evenAt - now);
    if (track.log.kind === "day" || over + units <= 0) return evenMs;
    const free = track.log.entries.freeAt(1, now);
    const unitMs = track.window.lengthMs / usableOf(track.window, lane);
    return free === null ? evenMs : Math.max(evenMs, free - now - unitMs);
  }

  function waitOf(track: Track, units: number, lane: Lane, ownShare: number): number {
    const now = clock.monotonic();
    if (track.blockedUntil > now) return track.blockedUntil - now;
    const wanted = ownUse(track) + units;
    const ceiling = ceilingOf(track.window, lane);
    const usable = Math.min(usableOf(track.window, lane), Math.max(1, Math.floor(ceiling * ownShare)));
    const over = Math.max(wanted + othersUse(track) - ceiling, wanted - usable);
    const evenMs = isPatient(lane) && track.log.kind === "rolling" ? patienceOf(track, over, units, lane) : 0;
    if (over <= 0) return evenMs;
    if (track.log.kind === "day" && isOthersDoing(track, units, lane)) return track.others.forgetAt - now;
    if (track.log.kind === "day")
      return Math.max(track.log.usage.resetAt(serverNow()) - serverNow() + resetMarginMs, openRequestPollMs);
    const free = track.log.entries.freeAt(over, now);
    if (free !== null) return Math.max(free - now, evenMs);
    return Math.max(othersUse(track) > 0 ? track.others.forgetAt - now : 0, openRequestPollMs, evenMs);
  }

  function spread(track: Track, units: number, lane: Lane): void {
    if (track.log.kind === "day" || !isPatient(lane)) return;
    const unitMs = track.window.lengthMs / usableOf(track.window, lane);
    track.evenAt = Math.max(track.evenAt, clock.monotonic() - burstUnits * unitMs) + units * unitMs;
  }

  /** What was stored last of each window, and from when on (monotonic) the others' use is worth another word. */
  const stored = new Map<string, Readonly<{ limit: number | null; others: number; dueAt: number }>>();
  /**
   * For people and for the next session: limits at once, the others' use now and then. That of a short window at once where
   * it is more: who is killed must not begin with too little of it.
   */
  function listNews(): readonly WindowWord[] {
    const now = clock.monotonic();
    return [...tracks.values()].flatMap(({ window, learnt, others }) => {
      const last = stored.get(window.name);
      const { units } = others;
      const isNew = last === undefined ? learnt !== null || units > 0 : last.limit !== learnt;
      const isMore = last !== undefined && !window.daily && units > last.others;
      const isDue = last !== undefined && last.others !== units && now >= last.dueAt;
      if (!isNew && !isMore && !isDue) return [];
      stored.set(window.name, { limit: learnt, others: units, dueAt: now + storeOthersMs });
      return [{ window: window.name, limit: learnt, others: units, at: Math.floor(serverNow()) }];
    });
  }

  function correct(track: Track, seen: BudgetObservation): void {
    const now = clock.monotonic();
    if (seen.limit !== undefined) {
      track.learnt = seen.limit;
      if (seen.limit !== track.window.limit) track.window = { ...track.window, limit: seen.limit };
    }
    if (seen.lengthMs !== undefined && seen.lengthMs !== track.window.lengthMs && track.log.kind === "rolling") {
      track.window = { ...track.window, lengthMs: seen.lengthMs };
      track.log.entries.resize(seen.lengthMs);
    }
    if (seen.remaining !== undefined) {
      if (track.log.kind === "rolling") track.log.entries.forgetOld(serverNow());
      // Our open requests may or may not be in the vendor's count: taking them out could only hide what others use.
      const own = track.log.kind === "day" ? track.log.usage.used(serverNow()) : track.log.entries.usedForCertain(now);
      const used = lastCount(track, track.window.limit - seen.remaining, now);
      const units = Math.max(0, used - own);
      track.others = { units, forgetAt: now + wordHoldsMs(track, serverNow()) };
    }
    if (seen.blockedForMs !== undefined) track.blockedUntil = Math.max(track.blockedUntil, now + seen.blockedForMs);
  }

  const open = new Map<number, Cost>();
  let areDaysTimed = isTimed();
  /** Which day it is at the CRM was our own clock's guess until its first answer: what was used in it is summed again. */
  function loadDays(): void {
    areDaysTimed = true;
    for (const [name, { window, learnt, others, blockedUntil, log }] of tracks) {
      if (log.kind !== "day") continue;
      const anew = startTrack(window, parts);
      const heard = others.forgetAt > 0 ? others : anew.others;
      tracks.set(name, { ...anew, window, learnt, others: heard, blockedUntil });
    }
  }
  return {
    ask: (cost, lane, ownShare = 1): PaceVerdict => {
      let worst: Readonly<{ waitMs: number; window: string }> = { waitMs: 0, window: "" };
      for (const [name, units] of Object.entries(cost)) {
        const track = tracks.get(name);
        const waitMs = track === undefined ? 0 : Math.ceil(waitOf(track, units, lane, ownShare));
        if (waitMs > worst.waitMs) worst = { waitMs, window: name };
      }
      return worst.waitMs === 0 ? { ok: true } : { ok: false, ...worst };
    },
    reserve: (cost, lane): Reservation => {
      const id = budget.reserve(parts.integrationId, { cost, lane, at: stamp(), sessionId: parts.sessionId });
      open.set(id, cost);
      for (const [name, units] of Object.entries(cost)) {
        const track = tracks.get(name);
        const log = track?.log;
        if (track !== undefined) spread(track, units, lane);
        if (log?.kind === "day") log.usage.add(units, serverNow());
        else log?.entries.add(id, units, clock.monotonic());
      }
      return { id };
    },
    settle: ({ id }, observations) => {
      const learn = (): readonly WindowWord[] => {
        if (!areDaysTimed && isTimed()) loadDays();
        const at = isTimed() ? serverNow() : null;
        for (const name of Object.keys(open.get(id) ?? {})) {
          const log = tracks.get(name)?.log;
          if (log?.kind === "rolling") log.entries.answered(id, clock.monotonic(), toldOf(observations, name), at);
        }
        open.delete(id);
        for (const seen of observations) {
          const track = tracks.get(seen.window);
          if (track !== undefined) correct(track, seen);
        }
        return listNews();
      };
      // Stamped by another clock it would make the others look old; without a stamp it counts whole after a restart.
      if (isTimed()) budget.answer(id, stamp(), learn);
      else learn();
    },
    configure: (windows) => {
      tracks = new Map(
        windows.map((window) => {
          const known = tracks.get(window.name);
          const sameShape =
            known !== undefined &&
            known.window.daily === window.daily &&
            known.window.lengthMs === window.lengthMs &&
            JSON.stringify(known.window.reset) === JSON.stringify(window.reset);
          if (known === undefined || !sameShape) return [window.name, startTrack(window, parts)];
          known.window = known.learnt === null ? window : { ...window, limit: known.learnt };
          return [window.name, known];
        }),
      );
    },
    room: (name, lane) => {
      const window = tracks.get(name)?.window;
      return window === undefined
        ? { all: 0, ours: 0 }
        : { all: ceilingOf(window, lane), ours: usableOf(window, lane) };
    },
    limits: () => [...tracks.values()].map(({ window }) => window),
    windows: () =>
      [...tracks.values()].map((track) => {
        const { log, window } = track;
        const at = serverNow();
        const start = log.kind === "day" ? log.usage.startOf(at) : at;
        const resetsAt = log.kind === "day" ? log.usage.resetAt(at) : at;
        return {
          window,
          sinceHour: Math.floor(start / hourMs),
          resetsInMs: resetsAt - at + resetMarginMs,
          wordHoldsMs: wordHoldsMs(track, at),
        };
      }),
    log: () =>
      [...tracks].map(([name, { log }]) => ({
        name,
        answered: log.kind === "rolling" ? log.entries.answeredCosts(clock.monotonic()) : [],
        hours: log.kind === "day" ? log.usage.byHour() : [],
      })),
    gauges: (): readonly WindowGauge[] => {
      const now = clock.monotonic();
      return [...tracks.values()].map((track) => ({
        window: track.window,
        name: track.window.name,
        lengthMs: track.window.lengthMs,
        limit: track.window.limit,
        used: ownUse(track),
        usedByOthers: othersUse(track),
        // Monotonic time has fractions; what is told are whole ms, and never too early.
        resetsAt: track.log.kind === "day" ? Math.ceil(track.log.usage.resetAt(serverNow())) : null,
        blockedUntil: track.blockedUntil > now ? Math.ceil(clock.now() + track.blockedUntil - now) : null,
      }));
    },
  };
}
