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

/** What the vendor's answers told last of a window: its limit (null: nothing), and what others use of it. `at`: the CRM's time. */
export type WindowWord = Readonly<{ window: string; limit: number | null; others: number; at: number }>;

/** Rows of one integration's windows. Small: what left every short window is folded into a total per day window. */
export interface BudgetStore {
  reserve(integrationId: number, entry: Readonly<{ cost: Cost; lane: number; at: number; sessionId: number }>): number;
  /** The answer came. `told`: what it says of the windows, kept with it; of each UTC day the last word stays. */
  answer(id: number, at: number, told?: () => readonly WindowWord[]): void;
  /** Entries reserved or answered since `since`. */
  load(integrationId: number, since: number): readonly BudgetEntry[];
  /**
   * Folds entries that were answered `olderMs` or more before the newest stamp into their hour's totals per window. The
   * stamps are the CRM's time, so no clock of ours takes part: it may have jumped.
   */
  compact(integrationId: number, olderMs: number): void;
  /** The newest word on every window. */
  words(integrationId: number): readonly WindowWord[];
  /** The last words of days on a window, told between two times. */
  wordsBetween(integrationId: number, from: number, to: number): readonly WindowWord[];
  /** Sum of a window's units since `since`, folded hours included (an hour that straddles `since` counts whole). */
  total(integrationId: number, window: string, since: number): number;
}
