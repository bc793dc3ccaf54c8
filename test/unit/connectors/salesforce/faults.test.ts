import { describe, expect, test } from "vitest";
import { readVendorErrors } from "../../../../src-main/connectors/salesforce/error-body.ts";
import {
  automationTable,
  type FaultAsk,
  type FaultRow,
  faultTable,
  findFaultRow,
  toFault,
} from "../../../../src-main/connectors/salesforce/faults.ts";
import type { ConnectorFault } from "../../../../src-shared/domain/fault.ts";

const keyField = "CallLedger_Key__c";
const error = (errorCode: string, more: object = {}): object[] => [
  { message: `${errorCode} said so`, errorCode, ...more },
];
const row = (statusCode: string, more: object = {}): object[] => [
  { message: `${statusCode} said so`, statusCode, ...more },
];
const signIn = (code: string): object => ({ error: code, error_description: "no" });

type Case = Readonly<
  { name: string; status?: number; body: unknown; is: string } & Partial<Omit<FaultAsk, "errors" | "status">>
>;

const toAsk = ({ name, body, is, status = 400, ...given }: Case): FaultAsk => ({
  kind: "write",
  subject: "new_call",
  rows: 1,
  keyField,
  createOnly: new Set(),
  isDayUsedUp: false,
  retryAfterMs: undefined,
  secrets: [],
  ...given,
  status,
  errors: readVendorErrors(body),
});

/** A fault in one line: kind, reason or proof or window, field, wait. */
function toWords(fault: ConnectorFault): string {
  const words = (...parts: readonly (string | number | undefined)[]): string =>
    parts.filter((part) => part !== undefined).join(" ");
  switch (fault.kind) {
    case "blocked":
      return words("blocked", fault.reason);
    case "rejected":
      return words("rejected", fault.reason, fault.field);
    case "rate_limited":
      return words("rate_limited", fault.window, fault.retryAfterMs);
    case "transient":
      return words("transient", fault.proof, fault.retryAfterMs);
    default:
      return fault.kind;
  }
}

const lost = [406, 408, 420, 500, 502, 503, 504];
const twentyMinutes = 1_200_000;

