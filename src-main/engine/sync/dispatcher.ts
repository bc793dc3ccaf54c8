import { type Lane, lanes } from "../../../src-shared/domain/budget.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { type Integration, crmNames } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import { type Reason, reasonTexts } from "../../../src-shared/domain/reason.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmSession, ProbeFinding, WriteOutcome } from "../ports/connector.ts";
import type { DeliveryChange, DeliveryRow, DeliveryStore, EngineSession } from "../ports/delivery-store.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Matcher } from "../ports/matcher.ts";
import type { Random } from "../ports/random.ts";
import { type Rest, holdDue, shortRestMs, unavailable } from "./availability.ts";
import { toBugChange } from "./bug-outcome.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import { createLaneTurns } from "./lane-turns.ts";
import { toMatchStage } from "./match-stage.ts";
import { toProbeChange, toProbeDeferral } from "./probe-outcome.ts";
import type { ServerClock } from "./server-clock.ts";
import { toChange } from "./write-outcome.ts";
import { type PlanContext, type WritePlan, isDone, operationOf, planUpdate, planWrite } from "./write-plan.ts";

/** Backoff of an integration whose requests fail one after another. Base and cap in ms. */
const backoffMs = 1_000;
const backoffCapMs = 5 * 60_000;
/** A blocked integration is checked again this often, so that it heals by itself, ms. */
const blockedRecheckMs = 5 * 60_000;

export type DispatcherParts = Readonly<{
  integrationId: number;
  session: EngineSession;
  clock: Clock;
  random: Random;
  server: ServerClock;
  deliveries: DeliveryStore;
  integrations: IntegrationStore;
  connector: Connector;
  contract: OwnershipContract;
  matcher: Matcher;
  requestTimeoutMs: number;
  /** A paced way to the CRM for one job. */
  openSession: (lane: Lane, rows: readonly DeliveryRow[], keyOf: (row: DeliveryRow) => string) => CrmSession;
  /** Learns the account after a good check: plan and limits. */
  onAccount: (integration: Integration) => void;
  stopping: AbortSignal;
  /** A defect of ours: its deliveries are settled, the work goes on. */
  onBug: (error: unknown) => void;
}>;

/** One unit of work: a probe of uncertain deliveries, or a write of claimed ones. */
type Job = () => Promise<void>;

