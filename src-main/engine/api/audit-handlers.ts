import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { AuditEntryView } from "../../../src-shared/ipc/audit-views.ts";
import type { AuditEntry } from "../ports/audit-log.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";

export function createAuditHandlers({
  audit,
  loadAuditKey,
}: Pick<ApiParts, "audit" | "loadAuditKey">): SubjectHandlers<"audit:search" | "audit:verify" | "audit:page"> {
  return {
    "audit:search": serve(ipcCalls["audit:search"], async ({ text, limit }) => ({
      ok: true,
      value: { entries: audit.search(text, limit).map(toView) },
    })),
    "audit:verify": serve(ipcCalls["audit:verify"], async () => {
      await loadAuditKey({ create: false });
      return { ok: true, value: { ...audit.verify() } };
    }),
    "audit:page": serve(ipcCalls["audit:page"], async (ask) => ({
      ok: true,
      value: { entries: audit.entries(ask).map(toView) },
    })),
  };
}

const toView = (entry: AuditEntry): AuditEntryView => ({
  id: entry.id,
  at: entry.at,
  tenant: entry.tenant,
  callId: entry.callId,
  deliveryId: entry.deliveryId,
  integrationId: entry.integrationId,
  operation: entry.operation,
  outcome: entry.outcome,
  summary: entry.summary,
  status: entry.status ?? null,
  code: entry.code ?? null,
  reason: entry.reason ?? null,
  nextRetryAt: entry.nextRetryAt ?? null,
  payload: entry.payload,
  hash: entry.hash,
});
