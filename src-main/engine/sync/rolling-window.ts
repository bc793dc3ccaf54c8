type Left = { readonly units: number; leavesAt: number };

/**
 * A sliding-window log in memory: a cost stays while its request is open and leaves one window length after its answer.
 * Times are monotonic ms.
 */
export type RollingWindow = Readonly<{
  add(id: number, units: number): void;
  answered(id: number, now: number): void;
  /** Puts in an answered cost that leaves at `leavesAt`. */
  seed(units: number, leavesAt: number): void;
  /** Units in the window, open requests included. */
  used(now: number): number;
  /** Units of answered requests still in the window. */
  usedAnswered(now: number): number;
  /** When `units` less are in the window, or null while open requests hold them. */
  freeAt(units: number, now: number): number | null;
  resize(lengthMs: number): void;
}>;

export function createRollingWindow(initialLengthMs: number): RollingWindow {
  let lengthMs = initialLengthMs;
  const open = new Map<number, number>();
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
  const insert = (units: number, leavesAt: number): void => {
    answeredUnits += units;
    let at = answered.length;
    while (at > head && (answered[at - 1]?.leavesAt ?? 0) > leavesAt) at -= 1;
    answered.splice(at, 0, { units, leavesAt });
  };
  return {
    add: (id, units) => {
      open.set(id, units);
      openUnits += units;
    },
    answered: (id, now) => {
      const units = open.get(id);
      if (units === undefined) return;
      open.delete(id);
      openUnits -= units;
      insert(units, now + lengthMs);
    },
    seed: insert,
    used: (now) => {
      drop(now);
      return answeredUnits + openUnits;
    },
    usedAnswered: (now) => {
      drop(now);
      return answeredUnits;
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
    resize: (next) => {
      for (const entry of answered) entry.leavesAt += next - lengthMs;
      lengthMs = next;
    },
  };
}
