import type { z } from "zod";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { supportReport } from "../../../src-shared/ipc/support-views.ts";
import { processRedactor } from "../host/redactor.ts";
import type { AuditEntry } from "../ports/audit-log.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";

type Parts = Pick<
  ApiParts,
  "integrations" | "sources" | "deliveries" | "audit" | "gauges" | "logTail" | "identity" | "loadAuditKey"
>;
type Report = z.input<typeof supportReport>;

const failuresShown = 30;
const logLinesShown = 200;

export function createSupportHandlers(parts: Parts): SubjectHandlers<"support:report"> {
  return {
    "support:report": serve(ipcCalls["support:report"], async () => {
      await parts.loadAuditKey({ create: false });
      return { ok: true, value: toReport(parts) };
    }),
  };
}

function toReport(parts: Parts): Report {
  const { entries, problem, chain, unkeyed } = parts.audit.verify();
  return {
    versions: { node: process.versions.node, modules: process.versions.modules },
    platform: `${process.platform} ${process.arch}`,
    ledger: parts.identity,
    deliveries: { ...parts.deliveries.counts() },
    sources: parts.sources.list().map(({ id, format }) => ({ id, format })),
    integrations: parts.integrations.list().map((each) => toIntegration(parts, each)),
    audit: { entries, problem, chain, unkeyed },
    failures: parts.audit
      .search("failed", failuresShown)
      .filter(({ outcome }) => outcome === "failed")
      .map(toFailure),
    log: [...parts.logTail(logLinesShown)],
  };
}

function toIntegration({ gauges, deliveries }: Parts, each: Integration): Report["integrations"][number] {
  return {
    id: each.id,
    crm: each.crm,
    state: each.state,
    blockedReason: each.blockedReason,
    secret: each.secret.kind,
    ownAddress: each.baseUrl !== null,
    plan: each.account?.plan ?? null,
    unknownCaller: each.unknownCaller,
    settings: { ...each.settings },
    budget: gauges(each.id).map(({ name, limit, used }) => ({ name, limit, used })),
    deliveries: { ...deliveries.counts(each.id) },
  };
}

const toFailure = (entry: AuditEntry): Report["failures"][number] => ({
  at: entry.at,
  operation: entry.operation,
  integrationId: entry.integrationId,
  reason: entry.reason ?? null,
  status: entry.status ?? null,
  code: entry.code === undefined ? null : processRedactor.redact(entry.code),
});
