import type { Database } from "better-sqlite3";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { ExclusionReason, SkipReason } from "../../../src-shared/domain/call-record.ts";
import { type DeliveryState, deliveryState } from "../../../src-shared/domain/delivery.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { type CallChanges, callsOfPart, partOf } from "./call-changes.ts";
import { openView } from "./database.ts";
import { outcomeOfDeliveries } from "./outcome-column.ts";
import { toOutcomeCounts } from "./outcome-counts.ts";
import { createStatementCache } from "./statement-cache.ts";
import type { HalfHour, IntegrationBalance, Statement } from "../ports/report-store.ts";

type Span = Readonly<{ from: number; to: number }>;
/** Part of a span: calls with these row ids. */
type Part = Span & Readonly<{ low: number; high: number }>;
type IntegrationPart = Part & Readonly<{ integrationId: number }>;
type StateRow = Readonly<{ state: DeliveryState; waitWhy: string | null; reason: string | null; count: number }>;
/** `half`: the half-hour of the day in which the calls began, or null for calls of other days. */
type OutcomeRow = Readonly<{ outcome: CallOutcome | null; half: number | null; count: number }>;
type ExcludedRow = Readonly<{ reason: ExclusionReason; count: number }>;
type Statements = ReturnType<typeof prepareStatements>;
type IntegrationFacts = Readonly<{ integrationId: number; crm: CrmType; label: string }>;

const halfHourMs = 1_800_000;

/** Calls of a range of rows that were first read in the readings of a span. */
const callsRead = `r AS MATERIALIZED (
    SELECT id FROM reading WHERE started_at >= @from AND started_at < @to AND first_call_id IS NOT NULL),
  c AS (SELECT c.id, c.excluded, c.started_at, s.tenant_id FROM call c JOIN phone_system s ON s.id = c.phone_system_id
    WHERE c.id BETWEEN @low AND @high AND c.reading_id IN (SELECT id FROM r))`;

