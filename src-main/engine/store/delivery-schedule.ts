import type { Database } from "better-sqlite3";
import { waitWhy as waitWhys } from "../../../src-shared/domain/delivery.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import { type DeliveryMover, type MovableRow, movableSelect } from "./delivery-moves.ts";
import type { Transact } from "./transaction.ts";

/** Waits that end by an event of the integration: they are due as soon as it is active. */
const eventWaits: ReadonlySet<string> = new Set(["paused", "auth"]);
/** Waits that count neither as work nor as something that becomes due. */
const quietWaits: ReadonlySet<string> = new Set(["contact", "paused"]);
const busyWaits = waitWhys.options.filter((why) => !quietWaits.has(why));

type WaitingAsk = Readonly<{ integrationId: number; why: string; now: number; limit: number }>;

function prepareSchedule(db: Database) {
  const active = db
    .prepare<[], number>("SELECT id FROM integration WHERE state = 'active' AND removed_at IS NULL ORDER BY id")
    .pluck();
  const waiting = `d.state = 'waiting' AND d.integration_id = @integrationId AND d.wait_why = @why`;
  const due = db.prepare<[WaitingAsk], MovableRow>(
    `${movableSelect} WHERE ${waiting} AND d.due_at <= @now ORDER BY d.due_at, d.id LIMIT @limit`,
  );
  const busyWhys = busyWaits.map((why) => `'${why}'`).join(", ");
  /** Nothing of a resting integration is due before its rest ends. */
  const nextDue = db
    .prepare<[], number | null>(
      `SELECT min(max(coalesce(i.rest_until, 0), due)) FROM integration i, (
         SELECT integration_id, min(due_at) AS due FROM delivery WHERE state = 'queued' GROUP BY integration_id, lane
         UNION ALL SELECT integration_id, min(due_at) FROM delivery
           WHERE state = 'waiting' AND wait_why IN (${busyWhys}) GROUP BY integration_id, wait_why
         UNION ALL SELECT integration_id, min(coalesce(next_probe_at, 0)) FROM delivery
           WHERE state = 'uncertain' GROUP BY integration_id
       ) d ON d.integration_id = i.id
       WHERE i.state = 'active' AND i.removed_at IS NULL`,
    )
    .pluck();
  const work = db
    .prepare<[{ horizon: number }], number>(
      `SELECT EXISTS (SELECT 1 FROM integration i WHERE i.state = 'active' AND i.removed_at IS NULL AND (
         EXISTS (SELECT 1 FROM delivery d WHERE d.integration_id = i.id AND d.state = 'sending')
         OR coalesce(i.rest_until, 0) <= @horizon AND (
           EXISTS (SELECT 1 FROM delivery d WHERE d.integration_id = i.id AND d.state = 'queued')
           OR EXISTS (SELECT 1 FROM delivery d WHERE d.integration_id = i.id AND d.state = 'uncertain')
           OR EXISTS (SELECT 1 FROM delivery d WHERE d.integration_id = i.id AND d.state = 'waiting'
             AND d.wait_why IN (${busyWhys}) AND d.due_at <= @horizon))))`,
    )
    .pluck();
  return { active, due, nextDue, work };
}

/** Time: what becomes due, and whether anything will. */
export function createDeliverySchedule(
  db: Database,
  transact: Transact,
  mover: DeliveryMover,
): Pick<DeliveryStore, "releaseDue" | "recheckHeld" | "nextDueAt" | "hasWork"> {
  const sql = prepareSchedule(db);
  const forEver = Number.MAX_SAFE_INTEGER;

  function release(
    rows: readonly MovableRow[],
    at: number,
    columns: Readonly<Record<string, number>>,
    summary: string,
  ): number {
    if (rows.length > 0)
      mover.move({
        rows,
        events: ["due"],
        at,
        columns,
        audit: { operation: "delivery.due", outcome: "info", summary },
      });
    return rows.length;
  }

  function releaseOf(integrationId: number, now: number, limit: number): number {
    let released = 0;
    for (const why of waitWhys.options) {
      const until = eventWaits.has(why) ? forEver : now;
      const rows = released < limit ? sql.due.all({ integrationId, why, now: until, limit: limit - released }) : [];
      const columns: Readonly<Record<string, number>> = eventWaits.has(why) ? { due_at: now } : {};
      released += release(rows, now, columns, "The wait is over: queued again.");
    }
    return released;
  }

  return {
    releaseDue: (now, limit) =>
      transact.run(() => {
        let released = 0;
        for (const integrationId of sql.active.all())
          if (released < limit) released += releaseOf(integrationId, now, limit - released);
        return released;
      }),
    recheckHeld: (integrationId, now) =>
      transact.run(() => {
        const rows = sql.due.all({ integrationId, why: "contact", now: forEver, limit: -1 });
        return release(rows, now, { due_at: now }, "Matched again: somebody may have added the contact.");
      }),
    nextDueAt: () => sql.nextDue.get() ?? null,
    hasWork: (_now, horizon) => sql.work.get({ horizon }) === 1,
  };
}
