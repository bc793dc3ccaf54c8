import type { Database } from "better-sqlite3";
import { type CallOutcome, callOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { ExclusionReason, SkipReason } from "../../../src-shared/domain/call-record.ts";
import { type DeliveryState, deliveryState } from "../../../src-shared/domain/delivery.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { IntegrationBalance, Statement } from "../ports/report-store.ts";

type Span = Readonly<{ from: number; to: number }>;
type IntegrationSpan = Span & Readonly<{ integrationId: number }>;
type StateRow = Readonly<{ state: DeliveryState; waitWhy: string | null; reason: string | null; count: number }>;
type IntegrationFacts = Readonly<{ integrationId: number; crm: CrmType; label: string }>;

/** Calls first read in the readings of a span. Ids ascend, so a range of rows is looked at, not the whole table. */
const callsRead = `r AS MATERIALIZED (
    SELECT id, first_call_id, last_call_id FROM reading
    WHERE started_at >= @from AND started_at < @to AND first_call_id IS NOT NULL),
  c AS (SELECT c.id, c.excluded, c.started_at, s.tenant_id FROM call c JOIN phone_system s ON s.id = c.phone_system_id
    WHERE c.id BETWEEN (SELECT min(first_call_id) FROM r) AND (SELECT max(last_call_id) FROM r)
      AND c.reading_id IN (SELECT id FROM r))`;

/** NULL for a call that an account of its tenant takes and that has no delivery there. Row values are those of `callOutcome`. */
const outcomeOfCall = `coalesce(
    (SELECT CASE min(CASE d.state WHEN 'dead' THEN 1 WHEN 'uncertain' THEN 2
        WHEN 'waiting' THEN CASE d.wait_why WHEN 'contact' THEN 4 ELSE 3 END
        WHEN 'sending' THEN 5 WHEN 'queued' THEN 6 WHEN 'delivered' THEN 7 ELSE 8 END)
        WHEN 1 THEN 'failed' WHEN 2 THEN 'checking' WHEN 3 THEN 'waiting' WHEN 4 THEN 'held' WHEN 5 THEN 'sending'
        WHEN 6 THEN 'queued' WHEN 7 THEN 'delivered' WHEN 8 THEN 'acknowledged' END
      FROM delivery d JOIN integration i ON i.id = d.integration_id AND i.removed_at IS NULL WHERE d.call_id = c.id),
    (SELECT CASE count(*) WHEN 0 THEN 'skipped' END FROM integration i WHERE i.tenant_id = c.tenant_id
      AND i.removed_at IS NULL AND (i.since IS NULL OR c.started_at >= i.since)))`;

function prepareStatements(db: Database) {
  return {
    totals: db.prepare<[Span], { rows: number; legs: number; calls: number }>(`
      SELECT coalesce(sum(row_count), 0) AS rows, coalesce(sum(leg_count), 0) AS legs,
        coalesce(sum(call_count), 0) AS calls FROM reading WHERE started_at >= @from AND started_at < @to`),
    skipped: db.prepare<[Span], { reason: SkipReason; count: number }>(`
      SELECT k.reason, sum(k.row_count) AS count FROM reading r JOIN reading_skip k ON k.reading_id = r.id
      WHERE r.started_at >= @from AND r.started_at < @to GROUP BY k.reason ORDER BY k.reason`),
    excluded: db.prepare<[Span], { reason: ExclusionReason; count: number }>(`
      WITH ${callsRead}, earliest AS (
        SELECT tenant_id, CASE WHEN count(since) = count(*) THEN min(since) END AS since
        FROM integration WHERE removed_at IS NULL GROUP BY tenant_id)
      SELECT coalesce(c.excluded, 'before_start') AS reason, count(*) AS count
      FROM c LEFT JOIN earliest e ON e.tenant_id = c.tenant_id
      WHERE c.excluded IS NOT NULL OR c.started_at < e.since GROUP BY 1 ORDER BY 1`),
    outcomes: db.prepare<[Span], { outcome: CallOutcome | null; count: number }>(`
      WITH ${callsRead}
      SELECT CASE WHEN c.excluded IS NOT NULL THEN 'skipped' ELSE ${outcomeOfCall} END AS outcome, count(*) AS count
      FROM c GROUP BY 1`),
    integrations: db.prepare<[], IntegrationFacts>(
      "SELECT id AS integrationId, crm, label FROM integration WHERE removed_at IS NULL ORDER BY id",
    ),
    taken: db.prepare<[IntegrationSpan], { eligible: number; beforeStart: number }>(`
      WITH ${callsRead}
      SELECT count(*) FILTER (WHERE i.since IS NULL OR c.started_at >= i.since) AS eligible,
        count(*) FILTER (WHERE c.started_at < i.since) AS beforeStart
      FROM integration i JOIN c ON c.tenant_id = i.tenant_id WHERE i.id = @integrationId AND c.excluded IS NULL`),
    states: db.prepare<[IntegrationSpan], StateRow>(`
      WITH ${callsRead}
      SELECT d.state, d.wait_why AS waitWhy, CASE d.state WHEN 'dead' THEN d.reason END AS reason, count(*) AS count
      FROM integration i JOIN c ON c.tenant_id = i.tenant_id
      JOIN delivery d ON d.call_id = c.id AND d.integration_id = i.id
      WHERE i.id = @integrationId AND c.excluded IS NULL AND (i.since IS NULL OR c.started_at >= i.since)
      GROUP BY 1, 2, 3`),
  };
}

function sumBy(rows: readonly StateRow[], nameOf: (row: StateRow) => string | null): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== null) sums[name] = (sums[name] ?? 0) + row.count;
  }
  return sums;
}

