import type { Reason } from "../../../src-shared/domain/reason.ts";

/** What is written to the audit log: never a secret. `summary` is a sentence for people; `terms` are further words to find it by (call id, numbers, names). */
export type AuditDraft = Readonly<{
  at: number;
  tenant: string | null;
  /** Row id of the call, of the delivery and of the integration it is about. */
  callId: number | null;
  deliveryId: number | null;
  integrationId: number | null;
  /** `delivery.claim`, `delivery.accept`, `attempt.send`, `import.file`, `integration.pause` … */
  operation: string;
  outcome: "ok" | "waiting" | "failed" | "info";
  summary: string;
  status?: number;
  code?: string;
  reason?: Reason;
  nextRetryAt?: number;
  terms?: readonly string[];
  /** What was pushed and what the CRM answered; bounded by the log, kept apart, can be erased. */
  payload?: Readonly<{ pushed?: unknown; answered?: unknown }>;
}>;

export type AuditEntry = Readonly<
  Omit<AuditDraft, "payload" | "terms"> & { id: number; hash: string; payload: string | null }
>;

export type AuditVerification = Readonly<{
  ok: boolean;
  entries: number;
  seals: number;
  /** `hmac` where a key is in the keychain, else `sha256`; `mixed` where the key was not at hand for a while. */
  chain: "hmac" | "sha256" | "mixed";
  /** Entries made without the key after others that were made with it. */
  unkeyed: number;
  /** First entry or seal that does not fit, in words. */
  problem: string | null;
}>;

/** Append-only. Stores append inside their own transactions; there is no update and no delete. */
export interface AuditLog {
  append(drafts: readonly AuditDraft[]): void;
  /** Newest first. Finds by call id, number or part of one, name, reason and words. */
  search(text: string, limit: number): readonly AuditEntry[];
  ofCall(callId: number): readonly AuditEntry[];
  /** Seals every day that has ended before `now` (UTC days). */
  seal(now: number): number;
  verify(): AuditVerification;
  entries(ask: Readonly<{ afterId: number; limit: number }>): readonly AuditEntry[];
}
