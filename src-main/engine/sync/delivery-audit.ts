import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { AuditDraft } from "../ports/audit-log.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";

type Said = Pick<AuditDraft, "operation" | "outcome" | "summary"> &
  Partial<Pick<AuditDraft, "status" | "code" | "reason" | "nextRetryAt" | "payload" | "terms">>;

/** Words by which people look for a call. */
export function termsOf({ callId, call, match }: Pick<DeliveryRow, "callId" | "call" | "match">): readonly string[] {
  const terms = [callId, call.logId, call.from, call.to, call.agent, match?.name ?? null];
  return [...new Set(terms.filter((term) => term !== null))];
}

/** An audit entry about one delivery. */
export function auditOf(row: DeliveryRow, integration: Integration, at: number, said: Said): AuditDraft {
  return {
    at,
    tenant: row.tenant,
    callId: row.callRowId,
    deliveryId: row.id,
    integrationId: integration.id,
    ...said,
    terms: said.terms ?? termsOf(row),
  };
}
