import type { Database } from "better-sqlite3";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { DeliveryEvent, DeliveryState } from "../../../src-shared/domain/delivery.ts";
import type { AuditDraft, AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryChange } from "../ports/delivery-store.ts";
import { createConflictKeeper, hasDecision } from "./conflict-store.ts";
import { type DeliveryUpdate, type DeliveryUpdater, type RowUpdate, freshStart, toUpdate } from "./delivery-columns.ts";
import { columnsOfMove, walk } from "./delivery-moves.ts";
import type { DeliveryTally } from "./delivery-tally.ts";
import { IllegalMoveError, MissingRowError } from "./store-errors.ts";
import { type WrittenColumns, createWrittenKeeper, writtenColumns, writtenJoin } from "./written-store.ts";

type Current = Readonly<{
  id: number;
  state: DeliveryState;
  lane: Lane;
  waitWhy: string | null;
  reason: string | null;
  wantedRevision: number;
  sentRevision: number | null;
  integrationId: number;
  callId: number;
  tenant: string;
  hasDecision: 0 | 1;
}> &
  WrittenColumns;

export type ApplyParts = Readonly<{
  db: Database;
  clock: Clock;
  updater: DeliveryUpdater;
  tally: DeliveryTally;
  audit: Pick<AuditLog, "append">;
}>;

const startsAfresh = (events: readonly DeliveryEvent[]): boolean =>
  events.includes("replay") || events.includes("revise");

/** A record of an older revision than wanted is not done: the accept is followed by a revise in the same transaction. */
function isOutdated(current: Current, to: DeliveryState, columns: DeliveryUpdate): boolean {
  const sent = columns["sent_revision"] ?? current.sentRevision;
  return to === "delivered" && sent !== null && current.wantedRevision > Number(sent);
}

type Move = Readonly<{ events: readonly DeliveryEvent[]; to: DeliveryState; at: number }>;

/** Columns that the moves bring with them; the patch wins. */
function toColumns(current: Current, patch: DeliveryUpdate, { events, to, at }: Move): DeliveryUpdate {
  if (events.length === 0) return patch;
  const columns = columnsOfMove(current.state, to, at);
  if (startsAfresh(events)) Object.assign(columns, freshStart, { due_at: at });
  const giveUpAt = patch["give_up_at"];
  const isHeldUntilGivenUp = patch["wait_why"] === "contact" && patch["due_at"] === undefined;
  if (isHeldUntilGivenUp && giveUpAt !== undefined) columns["due_at"] = giveUpAt;
  return Object.assign(columns, patch);
}

function checkMeaning(current: Current, to: DeliveryState, columns: DeliveryUpdate): void {
  const waitWhy = columns["wait_why"] === undefined ? current.waitWhy : columns["wait_why"];
  const reason = columns["reason"] === undefined ? current.reason : columns["reason"];
  if (to === "waiting" && waitWhy === null)
    throw new IllegalMoveError(`delivery ${current.id} cannot wait without a cause`);
  if (to === "dead" && reason === null)
    throw new IllegalMoveError(`delivery ${current.id} cannot be dead without a reason`);
}

const prepareCurrent = (db: Database) =>
  db.prepare<[string], Current>(`
    SELECT d.id, d.state, d.lane, d.wait_why AS waitWhy, d.reason, d.wanted_revision AS wantedRevision,
      d.sent_revision AS sentRevision, d.integration_id AS integrationId, d.call_id AS callId, t.slug AS tenant,
      ${hasDecision} AS hasDecision, ${writtenColumns}
    FROM delivery d ${writtenJoin} JOIN integration i ON i.id = d.integration_id JOIN tenant t ON t.id = i.tenant_id
    WHERE d.id IN (SELECT value FROM json_each(?))`);

/** The changes of `DeliveryStore.apply`, inside the caller's transaction. */
export function createChangeApplier({ db, clock, updater, tally, audit }: ApplyParts) {
  const selectCurrent = prepareCurrent(db);
  const written = createWrittenKeeper(db);
  const conflicts = createConflictKeeper(db);

  function entryOf(current: Current, event: DeliveryEvent, at: number, summary: string): AuditDraft {
    const { id, callId, integrationId, tenant } = current;
    const ids = { at, tenant, callId, deliveryId: id, integrationId };
    return { ...ids, operation: `delivery.${event}`, outcome: "info", summary };
  }

  function applyFacts(change: DeliveryChange, current: Current, at: number): void {
    const { id, pushed = {}, patch } = change;
    const { integrationId } = current;
    written.told(id, current, change, at);
    if (current.hasDecision === 1) conflicts.written(id, Object.keys(pushed), at);
    if (change.conflicts !== undefined) conflicts.found({ id, integrationId }, change.conflicts, at);
    if (patch?.match !== undefined) updater.setMatch(id, patch.match);
  }

  /** Where a change leads, and the columns that it sets. */
  function follow(change: DeliveryChange, current: Current, at: number) {
    const { events } = change;
    const patch = toUpdate(change.patch ?? {});
    const to = walk(current.id, current.state, events);
    const columns = toColumns(current, patch, { events, to, at });
    if (!isOutdated(current, to, columns)) return { to, columns, outdated: false };
    const revised = walk(current.id, to, ["revise"]);
    const move = { events: [...events, "revise"] as const, to: revised, at };
    return { to: revised, columns: { ...columns, ...toColumns(current, {}, move) }, outdated: true };
  }

  /** Stores what goes with a change, and gives the columns that are left to update. */
  function applyOne(change: DeliveryChange, current: Current): DeliveryUpdate {
    const at = change.audit[0]?.at ?? clock.now();
    const { to, columns, outdated } = follow(change, current, at);
    checkMeaning(current, to, columns);
    applyFacts(change, current, at);
    tally.move(current, columns, at);
    audit.append(change.audit);
    if (change.audit.length === 0)
      audit.append(change.events.map((event) => entryOf(current, event, at, `The delivery moved: ${event}.`)));
    if (outdated)
      audit.append([entryOf(current, "revise", at, "The call changed meanwhile: the new version follows.")]);
    return columns;
  }

  /** What stands in the rows now, read at once; a delivery that a transaction names twice is read again. */
  const read = (ids: readonly number[]): ReadonlyMap<number, Current> =>
    new Map(selectCurrent.all(JSON.stringify(ids)).map((current) => [current.id, current]));

  return (changes: readonly DeliveryChange[]): void => {
    const rows = read(changes.map(({ id }) => id));
    const updates = new Map<number, RowUpdate>();
    const flush = (): void => {
      updater.updateEach([...updates.values()]);
      updates.clear();
    };
    const seen = new Set<number>();
    for (const change of changes) {
      const { id } = change;
      if (updates.has(id)) flush();
      const current = seen.has(id) ? read([id]).get(id) : rows.get(id);
      if (current === undefined) throw new MissingRowError(`There is no delivery ${id}.`);
      seen.add(id);
      updates.set(id, { id, columns: applyOne(change, current) });
    }
    flush();
  };
}
