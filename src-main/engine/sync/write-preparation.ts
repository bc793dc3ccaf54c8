import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, ProbeFinding, WriteOutcome } from "../ports/connector.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import { type DispatcherParts, keyOf, sentSince } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";
import { type PlanContext, type WritePlan, operationOf, planUpdate, planWrite } from "./write-plan.ts";

/** Plans to write, and outcomes of those that are settled without a write (their record is gone, or could not be read). */
export type Prepared = Readonly<{ plans: readonly WritePlan[]; settled: ReadonlyMap<number, WriteOutcome> }>;

/** A read before a rewrite that found no record: never re-created. */
function toMissingFault(finding: ProbeFinding | undefined): ConnectorFault {
  if (finding?.kind === "unclear")
    return { kind: "rejected", reason: "outcome_unknown", answer: { message: finding.detail } };
  const message = "The call's record is no longer in the CRM.";
  return { kind: "rejected", reason: "record_deleted", answer: { message } };
}

/** Nothing was written yet: a lost answer of a read is only a failed read. */
function toReadFault(fault: ConnectorFault): ConnectorFault {
  return fault.kind === "response_lost" ? { kind: "transient", proof: "never_left", answer: fault.answer } : fault;
}

/** Plans what claimed deliveries need: first writes and links at once, rewrites after one batched read by key. */
export async function prepareWrites(
  parts: DispatcherParts,
  health: IntegrationHealth,
  rows: readonly DeliveryRow[],
  session: CrmSession,
): Promise<Prepared> {
  const { connector, matcher, contract } = parts;
  const plans: WritePlan[] = [];
  const settled = new Map<number, WriteOutcome>();

  async function contextOf(row: DeliveryRow): Promise<PlanContext> {
    const integration = health.integration();
    const { agent } = row.call;
    const ownerId = await matcher.ownerOf({ integration, connector, session, serverNow: parts.server.now, agent });
    return { contract, object: connector.callObject, key: keyOf(row, connector), ownerId };
  }

  async function planUpdates(updates: readonly DeliveryRow[]): Promise<void> {
    const keys = updates.map((row) => keyOf(row, connector));
    const known = new Map(
      updates.flatMap((row): readonly (readonly [string, string])[] =>
        row.remoteId === null ? [] : [[keyOf(row, connector), row.remoteId]],
      ),
    );
    const answer = await connector.probe(session, keys, sentSince(updates, parts.server.now()), known);
    for (const row of updates) {
      const context = await contextOf(row);
      const finding = answer.ok ? answer.value.get(context.key) : undefined;
      if (finding?.kind === "found") {
        plans.push(planUpdate(row, context, finding));
        continue;
      }
      const item = { key: context.key, operation: "update", body: null, remoteId: row.remoteId, links: [] } as const;
      const fault = answer.ok ? toMissingFault(finding) : toReadFault(answer.fault);
      const isGone = fault.kind === "rejected" && fault.reason === "record_deleted";
      plans.push({ row, key: context.key, item, kept: [], ...(isGone ? { conflicts: [] } : {}) });
      settled.set(row.id, { done: [], remoteId: null, fault });
    }
  }

  const updates = rows.filter((row) => operationOf(row) === "update");
  if (updates.length > 0) await planUpdates(updates);
  for (const row of rows) if (operationOf(row) !== "update") plans.push(planWrite(row, await contextOf(row)));
  return { plans, settled };
}
