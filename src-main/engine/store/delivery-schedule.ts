import type { Database } from "better-sqlite3";
import { lanes } from "../../../src-shared/domain/budget.ts";
import { waitWhy as waitWhys } from "../../../src-shared/domain/delivery.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import { type DeliveryMover, type MovableRow, movableSelect, prepareMovable } from "./delivery-moves.ts";
import type { Transact } from "./transaction.ts";

/** Waits that end by an event of the integration: they are due as soon as it is active. */
const eventWaits: ReadonlySet<string> = new Set(["paused", "auth"]);
/** Waits that count neither as work nor as something that becomes due. */
const quietWaits: ReadonlySet<string> = new Set(["contact", "paused"]);
const busyWaits = waitWhys.options.filter((why) => !quietWaits.has(why));

type WaitingAsk = Readonly<{ integrationId: number; why: string; now: number; limit: number }>;

function prepareSchedule(db: Database) {
  const active = db.prepare<[], { id: number; restUntil: number }>(`
    SELECT id, coalesce(rest_until, 0) AS restUntil FROM integration
    WHERE state = 'active' AND removed_at IS NULL ORDER BY id`);
  const waiting = `d.state = 'waiting' AND d.integration_id = @integrationId AND d.wait_why = @why`;
  const due = db.prepare<[WaitingAsk], MovableRow>(
    `${movableSelect} WHERE ${waiting} AND d.due_at <= @now ORDER BY d.due_at, d.id LIMIT @limit`,
  );
  const busyWhys = busyWaits.map((why) => `'${why}'`).join(", ");
  // The first row of each index that is in the order of time: nothing is counted, however long the queue.
  const firstQueued = db
    .prepare<[number, number], number>(
      `SELECT due_at FROM delivery INDEXED BY delivery_due
       WHERE state = 'queued' AND integration_id = ? AND lane = ? ORDER BY due_at LIMIT 1`,
    )
    .pluck();
  const firstWaiting = db
    .prepare<[number, string], number>(
      `SELECT due_at FROM delivery INDEXED BY delivery_waiting
       WHERE state = 'waiting' AND integration_id = ? AND wait_why = ? ORDER BY due_at LIMIT 1`,
    )
    .pluck();
  const firstProbe = db
    .prepare<[number], number>(
      `SELECT coalesce(next_probe_at, 0) FROM delivery INDEXED BY delivery_uncertain
       WHERE state = 'uncertain' AND integration_id = ? ORDER BY next_probe_at LIMIT 1`,
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
  const tooLong = [
    "UPDATE delivery SET due_at = @now WHERE state = 'queued' AND due_at > @retry",
    "UPDATE delivery SET next_probe_at = @now WHERE state = 'uncertain' AND next_probe_at > @retry",
    `UPDATE delivery SET due_at = @now WHERE state = 'waiting'
       AND (wait_why = 'retry' AND due_at > @retry
         OR wait_why IN ('pace', 'settle') AND (due_at > @other OR state_since > @now))`,
    "UPDATE integration SET rest_until = NULL WHERE rest_until > @other",
  ].map((sql) => db.prepare<[{ now: number; retry: number; other: number }]>(sql));
  const held = db.prepare<[number], { id: number; number: string | null }>(`
    SELECT d.id, CASE c.direction WHEN 'inbound' THEN c.from_party ELSE c.to_party END AS number
    FROM delivery d INDEXED BY delivery_waiting JOIN call c ON c.id = d.call_id
    WHERE d.state = 'waiting' AND d.integration_id = ? AND d.wait_why = 'contact'`);
  return { active, due, held, tooLong, firstQueued, firstWaiting, firstProbe, work };
}

/** Time: what becomes due, and whether anything will. */
export function createDeliverySchedule(
  db: Database,
  transact: Transact,
  mover: DeliveryMover,
): Pick<DeliveryStore, "releaseDue" | "recheckHeld" | "endLongWaits" | "nextDueAt" | "hasWork"> {
  const sql = prepareSchedule(db);
  const movable = prepareMovable(db);
  const forEver = Number.MAX_SAFE_INTEGER;

  /** Ids of held rows whose number is known. One look for each number, however many of its calls are held. */
  function heldWith(integrationId: number, isKnown: (number: string) => boolean): readonly number[] {
    const known = new Map<string, boolean>();
    return sql.held.all(integrationId).flatMap(({ id, number }) => {
      if (number === null) return [];
      const answer = known.get(number) ?? isKnown(number);
      known.set(number, answer);
      return answer ? [id] : [];
    });
  }

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

  /** When something of an integration becomes due: nothing before its rest ends. */
  function nextOf({ id, restUntil }: Readonly<{ id: number; restUntil: number }>): readonly number[] {
    const firsts = [
      ...lanes.map((lane) => sql.firstQueued.get(id, lane)),
      ...busyWaits.map((why) => sql.firstWaiting.get(id, why)),
      sql.firstProbe.get(id),
    ];
    return firsts.flatMap((at) => (at === undefined ? [] : [Math.max(at, restUntil)]));
  }

  return {
    releaseDue: (now, limit) =>
      transact.run(() => {
        let released = 0;
        for (const { id } of sql.active.all()) if (released < limit) released += releaseOf(id, now, limit - released);
        return released;
      }),
    recheckHeld: (integrationId, now, isKnown) =>
      transact.run(() => {
        const rows =
          isKnown === undefined
            ? sql.due.all({ integrationId, why: "contact", now: forEver, limit: -1 })
            : movable(heldWith(integrationId, isKnown));
        return release(rows, now, { due_at: now }, "Matched again: somebody may have added the contact.");
      }),
    endLongWaits: (now, { retryMs, otherMs }) =>
      transact.run(() => {
        const ask = { now, retry: now + retryMs, other: now + otherMs };
        return sql.tooLong.reduce((ended, statement) => ended + statement.run(ask).changes, 0);
      }),
    nextDueAt: () => {
      const times = sql.active.all().flatMap(nextOf);
      return times.length === 0 ? null : Math.min(...times);
    },
    hasWork: (_now, horizon) => sql.work.get({ horizon }) === 1,
  };
}
