import { describe, expect, test } from "vitest";
import { readVendorError } from "../../../../src-main/connectors/zoho/error-body.ts";
import {
  faultTable,
  findFaultRow,
  toFault,
  type FaultAsk,
  type FaultRow,
} from "../../../../src-main/connectors/zoho/faults.ts";

type Case = Readonly<{
  name: string;
  code?: string;
  status?: number;
  details?: object;
  html?: true;
  ask?: Partial<FaultAsk>;
  kind: string;
  reason?: string;
  proof?: string;
  window?: string;
}>;

const key = "Call_Sync_Key";
const field = (api_name: string, more: object = {}) => ({
  api_name,
  json_path: `$.data[0].${api_name}`,
  ...more,
});

/** Every row of Zoho's error tables, with what it does to a delivery. */
const cases: readonly Case[] = [
  ...["MANDATORY_NOT_FOUND", "EXPECTED_FIELD_MISSING"].flatMap((code): readonly Case[] => [
    { name: `${code} of a record`, code, details: field("Subject"), kind: "rejected", reason: "rule_rejected" },
    { name: `${code} of the request`, code, ask: { level: "request" }, kind: "rejected", reason: "our_bug" },
  ]),
  {
    name: "a parameter is missing",
    code: "REQUIRED_PARAM_MISSING",
    ask: { level: "request" },
    kind: "rejected",
    reason: "our_bug",
  },
  {
    name: "a value is refused",
    code: "INVALID_DATA",
    details: field("Call_Type"),
    kind: "rejected",
    reason: "value_rejected",
  },
  {
    name: "a pattern does not fit",
    code: "PATTERN_NOT_MATCHED",
    details: field("Call_Duration"),
    kind: "rejected",
    reason: "value_rejected",
  },
  {
    name: "a text is too long",
    code: "INVALID_DATA",
    details: field("Subject", { maximum_length: 300 }),
    kind: "rejected",
    reason: "too_large",
  },
  ...["Who_Id", "What_Id"].map((name): Case => ({
    name: `${name} is not good`,
    code: "INVALID_DATA",
    details: field(name),
    kind: "rejected",
    reason: "mapping_error",
  })),
  {
    name: "our record's id is not good",
    code: "INVALID_DATA",
    details: field("id"),
    kind: "rejected",
    reason: "record_deleted",
  },
  {
    name: "a person's id is not good",
    code: "INVALID_DATA",
    details: field("id"),
    ask: { subject: "person" },
    kind: "rejected",
    reason: "person_deleted",
  },
  {
    name: "our record is not found",
    code: "RESOURCE_NOT_FOUND",
    status: 404,
    kind: "rejected",
    reason: "record_deleted",
  },
  {
    name: "a person is not found",
    code: "RESOURCE_NOT_FOUND",
    status: 404,
    ask: { subject: "person" },
    kind: "rejected",
    reason: "person_deleted",
  },
  ...["DEPENDENT_FIELD_MISSING", "DEPENDENT_MISMATCH", "AMBIGUITY_DURING_PROCESSING"].map((code): Case => ({
    name: code,
    code,
    kind: "rejected",
    reason: "rule_rejected",
  })),
  { name: "fields exclude each other", code: "MAPPING_MISMATCH", kind: "rejected", reason: "mapping_error" },
  { name: "our key is there", code: "DUPLICATE_DATA", details: field(key), kind: "already_written" },
  {
    name: "another value is there",
    code: "DUPLICATE_DATA",
    details: field("Email"),
    kind: "rejected",
    reason: "duplicate_conflict",
  },
  ...["INVALID_MODULE", "MODULE_NOT_SUPPORTED", "NOT_SUPPORTED", "API_NOT_SUPPORTED", "MODULE_NOT_AVAILABLE"].map(
    (code): Case => ({ name: code, code, ask: { level: "request" }, kind: "blocked", reason: "setup_missing" }),
  ),
  {
    name: "the key's column is unknown",
    code: "INVALID_QUERY",
    details: { column_name: key },
    kind: "blocked",
    reason: "setup_missing",
  },
  {
    name: "another column is unknown",
    code: "INVALID_QUERY",
    details: { column_name: "Gone" },
    kind: "rejected",
    reason: "field_missing",
  },
  { name: "a query is wrong", code: "INVALID_QUERY", kind: "rejected", reason: "our_bug" },
  ...[
    "SYNTAX_ERROR",
    "INVALID_REQUEST_METHOD",
    "METHOD_NOT_ALLOWED",
    "INVALID_URL_PATTERN",
    "EXPECTED_PARAM_MISSING",
    "UNSUPPORTED_MEDIA_TYPE",
  ].map((code): Case => ({ name: code, code, kind: "rejected", reason: "our_bug" })),
  ...["LIMIT_EXCEEDED", "LIMIT_REACHED", "CRITERIA_LIMIT_EXCEEDED"].flatMap((code): readonly Case[] => [
    {
      name: `${code} of a batch`,
      code,
      details: { limit: 100, json_path: "$.data" },
      ask: { isBatch: true },
      kind: "batch_too_large",
    },
    {
      name: `${code} at size one`,
      code,
      details: { limit: 1, json_path: "$.data" },
      kind: "rejected",
      reason: "too_large",
    },
    { name: `${code} of the org`, code, kind: "blocked", reason: "limit_exhausted" },
  ]),
  { name: "the org has no space", code: "STORAGE_SPACE_EXCEEDED", kind: "blocked", reason: "storage_full" },
  ...["RECORD_LOCKED", "RECORD_IN_BLUEPRINT", "NOT_APPROVED", "BLOCKED_RECORD"].map((code): Case => ({
    name: code,
    code,
    kind: "transient",
    proof: "row_locked",
  })),
  { name: "a bulk row cannot be processed", code: "CANNOT_PROCESS", kind: "rejected", reason: "unknown" },
  ...[
    "MANDATORY_FIELDS_NOT_MAPPED",
    "MISSING_REQUIRED_KEY",
    "FILE_NOT_SUPPORTED",
    "FILE_NOT_FOUND",
    "INVALID_CALLBACK_URL",
  ].map((code): Case => ({ name: code, code, kind: "rejected", reason: "our_bug" })),
  ...[
    "EXPIRED_VALUE",
    "TOKEN_BOUND_DATA_MISMATCH",
    "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
    "PAGINATION_LIMIT_EXCEEDED",
  ].map((code): Case => ({ name: code, code, ask: { kind: "read" }, kind: "transient", proof: "read_only" })),
  ...["CONVERTED_RECORD", "ID_ALREADY_CONVERTED"].map((code): Case => ({
    name: code,
    code,
    kind: "rejected",
    reason: "person_deleted",
  })),
  ...["ALREADY_MODIFIED", "RECORD_MODIFIED"].map((code): Case => ({
    name: code,
    code,
    status: 412,
    kind: "transient",
    proof: "vendor_code",
  })),
  { name: "a 412 with another code", code: "SOMETHING", status: 412, kind: "transient", proof: "vendor_code" },
  {
    name: "several errors: the first of them",
    code: "MULTIPLE_OR_MULTI_ERRORS",
    details: {
      errors: [
        { code: "RECORD_LOCKED", details: {} },
        { code: "INVALID_DATA", details: {} },
      ],
    },
    kind: "transient",
    proof: "row_locked",
  },
  ...["INVALID_TOKEN", "AUTHENTICATION_FAILURE"].map((code): Case => ({
    name: code,
    code,
    status: 401,
    ask: { level: "request" },
    kind: "blocked",
    reason: "auth_revoked",
  })),
  {
    name: "a 401 with another code",
    code: "SOMETHING",
    status: 401,
    ask: { level: "request" },
    kind: "blocked",
    reason: "auth_revoked",
  },
  {
    name: "a scope is missing",
    code: "OAUTH_SCOPE_MISMATCH",
    status: 401,
    ask: { level: "request" },
    kind: "blocked",
    reason: "permission_denied",
  },
  ...["AUTHORIZATION_FAILED", "NO_PERMISSION"].flatMap((code): readonly Case[] => [
    {
      name: `${code} for the module`,
      code,
      status: 403,
      ask: { level: "request" },
      kind: "blocked",
      reason: "permission_denied",
    },
    { name: `${code} for one record`, code, kind: "rejected", reason: "permission_denied" },
  ]),
  {
    name: "a batch is too large",
    code: "REQUEST_ENTITY_TOO_LARGE",
    status: 413,
    ask: { isBatch: true },
    kind: "batch_too_large",
  },
  {
    name: "a record is too large",
    code: "REQUEST_ENTITY_TOO_LARGE",
    status: 413,
    kind: "rejected",
    reason: "too_large",
  },
  {
    name: "a batch is too large for the gateway",
    status: 413,
    html: true,
    ask: { isBatch: true },
    kind: "batch_too_large",
  },
  { name: "a record is too large for the gateway", status: 413, html: true, kind: "rejected", reason: "too_large" },
  ...["TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"].flatMap((code): readonly Case[] => [
    { name: `${code} as a status`, code, status: 429, kind: "rate_limited" },
    { name: `${code} inside an answer`, code, status: 200, kind: "rate_limited" },
    {
      name: `${code} with the credits spent`,
      code,
      status: 429,
      ask: { areCreditsSpent: true },
      kind: "rate_limited",
      window: "credits",
    },
  ]),
  ...["DEPENDENT_SERVICE_ERROR", "PROCESSING_STOPPED", "REQUEST_TIMEOUT", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE"].map(
    (code): Case => ({ name: code, code, status: 400, kind: "response_lost" }),
  ),
  ...[408, 500, 502, 503, 504].map((status): Case => ({
    name: `a ${status} whatever its code`,
    code: "INVALID_DATA",
    status,
    kind: "response_lost",
  })),
  { name: "a gateway's page", status: 502, html: true, kind: "response_lost" },
  { name: "a refusal in words that are not Zoho's", status: 400, html: true, kind: "response_lost" },
  { name: "any other code", code: "SOMETHING_NEW", kind: "rejected", reason: "unknown" },
];

