import type { Database } from "better-sqlite3";
import type { ConflictState } from "../../../src-shared/domain/conflict.ts";
import type { Conflict, ConflictDraft, ConflictListAsk, ConflictStore } from "../ports/conflict-store.ts";
import { type CallColumns, callColumns, toPublicId } from "./call-columns.ts";
import type { Transact } from "./transaction.ts";

type Row = CallColumns & Omit<Conflict, "tenant" | "callId">;
type Unsettled = Readonly<{ id: number; field: string; theirs: string | null; state: ConflictState }>;
type Insert = ConflictDraft & Readonly<{ deliveryId: number; integrationId: number; at: number }>;

const conflictSelect = `SELECT ${callColumns},
  f.id, f.delivery_id AS deliveryId, f.integration_id AS integrationId, i.crm, d.remote_id AS remoteId, f.field, f.ours,
  f.theirs, f.edited_at AS editedAt, f.edited_by AS editedBy, f.seen_at AS seenAt, f.state, f.settled_at AS settledAt,
  f.settled_by AS settledBy, f.note, f.applied_at AS appliedAt, p.value AS pushed,
  CASE WHEN p.key IS NULL THEN NULL ELSE coalesce(e.value, w.pushed_at) END AS pushedAt
  FROM field_conflict f JOIN delivery d ON d.id = f.delivery_id JOIN integration i ON i.id = f.integration_id
  JOIN call c ON c.id = d.call_id JOIN phone_system s ON s.id = c.phone_system_id JOIN tenant t ON t.id = s.tenant_id
  LEFT JOIN delivery_written w ON w.delivery_id = f.delivery_id LEFT JOIN json_each(w.fields) p ON p.key = f.field
  LEFT JOIN json_each(w.earlier) e ON e.key = f.field`;

function toConflict(row: Row): Conflict {
  return {
    id: row.id,
    deliveryId: row.deliveryId,
    integrationId: row.integrationId,
    crm: row.crm,
    tenant: row.tenant,
    callId: toPublicId(row),
    remoteId: row.remoteId,
    field: row.field,
    ours: row.ours,
    theirs: row.theirs,
    editedAt: row.editedAt,
    editedBy: row.editedBy,
    pushed: row.pushed,
    pushedAt: row.pushedAt,
    seenAt: row.seenAt,
    state: row.state,
    settledAt: row.settledAt,
    settledBy: row.settledBy,
    note: row.note,
    appliedAt: row.appliedAt,
  };
}

/** Reads of conflicts for people, and what they decide. */
export function createConflictStore(db: Database, transact: Transact): ConflictStore {
  type Page = Omit<ConflictListAsk, "all">;
  const preparePage = (which: string) =>
    db.prepare<[Page], Row>(`${conflictSelect}
      WHERE ${which} AND (@integrationId IS NULL OR f.integration_id = @integrationId)
        AND (@before IS NULL OR f.id < @before)
      ORDER BY f.id DESC LIMIT @limit`);
  const openPage = preparePage("f.state = 'open'");
  const wholePage = preparePage("TRUE");
  const one = db.prepare<[number], Row>(`${conflictSelect} WHERE f.id = ?`);
  const ofDelivery = db.prepare<[number], Row>(`${conflictSelect} WHERE f.delivery_id = ? ORDER BY f.id`);
  const openCount = db
    .prepare<[number], number>("SELECT count(*) FROM field_conflict WHERE integration_id = ? AND state = 'open'")
    .pluck();
  const openCounts = db.prepare<[number, number], { integrationId: number; count: number }>(`
    SELECT f.integration_id AS integrationId, count(*) AS count
    FROM field_conflict f CROSS JOIN delivery d ON d.id = f.delivery_id CROSS JOIN call c ON c.id = d.call_id
    WHERE f.state = 'open' AND c.reading_id IN (SELECT id FROM reading WHERE started_at >= ? AND started_at < ?)
    GROUP BY f.integration_id`);
  const settle = db.prepare<[string, number, string, string, number]>(`
    UPDATE field_conflict SET state = ?, settled_at = ?, settled_by = ?, note = nullif(?, ''), applied_at = NULL
    WHERE id = ?`);
  return {
    list: ({ all, ...ask }) => (all ? wholePage : openPage).all(ask).map(toConflict),
    get: (id) => {
      const row = one.get(id);
      return row === undefined ? undefined : toConflict(row);
    },
    ofDelivery: (deliveryId) => ofDelivery.all(deliveryId).map(toConflict),
    openCounts: (from, to) =>
      new Map(openCounts.all(from, to).map(({ integrationId, count }) => [integrationId, count])),
    openCount: (integrationId) => openCount.get(integrationId) ?? 0,
    settle: (id, { state, at, by, note }) => transact.run(() => void settle.run(state, at, by, note, id)),
  };
}

/** Of deliveries `d`: whether a person decided that a field is overwritten. */
export const hasDecision = "EXISTS (SELECT 1 FROM field_conflict WHERE delivery_id = d.id AND state = 'used_ours')";

/** What a delivery's change does to its conflicts, inside the caller's transaction. */
export type ConflictKeeper = Readonly<{
  /** All that a read of the record found; what is not among it has passed. */
  found(delivery: Readonly<{ id: number; integrationId: number }>, found: readonly ConflictDraft[], at: number): void;
  /** Fields that hold our value now: decisions about them are carried out. */
  written(deliveryId: number, fields: readonly string[], at: number): void;
}>;

export function createConflictKeeper(db: Database): ConflictKeeper {
  const unsettled = db.prepare<[number], Unsettled>(`
    SELECT id, field, theirs, state FROM field_conflict
    WHERE delivery_id = ? AND (state = 'open' OR (state = 'used_ours' AND applied_at IS NULL))`);
  const add = db.prepare<[Insert]>(`
    INSERT INTO field_conflict (delivery_id, integration_id, field, ours, theirs, edited_at, edited_by, seen_at, state)
    VALUES (@deliveryId, @integrationId, @field, @ours, @theirs, @editedAt, @editedBy, @at, 'open')`);
  const refresh = db.prepare<[string, number]>("UPDATE field_conflict SET ours = ? WHERE id = ?");
  const pass = db.prepare<[number]>("UPDATE field_conflict SET state = 'passed' WHERE id = ?");
  const apply = db.prepare<[{ deliveryId: number; fields: string; at: number }]>(`
    UPDATE field_conflict SET applied_at = @at
    WHERE delivery_id = @deliveryId AND state = 'used_ours' AND applied_at IS NULL
      AND field IN (SELECT value FROM json_each(@fields))`);

  return {
    found({ id, integrationId }, found, at) {
      const before = unsettled.all(id);
      if (before.length === 0 && found.length === 0) return;
      const byField = new Map(found.map((draft) => [draft.field, draft]));
      const known = new Set<string>();
      for (const each of before) {
        const again = byField.get(each.field);
        const isSame = again !== undefined && again.theirs === each.theirs && each.state === "open";
        if (isSame) known.add(each.field);
        if (isSame) refresh.run(again.ours, each.id);
        // A decision that is not carried out yet stands, unless the field holds something else by now.
        else if (each.state === "open" || again !== undefined) pass.run(each.id);
      }
      for (const draft of found) if (!known.has(draft.field)) add.run({ ...draft, deliveryId: id, integrationId, at });
    },
    written(deliveryId, fields, at) {
      if (fields.length > 0) apply.run({ deliveryId, fields: JSON.stringify(fields), at });
    },
  };
}
