import type { Clock } from "../ports/clock.ts";
import type { Pace, WindowGauge } from "../ports/pace.ts";
import type { TeamAccount } from "../ports/team.ts";
import type { OwnPace } from "./pace.ts";

/**
 * The pace of one of several PCs that share an account: room comes from the windows that they share, and everything is in
 * this PC's own log as well. While the shared windows cannot be reached, that log counts, with this PC's share of each limit;
 * it waits one window first, for what the others sent until then.
 */
export function createTeamPace(own: OwnPace, account: TeamAccount, clock: Pick<Clock, "now">): Pace {
  const toShared = (gauge: WindowGauge, gauges: ReturnType<TeamAccount["gauges"]>): WindowGauge => {
    const told = gauges.get(gauge.name);
    if (told === undefined) return gauge;
    return {
      ...gauge,
      limit: told.limit ?? gauge.limit,
      used: told.own,
      usedByOthers: told.used - told.own + told.others,
      blockedUntil: told.blockedForMs > 0 ? Math.ceil(clock.now() + told.blockedForMs) : null,
    };
  };
  return {
    ...own,
    shared: {
      take: (cost, lane) => account.take(cost, lane),
      giveBack: ({ id }) => account.giveBack(id),
    },
    ask: (cost, lane) => {
      const { share, waitMs } = account.alone();
      const held = own
        .windows()
        .filter(({ window }) => Object.hasOwn(cost, window.name))
        .map(({ window }) => ({ ok: false as const, waitMs: Math.ceil(waitMs(window)), window: window.name }))
        .toSorted((left, right) => right.waitMs - left.waitMs)[0];
      return held !== undefined && held.waitMs > 0 ? held : own.ask(cost, lane, share);
    },
    reserve: (cost, lane, grant) => {
      const reservation = own.reserve(cost, lane);
      account.sent(reservation.id, cost, grant?.id ?? null);
      return reservation;
    },
    settle: (reservation, observations) => {
      own.settle(reservation, observations);
      account.answered(reservation.id, observations);
    },
    gauges: () => {
      const gauges = account.gauges();
      return own.gauges().map((gauge) => toShared(gauge, gauges));
    },
  };
}
