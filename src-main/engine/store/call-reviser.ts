import type { Database } from "better-sqlite3";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { CallRecord } from "../../../src-shared/domain/call-record.ts";
import type { Fold } from "../ports/ingest-store.ts";
import type { BatchCall, ReadLeg } from "./batch-calls.ts";
import { toRecord } from "./call-columns.ts";
import { fromLegsText, inOrder, joinLegs } from "./call-legs.ts";
import type { CallPlace, CallTable, StoredCall } from "./call-table.ts";
import { type DeliveryUpdate, type DeliveryUpdater, freshStart } from "./delivery-columns.ts";
import type { DeliveryIntake } from "./delivery-intake.ts";
import { type DeliveryMover, type MovableRow, movableColumns, movableTables } from "./delivery-moves.ts";

export type ReviseParts = Readonly<{
  db: Database;
  calls: CallTable;
  intake: DeliveryIntake;
  mover: DeliveryMover;
  updater: DeliveryUpdater;
}>;

export type Revised = Readonly<{ duplicates: readonly ReadLeg[]; changed: boolean; deliveries: number }>;
type Row = MovableRow & Readonly<{ note: string | null }>;

/** Begins the note of a delivery that policy took back: it comes back with the call. */
const leftOut = "Left out:";

/** The order in which `toRecord` gives the fields, so that two records compare as text. */
function inFieldOrder(record: CallRecord): CallRecord {
  const { logId, direction, status, from, to, startedAt, startedAtPrecision } = record;
  const { startedAtAlternatives, durationSeconds, agent, legs } = record;
  const when = { startedAt, startedAtPrecision, startedAtAlternatives };
  return { logId, direction, status, from, to, ...when, durationSeconds, agent, legs };
}

/** Rows of a batch that belong to stored calls: duplicates, further legs, later versions. */
export function createCallReviser({ db, calls, intake, mover, updater }: ReviseParts) {
  const deliveriesOf = db.prepare<[number], Row>(
    `SELECT ${movableColumns}, d.note FROM ${movableTables} WHERE d.call_id = ? ORDER BY d.id`,
  );

  function move(
    rows: readonly Row[],
    events: Parameters<DeliveryMover["move"]>[0]["events"],
    at: number,
    columns: DeliveryUpdate,
    summary: string,
  ): void {
    const operation = `delivery.${events[0] ?? "revise"}`;
    if (rows.length > 0) mover.move({ rows, events, at, columns, audit: { operation, outcome: "info", summary } });
  }

  /** What waits for more legs goes on when the call is ended, or waits as long as the newest leg says. */
  function settle(rows: readonly Row[], settlesAt: number | null, at: number): void {
    const settling = rows.filter(({ waitWhy }) => waitWhy === "settle");
    if (settlesAt === null) move(settling, ["due"], at, { due_at: at }, "The call is complete: queued.");
    else
      updater.update(
        settling.map(({ id }) => id),
        { due_at: settlesAt },
      );
  }

  /** Delivered and dead ones go out again; in other states nothing moves, the next send takes what the call is then. */
  function requeue(rows: readonly Row[], settlesAt: number | null, place: CallPlace & Readonly<{ lane: Lane }>): void {
    const done = rows.filter(({ state }) => state === "delivered" || state === "dead");
    const back = rows.filter(({ state, note }) => state === "acknowledged" && note?.startsWith(leftOut) === true);
    const columns = { ...freshStart, lane: place.lane, due_at: place.at };
    const summary = "The call changed: its new version follows.";
    if (settlesAt === null || settlesAt <= place.at) move(done, ["revise"], place.at, columns, summary);
    else move(done, ["revise", "hold"], place.at, { ...columns, due_at: settlesAt, wait_why: "settle" }, summary);
    move(back, ["replay"], place.at, { ...columns, note: null }, "The call is no longer left out: queued.");
  }

  /** A call that policy now leaves out is not sent any more; what was sent stays in the CRM. */
  function takeBack(rows: readonly Row[], why: string, at: number): void {
    const open = rows.filter(({ state }) => state === "queued" || state === "waiting");
    move(open, ["cancel"], at, { note: `${leftOut} ${why}` }, `Not sent: the call is left out (${why}).`);
  }

  function reviseDeliveries(
    old: StoredCall,
    next: BatchCall,
    place: CallPlace & Readonly<{ lane: Lane; systemId: number }>,
  ): number {
    const rows = deliveriesOf.all(old.callRowId);
    if (next.excluded !== null) {
      takeBack(rows, next.excluded, place.at);
      return 0;
    }
    updater.update(
      rows.map(({ id }) => id),
      { wanted_revision: old.revision + 1 },
    );
    settle(rows, next.settlesAt, place.at);
    requeue(rows, next.settlesAt, place);
    const { callRowId: first } = old;
    const create = ({ id }: { id: number }): number =>
      intake.create({ integrationId: id, lane: place.lane, at: place.at, first, last: first });
    return intake.integrationsOf(place.systemId).reduce((sum, integration) => sum + create(integration), 0);
  }

  return (old: StoredCall, read: BatchCall, fold: Fold, place: CallPlace & Readonly<{ lane: Lane }>): Revised => {
    // What was erased stays erased, whatever its log still says.
    if (old.excluded === "erased") return { duplicates: read.read, changed: false, deliveries: 0 };
    const { stored, duplicates, changed } = joinLegs(fromLegsText(old.legs), read.read, fold);
    if (!changed) {
      if (old.settlesAt !== null && read.settlesAt === null) settle(deliveriesOf.all(old.callRowId), null, place.at);
      return { duplicates, changed: false, deliveries: 0 };
    }
    const folded = fold(inOrder(stored.legs));
    const { system: _, ...before } = toRecord(old);
    const isSame =
      JSON.stringify(before) === JSON.stringify(inFieldOrder(folded.record)) && old.excluded === folded.excluded;
    if (isSame) {
      calls.setLegs(old.callRowId, stored);
      return { duplicates, changed: false, deliveries: 0 };
    }
    const next = { ...read, ...folded, stored };
    calls.revise(old, next, place);
    return { duplicates, changed: true, deliveries: reviseDeliveries(old, next, place) };
  };
}
