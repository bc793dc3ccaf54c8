import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { InnerError, VendorError } from "./error-body.ts";

/** Where a refusal hit: our own record, a record it is linked to, a search, or something else (metadata, account). */
export type Subject = "call" | "linked" | "search" | "other";

type Verdict =
  | Readonly<{ as: "blocked" | "rejected"; reason: Reason }>
  | Readonly<{ as: "rate_limited"; window?: string; waitMs: number | "midnight" }>
  | Readonly<{ as: "locked"; waitMs: number }>
  | Readonly<{ as: "already_written" | "batch_too_large" | "lost" }>;

/**
 * One row of the table: all conditions that are given must hold, and the first row that fits wins. `words`: categories of
 * the envelope. `codes`: inner codes, per property. `property`: whether the refused property is our key. `isBatch`:
 * several records in the request. `anyBody`: also without HubSpot's envelope.
 */
export type FaultRow = Readonly<{
  statuses?: readonly number[];
  words?: readonly string[];
  codes?: readonly string[];
  policies?: readonly string[];
  property?: "key" | "other";
  subject?: Subject;
  isBatch?: boolean;
  anyBody?: true;
  verdict: Verdict;
}>;

const blocked = (reason: Reason): Verdict => ({ as: "blocked", reason });
const rejected = (reason: Reason): Verdict => ({ as: "rejected", reason });

const day = 24 * 3_600_000;

/**
 * HubSpot's codes and what each does to a delivery. Sources: HubSpot's API specifications of 2026-09, its error-handling
 * and usage pages, and recorded answers. Everything that may have been executed is `lost`, whatever its body says.
 */
export const faultTable: readonly FaultRow[] = [
  { statuses: [408, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526], anyBody: true, verdict: { as: "lost" } },
  // HubSpot's own status for a portal that moves between data centres; `Retry-After` says how long, up to a day.
  { statuses: [477], anyBody: true, verdict: { as: "rate_limited", waitMs: 60_000 } },

  { words: ["BAD_REFRESH_TOKEN", "invalid_grant", "invalid_client"], verdict: blocked("auth_revoked") },
  { words: ["EXPIRED_AUTHENTICATION", "INVALID_AUTHENTICATION"], verdict: blocked("auth_revoked") },
  { statuses: [401], verdict: blocked("auth_revoked") },
  { statuses: [402], verdict: blocked("permission_denied") },
  { words: ["BANNED"], verdict: blocked("account_suspended") },
  { words: ["MISSING_SCOPES"], verdict: blocked("permission_denied") },
  // USER_DOES_NOT_HAVE_PERMISSIONS, and association writes without the Edit-Associations permission.
  { statuses: [403], verdict: rejected("permission_denied") },

  { statuses: [423], verdict: { as: "locked", waitMs: 2_000 } },
  { statuses: [429], policies: ["DAILY"], verdict: { as: "rate_limited", window: "day", waitMs: "midnight" } },
  { statuses: [429], subject: "search", verdict: { as: "rate_limited", window: "search_second", waitMs: 1_000 } },
  { statuses: [429], policies: ["SECONDLY"], verdict: { as: "rate_limited", window: "ten_seconds", waitMs: 1_000 } },
  { statuses: [429], verdict: { as: "rate_limited", window: "ten_seconds", waitMs: 10_000 } },
  // What is too long is turned away at the door, often in HTML: nothing behind it has seen the request.
  { statuses: [413], anyBody: true, isBatch: true, verdict: { as: "batch_too_large" } },
  { statuses: [413], anyBody: true, verdict: rejected("too_large") },
  { statuses: [414], anyBody: true, verdict: rejected("our_bug") },
  { statuses: [405, 415], verdict: rejected("our_bug") },

  { codes: ["PROPERTY_DOESNT_EXIST"], property: "key", verdict: blocked("setup_missing") },
  { codes: ["PROPERTY_DOESNT_EXIST"], verdict: rejected("field_missing") },
  { codes: ["CONFLICTING_UNIQUE_VALUE"], property: "other", verdict: rejected("duplicate_conflict") },
  { codes: ["CONFLICTING_UNIQUE_VALUE"], subject: "call", verdict: { as: "already_written" } },
  { codes: ["CONFLICTING_UNIQUE_VALUE"], verdict: rejected("duplicate_conflict") },
  { codes: ["READ_ONLY_VALUE"], verdict: rejected("mapping_error") },
  { codes: ["VALUE_TOO_LONG"], verdict: rejected("too_large") },
  {
    codes: ["INVALID_OPTION", "INVALID_EMAIL", "INVALID_INTEGER", "INVALID_LONG", "INVALID_DATE"],
    verdict: rejected("value_rejected"),
  },
  // Behind the values: one that is refused is often told as missing, too.
  {
    codes: ["REQUIRED_FIELD", "MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"],
    verdict: rejected("rule_rejected"),
  },
  // Rules that an admin puts on a property (format, length); the code is not documented.
  { codes: ["PROPERTY_VALIDATION", "PROPERTY_VALIDATION_FAILED"], verdict: rejected("rule_rejected") },

  { words: ["OBJECT_ALREADY_EXISTS"], verdict: blocked("setup_missing") },
  { statuses: [409], property: "other", verdict: rejected("duplicate_conflict") },
  { statuses: [409], subject: "call", verdict: { as: "already_written" } },
  { statuses: [409], verdict: rejected("duplicate_conflict") },
  { words: ["OBJECT_NOT_FOUND"], subject: "call", verdict: rejected("record_deleted") },
  { words: ["OBJECT_NOT_FOUND"], subject: "linked", verdict: rejected("person_deleted") },
  { statuses: [404], subject: "call", verdict: rejected("record_deleted") },
  { statuses: [404], subject: "linked", verdict: rejected("person_deleted") },
  { words: ["ASSOCIATION_TARGET_GONE"], verdict: rejected("person_deleted") },
  // Too many filters, results past the 10,000th, a body over 3,000 characters: all ours to avoid.
  { statuses: [400], subject: "search", verdict: rejected("our_bug") },
  { words: ["INVALID_JSON"], verdict: rejected("our_bug") },
  { words: ["VALIDATION_ERROR"], verdict: rejected("value_rejected") },
];