/** NULL for a call that an account of its tenant takes and that has no delivery there. Row values are those of `callOutcome`. */
const outcomeOfCall = `coalesce(
    ${outcomeOfDeliveries},
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
    /** Row ids ascend, so a range of rows holds the calls of a span; null where it has none. */
    range: db.prepare<[Span], { first: number | null; last: number | null }>(`
      SELECT min(first_call_id) AS first, max(last_call_id) AS last FROM reading
      WHERE started_at >= @from AND started_at < @to`),
    excluded: db.prepare<[Part], ExcludedRow>(`
      WITH ${callsRead}, earliest AS (
        SELECT tenant_id, CASE WHEN count(since) = count(*) THEN min(since) END AS since
        FROM integration WHERE removed_at IS NULL GROUP BY tenant_id)
      SELECT coalesce(c.excluded, 'before_start') AS reason, count(*) AS count
      FROM c LEFT JOIN earliest e ON e.tenant_id = c.tenant_id
      WHERE c.excluded IS NOT NULL OR c.started_at < e.since GROUP BY 1 ORDER BY 1`),
    outcomes: db.prepare<[Part], OutcomeRow>(`
      WITH ${callsRead}
      SELECT CASE WHEN c.excluded IS NOT NULL THEN 'skipped' ELSE ${outcomeOfCall} END AS outcome,
        CASE WHEN c.started_at >= @from AND c.started_at < @to THEN CAST((c.started_at - @from) / ${halfHourMs} AS INTEGER) END AS half,
        count(*) AS count
      FROM c GROUP BY 1, 2`),
    sources: db.prepare<[Span], { sourceId: number; rows: number; readAt: number }>(`
      SELECT source_id AS sourceId, sum(row_count) AS rows, max(coalesce(ended_at, started_at)) AS readAt FROM reading
      WHERE started_at >= @from AND started_at < @to AND source_id IS NOT NULL GROUP BY source_id ORDER BY source_id`),
    integrations: db.prepare<[], IntegrationFacts>(
      "SELECT id AS integrationId, crm, label FROM integration WHERE removed_at IS NULL ORDER BY id",
    ),
    taken: db.prepare<[IntegrationPart], { eligible: number; beforeStart: number }>(`
      WITH ${callsRead}
      SELECT count(*) FILTER (WHERE i.since IS NULL OR c.started_at >= i.since) AS eligible,
        count(*) FILTER (WHERE c.started_at < i.since) AS beforeStart
      FROM integration i JOIN c ON c.tenant_id = i.tenant_id WHERE i.id = @integrationId AND c.excluded IS NULL`),
    states: db.prepare<[IntegrationPart], StateRow>(`
      WITH ${callsRead}
      SELECT d.state, d.wait_why AS waitWhy, CASE d.state WHEN 'dead' THEN d.reason END AS reason, count(*) AS count
      FROM integration i JOIN c ON c.tenant_id = i.tenant_id
      JOIN delivery d ON d.call_id = c.id AND d.integration_id = i.id
      WHERE i.id = @integrationId AND c.excluded IS NULL AND (i.since IS NULL OR c.started_at >= i.since)
      GROUP BY 1, 2, 3`),
  };
}

function sumBy<R extends Readonly<{ count: number }>>(
  rows: readonly R[],
  nameOf: (row: R) => string | null,
): Readonly<Record<string, number>> {
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

const countOf = (rows: readonly OutcomeRow[], isOf: (row: OutcomeRow) => boolean): number =>
  rows.reduce((sum, row) => (isOf(row) ? sum + row.count : sum), 0);

function toOutcomes(rows: readonly OutcomeRow[]): Readonly<Record<CallOutcome, number>> {
  return toOutcomeCounts((name) => countOf(rows, ({ outcome }) => outcome === name));
}

/** Acknowledged calls count as skipped here: a person left them out. */
const kinds: Readonly<Record<CallOutcome, Exclude<keyof HalfHour, "at">>> = {
  failed: "failed",
  checking: "open",
  waiting: "open",
  held: "open",
  sending: "open",
  queued: "open",
  delivered: "delivered",
  acknowledged: "skipped",
  skipped: "skipped",
};

function toActivity(rows: readonly OutcomeRow[], from: number): readonly HalfHour[] {
  const inHalves = Map.groupBy(rows, ({ half }) => half);
  const halves = [...inHalves.keys()].filter((half) => half !== null).toSorted((a, b) => a - b);
  return halves.map((half) => {
    const inHalf = inHalves.get(half) ?? [];
    const of = (kind: Exclude<keyof HalfHour, "at">): number =>
      countOf(inHalf, ({ outcome }) => outcome !== null && kinds[outcome] === kind);
    const at = from + half * halfHourMs;
    return { at, delivered: of("delivered"), failed: of("failed"), skipped: of("skipped"), open: of("open") };
  });
}

type AccountCounts = { eligible: number; beforeStart: number; readonly rows: StateRow[] };
/** What was counted of some calls. */
type Counted = Readonly<{
  excluded: ExcludedRow[];
  outcomes: OutcomeRow[];
  byIntegration: Map<number, AccountCounts>;
}>;

const nothingCounted = (): Counted => ({ excluded: [], outcomes: [], byIntegration: new Map() });

function countPart(sql: Statements, integrations: readonly IntegrationFacts[], part: Part): Counted {
  return {
    excluded: sql.excluded.all(part),
    outcomes: sql.outcomes.all(part),
    byIntegration: new Map(
      integrations.map(({ integrationId }) => {
        const { eligible = 0, beforeStart = 0 } = sql.taken.get({ ...part, integrationId }) ?? {};
        return [integrationId, { eligible, beforeStart, rows: sql.states.all({ ...part, integrationId }) }];
      }),
    ),
  };
}

function addPart(sum: Counted, part: Counted): void {
  sum.excluded.push(...part.excluded);
  sum.outcomes.push(...part.outcomes);
  for (const [integrationId, { eligible, beforeStart, rows }] of part.byIntegration) {
    const before = sum.byIntegration.get(integrationId) ?? { eligible: 0, beforeStart: 0, rows: [] };
    before.eligible += eligible;
    before.beforeStart += beforeStart;
    before.rows.push(...rows);
    sum.byIntegration.set(integrationId, before);
  }
}

type Cache = ReturnType<typeof createStatementCache<Counted>>;

/** Counts part by part; stops after each that had to be counted, so that the caller may let others in. */
function* countSpan(sql: Statements, date: string, span: Span, cache?: Cache): Generator<void, Statement> {
  // The first read fixes the view; what changes from here on is not in it.
  const integrations = sql.integrations.all();
  const asOf = cache?.stamp() ?? 0;
  const kept = cache?.ofSpan(span.from, span.to);
  const counted = nothingCounted();
  const { first = null, last = null } = sql.range.get(span) ?? {};
  if (first !== null && last !== null)
    for (let part = partOf(first); part <= partOf(last); part += 1) {
      let isCounted = false;
      const count = (): Counted => {
        isCounted = true;
        const low = part * callsOfPart + 1;
        return countPart(sql, integrations, { ...span, low, high: low + callsOfPart - 1 });
      };
      addPart(counted, kept === undefined ? count() : kept.countsOf(part, asOf, count));
      if (isCounted) yield;
    }
  return toStatement(sql, { date, span, integrations, counted });
}

function toBalance(facts: IntegrationFacts, counted: Counted): IntegrationBalance {
  const { eligible, beforeStart, rows } = counted.byIntegration.get(facts.integrationId) ?? noCalls;
  return {
    ...facts,
    eligible,
    beforeStart,
    states: toStates(rows),
    waitingBy: sumBy(rows, ({ waitWhy }) => waitWhy),
    deadBy: sumBy(rows, ({ reason }) => reason),
    balanced: rows.reduce((sum, { count }) => sum + count, 0) === eligible,
  };
}

const noCalls = { eligible: 0, beforeStart: 0, rows: [] } as const;

function toStatement(
  sql: Statements,
  ask: Readonly<{ date: string; span: Span; integrations: readonly IntegrationFacts[]; counted: Counted }>,
): Statement {
  const { date, span, integrations, counted } = ask;
  const { rows, legs, calls } = sql.totals.get(span) ?? { rows: 0, legs: 0, calls: 0 };
  const skippedRows = sql.skipped.all(span);
  const byIntegration = integrations.map((facts) => toBalance(facts, counted));
  const skippedCount = skippedRows.reduce((sum, { count }) => sum + count, 0);
  return {
    date,
    rows,
    legs,
    calls,
    skipped: Object.fromEntries(skippedRows.map(({ reason, count }) => [reason, count])),
    excluded: sumBy(counted.excluded, ({ reason }) => reason),
    outcomes: toOutcomes(counted.outcomes),
    activity: toActivity(counted.outcomes, span.from),
    bySource: sql.sources.all(span),
    byIntegration,
    balanced: rows === legs + skippedCount && byIntegration.every(({ balanced }) => balanced),
  };
}

export type StatementReader = Readonly<{
  /** The balance of rows read against deliveries, at once. */
  statement(date: string, from: number, to: number): Statement;
  /** The same by steps, as of one moment, with a pause after each. */
  statementBySteps(date: string, from: number, to: number, pause: () => Promise<void>): Promise<Statement>;
}>;

/** `changes`: of the connection that writes; without it every look counts the whole day. */
export function createStatement(db: Database, changes?: CallChanges): StatementReader {
  const cache = changes === undefined ? undefined : createStatementCache<Counted>(changes);
  const sql = prepareStatements(db);
  const atOnce = db.transaction((date: string, span: Span): Statement => {
    const counting = countSpan(sql, date, span);
    for (;;) {
      const step = counting.next();
      if (step.done === true) return step.value;
    }
  });
  return {
    statement: (date, from, to) => atOnce.deferred(date, { from, to }),
    async statementBySteps(date, from, to, pause) {
      // A connection of its own keeps its view while others write in between: the sum must add up.
      const view = openView(db);
      try {
        view.exec("BEGIN");
        const counting = countSpan(prepareStatements(view), date, { from, to }, cache);
        for (;;) {
          const step = counting.next();
          if (step.done === true) return step.value;
          await pause();
        }
      } finally {
        view.close();
      }
    },
  };
}
