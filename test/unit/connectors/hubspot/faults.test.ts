import { describe, expect, test } from "vitest";
import { readVendorError } from "../../../../src-main/connectors/hubspot/error-body.ts";
import {
  type FaultAsk,
  type FaultRow,
  faultTable,
  findFaultRow,
  toFault,
} from "../../../../src-main/connectors/hubspot/faults.ts";
import type { ConnectorFault } from "../../../../src-shared/domain/fault.ts";

const midnightMs = 7_200_000;

/** HubSpot's envelope. */
const envelope = (category: string, more: object = {}): object => ({
  status: "error",
  message: `${category} said so`,
  correlationId: "c-1",
  category,
  ...more,
});

/** HubSpot embeds property errors in the message. */
const properties = (code: string, name: string): object =>
  envelope("VALIDATION_ERROR", {
    message: `Property values were not valid: ${JSON.stringify([{ isValid: false, message: `${name} was refused`, error: code, name }])}`,
  });

const rateLimit = (policyName: string): object => ({
  status: "error",
  message: "You have reached your limit.",
  errorType: "RATE_LIMIT",
  policyName,
});

type Case = Readonly<{
  name: string;
  status: number;
  body: unknown;
  subject?: FaultAsk["subject"];
  isBatch?: boolean;
  kind?: FaultAsk["kind"];
  retryAfterMs?: number;
  is: string;
}>;

const toAsk = (each: Case): FaultAsk => ({
  status: each.status,
  error: readVendorError(each.body),
  kind: each.kind ?? "write",
  subject: each.subject ?? "call",
  isBatch: each.isBatch ?? false,
  keyProperty: "callledger_key",
  retryAfterMs: each.retryAfterMs,
  untilMidnightMs: midnightMs,
  secrets: [],
});

/** A fault in one line: kind, reason or proof or window, field, wait. */
function toWords(fault: ConnectorFault): string {
  switch (fault.kind) {
    case "blocked":
      return `blocked ${fault.reason}`;
    case "rejected":
      return ["rejected", fault.reason, fault.field].filter((part) => part !== undefined).join(" ");
    case "rate_limited":
      return ["rate_limited", fault.window ?? "all", fault.retryAfterMs].join(" ");
    case "transient":
      return ["transient", fault.proof, fault.retryAfterMs].filter((part) => part !== undefined).join(" ");
    default:
      return fault.kind;
  }
}

const values = ["INVALID_OPTION", "INVALID_EMAIL", "INVALID_INTEGER", "INVALID_LONG", "INVALID_DATE"];
const lostStatuses = [408, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526];

