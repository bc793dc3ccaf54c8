import type { RetentionSettings } from "../../../src-shared/domain/retention.ts";

/** What a step of the upkeep was about. */
export type UpkeepTask =
  | "audit days"
  | "numbers"
  | "attempts"
  | "replaced versions"
  | "skipped rows"
  | "looks into the CRMs"
  | "hours of budgets"
  | "search index"
  | "free space"
  | "write-ahead log";

/** One short piece of work that was done. `count`: rows or pages that it took out or moved. */
export type UpkeepStep = Readonly<{ task: UpkeepTask; count: number }>;

/** How the ledger stands. */
export type LedgerSize = Readonly<{ sealedDays: number; droppedDays: number; bytes: number }>;

/** Keeps the ledger in bounds: takes out what is over, gives room back. */
export interface UpkeepStore {
  settings(): RetentionSettings;
  set(settings: RetentionSettings, change: Readonly<{ at: number; actor: string }>): void;
  /** When the upkeep was last done to its end, epoch ms, or null. */
  lastRunAt(): number | null;
  markRun(at: number): void;
  size(): LedgerSize;
  /**
   * The work of one run as of `now`, a short transaction each: whoever draws the next step lets others in before. A run
   * that is broken off leaves everything in order; the next one goes on from there.
   */
  steps(now: number): Iterable<UpkeepStep>;
}
