import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { DeadRunView } from "../../../src-shared/ipc/dead-letter-views.ts";

/** A cause that went away, and calls that were sent then by themselves. */
export type Healed = Readonly<{ id: number; crm: CrmType; reason: Reason; count: number; at: number }>;

const weekMs = 7 * 86_400_000;

/** What healed within a week, newest first. */
export const toHealed = (runs: readonly DeadRunView[], now: number): readonly Healed[] =>
  runs.flatMap(({ id, kind, crm, reason, delivered, at }) =>
    kind === "heal" && crm !== null && delivered > 0 && now - at < weekMs
      ? [{ id, crm, reason: reason ?? "unknown", count: delivered, at }]
      : [],
  );
