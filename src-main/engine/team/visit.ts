import type { BudgetObservation } from "../../../src-shared/domain/budget.ts";
import type { OwnLog, OwnWindow } from "../ports/team.ts";
import type { SeenWindow, Visit } from "./messages.ts";

/** Every window as this PC knows it now. */
export const toWindows = (windows: readonly OwnWindow[], serverNow: number): Visit["win"] =>
  Object.fromEntries(
    windows.map(({ window, sinceHour, resetsInMs }) => [
      window.name,
      {
        len: window.lengthMs,
        limit: window.limit,
        daily: window.daily,
        rolling: window.reset.kind === "rolling",
        since: sinceHour,
        resets: Math.ceil(resetsInMs),
        now: Math.floor(serverNow),
      },
    ]),
  );

/** What an answer told, and when (monotonic ms) its request left. */
export type Seen = Readonly<{ observation: BudgetObservation; sentAt: number }>;

/** What the CRM's answers told, in the order in which they came, at `now` (monotonic ms). */
export function toSeen(seen: readonly Seen[], windows: readonly OwnWindow[], now: number): readonly SeenWindow[] {
  return seen.flatMap(({ observation, sentAt }) => {
    const { window, limit, remaining, lengthMs, blockedForMs } = observation;
    const known = windows.find((each) => each.window.name === window);
    if (known === undefined) return [];
    return {
      w: window,
      ...(limit === undefined ? {} : { limit }),
      ...(remaining === undefined ? {} : { remaining, ago: Math.floor(now - sentAt) }),
      ...(lengthMs === undefined ? {} : { len: lengthMs }),
      ...(blockedForMs === undefined ? {} : { blocked: Math.ceil(blockedForMs) }),
      hold: Math.ceil(known.wordHoldsMs),
    };
  });
}

/** This PC's own log, as it goes into windows that do not know it. */
export function toJoin(log: readonly OwnLog[]): Pick<NonNullable<Visit["join"]>, "roll" | "hours"> {
  const rolling = log.filter(({ answered }) => answered.length > 0);
  const daily = log.filter(({ hours }) => hours.length > 0);
  return {
    roll: Object.fromEntries(
      rolling.map(({ name, answered }) => [
        name,
        answered.map(({ units, leavesInMs, sentAgoMs }) => {
          const leaves = Math.ceil(leavesInMs);
          return sentAgoMs === null ? [units, leaves] : [units, leaves, Math.ceil(sentAgoMs)];
        }),
      ]),
    ),
    hours: Object.fromEntries(daily.map(({ name, hours }) => [name, Object.fromEntries(hours)])),
  };
}