const cases: readonly Case[] = [
  ...lostStatuses.map((status) => ({ name: `${status} without a body`, status, body: undefined, is: "response_lost" })),
  ...lostStatuses.map((status) => ({
    name: `${status} in the envelope`,
    status,
    body: envelope("INTERNAL_ERROR"),
    is: "response_lost",
  })),
  { name: "500 to a read", status: 500, body: undefined, kind: "read", is: "transient read_only" },
  { name: "an unknown 5xx", status: 599, body: envelope("NEW"), is: "response_lost" },
  { name: "400 in HTML", status: 400, body: undefined, is: "response_lost" },
  { name: "429 in HTML", status: 429, body: undefined, is: "response_lost" },
  { name: "404 with an empty body", status: 404, body: undefined, is: "response_lost" },
  { name: "a foreign JSON body", status: 403, body: { fault: "edge" }, is: "response_lost" },
  {
    name: "477 with Retry-After",
    status: 477,
    body: undefined,
    retryAfterMs: 3_600_000,
    is: "rate_limited all 3600000",
  },
  { name: "477 without Retry-After", status: 477, body: envelope("MIGRATION"), is: "rate_limited all 60000" },
  { name: "a wait of weeks", status: 477, body: undefined, retryAfterMs: 9e9, is: "rate_limited all 86400000" },

  {
    name: "a refused refresh",
    status: 400,
    body: { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token" },
    subject: "other",
    is: "blocked auth_revoked",
  },
  {
    name: "a refused refresh, OAuth form",
    status: 400,
    body: { error: "invalid_grant", error_description: "x" },
    subject: "other",
    is: "blocked auth_revoked",
  },
  { name: "401 invalid", status: 401, body: envelope("INVALID_AUTHENTICATION"), is: "blocked auth_revoked" },
  { name: "401 expired", status: 401, body: envelope("EXPIRED_AUTHENTICATION"), is: "blocked auth_revoked" },
  { name: "401 of another category", status: 401, body: envelope("NEW"), is: "blocked auth_revoked" },
  { name: "402", status: 402, body: envelope("PAYMENT_REQUIRED"), is: "blocked permission_denied" },
  { name: "403 banned", status: 403, body: envelope("BANNED"), is: "blocked account_suspended" },
  { name: "403 scopes", status: 403, body: envelope("MISSING_SCOPES"), is: "blocked permission_denied" },
  { name: "403 user", status: 403, body: envelope("USER_DOES_NOT_HAVE_PERMISSIONS"), is: "rejected permission_denied" },
  { name: "403 associations", status: 403, body: envelope("EDIT_ASSOCIATIONS"), is: "rejected permission_denied" },

  { name: "423", status: 423, body: envelope("LOCKED"), is: "transient row_locked 2000" },
  {
    name: "423 that asks for longer",
    status: 423,
    body: envelope("LOCKED"),
    retryAfterMs: 9_000,
    is: "transient row_locked 9000",
  },
  { name: "429 day", status: 429, body: rateLimit("DAILY"), is: `rate_limited day ${midnightMs}` },
  {
    name: "429 day, asked by header",
    status: 429,
    body: rateLimit("DAILY"),
    retryAfterMs: 5_000,
    is: "rate_limited day 5000",
  },
  { name: "429 second", status: 429, body: rateLimit("SECONDLY"), is: "rate_limited ten_seconds 1000" },
  {
    name: "429 second of a search",
    status: 429,
    body: rateLimit("SECONDLY"),
    subject: "search",
    kind: "read",
    is: "rate_limited search_second 1000",
  },
  {
    name: "429 ten seconds",
    status: 429,
    body: rateLimit("TEN_SECONDLY_ROLLING"),
    is: "rate_limited ten_seconds 10000",
  },
  {
    name: "429 with a category",
    status: 429,
    body: envelope("RATE_LIMITS", { policyName: "TEN_SECONDLY_ROLLING" }),
    is: "rate_limited ten_seconds 10000",
  },
  { name: "429 without a policy", status: 429, body: envelope("RATE_LIMITS"), is: "rate_limited ten_seconds 10000" },
  { name: "413 of a batch", status: 413, body: envelope("TOO_LARGE"), isBatch: true, is: "batch_too_large" },
  { name: "413 of one", status: 413, body: envelope("TOO_LARGE"), is: "rejected too_large" },
  ...[405, 414, 415].map((status) => ({
    name: String(status),
    status,
    body: envelope("METHOD"),
    is: "rejected our_bug",
  })),

  {
    name: "our key property gone",
    status: 400,
    body: properties("PROPERTY_DOESNT_EXIST", "callledger_key"),
    is: "blocked setup_missing",
  },
  {
    name: "another property gone",
    status: 400,
    body: properties("PROPERTY_DOESNT_EXIST", "hs_call_title"),
    is: "rejected field_missing hs_call_title",
  },
  ...values.map((code) => ({
    name: code,
    status: 400,
    body: properties(code, "hs_call_status"),
    is: "rejected value_rejected hs_call_status",
  })),
  {
    name: "VALUE_TOO_LONG",
    status: 400,
    body: properties("VALUE_TOO_LONG", "hs_call_body"),
    is: "rejected too_large hs_call_body",
  },
  {
    name: "READ_ONLY_VALUE",
    status: 400,
    body: properties("READ_ONLY_VALUE", "hs_createdate"),
    is: "rejected mapping_error hs_createdate",
  },
  ...["REQUIRED_FIELD", "MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"].map((code) => ({
    name: code,
    status: 400,
    body: properties(code, "hs_activity_type"),
    is: "rejected rule_rejected hs_activity_type",
  })),
  {
    name: "a required property named by the sub-category",
    status: 400,
    body: envelope("VALIDATION_ERROR", { subCategory: "Objects.MISSING_REQUIRED_PROPERTY" }),
    is: "rejected rule_rejected",
  },
  {
    name: "a property's validation rule",
    status: 400,
    body: properties("PROPERTY_VALIDATION", "hs_call_title"),
    is: "rejected rule_rejected hs_call_title",
  },
  {
    name: "our key taken",
    status: 400,
    body: properties("CONFLICTING_UNIQUE_VALUE", "callledger_key"),
    is: "already_written",
  },
  {
    name: "our key taken, property not named",
    status: 400,
    body: envelope("VALIDATION_ERROR", { errors: [{ message: "taken", code: "CONFLICTING_UNIQUE_VALUE" }] }),
    is: "already_written",
  },
  {
    name: "another value taken",
    status: 400,
    body: properties("CONFLICTING_UNIQUE_VALUE", "hs_unique"),
    is: "rejected duplicate_conflict hs_unique",
  },
  { name: "409 on our key", status: 409, body: envelope("CONFLICT"), is: "already_written" },
  {
    name: "409 that names our key",
    status: 409,
    body: { ...properties("CONFLICTING_UNIQUE_VALUE", "callledger_key"), category: "CONFLICT" },
    is: "already_written",
  },
  {
    name: "409 on another property",
    status: 409,
    body: envelope("CONFLICT", { errors: [{ message: "x", code: "NEW", context: { propertyName: ["email"] } }] }),
    is: "rejected duplicate_conflict email",
  },
  {
    name: "409 of a person",
    status: 409,
    body: envelope("CONFLICT", { message: "Contact already exists. Existing ID: 6001" }),
    subject: "other",
    is: "rejected duplicate_conflict",
  },
  {
    name: "a conflict of another object",
    status: 400,
    body: envelope("VALIDATION_ERROR", { errors: [{ message: "x", code: "CONFLICTING_UNIQUE_VALUE" }] }),
    subject: "other",
    is: "rejected duplicate_conflict",
  },
  {
    name: "a property that exists",
    status: 409,
    body: envelope("OBJECT_ALREADY_EXISTS"),
    subject: "other",
    is: "blocked setup_missing",
  },
  { name: "our call gone", status: 404, body: envelope("OBJECT_NOT_FOUND"), is: "rejected record_deleted" },
  {
    name: "our call gone, within a batch",
    status: 207,
    body: envelope("OBJECT_NOT_FOUND"),
    is: "rejected record_deleted",
  },
  {
    name: "the linked record gone",
    status: 404,
    body: envelope("OBJECT_NOT_FOUND"),
    subject: "linked",
    is: "rejected person_deleted",
  },
  { name: "404 of another category", status: 404, body: envelope("NEW"), is: "rejected record_deleted" },
  {
    name: "404 of another category on the linked record",
    status: 404,
    body: envelope("NEW"),
    subject: "linked",
    is: "rejected person_deleted",
  },
  {
    name: "an association's target gone",
    status: 400,
    body: envelope("VALIDATION_ERROR", { context: { toObjectId: ["1"] } }),
    is: "rejected person_deleted",
  },
  {
    name: "an association refused by sub-category",
    status: 400,
    body: envelope("VALIDATION_ERROR", { subCategory: "crm.associations.TO_OBJECT_NOT_FOUND" }),
    is: "rejected person_deleted",
  },
  {
    name: "a search out of bounds",
    status: 400,
    body: envelope("VALIDATION_ERROR"),
    subject: "search",
    kind: "read",
    is: "rejected our_bug",
  },
  {
    name: "JSON that HubSpot cannot read",
    status: 400,
    body: envelope("VALIDATION_ERROR", { message: "Invalid input JSON on line 1, column 2" }),
    is: "rejected our_bug",
  },
  {
    name: "VALIDATION_ERROR without a known code",
    status: 400,
    body: envelope("VALIDATION_ERROR"),
    is: "rejected value_rejected",
  },
  {
    name: "an unknown property code",
    status: 400,
    body: properties("NEW_CODE", "hs_call_title"),
    is: "rejected value_rejected hs_call_title",
  },
  { name: "an unknown category", status: 400, body: envelope("SOMETHING_NEW"), is: "rejected unknown" },
];

describe("HubSpot's refusals", () => {
  test.each(cases)("$name", (each) => {
    expect(toWords(toFault(toAsk(each)))).toBe(each.is);
  });

  test("every row of the table decides at least one of the cases", () => {
    const used = new Set<FaultRow | undefined>(cases.map((each) => findFaultRow(toAsk(each))));
    expect(faultTable.filter((row) => !used.has(row))).toEqual([]);
  });

  test("the answer keeps status, code, HubSpot's words and its correlation id, bounded and without secrets", () => {
    const body = properties("INVALID_OPTION", "hs_call_status");
    const fault = toFault(toAsk({ name: "", status: 400, body: { ...body, correlationId: "abc" }, is: "" }));
    expect(fault).toMatchObject({
      answer: { status: 400, code: "INVALID_OPTION", message: "hs_call_status was refused", correlationId: "abc" },
    });
    const leaking = envelope("VALIDATION_ERROR", { message: `token pat-na1-1234567890 ${"x".repeat(5_000)}` });
    const bounded = toFault(toAsk({ name: "", status: 400, body: leaking, is: "" }));
    expect(JSON.stringify(bounded)).not.toContain("1234567890");
    expect(JSON.stringify(bounded).length).toBeLessThan(800);
  });

  test("missing scopes are named", () => {
    const body = envelope("MISSING_SCOPES", {
      errors: [{ message: "One or more", context: { requiredGranularScopes: ["crm.objects.deals.read"] } }],
    });
    const fault = toFault(toAsk({ name: "", status: 403, body, is: "" }));
    expect(JSON.stringify(fault)).toContain("crm.objects.deals.read");
  });
});

describe("HubSpot's envelope", () => {
  test.each([undefined, null, "text", [], {}, { status: "ok" }, { results: [] }, 5])("is not %j", (json) => {
    expect(readVendorError(json)).toBeUndefined();
  });

  test("survives fields of a wrong type", () => {
    const error = readVendorError({
      status: 5,
      category: "VALIDATION_ERROR",
      message: ["x"],
      errors: [{ code: 7, context: { a: [1, 2], b: "c", d: { e: 1 } } }, "text"],
      context: "none",
    });
    expect(error).toMatchObject({ words: ["VALIDATION_ERROR"], inner: [], message: undefined });
  });

  test("merges the contexts of the body and of its errors", () => {
    const error = readVendorError({
      category: "X",
      context: { ids: [1, 2] },
      errors: [{ message: "m", context: { ids: ["2", "3"], objectWriteTraceId: "t" } }],
    });
    expect(error?.context).toEqual({ ids: ["1", "2", "3"], objectWriteTraceId: ["t"] });
  });
});
