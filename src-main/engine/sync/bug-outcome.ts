import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { auditOf } from "./delivery-audit.ts";

/**
 * The disk or the file under the ledger failed, which is no bug and of no delivery: nothing can be settled now. The next
 * session finds out what became of the claims.
 */
export function isStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /^SQLITE_(FULL|BUSY|LOCKED|IOERR|READONLY|CANTOPEN|CORRUPT|NOMEM|PROTOCOL)/.test(error.code);
}

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