function toStates(rows: readonly StateRow[]): Readonly<Record<DeliveryState, number>> {
  const sums = sumBy(rows, ({ state }) => state);
  const of = (state: DeliveryState): number => sums[state] ?? 0;
  const { queued, waiting, sending, uncertain, delivered, dead, acknowledged } = deliveryState.enum;
  return {
    queued: of(queued),
    waiting: of(waiting),
    sending: of(sending),
    uncertain: of(uncertain),
    delivered: of(delivered),
    dead: of(dead),
    acknowledged: of(acknowledged),
  };
}

function toOutcomes(
  rows: readonly Readonly<{ outcome: CallOutcome | null; count: number }>[],
): Readonly<Record<CallOutcome, number>> {
  const of = (name: CallOutcome): number => rows.find(({ outcome }) => outcome === name)?.count ?? 0;
  const { failed, checking, waiting, held, sending, queued, delivered, acknowledged, skipped } = callOutcome.enum;
  return {
    failed: of(failed),
    checking: of(checking),
    waiting: of(waiting),
    held: of(held),
    sending: of(sending),
    queued: of(queued),
    delivered: of(delivered),
    acknowledged: of(acknowledged),
    skipped: of(skipped),
  };
}

/** The balance of rows read against deliveries. */
export function createStatement(db: Database): (date: string, from: number, to: number) => Statement {
  const sql = prepareStatements(db);

  function balanceOf(facts: IntegrationFacts, span: Span): IntegrationBalance {
    const ask = { ...span, integrationId: facts.integrationId };
    const { eligible, beforeStart } = sql.taken.get(ask) ?? { eligible: 0, beforeStart: 0 };
    const rows = sql.states.all(ask);
    const deliveries = rows.reduce((sum, { count }) => sum + count, 0);
    return {
      ...facts,
      eligible,
      beforeStart,
      states: toStates(rows),
      waitingBy: sumBy(rows, ({ waitWhy }) => waitWhy),
      deadBy: sumBy(rows, ({ reason }) => reason),
      balanced: deliveries === eligible,
    };
  }

  const balance = db.transaction((date: string, span: Span): Statement => {
    const { rows, legs, calls } = sql.totals.get(span) ?? { rows: 0, legs: 0, calls: 0 };
    const skippedRows = sql.skipped.all(span);
    const byIntegration = sql.integrations.all().map((facts) => balanceOf(facts, span));
    const skippedCount = skippedRows.reduce((sum, { count }) => sum + count, 0);
    return {
      date,
      rows,
      legs,
      calls,
      skipped: Object.fromEntries(skippedRows.map(({ reason, count }) => [reason, count])),
      excluded: Object.fromEntries(sql.excluded.all(span).map(({ reason, count }) => [reason, count])),
      outcomes: toOutcomes(sql.outcomes.all(span)),
      byIntegration,
      balanced: rows === legs + skippedCount && byIntegration.every(({ balanced }) => balanced),
    };
  });
  return (date, from, to) => balance.deferred(date, { from, to });
}
