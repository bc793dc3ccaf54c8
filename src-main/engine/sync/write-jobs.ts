import { type Lane, lanes } from "../../../src-shared/domain/budget.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { WriteOutcome } from "../ports/connector.ts";
import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import type { MatchVerdict } from "../ports/matcher.ts";
import { isStorageFailure, toBugChange } from "./bug-outcome.ts";
import { type DispatcherParts, type Job, aloneOrTogether } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";
import { createLaneTurns } from "./lane-turns.ts";
import { toMatchStage } from "./match-stage.ts";
import { isSurprise } from "./pre-validation.ts";
import type { SchemaKeeper } from "./schema-keeper.ts";
import { toChange } from "./write-outcome.ts";
import { isDone } from "./write-plan.ts";
import { createPersonCheck, type Prepared, prepareWrites } from "./write-preparation.ts";

/** Rows as their claim has left them: nothing else was written since they were read, so they are not read again. */
function toClaimed(
  rows: readonly DeliveryRow[],
  claimed: readonly number[],
  changes: readonly DeliveryChange[],
): readonly DeliveryRow[] {
  const taken = new Set(claimed);
  const patches = new Map(changes.map(({ id, patch }) => [id, patch]));
  return rows.flatMap((row) => {
    if (!taken.has(row.id)) return [];
    const { match = row.match, giveUpAt = row.giveUpAt, missingReads = row.missingReads } = patches.get(row.id) ?? {};
    return [{ ...row, state: "sending", match, giveUpAt, missingReads } as const];
  });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown error");

/** Deliveries that are due, as they were when the ledger had this version. */
type Picked = Readonly<{ rows: readonly DeliveryRow[]; version: number }>;

/** Matches, claims and writes what is due, lane by lane. */
export function createWriteJobs(
  parts: DispatcherParts,
  health: IntegrationHealth,
  schema: SchemaKeeper,
): Readonly<{ next(among?: readonly Lane[]): Promise<Job | null> }> {
  const { clock, deliveries, connector, matcher } = parts;
  const turns = createLaneTurns();
  let batchRows = connector.limits.writeRows;

  const peek = (lane: Lane, limit: number): readonly DeliveryRow[] =>
    deliveries.peekDue({ integrationId: parts.integrationId, lane, now: clock.now(), limit });

  function pickRows(among: readonly Lane[]): Picked {
    const ready = among.filter((each) => matcher.isReady(parts.integrationId, each));
    const lane = turns.next(ready.filter((each) => peek(each, 1).length > 0));
    return { rows: lane === undefined ? [] : aloneOrTogether(peek(lane, batchRows)), version: deliveries.version() };
  }

  async function askMatcher(rows: readonly DeliveryRow[]): Promise<ReadonlyMap<number, MatchVerdict>> {
    if (rows.length === 0) return new Map();
    const session = parts.openSession(rows[0]?.lane ?? 1, []);
    const checkPerson = createPersonCheck(parts, { schema, rows, session });
    const ask = { integration: health.integration(), connector, session, serverNow: parts.server.now, checkPerson };
    return matcher.match({ ...ask, rows });
  }

  /** One call that breaks the match keeps no other from being matched: each goes alone, and that one is a dead letter. */
  async function matchRows(rows: readonly DeliveryRow[]): Promise<ReadonlyMap<number, MatchVerdict>> {
    try {
      return await askMatcher(rows);
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      const [only, ...others] = rows;
      if (only === undefined || others.length === 0) {
        settleUnmatched(rows, error);
        return new Map();
      }
      const alone: (readonly [number, MatchVerdict])[] = [];
      for (const row of rows) alone.push(...(await matchRows([row])));
      return new Map(alone);
    }
  }

  function settleUnmatched(rows: readonly DeliveryRow[], error: unknown): void {
    const context = { integration: health.integration(), now: clock.now(), mayHaveLeft: false, isShared: false };
    const changes = rows.map((row) => toBugChange(row, { ...context, errorName: nameOf(error) }));
    deliveries.apply(changes.map((change) => ({ ...change, events: ["claim", ...change.events] })));
    parts.onBug(error);
  }

  /** Matches what has no match yet, stores what that decides, and claims what is ready. */
  async function claimReady({ rows, version }: Picked): Promise<readonly DeliveryRow[]> {
    const isUnmatched = (row: DeliveryRow): boolean => row.match === null || matcher.isOutdated(row);
    const unmatched = rows.filter(isUnmatched);
    const verdicts = await matchRows(unmatched);
    for (const verdict of verdicts.values())
      if (verdict.kind === "rejected" && isSurprise(verdict.fault)) schema.doubt();
    const searchLagMs = connector.limits.searchLagMs ?? 0;
    const stage = toMatchStage(unmatched, verdicts, {
      integration: health.integration(),
      now: clock.now(),
      searchLagMs,
    });
    const ready = [...rows.flatMap((row) => (isUnmatched(row) ? [] : [row.id])), ...stage.ready];
    // What a fault blocks must not be claimed: it is reacted to first.
    const isStoredAlone = stage.fault !== null || ready.length === 0 || parts.stopping.aborted;
    if (isStoredAlone) deliveries.apply(stage.changes);
    if (stage.fault !== null) health.react(stage.fault, true);
    if (parts.stopping.aborted || ready.length === 0) return [];
    const changes = isStoredAlone ? [] : stage.changes;
    const isAsPicked = deliveries.version() === version;
    const claimed = deliveries.claim({ ids: ready, session: parts.session, now: clock.now(), changes });
    return isAsPicked ? toClaimed(rows, claimed, changes) : deliveries.rows(claimed);
  }

  /** A batch that was too large halves; one that passed lets it grow again. */
  function resizeBatch(faults: ReadonlyMap<ConnectorFault["kind"], ConnectorFault>, size: number): void {
    if (faults.has("batch_too_large")) batchRows = Math.max(1, Math.floor(size / 2));
    else if (faults.size === 0) batchRows = Math.min(connector.limits.writeRows, batchRows * 2);
  }

  function storeOutcomes({ plans, settled }: Prepared, outcomes: ReadonlyMap<string, WriteOutcome>): void {
    const faults = new Map<ConnectorFault["kind"], ConnectorFault>();
    const integration = health.integration();
    const wanted = deliveries.wantedRevisions(plans.map(({ row }) => row.id));
    const changes = plans.map((plan) => {
      const nothing: WriteOutcome = { done: [], remoteId: plan.item.remoteId, fault: null };
      const outcome = settled.get(plan.row.id) ?? (isDone(plan) ? nothing : outcomes.get(plan.key));
      if (outcome === undefined) throw new Error("the connector gave no outcome for a delivery");
      if (outcome.fault !== null) faults.set(outcome.fault.kind, outcome.fault);
      if (outcome.fault !== null && isSurprise(outcome.fault)) schema.doubt();
      if (outcome.fault?.kind === "rejected" && outcome.fault.reason === "person_deleted") {
        matcher.forget(integration.id);
        if (plan.row.match !== null) matcher.doubt(integration.id, plan.row.match.number);
      }
      return toChange(plan, outcome, {
        integration,
        now: clock.now(),
        random: parts.random.next(),
        batchSize: plans.length,
        wantedRevision: wanted.get(plan.row.id) ?? plan.row.wantedRevision,
        stopping: parts.stopping.aborted,
      });
    });
    deliveries.apply(changes);
    for (const fault of faults.values()) health.react(fault, false);
    if (faults.size === 0) health.succeed();
    resizeBatch(faults, plans.length);
  }

  /** A bug must not leave claims behind: they would never be claimed again in this session. */
  function settleBug(rows: readonly DeliveryRow[], mayHaveLeft: boolean, error: unknown): void {
    const left = deliveries.rows(rows.map(({ id }) => id)).filter(({ state }) => state === "sending");
    const integration = health.integration();
    const context = { integration, now: clock.now(), mayHaveLeft, isShared: rows.length > 1, errorName: nameOf(error) };
    deliveries.apply(left.map((row) => toBugChange(row, context)));
    parts.onBug(error);
  }

  async function write(rows: readonly DeliveryRow[]): Promise<void> {
    let mayHaveLeft = false;
    try {
      const session = parts.openSession(rows[0]?.lane ?? 1, rows);
      const prepared = await prepareWrites(parts, { health, schema, rows, session });
      const items = prepared.plans.flatMap((plan) =>
        prepared.settled.has(plan.row.id) || isDone(plan) ? [] : [plan.item],
      );
      mayHaveLeft = items.length > 0;
      storeOutcomes(prepared, items.length === 0 ? new Map() : await connector.write(session, items));
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      settleBug(rows, mayHaveLeft, error);
    }
  }

  return {
    /** Holds, rejects or claims until something is claimed or nothing is due. */
    next: async (among = lanes) => {
      for (let picked = pickRows(among); picked.rows.length > 0; picked = pickRows(among)) {
        const claimed = await claimReady(picked);
        if (claimed.length > 0) return () => write(claimed);
        if (parts.stopping.aborted || !health.isOpen()) return null;
      }
      return null;
    },
  };
}
