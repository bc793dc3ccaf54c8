import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { CallRecord, ExclusionReason, SkipReason } from "../../../src-shared/domain/call-record.ts";
import type { DeliveryState } from "../../../src-shared/domain/delivery.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { CallPage } from "../../../src-shared/ipc/call-views.ts";
import type { DeliveryRow } from "./delivery-store.ts";

/** A call as found by a person: by our id, the log's id, or a number. */
export type FoundCall = Readonly<{
  rowId: number;
  tenant: string;
  callId: string;
  record: CallRecord & Readonly<{ system: string }>;
  excluded: ExclusionReason | null;
  revision: number;
  readAt: number;
  file: string | null;
}>;

/** Dead letters of one cause at one integration. `id` is stable for the cause. */
export type DeadGroup = Readonly<{
  id: string;
  integrationId: number;
  tenant: string;
  crm: CrmType;
  reason: Reason;
  /** Field or code that tells causes of one reason apart, or null. */
  cause: string | null;
  /** What the CRM said for the newest of them, bounded. */
  detail: string;
  count: number;
  firstAt: number;
  lastAt: number;
}>;

/** Balance of one integration over a statement's calls. `balanced` when every eligible call has exactly one delivery in one state. */
export type IntegrationBalance = Readonly<{
  integrationId: number;
  crm: CrmType;
  label: string;
  eligible: number;
  beforeStart: number;
  states: Readonly<Record<DeliveryState, number>>;
  waitingBy: Readonly<Record<string, number>>;
  deadBy: Readonly<Record<string, number>>;
  balanced: boolean;
}>;

/** Calls that began within half an hour from `at` (epoch ms), by where they stand. */
export type HalfHour = Readonly<{ at: number; delivered: number; failed: number; skipped: number; open: number }>;

export type Statement = Readonly<{
  date: string;
  rows: number;
  legs: number;
  calls: number;
  skipped: Readonly<Partial<Record<SkipReason, number>>>;
  excluded: Readonly<Partial<Record<ExclusionReason, number>>>;
  outcomes: Readonly<Record<CallOutcome, number>>;
  /** The calls of the day that began on it, by half-hours that hold any. */
  activity: readonly HalfHour[];
  /** Rows of the watched sources that were read in the span, and when one was last read in it, epoch ms. */
  bySource: readonly Readonly<{ sourceId: number; rows: number; readAt: number }>[];
  byIntegration: readonly IntegrationBalance[];
  balanced: boolean;
}>;

/** A delivery as a person sees it in a list. */
export type DeliveryBrief = Readonly<{
  row: DeliveryRow;
  detail: string | null;
  deliveredAt: number | null;
  note: string | null;
}>;

/** Calls that began from `from` (inclusive) to `to` (exclusive), epoch ms. */
export type CallSpan = Readonly<{ from: number; to: number }>;

/** `before`: row id of the last call seen, or null for the newest. `text`: empty for all calls. `span`: null for any time. */
export type CallListAsk = Readonly<{
  text: string;
  outcome: CallOutcome | null;
  before: number | null;
  limit: number;
  span?: CallSpan | null;
}>;

/** Where calls stand. `isWhole`: every call that was meant was counted; else the newest `counted` of them. */
export type CallCounts = Readonly<{
  outcomes: Readonly<Record<CallOutcome, number>>;
  counted: number;
  isWhole: boolean;
}>;

/** `monday`: the day it begins with, as 2026-11-16. */
export type CallWeek = Readonly<{ monday: string; calls: number }>;

/** A moment of the ledger: the newest delivery then, and its wall time (epoch ms). */
export type DeliveryMark = Readonly<{ newest: number; at: number }>;

/** Reads for people. None changes anything; all work beside a running engine. */
export interface ReportStore {
  /** Calls by our id, the log's own id, or a party's number; newest first. */
  findCalls(text: string, limit: number): readonly FoundCall[];
  /** A page of calls, newest read first; looks at a bounded number of calls. */
  listCalls(ask: CallListAsk): CallPage;
  /** How many of the calls that a list would show stand where; counts a bounded number of calls. */
  countCalls(ask: Pick<CallListAsk, "text" | "span">): CallCounts;
  /**
   * Calls that began in each of the last weeks (Monday to Sunday, UTC), newest first, by steps with a pause after each.
   * A week without calls is left out; one with very many is counted up to a bound.
   */
  callWeeks(ask: Readonly<{ now: number; weeks: number; pause: () => Promise<void> }>): Promise<readonly CallWeek[]>;
  deliveriesOfCall(callRowId: number): readonly DeliveryBrief[];
  /** Id of the newest delivery; 0 where there is none. */
  newestDelivery(): number;
  /** Deliveries that came or moved since a mark, by id, of higher ids than `after`. */
  deliveriesSince(ask: DeliveryMark & Readonly<{ after: number; limit: number }>): readonly DeliveryBrief[];
  deadGroups(): readonly DeadGroup[];
  /** Dead deliveries of a group (newest first), or the one with this delivery id. */
  deadOf(groupOrId: string, limit: number): readonly DeliveryBrief[];
  /** The same of what was acknowledged since a moment, epoch ms. */
  acknowledgedSince(groupOrId: string, since: number, limit: number): readonly DeliveryBrief[];
  /** Balance of everything read from `from` (inclusive) to `to` (exclusive), epoch ms. */
  statement(date: string, from: number, to: number): Statement;
  /** The same as of one moment, by steps with a pause after each: others are let in while a large day is counted. */
  statementBySteps(date: string, from: number, to: number, pause: () => Promise<void>): Promise<Statement>;
  /** Skipped rows of those readings, for people who want to see them. */
  skippedRows(
    from: number,
    to: number,
    limit: number,
  ): readonly Readonly<{ file: string; line: number | null; reason: SkipReason; detail: string | null }>[];
}
