import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { VendorError } from "./error-body.ts";

/** Where a refusal hit: a call that is only being written, our own record, another record, a query, a sign-in, something else. */
export type Subject = "new_call" | "call" | "person" | "query" | "sign_in" | "other";

/** What a code alone does not tell; worked out from fields, names and the vendor's fixed marks. */
export type Mark =
  | "key_field"
  | "link_field"
  | "owner_field"
  | "create_only"
  | "limit_text"
  | "day_is_used_up"
  | "not_for_rest"
  | "several_rows";

type Verdict =
  | Readonly<{ as: "blocked" | "rejected"; reason: Reason }>
  | Readonly<{ as: "rate_limited"; window?: string; waitMs: number }>
  | Readonly<{ as: "locked"; waitMs: number }>
  | Readonly<{ as: "again" | "read_again" | "already_written" | "batch_too_large" | "lost" }>;

/**
 * One row of the table: all conditions that are given must hold, and the first row that fits wins. `anyBody`: also
 * without Salesforce's envelope.
 */
export type FaultRow = Readonly<{
  statuses?: readonly number[];
  codes?: readonly string[];
  subjects?: readonly Subject[];
  mark?: Mark;
  anyBody?: true;
  verdict: Verdict;
}>;

const blocked = (reason: Reason): Verdict => ({ as: "blocked", reason });
const rejected = (reason: Reason): Verdict => ({ as: "rejected", reason });

/** The rolling day recovers bit by bit: look again after this. */
const dayWaitMs = 20 * 60_000;
const concurrencyWaitMs = 5_000;

/**
 * Salesforce's codes and what each does to a delivery. Sources: the REST and Object API guides (status codes, limits,
 * duplicate rules), and recorded answers. Everything that may have been executed is `lost`, whatever its body says.
 */
