import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { auditOf } from "./delivery-audit.ts";

/**
 * What becomes of a claimed delivery whose job threw, which is a bug of ours. A request may have left: read by key. If
 * none did, it is a dead letter, so that it does not come round for ever.
 */
export function toBugChange(
  row: DeliveryRow,
  integration: Integration,
  now: number,
  mayHaveLeft: boolean,
  errorName: string,
): DeliveryChange {
  const summary = mayHaveLeft
    ? `CallLedger failed while it sent the call (${errorName}): read by key.`
    : `CallLedger failed before it sent the call (${errorName}). This is our mistake.`;
  const audit = auditOf(row, integration, now, {
    operation: mayHaveLeft ? "delivery.lose" : "delivery.reject",
    outcome: mayHaveLeft ? "waiting" : "failed",
    summary,
    reason: "our_bug",
  });
  if (mayHaveLeft)
    return { id: row.id, events: ["lose"], patch: { nextProbeAt: now, attempts: row.attempts + 1 }, audit: [audit] };
  return {
    id: row.id,
    events: ["reject"],
    patch: { reason: "our_bug", causeKey: `our_bug:${errorName}`, detail: summary },
    audit: [audit],
  };
}