const cases: readonly Case[] = [
  // What may have been executed, whatever its body says.
  ...lost.map((status) => ({ name: `${status} without a body`, status, body: undefined, is: "response_lost" })),
  ...lost.map((status) => ({
    name: `${status} of a read`,
    status,
    body: undefined,
    kind: "read" as const,
    is: "transient read_only",
  })),
  { name: "500 UNKNOWN_EXCEPTION", status: 500, body: error("UNKNOWN_EXCEPTION"), is: "response_lost" },
  { name: "APEX_ERROR with another status", body: error("APEX_ERROR"), is: "response_lost" },
  { name: "503 SERVER_UNAVAILABLE", status: 503, body: error("SERVER_UNAVAILABLE"), is: "response_lost" },
  { name: "a gateway's page", status: 403, body: "<html>no</html>", is: "response_lost" },
  { name: "a 5xx that nobody documents", status: 599, body: error("WHATEVER"), is: "response_lost" },

  // Sign-in.
  { name: "invalid_grant", body: signIn("invalid_grant"), subject: "sign_in", is: "blocked auth_revoked" },
  { name: "invalid_client", body: signIn("invalid_client"), subject: "sign_in", is: "blocked setup_missing" },
  {
    name: "invalid_client_id with 401",
    status: 401,
    body: signIn("invalid_client_id"),
    subject: "sign_in",
    is: "blocked setup_missing",
  },
  {
    name: "redirect_uri_mismatch",
    body: signIn("redirect_uri_mismatch"),
    subject: "sign_in",
    is: "blocked setup_missing",
  },
  {
    name: "unsupported_grant_type",
    body: signIn("unsupported_grant_type"),
    subject: "sign_in",
    is: "blocked setup_missing",
  },
  {
    name: "rate_limit_exceeded",
    body: signIn("rate_limit_exceeded"),
    subject: "sign_in",
    kind: "read",
    is: "transient read_only",
  },
  { name: "server_error", body: signIn("server_error"), subject: "sign_in", kind: "read", is: "transient read_only" },
  {
    name: "503 of the token endpoint",
    status: 503,
    body: undefined,
    subject: "sign_in",
    kind: "read",
    is: "transient read_only",
  },
  { name: "401 INVALID_SESSION_ID", status: 401, body: error("INVALID_SESSION_ID"), is: "blocked auth_revoked" },
  {
    name: "INVALID_SESSION_ID with another status",
    status: 403,
    body: error("INVALID_SESSION_ID"),
    is: "blocked auth_revoked",
  },
  {
    name: "401 of a session that is not for REST",
    status: 401,
    body: error("INVALID_SESSION_ID", { message: "This session is not valid for use with the REST API" }),
    is: "blocked setup_missing",
  },
  {
    name: "401 of an app without agent",
    status: 401,
    body: error("INVALID_SESSION_ID", { message: "Connected app is not attached to Agent" }),
    is: "blocked setup_missing",
  },

  // Limits.
  { name: "429", status: 429, body: undefined, is: "rate_limited 10000" },
  { name: "429 with a wait", status: 429, body: undefined, retryAfterMs: 30_000, is: "rate_limited 30000" },
  {
    name: "TotalRequests",
    status: 403,
    body: error("REQUEST_LIMIT_EXCEEDED", { message: "TotalRequests Limit exceeded." }),
    is: `rate_limited day ${twentyMinutes}`,
  },
  {
    name: "a limit while the header says that the day is used up",
    status: 403,
    body: error("REQUEST_LIMIT_EXCEEDED"),
    isDayUsedUp: true,
    is: `rate_limited day ${twentyMinutes}`,
  },
  {
    name: "ConcurrentRequests",
    status: 403,
    body: error("REQUEST_LIMIT_EXCEEDED", { message: "ConcurrentRequests (Concurrent API Requests) Limit exceeded." }),
    is: "rate_limited 5000",
  },
  { name: "LIMIT_EXCEEDED", body: error("LIMIT_EXCEEDED"), is: `rate_limited day ${twentyMinutes}` },
  { name: "STORAGE_LIMIT_EXCEEDED", body: row("STORAGE_LIMIT_EXCEEDED"), is: "blocked storage_full" },

  // The org as a whole.
  ...["API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"].map((code) => ({
    name: code,
    status: 403,
    body: error(code),
    is: "blocked permission_denied",
  })),
  { name: "INVALID_TYPE", body: error("INVALID_TYPE"), is: "blocked permission_denied" },
  { name: "410", status: 410, body: undefined, is: "blocked our_bug" },
  {
    name: "404 of the key field",
    status: 404,
    body: error("NOT_FOUND", {
      message: `Provided external ID field does not exist or is not accessible: ${keyField}`,
    }),
    is: "blocked setup_missing",
  },
  {
    name: "INVALID_FIELD of the key",
    body: error("INVALID_FIELD", { message: `No such column '${keyField}' on sobject of type Task` }),
    is: "blocked setup_missing",
  },
  {
    name: "INVALID_FIELD of another field",
    body: row("INVALID_FIELD", { message: "No such column 'Other__c' on sobject of type Task" }),
    is: "rejected field_missing",
  },
  {
    name: "INVALID_FIELD of a field whose name contains the key's",
    body: row("INVALID_FIELD", { message: `No such column 'My${keyField}' on sobject of type Task` }),
    is: "rejected field_missing",
  },

  // The record.
  { name: "300", status: 300, body: ["/services/data/v67.0/sobjects/Task/1"], is: "rejected duplicate_conflict" },
  { name: "412", status: 412, body: undefined, is: "transient vendor_code" },
  { name: "413 of a batch", status: 413, body: error("REQUEST_TOO_LARGE"), rows: 5, is: "batch_too_large" },
  { name: "413 of one row", status: 413, body: error("REQUEST_TOO_LARGE"), is: "rejected too_large" },
  ...[405, 414, 415, 431].map((status) => ({ name: `${status}`, status, body: undefined, is: "rejected our_bug" })),
  {
    name: "REQUIRED_FIELD_MISSING",
    body: row("REQUIRED_FIELD_MISSING", { fields: ["Subject"] }),
    is: "rejected rule_rejected Subject",
  },
  {
    name: "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    body: row("FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    is: "rejected rule_rejected",
  },
  {
    name: "FIELD_INTEGRITY_EXCEPTION",
    body: row("FIELD_INTEGRITY_EXCEPTION", { fields: ["WhatId"] }),
    is: "rejected rule_rejected WhatId",
  },
  {
    name: "INVALID_FIELD_FOR_INSERT_UPDATE",
    body: row("INVALID_FIELD_FOR_INSERT_UPDATE", { fields: ["Subject"] }),
    is: "rejected permission_denied Subject",
  },
  {
    name: "INVALID_FIELD_FOR_INSERT_UPDATE of a field that is set only once",
    body: row("INVALID_FIELD_FOR_INSERT_UPDATE", { fields: ["TaskSubtype"] }),
    createOnly: new Set(["TaskSubtype"]),
    is: "already_written",
  },
  ...["INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"].map(
    (code) => ({
      name: code,
      body: row(code),
      is: "rejected permission_denied",
    }),
  ),
  {
    name: "INVALID_CROSS_REFERENCE_KEY of a link",
    body: row("INVALID_CROSS_REFERENCE_KEY", { fields: ["WhoId"] }),
    is: "rejected person_deleted WhoId",
  },
  {
    name: "INVALID_CROSS_REFERENCE_KEY without a field",
    body: row("INVALID_CROSS_REFERENCE_KEY"),
    is: "rejected person_deleted",
  },
  {
    name: "INVALID_CROSS_REFERENCE_KEY of our record",
    body: row("INVALID_CROSS_REFERENCE_KEY"),
    subject: "call",
    is: "rejected record_deleted",
  },
  {
    name: "INVALID_CROSS_REFERENCE_KEY of the owner",
    body: row("INVALID_CROSS_REFERENCE_KEY", { fields: ["OwnerId"] }),
    is: "rejected value_rejected OwnerId",
  },
  {
    name: "INACTIVE_OWNER_OR_USER",
    body: row("INACTIVE_OWNER_OR_USER", { fields: ["OwnerId"] }),
    is: "rejected value_rejected OwnerId",
  },
  { name: "CANNOT_UPDATE_CONVERTED_LEAD", body: row("CANNOT_UPDATE_CONVERTED_LEAD"), is: "rejected person_deleted" },
  {
    name: "ENTITY_IS_DELETED of a link",
    body: row("ENTITY_IS_DELETED", { fields: ["WhatId"] }),
    is: "rejected person_deleted WhatId",
  },
  {
    name: "ENTITY_IS_DELETED of our record",
    body: row("ENTITY_IS_DELETED"),
    subject: "call",
    is: "rejected record_deleted",
  },
  {
    name: "ENTITY_IS_DELETED of a record that an upsert found",
    body: row("ENTITY_IS_DELETED"),
    is: "rejected record_deleted",
  },
  {
    name: "ENTITY_IS_DELETED of a person",
    body: error("ENTITY_IS_DELETED"),
    subject: "person",
    is: "rejected person_deleted",
  },
  {
    name: "404 NOT_FOUND of our record",
    status: 404,
    body: error("NOT_FOUND"),
    subject: "call",
    is: "rejected record_deleted",
  },
  {
    name: "404 NOT_FOUND of a person",
    status: 404,
    body: error("NOT_FOUND"),
    subject: "person",
    is: "rejected person_deleted",
  },
  { name: "404 of a path", status: 404, body: error("NOT_FOUND"), subject: "other", is: "rejected our_bug" },
  { name: "STRING_TOO_LONG", body: row("STRING_TOO_LONG", { fields: ["Subject"] }), is: "rejected too_large Subject" },
  ...["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "NUMBER_OUTSIDE_VALID_RANGE", "INVALID_TYPE_ON_FIELD_IN_RECORD"].map(
    (code) => ({
      name: code,
      body: row(code, { fields: ["CallType"] }),
      is: "rejected value_rejected CallType",
    }),
  ),
  { name: "MALFORMED_ID", body: row("MALFORMED_ID", { fields: ["WhoId"] }), is: "rejected mapping_error WhoId" },
  ...["JSON_PARSER_ERROR", "MALFORMED_QUERY", "MALFORMED_SEARCH", "METHOD_NOT_ALLOWED", "UNSUPPORTED_MEDIA_TYPE"].map(
    (code) => ({
      name: code,
      body: error(code),
      is: "rejected our_bug",
    }),
  ),
  {
    name: "DUPLICATES_DETECTED",
    body: error("DUPLICATES_DETECTED"),
    subject: "other",
    is: "rejected duplicate_conflict",
  },
  {
    name: "DUPLICATE_VALUE of our key",
    body: row("DUPLICATE_VALUE", {
      message: `duplicate value found: ${keyField} duplicates value on record with id: 00T1`,
    }),
    is: "already_written",
  },
  {
    name: "DUPLICATE_VALUE of another field",
    body: row("DUPLICATE_VALUE", { message: "duplicate value found: Other__c duplicates" }),
    is: "rejected duplicate_conflict",
  },
  { name: "UNABLE_TO_LOCK_ROW", body: row("UNABLE_TO_LOCK_ROW"), is: "transient row_locked 1000" },
  {
    name: "a trigger that ran out of time, in a batch",
    body: row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", {
      message: "T: System.LimitException: Apex CPU time limit exceeded",
    }),
    rows: 2,
    is: "batch_too_large",
  },
  {
    name: "a trigger that ran out of time, alone",
    body: row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", {
      message: "T: System.LimitException: Apex CPU time limit exceeded",
    }),
    is: "rejected automation_failed",
  },
  {
    name: "a trigger that failed",
    body: row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    rows: 2,
    is: "rejected automation_failed",
  },
  { name: "CANNOT_EXECUTE_FLOW_TRIGGER", body: row("CANNOT_EXECUTE_FLOW_TRIGGER"), is: "rejected automation_failed" },
  {
    name: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    body: row("ALL_OR_NONE_OPERATION_ROLLED_BACK"),
    is: "transient vendor_code",
  },
  { name: "PROCESSING_HALTED", body: error("PROCESSING_HALTED"), is: "transient vendor_code" },
  { name: "TXN_SECURITY_METERING_ERROR", body: error("TXN_SECURITY_METERING_ERROR"), is: "transient vendor_code" },
  ...["QUERY_TIMEOUT", "INVALID_QUERY_LOCATOR", "EXCEEDED_ID_LIMIT"].map((code) => ({
    name: code,
    body: error(code),
    kind: "read" as const,
    subject: "query" as const,
    is: "transient read_only",
  })),
  {
    name: "a code that nobody documents",
    body: row("SOMETHING_NEW", { fields: ["X__c"] }),
    is: "rejected unknown X__c",
  },
];