export const faultTable: readonly FaultRow[] = [
  { codes: ["rate_limit_exceeded", "server_error"], subjects: ["sign_in"], verdict: { as: "read_again" } },
  { statuses: [406, 408, 420, 500, 502, 503, 504], anyBody: true, verdict: { as: "lost" } },
  { codes: ["UNKNOWN_EXCEPTION", "APEX_ERROR", "SERVER_UNAVAILABLE"], verdict: { as: "lost" } },

  { codes: ["invalid_grant"], subjects: ["sign_in"], verdict: blocked("auth_revoked") },
  { subjects: ["sign_in"], verdict: blocked("setup_missing") },
  { statuses: [401], mark: "not_for_rest", verdict: blocked("setup_missing") },
  { statuses: [401], verdict: blocked("auth_revoked") },
  { codes: ["INVALID_SESSION_ID"], verdict: blocked("auth_revoked") },

  { statuses: [429], anyBody: true, verdict: { as: "rate_limited", waitMs: 10_000 } },
  {
    codes: ["REQUEST_LIMIT_EXCEEDED"],
    mark: "day_is_used_up",
    verdict: { as: "rate_limited", window: "day", waitMs: dayWaitMs },
  },
  { codes: ["REQUEST_LIMIT_EXCEEDED"], verdict: { as: "rate_limited", waitMs: concurrencyWaitMs } },
  { codes: ["LIMIT_EXCEEDED"], verdict: { as: "rate_limited", window: "day", waitMs: dayWaitMs } },
  { codes: ["STORAGE_LIMIT_EXCEEDED"], verdict: blocked("storage_full") },

  {
    codes: ["API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"],
    verdict: blocked("permission_denied"),
  },
  { statuses: [410], anyBody: true, verdict: blocked("our_bug") },
  { statuses: [300], anyBody: true, verdict: rejected("duplicate_conflict") },
  { statuses: [412], anyBody: true, verdict: { as: "again" } },
  { statuses: [413], mark: "several_rows", verdict: { as: "batch_too_large" } },
  { statuses: [413], verdict: rejected("too_large") },
  { statuses: [405, 414, 415, 431], anyBody: true, verdict: rejected("our_bug") },

  { statuses: [404], mark: "key_field", verdict: blocked("setup_missing") },
  { codes: ["INVALID_FIELD"], mark: "key_field", verdict: blocked("setup_missing") },
  { codes: ["INVALID_FIELD"], verdict: rejected("field_missing") },
  { codes: ["INVALID_TYPE"], verdict: blocked("permission_denied") },
  // An upsert that meets a field which can only be created has met the record: nothing of it was changed.
  { codes: ["INVALID_FIELD_FOR_INSERT_UPDATE"], mark: "create_only", verdict: { as: "already_written" } },
  {
    codes: [
      "INVALID_FIELD_FOR_INSERT_UPDATE",
      "INSUFFICIENT_ACCESS_OR_READONLY",
      "INSUFFICIENT_ACCESS",
      "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    ],
    verdict: rejected("permission_denied"),
  },

  { codes: ["INACTIVE_OWNER_OR_USER"], verdict: rejected("value_rejected") },
  // A converted lead is a contact now: matched again, the number leads to that contact.
  { codes: ["CANNOT_UPDATE_CONVERTED_LEAD"], verdict: rejected("person_deleted") },
  { codes: ["INVALID_CROSS_REFERENCE_KEY"], mark: "owner_field", verdict: rejected("value_rejected") },
  {
    codes: ["INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"],
    mark: "link_field",
    verdict: rejected("person_deleted"),
  },
  {
    codes: ["INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"],
    subjects: ["call"],
    verdict: rejected("record_deleted"),
  },
  { codes: ["INVALID_CROSS_REFERENCE_KEY"], verdict: rejected("person_deleted") },
  { codes: ["ENTITY_IS_DELETED"], subjects: ["new_call"], verdict: rejected("record_deleted") },
  { codes: ["ENTITY_IS_DELETED"], verdict: rejected("person_deleted") },
  { codes: ["NOT_FOUND"], subjects: ["call", "new_call"], verdict: rejected("record_deleted") },
  { codes: ["NOT_FOUND"], subjects: ["person"], verdict: rejected("person_deleted") },
  { statuses: [404], subjects: ["query", "other"], verdict: rejected("our_bug") },

  { codes: ["STRING_TOO_LONG"], verdict: rejected("too_large") },
  {
    codes: ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "NUMBER_OUTSIDE_VALID_RANGE", "INVALID_TYPE_ON_FIELD_IN_RECORD"],
    verdict: rejected("value_rejected"),
  },
  { codes: ["MALFORMED_ID"], verdict: rejected("mapping_error") },
  {
    codes: ["JSON_PARSER_ERROR", "MALFORMED_QUERY", "MALFORMED_SEARCH", "METHOD_NOT_ALLOWED", "UNSUPPORTED_MEDIA_TYPE"],
    verdict: rejected("our_bug"),
  },
  {
    codes: ["REQUIRED_FIELD_MISSING", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "FIELD_INTEGRITY_EXCEPTION"],
    verdict: rejected("rule_rejected"),
  },

  { codes: ["DUPLICATES_DETECTED"], verdict: rejected("duplicate_conflict") },
  { codes: ["DUPLICATE_VALUE"], mark: "key_field", verdict: { as: "already_written" } },
  { codes: ["DUPLICATE_VALUE"], verdict: rejected("duplicate_conflict") },

  { codes: ["UNABLE_TO_LOCK_ROW"], verdict: { as: "locked", waitMs: 1_000 } },
  { codes: ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "PROCESSING_HALTED"], verdict: { as: "again" } },
  { codes: ["TXN_SECURITY_METERING_ERROR"], verdict: { as: "again" } },
  { codes: ["QUERY_TIMEOUT", "INVALID_QUERY_LOCATOR", "EXCEEDED_ID_LIMIT"], verdict: { as: "read_again" } },
];

/** Automation is judged by its text alone: the code is the same whether a trigger was slow or wrong. */
export const automationTable: readonly FaultRow[] = [
  { codes: ["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"], mark: "limit_text", verdict: { as: "batch_too_large" } },
  {
    codes: ["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER"],
    verdict: rejected("automation_failed"),
  },
];

export type FaultAsk = Readonly<{
  status: number;
  /** None: not in Salesforce's own form. */
  errors: readonly VendorError[];
  kind: RequestKind;
  subject: Subject;
  /** Records in the request. */
  rows: number;
  keyField: string;
  /** Fields of the request that describe calls createable but not updateable. */
  createOnly: ReadonlySet<string>;
  /** Whether the answer's header says that the day's calls are used up. */
  isDayUsedUp: boolean;
  /** From `Retry-After`, ms; Salesforce sends none, a gateway may. */
  retryAfterMs: number | undefined;
  correlationId?: string | undefined;
  secrets: readonly string[];
}>;

