import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { VendorError } from "./error-body.ts";
import { windowNames } from "./wire.ts";

/** What a refusal would be about: our own call, a person, or something else (metadata, the org). */
export type Subject = "call" | "person" | "other";

type Verdict =
  | Readonly<{ as: "blocked" | "rejected"; reason: Reason }>
  | Readonly<{ as: "locked" | "lost" | "rate_limited" | "batch_too_large" | "already_written" | "read_again" }>;

/**
 * One row of the table: all conditions that are given must hold, and the first row that fits wins. `level`: the whole
 * request was refused, or one record of it. `field`: which field it names. `anyBody`: also without Zoho's envelope.
 */
export type FaultRow = Readonly<{
  statuses?: readonly number[];
  codes?: readonly string[];
  level?: "request" | "record";
  field?: "key" | "link" | "id" | "other" | "none";
  isTooLong?: boolean;
  subject?: Subject;
  isBatch?: boolean;
  namesLimit?: boolean;
  anyBody?: true;
  verdict: Verdict;
}>;

const blocked = (reason: Reason): Verdict => ({ as: "blocked", reason });
const rejected = (reason: Reason): Verdict => ({ as: "rejected", reason });

/**
 * Zoho's codes and what each does to a delivery. Sources: the API v8 pages on status codes, records, COQL and bulk jobs,
 * and Zoho's API descriptions. What may have been executed is `lost`, whatever its status says.
 */
