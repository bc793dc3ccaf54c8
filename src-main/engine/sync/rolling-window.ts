import type { OwnCost } from "../ports/team.ts";

/** Vendors tell their time in whole seconds: by it, an answer of another session may look older than it is by so much, ms. */
const clockStepMs = 1_000;

/**
 * What the answer to a request told: the vendor's count of this window, so that the request is in it; that of another window alone
 * (`elsewhere`); none, as where it was lost: it may never have come, or come later.
 */
export type Told = "here" | "elsewhere" | "none";
/** `sentAt`: when its request left, or null where nobody knows that, or whether it ever came. */
type Left = {
  readonly units: number;
  leavesAt: number;
  readonly sentAt: number | null;
  readonly isHere: boolean;
  /** When it was answered by the CRM's time, epoch ms; null where that was not known. */
  readonly answeredAt: number | null;
};

/**
 * A sliding-window log in memory: a cost stays while its request is open and leaves one window length after its answer.
 * Times are monotonic ms.
 */
export type RollingWindow = Readonly<{
  add(id: number, units: number, now: number): void;
  /** `serverNow`: the CRM's time, epoch ms, or null where nobody knows it. */
  answered(id: number, now: number, told: Told, serverNow: number | null): void;
  /**
   * Puts in an answered cost of an older session that leaves at `leavesAt`. `sent`: when its request left, as if that session
   * had ended just now, and when it was answered by the CRM's time (epoch ms); null where nobody knows, or whether it ever came.
   */
  seed(units: number, leavesAt: number, sent: Readonly<{ at: number; answeredAt: number }> | null): void;
  /** Units in the window, open requests included. */
  used(now: number): number;
  /**
   * Units of answered requests that the vendor certainly counts, by the last count that it told: it counts from their
   * arrival, we from their answer.
   */
  usedForCertain(now: number): number;
  /**
   * The vendor told its count, at `serverNow` by its time (epoch ms): what was sent is in it, as far as it counts at all. Nobody
   * counted how long an older session is over, or a sleep that the monotonic clock did not see: what is too old by that time
   * is none of ours any more.
   */
  forgetOld(serverNow: number): void;
  /** When the newest of the requests left whose answers told the count of this window; none: long ago. */
  newestTold(): number;
  /** When `units` less are in the window, or null while open requests hold them. */
  freeAt(units: number, now: number): number | null;
  /** What was answered and is still in it. */
  answeredCosts(now: number): readonly OwnCost[];
  resize(lengthMs: number): void;
}>;

export function createRollingWindow(initialLengthMs: number): RollingWindow {
  let lengthMs = initialLengthMs;
  const open = new Map<number, Readonly<{ units: number; sentAt: number }>>();
  let openUnits = 0;
  // Answers come in order of time, so the list is ordered by `leavesAt` and only its head leaves.
  let answered: Left[] = [];
  let head = 0;
  let answeredUnits = 0;
  let newestTold = Number.NEGATIVE_INFINITY;
  const drop = (now: number): void => {
    for (let entry = answered[head]; entry !== undefined && entry.leavesAt <= now; entry = answered[head]) {
      answeredUnits -= entry.units;
      head += 1;
    }
    if (head > 1_000) {
      answered = answered.slice(head);
      head = 0;
    }
  };
  const insert = (left: Left): void => {
    answeredUnits += left.units;
    let at = answered.length;
    while (at > head && (answered[at - 1]?.leavesAt ?? 0) > left.leavesAt) at -= 1;
    answered.splice(at, 0, left);
  };
  return {
    add: (id, units, now) => {
      open.set(id, { units, sentAt: now });
      openUnits += units;
    },
    answered: (id, now, told, serverNow) => {
      const request = open.get(id);
      if (request === undefined) return;
      open.delete(id);
      openUnits -= request.units;
      if (told === "here") newestTold = Math.max(newestTold, request.sentAt);
      const sentAt = told === "none" ? null : request.sentAt;
      insert({
        units: request.units,
        leavesAt: now + lengthMs,
        sentAt,
        isHere: told === "here",
        answeredAt: serverNow,
      });
    },
    seed: (units, leavesAt, sent) =>
      insert({ units, leavesAt, sentAt: sent?.at ?? null, isHere: true, answeredAt: sent?.answeredAt ?? null }),
    used: (now) => {
      drop(now);
      return answeredUnits + openUnits;
    },
    usedForCertain: (now) => {
      drop(now);
      let units = 0;
      for (let at = head; at < answered.length; at += 1) {
        const entry = answered[at];
        if (entry === undefined || entry.sentAt === null || entry.sentAt <= now - lengthMs) continue;
        // Answered before a request left that is in the count, it came before that.
        if (entry.isHere || entry.leavesAt - lengthMs <= newestTold) units += entry.units;
      }
      return units;
    },
    forgetOld: (serverNow) => {
      const oldest = serverNow - lengthMs - clockStepMs;
      answered = answered.slice(head).filter(({ answeredAt }) => answeredAt === null || answeredAt > oldest);
      head = 0;
      answeredUnits = answered.reduce((sum, { units }) => sum + units, 0);
    },
    newestTold: () => newestTold,
    freeAt: (units, now) => {
      drop(now);
      let freed = 0;
      for (let at = head; at < answered.length; at += 1) {
        const entry = answered[at];
        if (entry === undefined) break;
        freed += entry.units;
        if (freed >= units) return entry.leavesAt;
      }
      return null;
    },
    answeredCosts: (now) => {
      drop(now);
      return answered.slice(head).map(({ units, leavesAt, sentAt }) => ({
        units,
        leavesInMs: leavesAt - now,
        sentAgoMs: sentAt === null ? null : now - sentAt,
      }));
    },
    resize: (next) => {
      for (const entry of answered) entry.leavesAt += next - lengthMs;
      lengthMs = next;
    },
  };
}
