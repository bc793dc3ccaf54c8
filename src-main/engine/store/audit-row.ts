import type { AuditDraft, AuditEntry } from "../ports/audit-log.ts";

/** An entry as stored; summary and payload are null when they were erased. */
export type EntryRow = Readonly<{
  id: number;
  at: number;
  tenant: string | null;
  callId: number | null;
  deliveryId: number | null;
  integrationId: number | null;
  operation: string;
  outcome: AuditDraft["outcome"];
  status: number | null;
  code: string | null;
  reason: NonNullable<AuditDraft["reason"]> | null;
  nextRetryAt: number | null;
  isKeyed: number;
  digest: Buffer;
  hash: Buffer;
  salt: string | null;
  summary: string | null;
  terms: string | null;
  payload: string | null;
}>;

/** Column list and tables of an `EntryRow`; a WHERE clause follows. */
export const entryColumns = `a.id, a.at, a.tenant, a.call_id AS callId, a.delivery_id AS deliveryId,
  a.integration_id AS integrationId, a.operation, a.outcome, a.status, a.code, a.reason,
  a.next_retry_at AS nextRetryAt, a.is_keyed AS isKeyed, a.digest, a.hash, p.salt, p.summary, p.terms, p.payload
  FROM audit a LEFT JOIN audit_payload p ON p.audit_id = a.id`;

export function toEntry(row: EntryRow): AuditEntry {
  const { id, at, tenant, callId, deliveryId, integrationId, operation, outcome } = row;
  return {
    id,
    at,
    tenant,
    callId,
    deliveryId,
    integrationId,
    operation,
    outcome,
    summary: row.summary ?? "(erased)",
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.nextRetryAt === null ? {} : { nextRetryAt: row.nextRetryAt }),
    payload: row.payload,
    hash: row.hash.toString("hex"),
  };
}