describe("what Salesforce's refusals mean", () => {
  test.each(cases)("$name: $is", (each) => {
    expect(toWords(toFault(toAsk(each)))).toBe(each.is);
  });

  test("every row of the table decides one of these cases", () => {
    const deciding = new Set(cases.map((each) => findFaultRow(toAsk(each))?.row));
    const idle = [...faultTable, ...automationTable].filter((each: FaultRow) => !deciding.has(each));
    expect(idle).toEqual([]);
  });

  test("the first error that is known decides, and its words are kept", () => {
    const body = [...error("SOMETHING_NEW"), ...error("STRING_TOO_LONG", { fields: ["Subject"] })];
    expect(toFault(toAsk({ name: "", body, is: "" }))).toEqual({
      kind: "rejected",
      reason: "too_large",
      field: "Subject",
      answer: { status: 400, code: "STRING_TOO_LONG", message: "STRING_TOO_LONG said so" },
    });
  });

  test("secrets do not get into the answer", () => {
    const body = error("INVALID_SESSION_ID", { message: "Session 00D5g000000AbCD!AQ4AQsecretsecret expired" });
    const fault = toFault(toAsk({ name: "", status: 401, body, secrets: ["AQ4AQsecretsecret"], is: "" }));
    expect(JSON.stringify(fault)).not.toContain("secretsecret");
  });
});

describe("bodies of errors", () => {
  test("duplicates are read under both spellings of their key", () => {
    const result = { matchResults: [{ matchRecords: [{ record: { Id: "0031", attributes: { type: "Contact" } } }] }] };
    for (const key of ["duplicateResut", "duplicateResult"])
      expect(readVendorErrors(error("DUPLICATES_DETECTED", { [key]: result }))[0]?.duplicates).toEqual([
        { object: "Contact", id: "0031" },
      ]);
  });

  test("what is not in Salesforce's form gives no error", () => {
    for (const body of [undefined, null, "text", 5, [], {}, [{ message: "x" }]])
      expect(readVendorErrors(body)).toEqual([]);
  });
});
