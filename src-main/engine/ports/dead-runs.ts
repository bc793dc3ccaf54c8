import type { DeadRunKind } from "../../../src-shared/domain/dead-run.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";

/** Dead letters of one cause at one integration. */
export type GroupKey = Readonly<{ integrationId: number; reason: Reason; causeKey: string | null }>;

/** Deliveries that somebody means, as they were when they were asked for: what joins them later is not among them. */
export type DeadTarget = Readonly<{
  from: "dead" | "acknowledged";
  /** The one delivery, or null for a group. */
  deliveryId: number | null;
  group: GroupKey | null;
  /** In this state since a moment between these two, both included (epoch ms). */
  since: number;
  until: number;
  /** What this earlier run acknowledged, or null. */
  ofRun: number | null;
  count: number;
}>;

export type DeadRunDraft = Readonly<{
  kind: DeadRunKind;
  /** The group or delivery as people name it. */
  target: string;
  actor: string;
  note: string;
  at: number;
}>;

/** Something done to many dead letters, step by step: a step and the note of how far it came are one transaction. */
export type DeadRun = DeadRunDraft & Readonly<{ id: number; from: DeadTarget["from"] }>;

/** A run and what became of its deliveries: where they stand now, or that they failed and were sent again since. */
export type DeadRunRecord = DeadRunDraft &
  Readonly<{
    id: number;
    integrationId: number | null;
    reason: Reason | null;
    causeKey: string | null;
    endedAt: number | null;
    moved: number;
    delivered: number;
    failed: number;
    acknowledged: number;
    open: number;
    /** The run that this one took back. */
    undoes: number | null;
    /** The run that took this one back. */
    undoneBy: number | null;
  }>;

/** Whether a group's cause is gone is found out with one of its calls: `deliveryId` while that one is under way. */
export type GroupTrial = GroupKey & Readonly<{ deliveryId: number | null; tries: number; nextAt: number }>;

/** A group as the self-healing looks at it. */
export type HealableGroup = GroupKey & Readonly<{ id: string; count: number; lastAt: number }>;

/** What people and the engine did with dead letters, and what is under way. */
export interface DeadRunStore {
  /** A group, one dead delivery, or `TARGET@TIME`: what was acknowledged of it since that time (epoch ms). */
  resolve(word: string, now: number): DeadTarget | undefined;
  /** What a run acknowledged and still is; undefined where the run is none of that kind. */
  acknowledgedBy(runId: number): DeadTarget | undefined;
  open(draft: DeadRunDraft, target: DeadTarget): DeadRun;
  /** Runs that have not come to their end, oldest first. */
  unfinished(): readonly DeadRun[];
  /**
   * Gives the next deliveries to `work` (oldest first, each once) and notes how far the run came, in one transaction;
   * false when none was left and the run has ended.
   */
  step(runId: number, limit: number, at: number, work: (ids: readonly number[]) => void): boolean;
  /** A run of these deliveries alone, done at once. */
  runOf(draft: DeadRunDraft, group: GroupKey, ids: readonly number[], work: (runId: number) => void): void;
  /** Newest first; of one group or delivery where a word is given. */
  history(word: string | null, limit: number): readonly DeadRunRecord[];
  groups(): readonly HealableGroup[];
  /** Deliveries of a group, those first that failed longest ago. */
  oldest(group: GroupKey, limit: number): readonly number[];
  trials(): readonly GroupTrial[];
  putTrial(trial: GroupTrial): void;
  dropTrial(group: GroupKey): void;
}
