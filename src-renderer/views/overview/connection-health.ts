import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { WindowView } from "../../../src-shared/ipc/report-views.ts";
import type { Connection } from "../../state/ledger-store.ts";
import type { MessageKey } from "../../words/en.ts";
import type { Values } from "../../words/say.ts";

export type Health = Readonly<{ mark: CallOutcome; key: MessageKey; values: Values }>;

/** How a connection does now, the worst first. */
export function toHealth(connection: Connection, now: number, time: (at: number) => string): Health {
  const { crm, state, blockedReason, restUntil, deliveries } = connection;
  if (state === "blocked")
    return { mark: "failed", key: "blocked.title", values: { crm: crmNames[crm], reason: blockedReason ?? "other" } };
  if (state === "paused") return { mark: "held", key: "health.paused", values: {} };
  if (restUntil !== null && restUntil > now)
    return { mark: "waiting", key: "health.resting", values: { time: time(restUntil) } };
  const limit = latestBlock(connection, now);
  if (limit !== null) return { mark: "waiting", key: "health.limit", values: { time: time(limit) } };
  if (deliveries.uncertain > 0)
    return { mark: "checking", key: "health.checking", values: { count: deliveries.uncertain } };
  return { mark: "delivered", key: "health.working", values: {} };
}

/** Blocks of some seconds are the normal pace, not news. */
const newsworthyMs = 30_000;

function latestBlock({ budget }: Connection, now: number): number | null {
  const ends = Object.values(budget).flatMap(({ blockedUntil }) => (blockedUntil === null ? [] : [blockedUntil]));
  const latest = Math.max(...ends, 0);
  return latest > now + newsworthyMs ? latest : null;
}

/** The allowance that people know: the longest window, a day with most vendors. */
export function longestWindow({ budget }: Connection): WindowView | undefined {
  return Object.values(budget).toSorted((a, b) => b.lengthMs - a.lengthMs)[0];
}

/** Shares of a gauge out of 100. */
export function toGauge({ used, usedByOthers, limit }: WindowView): Readonly<{ ours: number; others: number }> {
  if (limit <= 0) return { ours: 0, others: 0 };
  const ours = Math.min(100, (used / limit) * 100);
  return { ours, others: Math.min(100 - ours, (usedByOthers / limit) * 100) };
}

/** A tenth of the window must have passed before its pace says anything. */
const leastShare = 0.1;

/** Where the use of a window ends at the pace so far, out of 100; null where it does not start anew at a known time, or just did. */
export function toForecast({ used, usedByOthers, limit, lengthMs, resetsAt }: WindowView, now: number): number | null {
  if (resetsAt === null || limit <= 0 || lengthMs < 3_600_000) return null;
  const passed = (lengthMs - (resetsAt - now)) / lengthMs;
  if (passed < leastShare || passed > 1) return null;
  return Math.min(100, ((used + usedByOthers) / passed / limit) * 100);
}