/** The engine's loop for one integration, cut into jobs that several workers may run at once. */
export type Dispatcher = Readonly<{
  /** The next job, or null when nothing can be done now. Calls come one after another. */
  next(): Promise<Job | null>;
  /** Wall time until which nothing is to be tried, 0 for none. */
  restsUntil(): number;
}>;

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { clock, deliveries, integrations, connector, matcher, server } = parts;
  const { limits } = connector;
  const turns = createLaneTurns();
  const probing = new Set<number>();
  let isChecked = false;
  let nextCheckAt = 0;
  let resting: Rest = { until: 0, cause: "retry" };
  let failures = 0;
  let batchRows = limits.writeRows;

  const integration = (): Integration => {
    const found = integrations.get(parts.integrationId);
    if (found === undefined) throw new Error("the integration is gone from the store");
    return found;
  };
  const keyOf = (row: DeliveryRow): string => idempotencyKey(row.tenant, row.callId, connector.crm);
  const planContext = (row: DeliveryRow, ownerId: string | null): PlanContext => ({
    contract: parts.contract,
    object: connector.callObject,
    key: keyOf(row),
    ownerId,
  });

  /** Nothing is tried for `ms`. The vendor's word is kept across restarts; our own patience is not. */
  function rest(ms: number, cause: Rest["cause"]): void {
    if (clock.now() + ms <= resting.until) return;
    resting = { until: clock.now() + ms, cause };
    if (cause === "pace" && ms > shortRestMs) integrations.setRest(parts.integrationId, resting.until, clock.now());
  }
  const restNow = (current: Integration): Rest =>
    (current.restUntil ?? 0) > resting.until ? { until: current.restUntil ?? 0, cause: "pace" } : resting;

  function block(reason: Reason, message: string | undefined): void {
    isChecked = false;
    nextCheckAt = clock.now() + blockedRecheckMs;
    if (integration().state !== "active") return;
    integrations.setState(parts.integrationId, "blocked", {
      at: clock.now(),
      reason,
      note: message ?? reasonTexts[reason].sentence,
    });
  }

  /** The CRM is out of reach or out of order: everything rests a little, longer each time in a row. */
  function backOff(): void {
    failures += 1;
    rest(parts.random.next() * Math.min(backoffCapMs, backoffMs * 2 ** Math.min(failures, 20)), "retry");
  }

  /** What a fault means for the integration as a whole. Reads that fail belong to no delivery, so they rest the integration. */
  function react(fault: ConnectorFault, isRead: boolean): void {
    switch (fault.kind) {
      case "blocked":
        return block(fault.reason, fault.answer.message);
      case "rate_limited":
        return rest(fault.retryAfterMs, "pace");
      case "paced":
        return rest(Math.max(0, fault.untilMs - clock.now()), "pace");
      case "rejected":
        return isRead ? block(fault.reason, fault.answer.message) : undefined;
      case "transient":
        return isRead || fault.proof === "never_left" ? backOff() : undefined;
      case "response_lost":
        return backOff();
      case "already_written":
      case "batch_too_large":
        return undefined;
    }
  }

  /** Signs in before the first write of a session: names the account, learns its plan and the CRM's clock. */
  async function check(): Promise<boolean> {
    const known = integration();
    const answer = await connector.check(parts.openSession(0, [], keyOf));
    if (!answer.ok) {
      react(answer.fault, true);
      return false;
    }
    if (known.account !== null && known.account.accountId !== answer.value.accountId) {
      block(
        "setup_missing",
        `The key belongs to another account (${answer.value.name}) than the one connected (${known.account.name}).`,
      );
      return false;
    }
    failures = 0;
    isChecked = true;
    const account =
      JSON.stringify(known.account) === JSON.stringify(answer.value)
        ? known
        : integrations.update(known.id, { account: answer.value }, clock.now());
    parts.onAccount(account);
    if (known.state === "blocked")
      integrations.setState(known.id, "active", {
        at: clock.now(),
        reason: null,
        note: `${crmNames[known.crm]} accepts us again.`,
      });
    return true;
  }

  const probeContext = (row: DeliveryRow, current: Integration): Parameters<typeof toProbeChange>[2] => ({
    integration: current,
    now: clock.now(),
    serverNow: server.now(),
    random: parts.random.next(),
    quietTimeMs: 2 * parts.requestTimeoutMs,
    hasUniqueKey: limits.hasUniqueKey,
    plan: planContext(row, null),
  });

  /** A delivery that was left behind twice is probed and sent alone: it may be what breaks its batch. */
  function aloneOrTogether(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
    const [first] = rows;
    if (first === undefined) return rows;
    if (first.rescues >= 2) return [first];
    const suspect = rows.findIndex((row) => row.rescues >= 2);
    return suspect === -1 ? rows : rows.slice(0, suspect);
  }

  function sinceOf(rows: readonly DeliveryRow[]): number {
    const sent = rows.flatMap((row) => (row.lastSentAt === null ? [] : [row.lastSentAt]));
    return sent.reduce((oldest, at) => Math.min(oldest, at), server.now());
  }

  async function probe(rows: readonly DeliveryRow[]): Promise<void> {
    const current = integration();
    const answer = await connector.probe(parts.openSession(0, rows, keyOf), rows.map(keyOf), sinceOf(rows));
    if (!answer.ok) {
      react(answer.fault, true);
      const waitMs = Math.max(backoffMs, resting.until - clock.now());
      deliveries.apply(
        rows.map((row) =>
          toProbeDeferral(row, { integration: current, now: clock.now() }, waitMs, describe(answer.fault)),
        ),
      );
      return;
    }
    failures = 0;
    deliveries.apply(
      rows.map((row) =>
        toProbeChange(
          row,
          answer.value.get(keyOf(row)) ?? { kind: "unclear", detail: "The CRM said nothing about this call." },
          probeContext(row, current),
        ),
      ),
    );
  }

  function probeJob(): Job | null {
    const due = deliveries.peekProbes({
      integrationId: parts.integrationId,
      now: clock.now(),
      limit: limits.probeKeys,
    });
    const rows = aloneOrTogether(due.filter((row) => !probing.has(row.id)));
    if (rows.length === 0) return null;
    for (const row of rows) probing.add(row.id);
    return () =>
      probe(rows).finally(() => {
        for (const row of rows) probing.delete(row.id);
      });
  }

  const peek = (lane: Lane, limit: number): readonly DeliveryRow[] =>
    deliveries.peekDue({ integrationId: parts.integrationId, lane, now: clock.now(), limit });

  function pickRows(): readonly DeliveryRow[] {
    const lane = turns.next(lanes.filter((each) => peek(each, 1).length > 0));
    return lane === undefined ? [] : aloneOrTogether(peek(lane, batchRows));
  }

  /** Matches what has no match yet, stores what that decides, and claims what is ready. */
  async function claimReady(rows: readonly DeliveryRow[], current: Integration): Promise<readonly DeliveryRow[]> {
    const unmatched = rows.filter((row) => row.match === null);
    const lane = rows[0]?.lane ?? 1;
    const verdicts =
      unmatched.length === 0
        ? new Map()
        : await matcher.match({
            integration: current,
            connector,
            session: parts.openSession(lane, [], keyOf),
            rows: unmatched,
          });
    const stage = toMatchStage(unmatched, verdicts, current, clock.now());
    deliveries.apply(stage.changes);
    if (stage.fault !== null) react(stage.fault, true);
    const ready = [...rows.flatMap((row) => (row.match === null ? [] : [row.id])), ...stage.ready];
    if (parts.stopping.aborted || ready.length === 0) return [];
    const claimed = deliveries.claim({ ids: ready, session: parts.session, now: clock.now() });
    return claimed.flatMap((id) => deliveries.get(id) ?? []);
  }

  /** Rewrites need what the CRM holds now: one batched read by key. */
  async function planUpdates(
    rows: readonly DeliveryRow[],
    session: CrmSession,
  ): Promise<Readonly<{ plans: readonly WritePlan[]; settled: ReadonlyMap<number, WriteOutcome> }>> {
    if (rows.length === 0) return { plans: [], settled: new Map() };
    const answer = await connector.probe(session, rows.map(keyOf), sinceOf(rows));
    const plans: WritePlan[] = [];
    const settled = new Map<number, WriteOutcome>();
    for (const row of rows) {
      const context = planContext(row, await ownerOf(row, session));
      const finding: ProbeFinding | undefined = answer.ok ? answer.value.get(keyOf(row)) : undefined;
      if (finding?.kind === "found") plans.push(planUpdate(row, context, finding));
      else {
        plans.push({
          row,
          key: context.key,
          item: { key: context.key, operation: "update", body: null, remoteId: row.remoteId, links: [] },
          kept: [],
        });
        settled.set(row.id, {
          done: [],
          remoteId: null,
          fault: answer.ok ? missingFault(finding) : toReadFault(answer.fault),
        });
      }
    }
    return { plans, settled };
  }

  const ownerOf = (row: DeliveryRow, session: CrmSession): Promise<string | null> =>
    matcher.ownerOf({ integration: integration(), connector, session, agent: row.call.agent });

  async function planAll(
    rows: readonly DeliveryRow[],
    session: CrmSession,
  ): Promise<Awaited<ReturnType<typeof planUpdates>>> {
    const updates = await planUpdates(
      rows.filter((row) => operationOf(row) === "update"),
      session,
    );
    const plans = [...updates.plans];
    for (const row of rows.filter((each) => operationOf(each) !== "update"))
      plans.push(planWrite(row, planContext(row, await ownerOf(row, session))));
    return { plans, settled: updates.settled };
  }

  function storeOutcomes(
    plans: readonly WritePlan[],
    outcomes: ReadonlyMap<string, WriteOutcome>,
    settled: ReadonlyMap<number, WriteOutcome>,
    current: Integration,
  ): void {
    const changes: DeliveryChange[] = [];
    const faults = new Map<ConnectorFault["kind"], ConnectorFault>();
    for (const plan of plans) {
      const nothing: WriteOutcome = { done: [], remoteId: plan.item.remoteId, fault: null };
      const outcome = settled.get(plan.row.id) ?? (isDone(plan) ? nothing : outcomes.get(plan.key));
      if (outcome === undefined) throw new Error("the connector gave no outcome for a delivery");
      if (outcome.fault !== null) faults.set(outcome.fault.kind, outcome.fault);
      if (outcome.fault?.kind === "batch_too_large") batchRows = Math.max(1, Math.floor(plans.length / 2));
      if (outcome.fault?.kind === "rejected" && outcome.fault.reason === "person_deleted") matcher.forget(current.id);
      const wantedRevision = deliveries.get(plan.row.id)?.wantedRevision ?? plan.row.wantedRevision;
      changes.push(
        toChange(plan, outcome, {
          integration: current,
          now: clock.now(),
          random: parts.random.next(),
          batchSize: plans.length,
          wantedRevision,
          stopping: parts.stopping.aborted,
        }),
      );
    }
    deliveries.apply(changes);
    for (const fault of faults.values()) react(fault, false);
    if (faults.size === 0) {
      failures = 0;
      batchRows = Math.min(limits.writeRows, batchRows * 2);
    }
  }

  async function write(rows: readonly DeliveryRow[]): Promise<void> {
    const current = integration();
    const lane = rows[0]?.lane ?? 1;
    let sent = false;
    try {
      const session = parts.openSession(lane, rows, keyOf);
      const { plans, settled } = await planAll(rows, session);
      const items = plans.filter((plan) => !settled.has(plan.row.id) && !isDone(plan)).map((plan) => plan.item);
      sent = items.length > 0;
      const outcomes = items.length === 0 ? new Map<string, WriteOutcome>() : await connector.write(session, items);
      storeOutcomes(plans, outcomes, settled, current);
    } catch (error) {
      settleBug(rows, current, sent, error);
    }
  }

  /** A bug must not leave claims behind: they would never be claimed again in this session. */
  function settleBug(rows: readonly DeliveryRow[], current: Integration, sent: boolean, error: unknown): void {
    const name = error instanceof Error ? error.name : "unknown error";
    const left = rows.flatMap((row) => deliveries.get(row.id) ?? []).filter((row) => row.state === "sending");
    deliveries.apply(left.map((row) => toBugChange(row, current, clock.now(), sent, name)));
    parts.onBug(error);
  }

  /** Holds, rejects or claims until something is claimed or nothing is due. */
  async function writeJob(): Promise<Job | null> {
    for (let rows = pickRows(); rows.length > 0; rows = pickRows()) {
      const claimed = await claimReady(rows, integration());
      if (claimed.length > 0) return () => write(claimed);
      if (parts.stopping.aborted || resting.until > clock.now() || integration().state !== "active") return null;
    }
    return null;
  }

  async function mayWork(): Promise<boolean> {
    const current = integration();
    if (current.state === "paused") return false;
    if (current.state === "blocked" && clock.now() < nextCheckAt) return false;
    if (restNow(current).until > clock.now()) return false;
    return isChecked || check();
  }

  return {
    next: async () => {
      if (parts.stopping.aborted) return null;
      if (!(await mayWork())) {
        const current = integration();
        const cause = unavailable(current, restNow(current), clock.now());
        if (cause !== null) await holdDue(deliveries, current, clock.now(), cause, () => clock.sleep(0));
        return null;
      }
      return probeJob() ?? (await writeJob());
    },
    restsUntil: () => resting.until,
  };
}

/** A read before a rewrite that found no record: never re-created. */
function missingFault(finding: ProbeFinding | undefined): ConnectorFault {
  if (finding?.kind === "unclear")
    return { kind: "rejected", reason: "outcome_unknown", answer: { message: finding.detail } };
  return {
    kind: "rejected",
    reason: "record_deleted",
    answer: { message: "The call's record is no longer in the CRM." },
  };
}

/** Nothing was written yet: a lost answer of a read is only a failed read. */
function toReadFault(fault: ConnectorFault): ConnectorFault {
  return fault.kind === "response_lost" ? { kind: "transient", proof: "never_left", answer: fault.answer } : fault;
}

function describe(fault: ConnectorFault): string {
  if (fault.kind === "paced") return "our share of the CRM's limit is used up.";
  return `${fault.answer.message ?? fault.kind.replaceAll("_", " ")}.`;
}