function toAsk({ code, status = 400, details = {}, html, ask }: Case): FaultAsk {
  const body = { code, details, message: "words of the vendor", status: "error" };
  return {
    status,
    error: html === true ? undefined : readVendorError(body),
    kind: "write",
    subject: "call",
    level: "record",
    isBatch: false,
    keyField: key,
    retryAfterMs: undefined,
    areCreditsSpent: false,
    secrets: [],
    ...ask,
  };
}

describe("what a refusal does to a delivery", () => {
  test.each(cases)("$name", (each) => {
    const { kind, reason, proof, window } = each;
    expect(toFault(toAsk(each))).toMatchObject({
      kind,
      ...(reason === undefined ? {} : { reason }),
      ...(proof === undefined ? {} : { proof }),
      ...(window === undefined ? {} : { window }),
    });
  });

  test("no row of the table is left out here", () => {
    const used = new Set<FaultRow | undefined>(cases.map((each) => findFaultRow(toAsk(each))));
    expect(faultTable.filter((row) => !used.has(row))).toEqual([]);
  });

  test("a read is never lost: it is read again", () => {
    const lost = cases.filter(({ kind }) => kind === "response_lost");
    expect(lost.length).toBeGreaterThan(8);
    for (const each of lost)
      expect(toFault({ ...toAsk(each), kind: "read" })).toMatchObject({ kind: "transient", proof: "read_only" });
  });

  test("the vendor's time to wait is kept, a day at most; locked records are slow", () => {
    const limited: Case = { name: "", code: "TOO_MANY_REQUESTS", status: 429, kind: "" };
    const wait = (retryAfterMs: number | undefined, areCreditsSpent = false) =>
      toFault({ ...toAsk(limited), retryAfterMs, areCreditsSpent });
    expect(wait(7_000)).toMatchObject({ retryAfterMs: 7_000 });
    expect(wait(10 ** 9)).toMatchObject({ retryAfterMs: 86_400_000 });
    expect(wait(undefined)).toMatchObject({ retryAfterMs: 5_000 });
    expect(wait(undefined, true)).toMatchObject({ retryAfterMs: 900_000 });
    expect(toFault(toAsk({ name: "", code: "RECORD_LOCKED", kind: "" }))).toMatchObject({ retryAfterMs: 600_000 });
  });

  test("no secret and no unbounded text gets into an answer", () => {
    const secret = "1000.0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef";
    const error = readVendorError({ code: "X", status: "error", message: `${secret} ${"long ".repeat(900)}` });
    const fault = toFault({ ...toAsk({ name: "", kind: "" }), error, secrets: [secret] });
    expect(JSON.stringify(fault)).not.toContain("0123456789abcdef");
    expect(JSON.stringify(fault).length).toBeLessThan(800);
  });
});

describe("Zoho's envelope", () => {
  test("a success, a list and a stranger's JSON are none", () => {
    expect(readVendorError({ code: "SUCCESS", status: "success", details: {} })).toBeUndefined();
    for (const other of [null, [], "x", { error: "no" }, { data: [] }, { code: 7 }])
      expect(readVendorError(other)).toBeUndefined();
  });

  test("the existing record's id stands in either place", () => {
    const read = (details: object) => readVendorError({ code: "DUPLICATE_DATA", status: "error", details })?.existingId;
    expect(read({ duplicate_record: { id: "1" } })).toBe("1");
    expect(read({ id: "2" })).toBe("2");
  });

  test("several errors beside the envelope are unpacked, too", () => {
    const body = {
      code: "MULTIPLE_OR_MULTI_ERRORS",
      status: "error",
      errors: [{ code: "INVALID_DATA", details: { api_name: "id" } }],
    };
    expect(readVendorError(body)).toMatchObject({ code: "INVALID_DATA", field: "id" });
  });
});
