import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { CallRecord } from "../../../src-shared/domain/call-record.ts";
import type { DeliveryEvent, DeliveryState, WaitWhy } from "../../../src-shared/domain/delivery.ts";
import type { Settlement } from "../../../src-shared/domain/ownership.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { AuditDraft } from "./audit-log.ts";
import type { ConflictDraft } from "./conflict-store.ts";
import type { StepName } from "./connector.ts";

/** One run of the engine on a data folder; its id ascends and owns its claims. */
export type EngineSession = Readonly<{ id: number; startedAt: number }>;

/** Why this record: the candidates, the rule that chose and what it saw. `personId` null with rule `unlinked` when policy logs without a person. */
export type Match = Readonly<{
  number: string;
  object: string | null;
  personId: string | null;
  name: string | null;
  /** Further links (company). */
  also: readonly Readonly<{ object: string; id: string }>[];
  rule: string;
  evidence: string;
  candidates: readonly Readonly<{ object: string; id: string; name: string; field: string }>[];
  matchedAt: number;
}>;

/** A delivery with its call, as the sync works on it. Times are epoch ms. */
export type DeliveryRow = Readonly<{
  id: number;
  integrationId: number;
  callRowId: number;
  tenant: string;
  /** The public call id (`toCallId`). */
  callId: string;
  call: CallRecord & Readonly<{ system: string }>;
  state: DeliveryState;
  lane: Lane;
  dueAt: number;
  waitWhy: WaitWhy | null;
  giveUpAt: number | null;
  nextProbeAt: number | null;
  wantedRevision: number;
  sentRevision: number | null;
  /** Revision of the newest committed attempt at the record step, or null: what a record found by key was written from. */
  lastAttemptRevision: number | null;
  /** The call as that attempt sent it, where it changed since; else null. */
  attemptedCall: (CallRecord & Readonly<{ system: string }>) | null;
  /** Attempts spent since the last success, replay or revision. */
  attempts: number;
  firstAttemptAt: number | null;
  /** Last time a request of it left or was about to (server-corrected wall time), or null. */
  lastSentAt: number | null;
  rescues: number;
  /** Reads in a row that found nothing: probes after the quiet time, or look-ups of its person. */
  missingReads: number;
  reason: Reason | null;
  remoteId: string | null;
  match: Match | null;
  stepsDone: readonly StepName[];
  /** Last pushed value by vendor field. */
  pushed: Readonly<Record<string, string>>;
  /** What people decided about outside edits and what still holds, by vendor field. */
  settled: Readonly<Record<string, Settlement>>;
}>;

/** Column changes that go with a move; absent means unchanged. */
export type DeliveryPatch = Readonly<{
  lane?: Lane;
  dueAt?: number;
  waitWhy?: WaitWhy | null;
  giveUpAt?: number | null;
  nextProbeAt?: number | null;
  sentRevision?: number;
  attempts?: number;
  firstAttemptAt?: number | null;
  lastSentAt?: number | null;
  rescues?: number;
  missingReads?: number;
  reason?: Reason | null;
  /** Groups dead letters of one cause (reason, field, code). */
  causeKey?: string | null;
  /** In plain words, for people. */
  detail?: string | null;
  remoteId?: string | null;
  deliveredAt?: number | null;
  /** `null` forgets the match, so that it is made again. */
  match?: Match | null;
  note?: string | null;
  /** What was done with dead letters that this move is part of. */
  deadRunId?: number;
  /** The engine session that has it in hand. */
  sessionId?: number;
}>;

/**
 * One delivery's change: zero or more moves in order (checked against the state table), columns, steps that became
 * certain, values pushed, audit entries. `resetSteps` forgets all steps (a new first write).
 */
export type DeliveryChange = Readonly<{
  id: number;
  events: readonly DeliveryEvent[];
  patch?: DeliveryPatch;
  stepsDone?: readonly StepName[];
  /** Steps that hold no more: a link that was taken away. */
  stepsUndone?: readonly StepName[];
  resetSteps?: boolean;
  pushed?: Readonly<Record<string, string>>;
  /** Every conflict that a read of the record found; those that are not among them have passed. Absent: nothing was read. */
  conflicts?: readonly ConflictDraft[];
  audit: readonly AuditDraft[];
}>;

