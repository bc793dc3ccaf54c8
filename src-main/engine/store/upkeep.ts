import type { Database } from "better-sqlite3";
import { z } from "zod";
import { defaultRetention, retentionSettings } from "../../../src-shared/domain/retention.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { UpkeepStore } from "../ports/upkeep.ts";
import { createAgentSettings } from "./agent-settings.ts";
import type { AuditUpkeep } from "./audit-seals.ts";
import { createCompaction } from "./compaction.ts";
import { createRetention } from "./retention.ts";
import type { Transact } from "./transaction.ts";

export type UpkeepParts = Readonly<{
  db: Database;
  transact: Transact;
  audit: Pick<AuditUpkeep, "dropSealed"> & Pick<AuditLog, "append">;
}>;

const toDays = (days: number | null): string => (days === null ? "for good" : `${days} days`);

export function createUpkeepStore({ db, transact, audit }: UpkeepParts): UpkeepStore {
  const agent = createAgentSettings(db, transact);
  const retention = createRetention({ db, transact, audit });
  const compaction = createCompaction(db, transact);
  const seals = db.prepare<[], { sealedDays: number; droppedDays: number }>(`
    SELECT count(*) FILTER (WHERE dropped_at IS NULL) AS sealedDays,
      count(*) FILTER (WHERE dropped_at IS NOT NULL) AS droppedDays FROM audit_seal`);
  const bytes = db
    .prepare<[], number>("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    .pluck();
  const settings = () => agent.get("retention", retentionSettings) ?? defaultRetention;
  return {
    settings,
    set: (next, { at, actor }) =>
      transact.run(() => {
        agent.set("retention", next);
        const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };
        const kept = `the audit log ${toDays(next.auditDays)}, details ${toDays(next.detailDays)}, ${next.backups} daily backups`;
        const summary = `What is kept how long was set by ${actor}: ${kept}.`;
        audit.append([{ at, ...nothing, operation: "retention.set", outcome: "info", summary }]);
      }),
    lastRunAt: () => agent.get("upkeep", z.int()) ?? null,
    markRun: (at) => agent.set("upkeep", at),
    size: () => ({ ...(seals.get() ?? { sealedDays: 0, droppedDays: 0 }), bytes: bytes.get() ?? 0 }),
    *steps(now) {
      yield* retention.steps(now, settings());
      yield* compaction.steps();
    },
  };
}
