import type { OwnCost } from "../ports/team.ts";

/** `sentAt`: when its request left, or null where nobody knows. */
type Left = { readonly units: number; leavesAt: number; readonly sentAt: number | null };

/**
 * A sliding-window log in memory: a cost stays while its request is open and leaves one window length after its answer.
 * Times are monotonic ms.
 */
export type RollingWindow = Readonly<{
  add(id: number, units: number, now: number): void;
  answered(id: number, now: number): void;
  /** Puts in an answered cost that leaves at `leavesAt`; `sentAt`: when its request left, or null where nobody knows. */
  seed(units: number, leavesAt: number, sentAt: number | null): void;
  /** Units in the window, open requests included. */
  used(now: number): number;
  /**
   * Units of answered requests that the vendor certainly still counts: it counts from their arrival, we from their answer.
   */
  usedForCertain(now: number): number;
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
  const insert = (units: number, leavesAt: number, sentAt: number | null): void => {
    answeredUnits += units;
    let at = answered.length;
    while (at > head && (answered[at - 1]?.leavesAt ?? 0) > leavesAt) at -= 1;
    answered.splice(at, 0, { units, leavesAt, sentAt });
  };
  return {
    add: (id, units, now) => {
      open.set(id, { units, sentAt: now });
      openUnits += units;
    },
    answered: (id, now) => {
      const request = open.get(id);
      if (request === undefined) return;
      open.delete(id);
      openUnits -= request.units;
      insert(request.units, now + lengthMs, request.sentAt);
    },
    seed: insert,
    used: (now) => {
      drop(now);
      return answeredUnits + openUnits;
    },
    usedForCertain: (now) => {
      drop(now);
      let units = 0;
      for (let at = head; at < answered.length; at += 1) {
        const entry = answered[at];
        if (entry !== undefined && entry.sentAt !== null && entry.sentAt > now - lengthMs) units += entry.units;
      }
      return units;
    },
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