/** An attempt as committed before its request leaves: what one request does for one delivery. */
export type AttemptDraft = Readonly<{
  deliveryId: number;
  steps: readonly StepName[];
  key: string;
  revision: number;
  /** SHA-256 of the request body, hex. */
  payloadHash: string;
  at: number;
}>;

export type AttemptResult = Readonly<{
  answeredAt: number;
  outcome: "answered" | "lost" | "never_left";
  status: number | null;
  correlationId: string | null;
}>;

export type DeliveryCounts = Readonly<Record<DeliveryState, number>>;

/** How a lane of an integration stands. */
export type LaneStanding = Readonly<{
  lane: Lane;
  /** Calls that are on their way or will be by themselves: queued, being sent, looked for, waiting for a time or a person's go. */
  waiting: number;
  /** Calls that are held until somebody adds their contact. */
  held: number;
  /** Delivered lately. */
  sentLately: number;
  /** When the first of these was, epoch ms to some seconds; null where there are none. */
  sentSince: number | null;
}>;

export interface DeliveryStore {
  /** Starts a session: a new id, and every `sending` row of an older one becomes `uncertain` (a rescue, counted apart), with audit. */
  openSession(now: number): EngineSession;
  closeSession(session: EngineSession, now: number): void;
  /** Queued and due, oldest first, for one integration and lane; nothing is changed. */
  peekDue(ask: Readonly<{ integrationId: number; lane: Lane; now: number; limit: number }>): readonly DeliveryRow[];
  /**
   * Claims these rows that are still queued, in one transaction with audit; what of the `changes` makes one of them ready is
   * one move with its claim, under one entry. Returns the ids claimed.
   */
  claim(
    ask: Readonly<{
      ids: readonly number[];
      session: EngineSession;
      now: number;
      changes?: readonly DeliveryChange[];
    }>,
  ): readonly number[];
  /** `waiting` rows whose time has come become `queued` (`due`), except those of paused or blocked integrations. Returns how many. */
  releaseDue(now: number, limit: number): number;
  /**
   * Held rows (`contact`) of an integration become due now, so that they are matched again; only those whose call is with
   * a number that `isKnown` now, where it is given. Returns how many.
   */
  recheckHeld(integrationId: number, now: number, isKnown?: (number: string) => boolean): number;
  /**
   * Waits that would end later than any wait of ours lasts, or for the CRM or more of a call that began in the future, come
   * from a clock that was set back since: they end now.
   * `retryMs`: of what is tried again; `otherMs`: of what waits for the CRM or for more of a call. Returns how many.
   */
  endLongWaits(now: number, bounds: Readonly<{ retryMs: number; otherMs: number }>): number;
  /** `uncertain` rows whose probe is due. */
  peekProbes(ask: Readonly<{ integrationId: number; now: number; limit: number }>): readonly DeliveryRow[];
  /** One transaction for all changes. Throws when a move is not in the table: a bug, nothing is written. */
  apply(changes: readonly DeliveryChange[]): void;
  /** The attempts of one request, committed with whatever `within` does (the reservation), synchronous=FULL. Sets `lastSentAt`. Returns attempt ids. */
  commitAttempts(drafts: readonly AttemptDraft[], within: () => void): readonly number[];
  /** How a request ended, with whatever `within` does (the end of its reservation). */
  settleAttempts(ids: readonly number[], result: AttemptResult, within?: () => void): void;
  get(id: number): DeliveryRow | undefined;
  /** Those of these that are there, in this order. */
  rows(ids: readonly number[]): readonly DeliveryRow[];
  /** Rises with every row that is written: as long as it stands, what was read holds. */
  version(): number;
  /** The newest version of each call that its delivery wants sent, by delivery; absent where there is none. */
  wantedRevisions(ids: readonly number[]): ReadonlyMap<number, number>;
  counts(integrationId?: number): DeliveryCounts;
  /** Every lane of an integration; `since` (epoch ms, an hour ago at most) is from when deliveries count as lately. */
  lanes(integrationId: number, since: number, now: number): readonly LaneStanding[];
  /** Earliest epoch ms at which something becomes due: waiting (not held, not paused), uncertain probes, queued. Null when nothing will. */
  nextDueAt(now: number): number | null;
  /** Whether anything is queued, sending or uncertain, or waiting and due before `horizon`; held and paused never count, nor do rows of integrations that are not active. */
  hasWork(now: number, horizon: number): boolean;
}