const linkFields: ReadonlySet<string> = new Set(["WhoId", "WhatId", "Who", "What"]);

/** Whether an error speaks of a field: Salesforce names it in `fields`, or by its API name in the message. */
export function namesField(error: VendorError, field: string): boolean {
  return error.fields.includes(field) || new RegExp(`(^|\\W)${field}(\\W|$)`).test(error.message);
}

const hasMark: Readonly<Record<Mark, (ask: FaultAsk, error: VendorError | undefined) => boolean>> = {
  key_field: ({ keyField }, error) => error !== undefined && namesField(error, keyField),
  link_field: (_ask, error) => error?.fields.some((field) => linkFields.has(field)) ?? false,
  owner_field: (_ask, error) => error?.fields.includes("OwnerId") ?? false,
  create_only: ({ createOnly }, error) =>
    error !== undefined && error.fields.length > 0 && error.fields.every((field) => createOnly.has(field)),
  // The class of the exception, which no translation changes, not its sentence.
  limit_text: ({ rows }, error) => rows > 1 && /\bSystem\.LimitException\b/.test(error?.message ?? ""),
  day_is_used_up: ({ isDayUsedUp }, error) => isDayUsedUp || /^TotalRequests\b/.test(error?.message ?? ""),
  not_for_rest: (_ask, error) => /not valid for use with the REST API|not attached to Agent/.test(error?.message ?? ""),
  several_rows: ({ rows }) => rows > 1,
};

type Match = Readonly<{ row: FaultRow; error: VendorError | undefined }>;

function fits(row: FaultRow, ask: FaultAsk, error: VendorError | undefined): boolean {
  if (error === undefined && row.anyBody !== true) return false;
  if (row.statuses !== undefined && !row.statuses.includes(ask.status)) return false;
  if (row.subjects !== undefined && !row.subjects.includes(ask.subject)) return false;
  if (row.codes !== undefined && (error === undefined || !row.codes.includes(error.code))) return false;
  return row.mark === undefined || hasMark[row.mark](ask, error);
}

/** The row that decides, with the error that it is about; the first error that a row knows wins. */
export function findFaultRow(ask: FaultAsk): Match | undefined {
  const errors: readonly (VendorError | undefined)[] = ask.errors.length === 0 ? [undefined] : ask.errors;
  for (const error of errors) {
    const row = [...faultTable, ...automationTable].find((each) => fits(each, ask, error));
    if (row !== undefined) return { row, error };
  }
  return undefined;
}

/** What became of a request or row that Salesforce did not accept. */
export function toFault(ask: FaultAsk): ConnectorFault {
  const match = findFaultRow(ask);
  if (match !== undefined) return render(match, ask);
  const [error] = ask.errors;
  const said = { status: ask.status, message: error?.message ?? "no answer in Salesforce's own form" };
  if (error === undefined || ask.status >= 500) return toLostFault(ask.kind, said);
  return { kind: "rejected", reason: "unknown", ...fieldOf(error), answer: answerOf(ask, error) };
}

function answerOf({ status, correlationId, secrets }: FaultAsk, error: VendorError | undefined) {
  return toAnswer({ status, code: error?.code, message: error?.message, correlationId }, secrets);
}

function fieldOf(error: VendorError | undefined): Readonly<{ field?: string }> {
  const [field] = error?.fields ?? [];
  return field === undefined ? {} : { field };
}

function render({ row: { verdict }, error }: Match, ask: FaultAsk): ConnectorFault {
  const answer = answerOf(ask, error);
  switch (verdict.as) {
    case "lost":
      return toLostFault(ask.kind, answer);
    case "blocked":
      return { kind: "blocked", reason: verdict.reason, answer };
    case "rejected":
      return { kind: "rejected", reason: verdict.reason, ...fieldOf(error), answer };
    case "rate_limited": {
      const retryAfterMs = Math.max(verdict.waitMs, ask.retryAfterMs ?? 0);
      return {
        kind: "rate_limited",
        retryAfterMs,
        ...(verdict.window === undefined ? {} : { window: verdict.window }),
        answer,
      };
    }
    case "locked":
      return { kind: "transient", proof: "row_locked", retryAfterMs: verdict.waitMs, answer };
    case "again":
      return { kind: "transient", proof: "vendor_code", answer };
    case "read_again":
      return { kind: "transient", proof: "read_only", answer };
    case "already_written":
    case "batch_too_large":
      return { kind: verdict.as, answer };
  }
}