export type FaultAsk = Readonly<{
  status: number;
  error: VendorError | undefined;
  kind: RequestKind;
  subject: Subject;
  isBatch: boolean;
  keyProperty: string;
  /** From `Retry-After`, ms. */
  retryAfterMs: number | undefined;
  /** Until the portal's midnight, where daily limits are counted anew, ms. */
  untilMidnightMs: number;
  secrets: readonly string[];
}>;

type Match = Readonly<{ row: FaultRow; inner: InnerError | undefined }>;

const fits = <T>(wanted: readonly T[] | undefined, given: readonly T[]): boolean =>
  wanted === undefined || wanted.some((each) => given.includes(each));

function findInner(row: FaultRow, ask: FaultAsk): InnerError | undefined {
  return (ask.error?.inner ?? []).find(({ code, property }) => {
    const whose = property === undefined ? undefined : property === ask.keyProperty ? "key" : "other";
    return (
      (row.codes === undefined || row.codes.includes(code)) && (row.property === undefined || row.property === whose)
    );
  });
}

function matchRow(row: FaultRow, ask: FaultAsk): Match | undefined {
  const { error } = ask;
  if (error === undefined && row.anyBody !== true) return undefined;
  if (!fits(row.statuses, [ask.status])) return undefined;
  if (row.subject !== undefined && row.subject !== ask.subject) return undefined;
  if (row.isBatch !== undefined && row.isBatch !== ask.isBatch) return undefined;
  if (row.policies !== undefined && !row.policies.includes(error?.policy ?? "")) return undefined;
  const words = error === undefined ? [] : [...error.words, ...toOwnWords(error)];
  if (!fits(row.words, words)) return undefined;
  const inner = findInner(row, ask);
  if (row.codes !== undefined || row.property !== undefined) {
    // Codes also come as the envelope's sub-category, without a property.
    const isWord = row.codes !== undefined && row.property === undefined && fits(row.codes, words);
    if (inner === undefined && !isWord) return undefined;
  }
  return { row, inner: row.codes === undefined && row.property === undefined ? error?.inner[0] : inner };
}

