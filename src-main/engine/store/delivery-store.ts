import type { Database } from "better-sqlite3";
import type { AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryChange, DeliveryStore } from "../ports/delivery-store.ts";
import { createAttemptStore } from "./attempt-store.ts";
import { createChangeApplier } from "./delivery-apply.ts";
import type { DeliveryUpdater } from "./delivery-columns.ts";
import { type DeliveryMover, prepareMovable } from "./delivery-moves.ts";
import { type DeliveryColumns, deliverySelect, selectDeliveries, toDeliveryRow } from "./delivery-row.ts";
import { createDeliverySchedule } from "./delivery-schedule.ts";
import type { DeliveryTally } from "./delivery-tally.ts";
import { createSessionStore } from "./session-store.ts";
import { settled } from "./settled-parameter.ts";
import type { Transact } from "./transaction.ts";

export type DeliveryParts = Readonly<{
  db: Database;
  transact: Transact;
  clock: Clock;
  audit: Pick<AuditLog, "append">;
  updater: DeliveryUpdater;
  tally: DeliveryTally;
  mover: DeliveryMover;
}>;

type DueAsk = Readonly<{ integrationId: number; lane: number; now: number; limit: number }>;
type ProbeAsk = Readonly<{ integrationId: number; now: number; limit: number }>;

/** What is there is asked for first: most looks find nothing, and a row with all that belongs to it is dear to begin. */
function prepareReads(db: Database) {
  const [integration, lane, now, limit] = ["@integrationId", "@lane", "@now", "@limit"].map(settled);
  const dueIds = `SELECT id, due_at FROM delivery INDEXED BY delivery_due
    WHERE state = 'queued' AND integration_id = ${integration} AND lane = ${lane} AND due_at <= ${now}
    ORDER BY due_at, id LIMIT ${limit}`;
  const probeIds = `SELECT id, next_probe_at FROM delivery INDEXED BY delivery_uncertain
    WHERE state = 'uncertain' AND integration_id = ${integration} AND (next_probe_at IS NULL OR next_probe_at <= ${now})
    ORDER BY next_probe_at, id LIMIT ${limit}`;
  const anyDue = db.prepare<[DueAsk], { id: number }>(dueIds);
  const anyProbe = db.prepare<[ProbeAsk], { id: number }>(probeIds);
  const inOrder = (ids: string): string => selectDeliveries(`(${ids}) asked CROSS JOIN delivery d ON d.id = asked.id`);
  const due = db.prepare<[DueAsk], DeliveryColumns>(`${inOrder(dueIds)} ORDER BY asked.due_at, asked.id`);
  const probes = db.prepare<[ProbeAsk], DeliveryColumns>(`${inOrder(probeIds)} ORDER BY asked.next_probe_at, asked.id`);
  const one = db.prepare<[number], DeliveryColumns>(`${deliverySelect} WHERE d.id = ${settled("?")}`);
  const some = db.prepare<[string], DeliveryColumns>(
    `${deliverySelect} WHERE d.id IN (SELECT value FROM json_each(?))`,
  );
  const revisions = db.prepare<[string], { id: number; wantedRevision: number }>(
    "SELECT id, wanted_revision AS wantedRevision FROM delivery WHERE id IN (SELECT value FROM json_each(?))",
  );
  const claimable = db
    .prepare<[string], number>(
      `SELECT d.id FROM delivery d JOIN integration i ON i.id = d.integration_id
       WHERE d.id IN (SELECT value FROM json_each(?)) AND d.state = 'queued'
         AND i.state = 'active' AND i.removed_at IS NULL`,
    )
    .pluck();
  const version = db.prepare<[], number>("SELECT total_changes()").pluck();
  return { version, anyDue, anyProbe, due, probes, one, some, revisions, claimable };
}

const claimed = "delivery.claim";
const takenUp = "Taken up to be sent.";

/** What makes a call ready and its claim are one move, with one entry that says both. */
const toClaim = (change: DeliveryChange, sessionId: number): DeliveryChange => ({
  ...change,
  events: ["claim"],
  patch: { ...change.patch, sessionId },
  audit: change.audit.map((entry) => ({ ...entry, operation: claimed, summary: `${entry.summary} ${takenUp}` })),
});

/** The queue of record. Every change of state goes through the state table, with its audit entry, in one transaction. */
export function createDeliveryStore(parts: DeliveryParts): DeliveryStore {
  const { db, transact, mover, tally } = parts;
  const sql = prepareReads(db);
  const movable = prepareMovable(db);
  const applyChanges = createChangeApplier(parts);
  return {
    ...createSessionStore(db, transact, mover),
    ...createAttemptStore(db, transact),
    ...createDeliverySchedule(db, transact, mover),
    peekDue: (ask) => (sql.anyDue.get(ask) === undefined ? [] : sql.due.all(ask).map(toDeliveryRow)),
    peekProbes: (ask) => (sql.anyProbe.get(ask) === undefined ? [] : sql.probes.all(ask).map(toDeliveryRow)),
    get: (id) => {
      const row = sql.one.get(id);
      return row === undefined ? undefined : toDeliveryRow(row);
    },
    rows: (ids) => {
      const found = new Map(sql.some.all(JSON.stringify(ids)).map((row) => [row.id, toDeliveryRow(row)]));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    version: () => sql.version.get() ?? 0,
    wantedRevisions: (ids) =>
      new Map(sql.revisions.all(JSON.stringify(ids)).map(({ id, wantedRevision }) => [id, wantedRevision])),
    claim: ({ ids, session, now, changes = [] }) =>
      transact.run(() => {
        const eventsOf = new Map(changes.map(({ id, events }) => [id, events]));
        // What a change moves elsewhere is not claimed.
        const stay = sql.claimable.all(JSON.stringify(ids)).filter((id) => (eventsOf.get(id) ?? []).length === 0);
        const taken = new Set(stay);
        applyChanges(changes.map((change) => (taken.has(change.id) ? toClaim(change, session.id) : change)));
        const rows = movable(stay.filter((id) => !eventsOf.has(id)));
        const audit = { operation: claimed, outcome: "info", summary: takenUp } as const;
        mover.move({ rows, events: ["claim"], at: now, columns: { session_id: session.id }, audit });
        return ids.filter((id) => taken.has(id));
      }),
    apply: (changes) => transact.run(() => applyChanges(changes)),
    counts: (integrationId) => tally.counts(integrationId),
    lanes: (integrationId, since, now) => tally.lanes(integrationId, since, now),
  };
}
