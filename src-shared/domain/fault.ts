import type { deliveryMoves } from "./delivery.ts";
import type { Reason } from "./reason.ts";

/** Either the value, or an expected failure as a value. Bugs are thrown. */
export type Outcome<T, F> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; fault: F }>;

/** What the vendor said, bounded and free of secrets; kept with the fault for the audit and for people. */
export type Answer = Readonly<{ status?: number; code?: string; message?: string; correlationId?: string }>;

/**
 * An expected failure at a CRM. `transient` is provably not executed and says how we know. After the first byte left, any
 * 408, 5xx, reset, timeout, empty or malformed answer is `response_lost`.
 */
export type ConnectorFault =
  /** The integration cannot go on until a person acts (sign-in, permission, setup, suspension). Its deliveries wait. */
  | Readonly<{ kind: "blocked"; reason: Reason; answer: Answer }>
  /** Flow control. `window` names the budget window where the vendor says which. */
  | Readonly<{ kind: "rate_limited"; retryAfterMs: number; window?: string; answer: Answer }>
  /** Our own budget has no room for another `waitMs`; nothing was sent. Not a moment: a clock that is set back would make it days. */
  | Readonly<{ kind: "paced"; waitMs: number; window: string }>
  /** `read_only`: the request was a read, so nothing could be executed, whatever became of it. */
  | Readonly<{
      kind: "transient";
      proof: "never_left" | "row_locked" | "vendor_code" | "read_only";
      retryAfterMs?: number;
      answer: Answer;
    }>
  /** Refused for good, for a cause that a person can remove. `unsent`: the CRM's own description said so, and nothing was sent. */
  | Readonly<{ kind: "rejected"; reason: Reason; field?: string; unsent?: true; answer: Answer }>
  /** The batch is too large as one; smaller ones may pass. */
  | Readonly<{ kind: "batch_too_large"; answer: Answer }>
  /** The CRM says a record with our key exists: read it by key. */
  | Readonly<{ kind: "already_written"; answer: Answer }>
  | Readonly<{ kind: "response_lost"; answer: Answer }>;

export type FaultKind = ConnectorFault["kind"];

type Verdict = Readonly<{
  event: Exclude<keyof typeof deliveryMoves.sending, "accept">;
  spendsAttempt: boolean;
  pauses: "nothing" | "integration";
}>;

/** What a fault of a write does to its delivery. A kind without a row, or a verdict that is no move out of `sending`, does not compile. */
export const verdicts: Readonly<Record<FaultKind, Verdict>> = {
  blocked: { event: "defer", spendsAttempt: false, pauses: "integration" },
  rate_limited: { event: "defer", spendsAttempt: false, pauses: "integration" },
  paced: { event: "defer", spendsAttempt: false, pauses: "integration" },
  transient: { event: "defer", spendsAttempt: true, pauses: "nothing" },
  rejected: { event: "reject", spendsAttempt: true, pauses: "nothing" },
  batch_too_large: { event: "release", spendsAttempt: false, pauses: "nothing" },
  already_written: { event: "lose", spendsAttempt: true, pauses: "nothing" },
  response_lost: { event: "lose", spendsAttempt: true, pauses: "nothing" },
};
