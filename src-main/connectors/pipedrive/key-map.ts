import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Activity } from "./activity.ts";
import { listActivities, type ListPage } from "./activity-list.ts";
import type { Client } from "./client.ts";
import { readMarkers } from "./marker.ts";

/** A call's clock, or a CRM's, may be wrong by as much as a day. */
const marginMs = 24 * 3_600_000;
/** A call that is older than what was read is seldom alone: the map goes back further at once. */
const strideMs = 7 * 24 * 3_600_000;

/**
 * Which keys the CRM has, and under which ids. Nothing in Pipedrive refuses a second record of a call, so the first write
 * of a connector waits until everything that may have been written before (by a run that was killed, before a restore,
 * with another data folder) is listed; from then on our own writes are all that is added.
 */
export type KeyMap = Readonly<{
  /** Lists what was changed since these calls began, where that was not done yet; one listing at a time. */
  cover(session: CrmSession, oldestStartMs: number | null, userId: number): Promise<ConnectorFault | null>;
  find(key: string): string | undefined;
  learn(key: string, id: string): void;
  /** Takes over the markers of activities that were read. */
  learnAll(activities: readonly Activity[], userId: number): void;
}>;

type Held = Readonly<{ id: string; isOurs: boolean }>;
type Run = { sinceMs: number | null; cursor: string | null };

export function createKeyMap(client: Client, clock: Clock): KeyMap {
  const held = new Map<string, Held>();
  /** Everything changed since then is known; null: nothing is, -Infinity: everything. */
  let coveredSince: number | null = null;
  let open: Run | null = null;
  let listing: Promise<ConnectorFault | null> | null = null;

  /** The lowest id counts where several carry one key; a copy that somebody else made never hides ours. */
  const take = (key: string, next: Held): void => {
    const known = held.get(key);
    const isBetter =
      known === undefined ||
      (next.isOurs && !known.isOurs) ||
      (next.isOurs === known.isOurs && Number(next.id) < Number(known.id));
    if (isBetter) held.set(key, next);
  };
  const learnAll: KeyMap["learnAll"] = (activities, userId) => {
    for (const { id, note, creator_user_id: creator } of activities)
      for (const key of readMarkers(note))
        take(key, { id: String(id), isOurs: creator === undefined || creator === null || creator === userId });
  };
  const isCovered = (from: number): boolean => coveredSince !== null && coveredSince <= from;

  /** A listing that a fault stopped goes on where it stood. */
  const list = async (session: CrmSession, from: number, userId: number): Promise<ConnectorFault | null> => {
    const sinceMs = Number.isFinite(from) ? (coveredSince === null ? from : from - strideMs) : null;
    const run: Run =
      open !== null && (open.sinceMs ?? Number.NEGATIVE_INFINITY) <= from ? open : { sinceMs, cursor: null };
    open = run;
    do {
      const page: Outcome<ListPage, ConnectorFault> = await listActivities(client, session, {
        sinceMs: run.sinceMs,
        order: "id",
        cursor: run.cursor,
      });
      if (!page.ok) {
        // A cursor that is too old is refused: the list begins anew.
        if (page.fault.kind === "rejected" && run.cursor !== null) open = null;
        return page.fault.kind === "rejected" && run.cursor !== null ? toRetry(page.fault) : page.fault;
      }
      learnAll(page.value.activities, userId);
      run.cursor = page.value.cursor;
    } while (run.cursor !== null);
    open = null;
    coveredSince = run.sinceMs ?? Number.NEGATIVE_INFINITY;
    return null;
  };

  return {
    find: (key) => held.get(key)?.id,
    learn: (key, id) => take(key, { id, isOurs: true }),
    learnAll,
    cover: async (session, oldestStartMs, userId) => {
      const from = oldestStartMs === null ? Number.NEGATIVE_INFINITY : Math.min(oldestStartMs, clock.now()) - marginMs;
      while (!isCovered(from)) {
        const isMine = listing === null;
        listing ??= list(session, from, userId).finally(() => {
          listing = null;
        });
        const fault = await listing;
        if (fault !== null) return fault;
        if (isMine) break;
      }
      return null;
    },
  };
}

const toRetry = ({ answer }: Extract<ConnectorFault, { kind: "rejected" }>): ConnectorFault => ({
  kind: "transient",
  proof: "read_only",
  answer,
});
