import { setImmediate as nextTurn } from "node:timers/promises";
import type { BudgetWindow, Cost, Lane } from "../../../src-shared/domain/budget.ts";
import type { Clock } from "../ports/clock.ts";
import type { TakeVerdict } from "../ports/pace.ts";
import type { OwnPart, TeamAccount, TeamGauge } from "../ports/team.ts";
import { type Told, type Visit, visitAnswer } from "./messages.ts";
import type { TeamLink } from "./team-link.ts";
import { type Seen, toJoin, toSeen, toWindows } from "./visit.ts";

export type TeamAccountParts = Readonly<{
  clock: Clock;
  link: TeamLink;
  /** Redis' name of the account's windows. */
  key: string;
  /** This process, and this data folder: of one folder's processes only the last lives. */
  memberId: string;
  pc: string;
  /** Percent. */
  share: number;
  own: OwnPart;
  /** The members and their shares, as they were told last. */
  onTold: (pcs: Told["pcs"]) => void;
}>;

/** Without anything to say, a member shows that it lives this often, ms: while it works, and when it has been at rest. */
const heartbeatMs = 1_000;
const restingMs = 30_000;
/** So long after its last request a member is at rest, ms. */
const restsAfterMs = 60_000;
/** Room that was granted longer ago than this was perhaps given to others meanwhile, ms. */
const staleMs = 4_000;
/** While the first connection is tried, look again this often, ms. */
const connectingMs = 50;
/**
 * What others sent by the shared windows' leave just before those were lost may arrive this much later, ms; the same grace
 * that the script gives those who come back.
 */
const transitMs = 5_000;
/** Of windows that are longer this much is waited for, ms: they hold few requests, and a sign-in cannot wait for ten minutes. */
const longestWaitMs = 60_000;

type Asked = Readonly<{ id: string; cost: Cost; lane: Lane; resolve: (verdict: TakeVerdict) => void }>;
/** `isTold`: Redis has it among what is open. `sentAt`: monotonic ms. */
type Open = Readonly<{ id: string; cost: Cost; sentAt: number }> & { isTold: boolean };