export const faultTable: readonly FaultRow[] = [
  { statuses: [408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526], anyBody: true, verdict: { as: "lost" } },
  {
    codes: [
      "DEPENDENT_SERVICE_ERROR",
      "PROCESSING_STOPPED",
      "REQUEST_TIMEOUT",
      "INTERNAL_ERROR",
      "SERVICE_UNAVAILABLE",
    ],
    verdict: { as: "lost" },
  },
  { statuses: [429], anyBody: true, verdict: { as: "rate_limited" } },
  { codes: ["TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"], verdict: { as: "rate_limited" } },

  { codes: ["INVALID_TOKEN", "AUTHENTICATION_FAILURE"], verdict: blocked("auth_revoked") },
  { codes: ["OAUTH_SCOPE_MISMATCH"], verdict: blocked("permission_denied") },
  { codes: ["AUTHORIZATION_FAILED", "NO_PERMISSION"], level: "record", verdict: rejected("permission_denied") },
  { codes: ["AUTHORIZATION_FAILED", "NO_PERMISSION"], verdict: blocked("permission_denied") },
  { statuses: [401], verdict: blocked("auth_revoked") },

  { codes: ["REQUEST_ENTITY_TOO_LARGE"], isBatch: true, verdict: { as: "batch_too_large" } },
  { codes: ["REQUEST_ENTITY_TOO_LARGE"], verdict: rejected("too_large") },
  { statuses: [413], anyBody: true, isBatch: true, verdict: { as: "batch_too_large" } },
  { statuses: [413], anyBody: true, verdict: rejected("too_large") },

  { codes: ["DUPLICATE_DATA"], field: "key", subject: "call", verdict: { as: "already_written" } },
  { codes: ["DUPLICATE_DATA"], verdict: rejected("duplicate_conflict") },

  { codes: ["INVALID_DATA"], isTooLong: true, verdict: rejected("too_large") },
  // Whether the person is gone or the link is wrong is found out by a read.
  { codes: ["INVALID_DATA"], field: "link", verdict: rejected("mapping_error") },
  { codes: ["INVALID_DATA"], field: "id", subject: "person", verdict: rejected("person_deleted") },
  { codes: ["INVALID_DATA"], field: "id", verdict: rejected("record_deleted") },
  { codes: ["INVALID_DATA", "PATTERN_NOT_MATCHED"], verdict: rejected("value_rejected") },

  { codes: ["REQUIRED_PARAM_MISSING"], verdict: rejected("our_bug") },
  {
    codes: ["MANDATORY_NOT_FOUND", "EXPECTED_FIELD_MISSING"],
    level: "record",
    verdict: rejected("rule_rejected"),
  },
  { codes: ["MANDATORY_NOT_FOUND", "EXPECTED_FIELD_MISSING"], verdict: rejected("our_bug") },
  {
    codes: ["DEPENDENT_FIELD_MISSING", "DEPENDENT_MISMATCH", "AMBIGUITY_DURING_PROCESSING"],
    verdict: rejected("rule_rejected"),
  },
  { codes: ["MAPPING_MISMATCH"], verdict: rejected("mapping_error") },

  {
    codes: ["INVALID_MODULE", "MODULE_NOT_SUPPORTED", "NOT_SUPPORTED", "API_NOT_SUPPORTED", "MODULE_NOT_AVAILABLE"],
    verdict: blocked("setup_missing"),
  },
  { codes: ["INVALID_QUERY"], field: "key", verdict: blocked("setup_missing") },
  { codes: ["INVALID_QUERY"], field: "none", verdict: rejected("our_bug") },
  { codes: ["INVALID_QUERY"], verdict: rejected("field_missing") },
  {
    codes: [
      "SYNTAX_ERROR",
      "INVALID_REQUEST_METHOD",
      "METHOD_NOT_ALLOWED",
      "INVALID_URL_PATTERN",
      "EXPECTED_PARAM_MISSING",
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    verdict: rejected("our_bug"),
  },
  { codes: ["RESOURCE_NOT_FOUND"], subject: "person", verdict: rejected("person_deleted") },
  { codes: ["RESOURCE_NOT_FOUND"], verdict: rejected("record_deleted") },

  {
    codes: ["LIMIT_EXCEEDED", "LIMIT_REACHED", "CRITERIA_LIMIT_EXCEEDED"],
    namesLimit: false,
    verdict: blocked("limit_exhausted"),
  },
  {
    codes: ["LIMIT_EXCEEDED", "LIMIT_REACHED", "CRITERIA_LIMIT_EXCEEDED"],
    isBatch: true,
    verdict: { as: "batch_too_large" },
  },
  { codes: ["LIMIT_EXCEEDED", "LIMIT_REACHED", "CRITERIA_LIMIT_EXCEEDED"], verdict: rejected("too_large") },
  { codes: ["STORAGE_SPACE_EXCEEDED"], verdict: blocked("storage_full") },
  { codes: ["RECORD_LOCKED", "RECORD_IN_BLUEPRINT", "NOT_APPROVED", "BLOCKED_RECORD"], verdict: { as: "locked" } },
  // A lead that became a contact: matched again, the call goes to the contact.
  { codes: ["CONVERTED_RECORD", "ID_ALREADY_CONVERTED"], verdict: rejected("person_deleted") },
  { codes: ["ALREADY_MODIFIED", "RECORD_MODIFIED"], verdict: { as: "read_again" } },
  { statuses: [412], verdict: { as: "read_again" } },

  { codes: ["CANNOT_PROCESS"], verdict: rejected("unknown") },
  {
    codes: [
      "MANDATORY_FIELDS_NOT_MAPPED",
      "MISSING_REQUIRED_KEY",
      "FILE_NOT_SUPPORTED",
      "FILE_NOT_FOUND",
      "INVALID_CALLBACK_URL",
    ],
    verdict: rejected("our_bug"),
  },
  {
    codes: [
      "EXPIRED_VALUE",
      "TOKEN_BOUND_DATA_MISMATCH",
      "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
      "PAGINATION_LIMIT_EXCEEDED",
    ],
    verdict: { as: "read_again" },
  },
];

/** A locked record is tried again after this long: approvals and blueprints take hours rather than seconds. */
const lockedMs = 10 * 60_000;
/** Too many calls at once: the next second may have room. */
export const crowdedMs = 5_000;
/** The org's credits are spent: they come back one by one, a day after each was used. */
export const spentMs = 15 * 60_000;

const day = 24 * 3_600_000;

export type FaultAsk = Readonly<{
  status: number;
  error: VendorError | undefined;
  kind: RequestKind;
  subject: Subject;
  level: "request" | "record";
  isBatch: boolean;
  keyField: string;
  /** From `Retry-After`, ms. */
  retryAfterMs: number | undefined;
  /** Whether the org's credits are spent, rather than too many calls under way. */
  areCreditsSpent: boolean;
  secrets: readonly string[];
}>;

const links: ReadonlySet<string> = new Set(["Who_Id", "What_Id", "$se_module"]);

function kindOfField(field: string | undefined, keyField: string): NonNullable<FaultRow["field"]> {
  if (field === undefined) return "none";
  if (field === keyField) return "key";
  if (links.has(field)) return "link";
  return field === "id" ? "id" : "other";
}

function fits(row: FaultRow, ask: FaultAsk): boolean {
  const { error } = ask;
  if (error === undefined && row.anyBody !== true) return false;
  if (row.statuses !== undefined && !row.statuses.includes(ask.status)) return false;
  if (row.codes !== undefined && !row.codes.includes(error?.code ?? "")) return false;
  if (row.level !== undefined && row.level !== ask.level) return false;
  if (row.field !== undefined && row.field !== kindOfField(error?.field, ask.keyField)) return false;
  if (row.isTooLong !== undefined && row.isTooLong !== (error?.isTooLong ?? false)) return false;
  if (row.subject !== undefined && row.subject !== ask.subject) return false;
  if (row.isBatch !== undefined && row.isBatch !== ask.isBatch) return false;
  return row.namesLimit === undefined || row.namesLimit === (error?.namesLimit ?? false);
}

/** The row of the table that decides this refusal, or undefined where none fits. */
export const findFaultRow = (ask: FaultAsk): FaultRow | undefined => faultTable.find((row) => fits(row, ask));

/** What became of something that Zoho did not accept, from its status, its envelope and what it aimed at. */
export function toFault(ask: FaultAsk): ConnectorFault {
  const row = findFaultRow(ask);
  if (row !== undefined) return render(row.verdict, ask);
  // Without Zoho's own envelope nobody knows what was executed; an unknown code inside of it is a refusal.
  if (ask.error === undefined || ask.status >= 500)
    return toLostFault(ask.kind, { status: ask.status, message: "no answer in Zoho's own form" });
  return { kind: "rejected", reason: "unknown", answer: answerOf(ask) };
}

function answerOf({ status, error, secrets }: FaultAsk) {
  const rights = error === undefined || error.permissions.length === 0 ? "" : ` (${error.permissions.join(", ")})`;
  const field = error?.field === undefined ? "" : ` Field: ${error.field}.`;
  return toAnswer({ status, code: error?.code, message: `${error?.message ?? ""}${rights}${field}`.trim() }, secrets);
}

function render(verdict: Verdict, ask: FaultAsk): ConnectorFault {
  const answer = answerOf(ask);
  const field = ask.error?.field;
  switch (verdict.as) {
    case "lost":
      return toLostFault(ask.kind, answer);
    case "blocked":
      return { kind: "blocked", reason: verdict.reason, answer };
    case "rejected":
      return { kind: "rejected", reason: verdict.reason, ...(field === undefined ? {} : { field }), answer };
    case "locked":
      return {
        kind: "transient",
        proof: "row_locked",
        retryAfterMs: Math.max(lockedMs, ask.retryAfterMs ?? 0),
        answer,
      };
    case "read_again":
      return ask.kind === "read"
        ? { kind: "transient", proof: "read_only", answer }
        : { kind: "transient", proof: "vendor_code", answer };
    case "rate_limited": {
      const own = ask.areCreditsSpent ? spentMs : crowdedMs;
      const window = ask.areCreditsSpent ? { window: windowNames.credits } : {};
      return { kind: "rate_limited", retryAfterMs: Math.min(day, ask.retryAfterMs ?? own), ...window, answer };
    }
    case "already_written":
    case "batch_too_large":
      return { kind: verdict.as, answer };
  }
}
