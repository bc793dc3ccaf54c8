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

/** Left behind so often, a delivery is read and sent alone. */
export const aloneRescues = 2;

export type BugContext = Readonly<{
  integration: Integration;
  now: number;
  /** A request may have left. */
  mayHaveLeft: boolean;
  /** Others were in the same job: any of them may be the one that breaks it. */
  isShared: boolean;
  errorName: string;
}>;

/**
 * What becomes of a claimed delivery whose job threw, which is a bug of ours. A request may have left: read by key. If none
 * did, those of one job go once more, each alone, so that one that breaks its batch takes no other with it; and one that was
 * alone is a dead letter, so that it does not come round for ever.
 */
export function toBugChange(row: DeliveryRow, context: BugContext): DeliveryChange {
  const { integration, now, mayHaveLeft, isShared, errorName } = context;
  if (isShared && !mayHaveLeft) {
    const summary = `CallLedger failed before it sent this call and others (${errorName}): each goes alone.`;
    return {
      id: row.id,
      events: ["release"],
      patch: { dueAt: now, rescues: aloneRescues },
      audit: [auditOf(row, integration, now, { operation: "delivery.release", outcome: "info", summary })],
    };
  }
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
    return {
      id: row.id,
      events: ["lose"],
      patch: { nextProbeAt: now, attempts: row.attempts + 1, ...(isShared ? { rescues: aloneRescues } : {}) },
      audit: [audit],
    };
  return {
    id: row.id,
    events: ["reject"],
    patch: { reason: "our_bug", causeKey: `our_bug:${errorName}`, detail: summary },
    audit: [audit],
  };
}