/** One member's side of the shared windows (see the port): what is asked in one turn goes in one round trip. */
export function createTeamAccount(parts: TeamAccountParts): TeamAccount {
  const { clock, link, own } = parts;
  const leaving = new AbortController();
  const open = new Map<number, Open>();
  const granted = new Map<string, Cost>();
  let asked: Asked[] = [];
  let dropped: string[] = [];
  let done: string[] = [];
  let booked: Cost[] = [];
  let seen: Seen[] = [];
  let told: Told | undefined;
  /** The windows know this member; what it says is added to what they have of it. */
  let isIn = false;
  let isJoining = false;
  let wasCut = false;
  let roster: readonly string[] = [];
  /** Monotonic ms: when the last answered visit left and was answered, and since when this PC is by itself (null: it is not). */
  let visitedAt = 0;
  let heardAt = 0;
  let workedAt = clock.monotonic();
  let cutAt: number | null = null;
  let visiting: Promise<void> | null = null;
  let numbered = 0;

  function cut(): void {
    [isIn, isJoining] = [false, false];
    wasCut = told !== undefined;
    cutAt ??= clock.monotonic();
    for (const each of open.values()) each.isTold = false;
    granted.clear();
    [dropped, done, booked, seen] = [[], [], [], []];
    for (const { resolve } of asked.splice(0)) resolve({ ok: false, waitMs: 1, window: "team" });
  }

  function compose(takes: readonly Asked[], isLast: boolean): Visit {
    const windows = own.windows();
    const server = own.serverTime();
    const now = clock.monotonic();
    const passed = { el: Math.ceil(now - visitedAt), lo: Math.floor(now - heardAt) };
    const since = told === undefined ? {} : { ep: told.ep, t: told.t, ...passed };
    const roomOf = (cost: Cost, lane: Lane, of: "all" | "ours") =>
      Object.fromEntries(Object.keys(cost).map((name) => [name, own.room(name, lane)[of]]));
    const message: Visit = {
      m: parts.memberId,
      pc: parts.pc,
      share: parts.share,
      ...since,
      ...(server.isKnown ? { hour: Math.floor(server.now / 3_600_000) } : {}),
      win: toWindows(windows, server.now),
      take: takes.map(({ id, cost, lane }) => ({
        id,
        lane,
        c: cost,
        max: roomOf(cost, lane, "all"),
        ours: roomOf(cost, lane, "ours"),
      })),
      drop: dropped,
      done,
      book: booked,
      obs: toSeen(seen, windows, now),
      ...(isIn ? {} : { join: { ...toJoin(own.log()), back: wasCut, roster, open: openCosts() } }),
      ...(isLast ? { bye: true } : {}),
    };
    isJoining = !isIn;
    [dropped, done, booked, seen] = [[], [], [], []];
    return message;
  }

  function openCosts(): Readonly<Record<string, Cost>> {
    for (const each of open.values()) each.isTold = true;
    return Object.fromEntries([...open.values()].map(({ id, cost }) => [id, cost]));
  }

  function settle(takes: readonly Asked[], answer: Told, leftAt: number): void {
    const isStale = clock.monotonic() - leftAt > staleMs;
    for (const [index, { id, cost, resolve }] of takes.entries()) {
      const verdict = answer.take[index];
      if (verdict === undefined) throw new Error("the shared windows left an ask without an answer");
      if (!verdict.ok) resolve({ ok: false, waitMs: Math.max(1, verdict.wait), window: verdict.by });
      else if (isStale) {
        dropped.push(id);
        resolve({ ok: false, waitMs: 1, window: "team" });
      } else {
        granted.set(id, cost);
        resolve({ ok: true, grant: { id } });
      }
    }
  }

  /** One round trip. False: the windows cannot be reached. */
  async function visitOnce(isLast: boolean): Promise<boolean> {
    const takes = asked.toSorted((left, right) => left.lane - right.lane);
    asked = [];
    const leftAt = clock.monotonic();
    const text = await link.visit(parts.key, JSON.stringify(compose(takes, isLast)));
    const answer = text === null ? null : visitAnswer.parse(JSON.parse(text));
    if (answer === null) {
      asked.push(...takes);
      cut();
      return false;
    }
    if ("lost" in answer) {
      // They were lost, or this PC slept for long: it joins anew, with what it has.
      asked.push(...takes);
      isIn = false;
      [dropped, done, booked] = [[], [], []];
      return true;
    }
    [told, isIn, isJoining, wasCut, cutAt] = [answer, true, false, false, null];
    [visitedAt, heardAt] = [leftAt, clock.monotonic()];
    roster = [...Object.keys(answer.pcs), ...answer.awaited];
    parts.onTold(answer.pcs);
    settle(takes, answer, leftAt);
    return true;
  }

  const isResting = (): boolean => open.size === 0 && clock.monotonic() - workedAt >= restsAfterMs;
  const isDue = (): boolean => !isIn || clock.monotonic() - visitedAt >= (isResting() ? restingMs : heartbeatMs);
  const hasNews = (): boolean => asked.length + dropped.length + done.length + booked.length + seen.length > 0;
  const maySpeak = (): boolean => link.state().kind === "up" && !leaving.signal.aborted;

  /** What is said in one turn of the loop goes together; what is said meanwhile goes next. */
  async function converse(): Promise<void> {
    try {
      await nextTurn();
      while (maySpeak() && (isDue() || hasNews())) if (!(await visitOnce(false))) break;
      if (link.state().kind === "down") cut();
    } finally {
      visiting = null;
    }
  }
  const speak = (): void => {
    if (maySpeak()) visiting ??= converse();
  };

  const deafen = link.listen(({ kind }) => {
    if (kind === "up") speak();
    else if (kind === "down" && visiting === null) cut();
  });
  async function beat(): Promise<void> {
    while (!leaving.signal.aborted) {
      await clock.sleep(heartbeatMs, leaving.signal);
      if (isDue()) speak();
    }
  }
  const beating = beat();
  if (link.state().kind === "down") cut();
  speak();

  return {
    take: (cost, lane) => {
      if (link.state().kind === "down" || leaving.signal.aborted) return null;
      if (link.state().kind === "connecting")
        return Promise.resolve({ ok: false, waitMs: connectingMs, window: "team" });
      return new Promise((resolve) => {
        numbered += 1;
        workedAt = clock.monotonic();
        asked.push({ id: `${parts.memberId}.${numbered}`, cost, lane, resolve });
        speak();
      });
    },
    giveBack: (id) => {
      if (!granted.delete(id)) return;
      if (isIn) dropped.push(id);
      speak();
    },
    sent: (reservationId, cost, grantId) => {
      const isTold = grantId !== null && granted.delete(grantId);
      const id = grantId ?? `${parts.memberId}.r${reservationId}`;
      open.set(reservationId, { id, cost, isTold, sentAt: clock.monotonic() });
    },
    answered: (reservationId, observations) => {
      const request = open.get(reservationId);
      open.delete(reservationId);
      if (request?.isTold === true) done.push(request.id);
      else if (request !== undefined && (isIn || isJoining)) booked.push(request.cost);
      const sentAt = request?.sentAt ?? clock.monotonic();
      if (isIn) seen.push(...observations.map((observation) => ({ observation, sentAt })));
      speak();
    },
    alone: () => ({
      share: parts.share / 100,
      waitMs: ({ daily, lengthMs }: BudgetWindow) =>
        cutAt === null || daily
          ? 0
          : Math.max(0, cutAt + Math.min(lengthMs, longestWaitMs) + transitMs - clock.monotonic()),
    }),
    gauges: () => new Map(isIn && told !== undefined ? toGauges(told) : []),
    leave: async () => {
      deafen();
      leaving.abort();
      await Promise.all([beating, visiting]);
      if (isIn && link.state().kind === "up") await visitOnce(true);
      cut();
    },
  };
}

const toGauges = ({ windows }: Told): readonly (readonly [string, TeamGauge])[] =>
  Object.entries(windows).map(([name, { used, own, others, limit, blocked }]) => [
    name,
    { used, own, others, limit: limit ?? null, blockedForMs: blocked },
  ]);
