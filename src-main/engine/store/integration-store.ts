import type { Database } from "better-sqlite3";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { DeliveryState } from "../../../src-shared/domain/delivery.ts";
import type { AuditDraft, AuditLog } from "../ports/audit-log.ts";
import type { IntegrationDraft, IntegrationStore, TenantStore } from "../ports/integration-store.ts";
import { type DeliveryMover, type MovableRow, movableColumns, movableJoins } from "./delivery-moves.ts";
import { type IntegrationRow, createIntegrationReader, integrationColumns } from "./integration-row.ts";
import { settled } from "./settled-parameter.ts";
import { MissingRowError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

export type IntegrationParts = Readonly<{
  db: Database;
  transact: Transact;
  tenants: TenantStore;
  mover: DeliveryMover;
  audit: Pick<AuditLog, "append">;
}>;

/** More in one transaction would keep everybody else waiting: what is left becomes due by `releaseDue`. */
const wokenAtOnce = 1_000;

type Editable = Parameters<IntegrationStore["update"]>[1];

const live = "i.removed_at IS NULL";

/** Deliveries of an integration in one state, by the partial index that holds just them. */
const rowsOf = (state: DeliveryState, index: string): string =>
  `SELECT ${movableColumns} FROM delivery d INDEXED BY ${index} ${movableJoins}
   WHERE d.state = '${state}' AND d.integration_id = ?`;

function prepareStatements(db: Database) {
  const select = `SELECT ${integrationColumns}`;
  return {
    all: db.prepare<[], IntegrationRow>(`${select} WHERE ${live} ORDER BY i.id`),
    one: db.prepare<[number], IntegrationRow>(`${select} WHERE ${live} AND i.id = ${settled("?")}`),
    oneEver: db.prepare<[number], IntegrationRow>(`${select} WHERE i.id = ${settled("?")}`),
    byAccount: db.prepare<[string, string, string], IntegrationRow>(
      `${select} WHERE ${live} AND t.slug = ? AND i.crm = ? AND i.account_id = ?`,
    ),
    insert: db.prepare(`
      INSERT INTO integration (tenant_id, crm, label, base_url, account_id, account, state, secret, unknown_caller, since,
        contract, settings, created_at, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?)`),
    update: db.prepare(`
      UPDATE integration SET label = ?, base_url = ?, account_id = ?, account = ?, secret = ?, unknown_caller = ?,
        since = ?, contract = ?, settings = ?, updated_at = ? WHERE id = ?`),
    setState: db.prepare<[string, string | null, string | null, number, number]>(
      "UPDATE integration SET state = ?, blocked_reason = ?, blocked_detail = ?, updated_at = ? WHERE id = ?",
    ),
    setRest: db.prepare<[number | null, number, number]>(
      "UPDATE integration SET rest_until = ?, updated_at = ? WHERE id = ?",
    ),
    remove: db.prepare<[number, number, number]>("UPDATE integration SET removed_at = ?, updated_at = ? WHERE id = ?"),
    waitingForIt: db.prepare<[number], MovableRow>(`${rowsOf("waiting", "delivery_waiting")}
      AND d.wait_why IN ('paused', 'auth') ORDER BY d.wait_why, d.due_at, d.id LIMIT ${wokenAtOnce}`),
    queued: db.prepare<[number], MovableRow>(rowsOf("queued", "delivery_due")),
    waiting: db.prepare<[number], MovableRow>(rowsOf("waiting", "delivery_waiting")),
    uncertain: db.prepare<[number], MovableRow>(rowsOf("uncertain", "delivery_uncertain")),
    dead: db.prepare<[number], MovableRow>(rowsOf("dead", "delivery_dead")),
  };
}

const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

const stateWords: Readonly<Record<Integration["state"], string>> = {
  active: "is active",
  paused: "is paused",
  blocked: "needs a person",
};

/** CRM accounts of tenants. A removed one keeps its row: its history names it. */
export function createIntegrationStore({ db, transact, tenants, mover, audit }: IntegrationParts): IntegrationStore {
  const sql = prepareStatements(db);
  const toIntegration = createIntegrationReader();

  function get(id: number): Integration {
    const row = sql.one.get(id);
    if (row === undefined) throw new MissingRowError(`There is no integration ${id}.`);
    return toIntegration(row);
  }

  function note(
    about: Integration,
    at: number,
    said: Pick<AuditDraft, "operation" | "outcome" | "summary"> & Partial<AuditDraft>,
  ): void {
    const ids = { tenant: about.tenant, callId: null, deliveryId: null, integrationId: about.id };
    audit.append([{ at, ...ids, terms: [about.label, crmNames[about.crm]], ...said }]);
  }

  function insert(draft: IntegrationDraft, at: number): number {
    const tenant = tenants.ensure(draft.tenant, at);
    const account = [draft.account?.accountId ?? null, toJson(draft.account)];
    const rules = [draft.unknownCaller, draft.since, draft.contract, JSON.stringify(draft.settings)];
    const name = [tenant.id, draft.crm, draft.label, draft.baseUrl];
    const { lastInsertRowid } = sql.insert.run(...name, ...account, JSON.stringify(draft.secret), ...rules, at, at);
    return Number(lastInsertRowid);
  }

  function update(id: number, change: Editable, at: number): Integration {
    const next = { ...get(id), ...change };
    const account = [next.account?.accountId ?? null, toJson(next.account)];
    const rules = [next.unknownCaller, next.since, next.contract, JSON.stringify(next.settings)];
    sql.update.run(next.label, next.baseUrl, ...account, JSON.stringify(next.secret), ...rules, at, id);
    const fields = Object.keys(change).join(", ");
    note(next, at, {
      operation: "integration.update",
      outcome: "info",
      summary: `${next.label} was changed: ${fields}.`,
    });
    return get(id);
  }

  /** What waited for a person is due again, in its old order: the first of it at once, a long queue's rest as the sync goes on. */
  function wakeWaiting(id: number, at: number): void {
    const rows = sql.waitingForIt.all(id);
    const summary = "The integration is active again: queued.";
    const said = { operation: "delivery.due", outcome: "info", summary } as const;
    if (rows.length > 0) mover.move({ rows, events: ["due"], at, columns: { due_at: at }, audit: said });
  }

  /** Ends what never went out. What may have been written is a dead letter first: nobody can look it up any more. */
  function cancelAll(about: Integration, at: number): void {
    const columns = { note: `${about.label} was removed` };
    const said = { outcome: "info", summary: `Not sent: ${about.label} was removed.` } as const;
    const cancelled = { operation: "delivery.cancel", ...said };
    for (const rows of [sql.queued.all(about.id), sql.waiting.all(about.id)])
      mover.move({ rows, events: ["cancel"], at, columns, audit: cancelled });
    const closed = { operation: "delivery.acknowledge", ...said };
    mover.move({ rows: sql.dead.all(about.id), events: ["acknowledge"], at, columns, audit: closed });
    const summary = `${about.label} was removed before it was known whether it has the call.`;
    mover.move({
      rows: sql.uncertain.all(about.id),
      events: ["unclear", "acknowledge"],
      at,
      columns: { ...columns, reason: "outcome_unknown" },
      audit: { ...closed, summary },
    });
  }

  return {
    list: () => sql.all.all().map((row) => toIntegration(row)),
    get: (id) => {
      const row = sql.one.get(id);
      return row === undefined ? undefined : toIntegration(row);
    },
    recall: (id) => {
      const row = sql.oneEver.get(id);
      return row === undefined ? undefined : toIntegration(row);
    },
    find: (tenant, crm, accountId) => {
      const row = sql.byAccount.get(tenant, crm, accountId);
      return row === undefined ? undefined : toIntegration(row);
    },
    add: (draft, at) =>
      transact.run(() => {
        const added = get(insert(draft, at));
        const summary = `${crmNames[added.crm]} was connected as ${added.label}.`;
        note(added, at, { operation: "integration.add", outcome: "ok", summary });
        return added;
      }),
    update: (id, change, at) => transact.run(() => update(id, change, at)),
    setState: (id, state, { at, reason, note: why, detail }) =>
      transact.run(() => {
        const before = get(id);
        const [cause, words] = state === "blocked" ? [reason, detail ?? null] : [null, null];
        sql.setState.run(state, cause, words, at, id);
        const operation =
          state === "active" ? "integration.resume" : state === "paused" ? "integration.pause" : "integration.block";
        const summary = `${before.label} ${stateWords[state]}. ${why}`.trim();
        const outcome = state === "blocked" ? "failed" : "info";
        note(before, at, { operation, outcome, summary, ...(reason === null ? {} : { reason }) });
        if (state === "active") wakeWaiting(id, at);
        return get(id);
      }),
    setRest: (id, until, at) => transact.run(() => void sql.setRest.run(until, at, id)),
    remove: (id, at) =>
      transact.run(() => {
        const before = get(id);
        cancelAll(before, at);
        sql.remove.run(at, at, id);
        note(before, at, {
          operation: "integration.remove",
          outcome: "info",
          summary: `${before.label} was removed; its history stays.`,
        });
      }),
  };
}
