import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import { type DispatcherParts, type Job, aloneOrTogether, keyOf, sentSince } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";
import type { SchemaKeeper } from "./schema-keeper.ts";
import { type ProbeContext, toProbeChange, toProbeDeferral } from "./probe-outcome.ts";

/** A failed probe is tried again after this at least, ms. */
const retryProbeMs = 1_000;

function sentenceOf(fault: ConnectorFault): string {
  if (fault.kind === "paced") return "our share of the CRM's limit is used up.";
  return `${fault.answer.message ?? fault.kind.replaceAll("_", " ")}.`;
}

/** Reads by key what is uncertain: one request for many deliveries. */
export function createProbeJobs(
  parts: DispatcherParts,
  health: IntegrationHealth,
  schema: Pick<SchemaKeeper, "calls">,
): Readonly<{ next(): Job | null }> {
  const { clock, deliveries, connector, server, matcher } = parts;
  const inHand = new Set<number>();

  const contextOf = (row: DeliveryRow, ownerId: string | null, readAt: number): ProbeContext => ({
    integration: health.integration(),
    now: clock.now(),
    readAt,
    serverLatest: server.latest(),
    random: parts.random.next(),
    quietTimeMs: 2 * parts.requestTimeoutMs,
    hasUniqueKey: connector.limits.hasUniqueKey,
    plan: {
      contract: parts.contract,
      object: connector.callObject,
      key: keyOf(row, connector),
      ownerId,
      schema: schema.calls(),
    },
  });

  /** As a write would set it: without it a record's owner would be taken for one that somebody else chose. */
  function ownersOf(rows: readonly DeliveryRow[]): ReadonlyMap<number, string | null> {
    const ownerOf = matcher.owners(health.integration());
    return new Map(rows.map(({ id, call }) => [id, ownerOf(call.agent)]));
  }

  async function probe(rows: readonly DeliveryRow[]): Promise<void> {
    const keys = rows.map((row) => keyOf(row, connector));
    const owners = ownersOf(rows);
    const ids = rows.flatMap((row) => (row.remoteId === null ? [] : [[keyOf(row, connector), row.remoteId] as const]));
    const began = { server: server.now(), monotonic: clock.monotonic() };
    const since = sentSince(rows, began.server);
    const answer = await connector.probe(parts.openSession(0, rows), keys, since, new Map(ids));
    if (!answer.ok) {
      health.react(answer.fault, true);
      const waitMs = Math.max(retryProbeMs, health.rest().until - clock.now());
      const context = { integration: health.integration(), now: clock.now() };
      deliveries.apply(rows.map((row) => toProbeDeferral(row, context, waitMs, sentenceOf(answer.fault))));
      return;
    }
    health.succeed();
    // The answers may have told another time than was taken for the CRM's before: the earlier beginning counts.
    const readAt = Math.min(began.server, Math.floor(server.now() - (clock.monotonic() - began.monotonic)));
    const unsaid = { kind: "unclear", detail: "The CRM said nothing about this call." } as const;
    deliveries.apply(
      rows.map((row) => {
        const finding = answer.value.get(keyOf(row, connector)) ?? unsaid;
        return toProbeChange(row, finding, contextOf(row, owners.get(row.id) ?? null, readAt));
      }),
    );
  }

  return {
    next: () => {
      const limit = connector.limits.probeKeys;
      const due = deliveries.peekProbes({ integrationId: parts.integrationId, now: clock.now(), limit });
      const rows = aloneOrTogether(due.filter((row) => !inHand.has(row.id)));
      if (rows.length === 0) return null;
      for (const row of rows) inHand.add(row.id);
      return () =>
        probe(rows).finally(() => {
          for (const row of rows) inHand.delete(row.id);
        });
    },
  };
}
