import type { Database } from "better-sqlite3";
import type { Lane } from "../../../src-shared/domain/budget.ts";
import { type DeliveryEvent, type DeliveryState, nextState } from "../../../src-shared/domain/delivery.ts";
import type { AuditDraft, AuditLog } from "../ports/audit-log.ts";
import type { ColumnValue, DeliveryUpdate, DeliveryUpdater } from "./delivery-columns.ts";
import type { DeliveryTally } from "./delivery-tally.ts";
import { IllegalMoveError } from "./store-errors.ts";

/** What a move and its audit entry need of a delivery. */
export type MovableRow = Readonly<{
  id: number;
  state: DeliveryState;
  lane: Lane;
  waitWhy: string | null;
  integrationId: number;
  callId: number;
  tenant: string;
}>;

/** Columns of a `MovableRow` and the tables they come from. */
export const movableColumns = `d.id, d.state, d.lane, d.wait_why AS waitWhy, d.integration_id AS integrationId,
  d.call_id AS callId, t.slug AS tenant`;
export const movableJoins = "JOIN integration i ON i.id = d.integration_id JOIN tenant t ON t.id = i.tenant_id";
export const movableTables = `delivery d ${movableJoins}`;

/** Selects movable rows of deliveries `d`; a WHERE clause follows. */
export const movableSelect = `SELECT ${movableColumns} FROM ${movableTables}`;

/** The same moves for many deliveries, with one audit entry each. */
export type Move = Readonly<{
  rows: readonly MovableRow[];
  events: readonly DeliveryEvent[];
  at: number;
  /** Further columns, the same for all. */
  columns?: DeliveryUpdate;
  audit: Pick<AuditDraft, "operation" | "outcome" | "summary"> & Partial<Pick<AuditDraft, "nextRetryAt" | "reason">>;
}>;

/** Where these moves lead. Throws where the state table has none. */
export function walk(id: number, from: DeliveryState, events: readonly DeliveryEvent[]): DeliveryState {
  return events.reduce((state: DeliveryState, event): DeliveryState => {
    const next = nextState(state, event);
    if (next === undefined) throw new IllegalMoveError(`delivery ${id} cannot ${event}: it is ${state}`);
    return next;
  }, from);
}

/** Columns that follow from where a move ends, unless the caller says otherwise. */
export function columnsOfMove(from: DeliveryState, to: DeliveryState, at: number): Record<string, ColumnValue> {
  const columns: Record<string, ColumnValue> = { state: to };
  if (from !== to) columns["state_since"] = at;
  if (to !== "waiting") columns["wait_why"] = null;
  if (to !== "sending") columns["session_id"] = null;
  if (to !== "uncertain") columns["next_probe_at"] = null;
  return columns;
}

export type DeliveryMover = Readonly<{
  /** Moves rows as they were just read, inside the caller's transaction. */
  move(move: Move): void;
}>;

export function createDeliveryMover(
  updater: DeliveryUpdater,
  tally: DeliveryTally,
  audit: Pick<AuditLog, "append">,
): DeliveryMover {
  return {
    move({ rows, events, at, columns = {}, audit: said }) {
      // Rows of one state move with one statement.
      for (const [from, group] of Map.groupBy(rows, ({ state }) => state)) {
        const ids = group.map(({ id }) => id);
        const to = walk(ids[0] ?? 0, from, events);
        updater.update(ids, { ...columnsOfMove(from, to, at), ...columns });
      }
      for (const row of rows)
        tally.move(row, { ...columnsOfMove(row.state, walk(row.id, row.state, events), at), ...columns }, at);
      audit.append(
        rows.map(({ id, callId, integrationId, tenant }) => ({
          at,
          tenant,
          callId,
          deliveryId: id,
          integrationId,
          ...said,
        })),
      );
    },
  };
}

/** Rows by id, in the order of the ids' values. */
export function prepareMovable(db: Database) {
  const select = db.prepare<[string], MovableRow>(
    `${movableSelect} WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id`,
  );
  return (ids: readonly number[]): readonly MovableRow[] => select.all(JSON.stringify(ids));
}