/** Words of our own for refusals that HubSpot tells by nothing but their shape. */
function toOwnWords(error: VendorError): readonly string[] {
  const isAssociation =
    error.words.some((word) => /^crm\.associations\b/i.test(word)) ||
    ["toObjectId", "toObjectType", "fromObjectId"].some((name) => Object.hasOwn(error.context, name));
  // Its text is the only mark of a body that HubSpot could not read: no category or code tells it.
  const isUnreadable = error.inner.length === 0 && /^invalid input json\b/i.test(error.message ?? "");
  return [...(isAssociation ? ["ASSOCIATION_TARGET_GONE"] : []), ...(isUnreadable ? ["INVALID_JSON"] : [])];
}

function findMatch(ask: FaultAsk): Match | undefined {
  for (const row of faultTable) {
    const match = matchRow(row, ask);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** The row of the table that decides this refusal, or undefined where none fits. */
export const findFaultRow = (ask: FaultAsk): FaultRow | undefined => findMatch(ask)?.row;

const itemStatuses: Readonly<Record<string, number>> = {
  VALIDATION_ERROR: 400,
  USER_DOES_NOT_HAVE_PERMISSIONS: 403,
  OBJECT_NOT_FOUND: 404,
  CONFLICT: 409,
  LOCKED: 423,
  RATE_LIMIT: 429,
  RATE_LIMITS: 429,
  INTERNAL_ERROR: 500,
};

/** The status that an item of a 207 would have had alone: it has none of its own, so its category stands for one. */
export function statusOfItem({ words }: VendorError): number {
  const word = words.find((each) => Object.hasOwn(itemStatuses, each));
  return word === undefined ? 207 : (itemStatuses[word] ?? 207);
}

/** What became of a request that HubSpot did not accept, from its status, envelope and what it aimed at. */
export function toFault(ask: FaultAsk): ConnectorFault {
  const match = findMatch(ask);
  if (match !== undefined) return render(match, ask);
  // Without HubSpot's own envelope nobody knows what was executed; an unknown code inside of it is a refusal.
  if (ask.error === undefined || ask.status >= 500)
    return toLostFault(ask.kind, {
      status: ask.status,
      message: ask.error?.message ?? "no answer in HubSpot's own form",
    });
  return { kind: "rejected", reason: "unknown", answer: answerOf(ask, undefined) };
}

function answerOf({ status, error, secrets }: FaultAsk, inner: InnerError | undefined) {
  const scopes = error === undefined || error.scopes.length === 0 ? "" : ` Scopes: ${error.scopes.join(", ")}.`;
  return toAnswer(
    {
      status,
      code: inner?.code ?? error?.policy ?? error?.words[0],
      message: `${inner?.message ?? error?.message ?? ""}${scopes}`,
      correlationId: error?.correlationId,
    },
    secrets,
  );
}

function render({ row: { verdict }, inner }: Match, ask: FaultAsk): ConnectorFault {
  const answer = answerOf(ask, inner);
  switch (verdict.as) {
    case "lost":
      return toLostFault(ask.kind, answer);
    case "blocked":
      return { kind: "blocked", reason: verdict.reason, answer };
    case "rejected":
      return {
        kind: "rejected",
        reason: verdict.reason,
        ...(inner?.property === undefined ? {} : { field: inner.property }),
        answer,
      };
    case "rate_limited": {
      const own = verdict.waitMs === "midnight" ? ask.untilMidnightMs : verdict.waitMs;
      const retryAfterMs = Math.min(day, ask.retryAfterMs ?? own);
      return {
        kind: "rate_limited",
        retryAfterMs,
        ...(verdict.window === undefined ? {} : { window: verdict.window }),
        answer,
      };
    }
    case "locked":
      return {
        kind: "transient",
        proof: "row_locked",
        retryAfterMs: Math.max(verdict.waitMs, ask.retryAfterMs ?? 0),
        answer,
      };
    case "already_written":
    case "batch_too_large":
      return { kind: verdict.as, answer };
  }
}
