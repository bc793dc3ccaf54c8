import type { Cost } from "../../../src-shared/domain/budget.ts";

/** A stored reservation. `answeredAt` null while it is open (or was when the process died). */
export type BudgetEntry = Readonly<{
  id: number;
  cost: Cost;
  lane: number;
  reservedAt: number;
  answeredAt: number | null;
  sessionId: number;
}>;

/** Rows of one integration's windows. Small: what left every short window is folded into a total per day window. */
export interface BudgetStore {
  reserve(integrationId: number, entry: Readonly<{ cost: Cost; lane: number; at: number; sessionId: number }>): number;
  answer(id: number, at: number): void;
  /** Entries reserved or answered since `since`. */
  load(integrationId: number, since: number): readonly BudgetEntry[];
  /**
   * Folds entries that were answered `olderMs` or more before the newest stamp into their hour's totals per window. The
   * stamps are the CRM's time, so no clock of ours takes part: it may have jumped.
   */
  compact(integrationId: number, olderMs: number): void;
  /** Sum of a window's units since `since`, folded hours included (an hour that straddles `since` counts whole). */
  total(integrationId: number, window: string, since: number): number;
}
