import { describe, expect, test } from "vitest";
import { type ErrorCase, type ErrorTable, runErrorCase } from "../../builders/error-case.ts";

/** Salesforce's codes and statuses, each with the state of the org that gives it and what becomes of the call. */
const upsert = { method: "PATCH", path: "/composite/sobjects/Task/" };
const dayMs = 86_400_000;
const error = (errorCode: string, message = `${errorCode} said so`, fields: readonly string[] = []) => [
  { message, errorCode, fields },
];
const row = (statusCode: string, message = `${statusCode} said so`, fields: readonly string[] = []) => [
  { success: false, errors: [{ statusCode, message, fields }] },
];
const app = ({ clientId, clientSecret, refreshToken, baseUrl }: Readonly<Record<string, string>>) => ({
  clientId,
  clientSecret,
  refreshToken,
  loginUrl: baseUrl,
});

/** One row of the collection is refused with this code. */
const refused = (code: string, reason: string, says: RegExp, message?: string): ErrorCase => ({
  row: code,
  by: "injected",
  given: ({ inject }) => inject({ ...upsert, status: 200, body: row(code, message) }),
  ends: { state: "dead", reason, records: 0, says },
});
/** The request as a whole is refused. */
const whole = (status: number, code: string, reason: string, says: RegExp): ErrorCase => ({
  row: `${status} ${code}`,
  by: "injected",
  given: ({ inject }) => inject({ ...upsert, status, body: error(code) }),
  ends: { state: "dead", reason, records: 0, says },
});
const blocks = (
  name: string,
  by: ErrorCase["by"],
  given: ErrorCase["given"],
  blocked: string,
  says: RegExp,
): ErrorCase => ({
  row: name,
  by,
  ...(given === undefined ? {} : { given }),
  ends: { state: "waiting", waitWhy: "auth", blocked, records: 0, says },
});
const lost = (status: number, body: unknown): ErrorCase => ({
  row: `${status}${typeof body === "string" ? " without a body of its own" : ""}`,
  by: "injected",
  given: ({ inject }) => inject({ ...upsert, status, body, times: 1 }),
  ends: { state: "delivered", records: 1, says: /answer was lost[^]*does not have the call: it is sent again/ },
});
const configured =
  (patch: object): NonNullable<ErrorCase["given"]> =>
  ({ admin }) =>
    admin.configure(patch);
const fault = (kind: "error" | "cpu", message: string, overRows = 0) => ({
  automationFaults: [{ object: "Task", on: "create", kind, message, overRows }],
});
/** The first write is put off once, so that the org can change between the match and the write. */
const holdBack: NonNullable<ErrorCase["given"]> = ({ inject }) =>
  inject({ ...upsert, status: 429, body: error("REQUEST_LIMIT_EXCEEDED"), headers: { "retry-after": "1" }, times: 1 });

const cases: readonly ErrorCase[] = [
  {
    row: "refused, DNS, TLS, proxy before the body left",
    by: "state",
    given: async ({ cutOff }) => cutOff(true),
    jitter: 0.5,
    horizonMs: dayMs,
    until: /Waits/,
    afterwards: async ({ cutOff, sync }) => {
      cutOff(false);
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /The wait is over: queued again/ },
  },
  {
    row: "300",
    by: "injected",
    given: ({ inject }) =>
      inject({
        ...upsert,
        status: 300,
        body: ["/services/data/v67.0/sobjects/Task/00T1", "/services/data/v67.0/sobjects/Task/00T2"],
      }),
    ends: { state: "dead", reason: "duplicate_conflict", records: 0, says: /value that must be unique/ },
  },
  {
    row: "REQUIRED_FIELD_MISSING",
    by: "state",
    given: configured({ requiredFields: { Task: ["Location__c"] }, customFields: { Task: [{ name: "Location__c" }] } }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused.*Location__c/s },
  },
  {
    row: "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    by: "state",
    given: configured({
      validationRules: [
        {
          object: "Task",
          on: ["create"],
          when: { field: "CallType", op: "eq", value: "Inbound" },
          message: "No inbound calls here",
          field: "CallType",
        },
      ],
    }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /No inbound calls here/ },
  },
  refused("FIELD_INTEGRITY_EXCEPTION", "rule_rejected", /rule of the CRM refused/),
  blocks(
    "INVALID_FIELD, our key field",
    "state",
    configured({ fieldPermissions: { Task: { CallLedger_Key__c: "none" } } }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  {
    row: "INVALID_FIELD, another field",
    by: "state",
    given: configured({ removedFields: { Task: ["CallType"] } }),
    ends: { state: "dead", reason: "field_missing", records: 0, says: /no longer exists in the CRM.*CallType/s },
  },
  blocks(
    "404, the external id field does not exist",
    "state",
    configured({ keyField: null }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  {
    row: "INVALID_FIELD_FOR_INSERT_UPDATE",
    by: "state",
    given: configured({ fieldPermissions: { Task: { CallType: "read" } } }),
    ends: { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "INSUFFICIENT_ACCESS_OR_READONLY",
    by: "injected",
    given: ({ inject }) => inject({ ...upsert, status: 200, body: row("INSUFFICIENT_ACCESS_OR_READONLY") }),
    ends: { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  },
  blocks(
    "no right to create tasks",
    "state",
    configured({ objectPermissions: { Task: ["read"] } }),
    "permission_denied",
    /may not do this/,
  ),
  {
    row: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY, there but hidden",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      await admin.configure({ hiddenRecords: { Contact: [personId] } });
      await sync();
    },
    ends: { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "INVALID_CROSS_REFERENCE_KEY, ENTITY_IS_DELETED on Who: nobody else has the number",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      await admin.remove("Contact", personId);
      await admin.advance(60_000);
      await sync();
    },
    ends: {
      state: "waiting",
      waitWhy: "contact",
      records: 0,
      says: /is gone or was merged: matched again|Held: nobody/,
    },
  },
  {
    row: "ENTITY_IS_DELETED on Who: merged, follows to the winner",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      const winner = await admin.create("Contact", { LastName: "Example", Phone: "+447700900001" });
      await admin.merge("Contact", String(winner["Id"]), personId);
      await admin.advance(60_000);
      await sync();
      expect(await admin.records("Task")).toMatchObject([{ WhoId: winner["Id"] }]);
    },
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "404 NOT_FOUND on our Task",
    by: "state",
    afterwards: async ({ admin, importCall, sync }) => {
      const [record] = await admin.records("Task");
      await admin.remove("Task", String(record?.["Id"]));
      await importCall({ seconds: 90 });
      await sync();
    },
    ends: { state: "dead", reason: "record_deleted", records: 0, says: /Somebody deleted the call's record/ },
  },
  {
    row: "STRING_TOO_LONG",
    by: "state",
    given: configured({ fieldMaxLength: { Task: { Subject: 5 } } }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  {
    row: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    by: "state",
    given: configured({ picklistValues: { Task: { CallType: ["Outbound"] } } }),
    ends: { state: "dead", reason: "value_rejected", records: 0, says: /refused a value/ },
  },
  refused("NUMBER_OUTSIDE_VALID_RANGE", "value_rejected", /refused a value/),
  refused("INVALID_TYPE_ON_FIELD_IN_RECORD", "value_rejected", /refused a value/),
  refused("MALFORMED_ID", "mapping_error", /cannot be written/),
  whole(400, "JSON_PARSER_ERROR", "our_bug", /our mistake/),
  whole(405, "METHOD_NOT_ALLOWED", "our_bug", /our mistake/),
  whole(415, "UNSUPPORTED_MEDIA_TYPE", "our_bug", /our mistake/),
  whole(414, "URI_TOO_LONG", "our_bug", /our mistake/),
  whole(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "our_bug", /our mistake/),
  whole(400, "MALFORMED_QUERY", "our_bug", /our mistake/),
  whole(400, "MALFORMED_SEARCH", "our_bug", /our mistake/),
  blocks(
    "INVALID_TYPE",
    "injected",
    ({ inject }) => inject({ ...upsert, status: 400, body: error("INVALID_TYPE") }),
    "permission_denied",
    /may not do this/,
  ),
  refused("DUPLICATES_DETECTED", "duplicate_conflict", /value that must be unique/),
  {
    row: "DUPLICATE_VALUE on our key",
    by: "state",
    given: async ({ admin, key }) => {
      await admin.create("Task", { Subject: "By another", CallLedger_Key__c: await key(), TaskSubtype: "Call" });
    },
    ends: { state: "delivered", records: 1, says: /read by key|Found by key|has the call/ },
  },
  {
    row: "DUPLICATE_VALUE on another field",
    by: "injected",
    given: ({ inject }) =>
      inject({ ...upsert, status: 200, body: row("DUPLICATE_VALUE", "duplicate value found: Other__c", ["Other__c"]) }),
    ends: { state: "dead", reason: "duplicate_conflict", records: 0, says: /value that must be unique/ },
  },
  {
    row: "UNABLE_TO_LOCK_ROW, free in time",
    by: "state",
    given: ({ admin, personId }) => admin.configure({ lockedRecords: { Contact: [personId] } }),
    horizonMs: 60_000,
    until: /the record is locked/,
    afterwards: async ({ admin, sync }) => {
      await admin.configure({ lockedRecords: {} });
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /the record is locked\. Tried again by itself/ },
  },
  {
    row: "UNABLE_TO_LOCK_ROW, locked for ever",
    by: "state",
    given: ({ admin, personId }) => admin.configure({ lockedRecords: { Contact: [personId] } }),
    horizonMs: dayMs,
    stepMs: 3_000,
    ends: { state: "dead", reason: "record_locked", records: 0, says: /kept the record locked for too long/ },
  },
  {
    row: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY with CPU text, one record",
    by: "state",
    given: configured(fault("cpu", "System.LimitException: Apex CPU time limit exceeded")),
    ends: { state: "dead", reason: "automation_failed", records: 0, says: /automation in the CRM failed/ },
  },
  {
    row: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY other",
    by: "state",
    given: configured(fault("error", "TaskTrigger: execution of BeforeInsert caused by: no owner")),
    ends: { state: "dead", reason: "automation_failed", records: 0, says: /automation in the CRM failed.*no owner/s },
  },
  refused("CANNOT_EXECUTE_FLOW_TRIGGER", "automation_failed", /automation in the CRM failed/),
  {
    row: "ALL_OR_NONE_OPERATION_ROLLED_BACK, PROCESSING_HALTED, TXN_SECURITY_METERING_ERROR",
    by: "injected",
    given: ({ inject }) => inject({ ...upsert, status: 200, body: row("ALL_OR_NONE_OPERATION_ROLLED_BACK"), times: 1 }),
    ends: { state: "delivered", records: 1, says: /Not sent.*Tried again by itself/s },
  },
  blocks("STORAGE_LIMIT_EXCEEDED", "state", configured({ storageFull: true }), "storage_full", /storage is full/),
  {
    row: "REQUEST_LIMIT_EXCEEDED TotalRequests",
    by: "state",
    given: configured({ dailyLimit: 10, otherAppsDailyUsed: 10 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Salesforce's limits until/ },
  },
  {
    row: "LIMIT_EXCEEDED",
    by: "injected",
    given: ({ inject }) => inject({ ...upsert, status: 400, body: error("LIMIT_EXCEEDED"), times: 1 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Salesforce's limits until/ },
  },
  {
    row: "REQUEST_LIMIT_EXCEEDED concurrency",
    by: "injected",
    given: ({ inject }) =>
      inject({
        ...upsert,
        status: 403,
        body: error("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
        times: 1,
      }),
    horizonMs: 60_000,
    ends: { state: "delivered", records: 1, says: /takes no more calls for now/ },
  },
  {
    row: "429",
    by: "injected",
    given: ({ inject }) => inject({ ...upsert, status: 429, body: "", times: 1 }),
    horizonMs: 60_000,
    ends: { state: "delivered", records: 1, says: /takes no more calls for now/ },
  },
  {
    row: "401 INVALID_SESSION_ID, renewed",
    by: "state",
    credential: app,
    given: ({ admin }) => admin.advance(3 * 3_600_000),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocks(
    "401 INVALID_SESSION_ID, nothing to renew it with",
    "state",
    configured({ plainTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  blocks(
    "401 not valid for use with the REST API",
    "injected",
    ({ inject }) =>
      inject({
        path: "/services/data",
        status: 401,
        body: error("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
      }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  {
    ...blocks(
      "token endpoint invalid_grant",
      "state",
      async ({ admin }) => {
        await admin.configure({ refreshTokenRevoked: true });
        await admin.advance(3 * 3_600_000);
      },
      "auth_revoked",
      /no longer accepts our sign-in/,
    ),
    credential: app,
  },
  ...["invalid_client_id", "invalid_client", "redirect_uri_mismatch", "unsupported_grant_type"].map(
    (code): ErrorCase => ({
      ...blocks(
        `token endpoint ${code}`,
        "injected",
        async ({ admin, inject }) => {
          await inject({ path: "/services/oauth2/token", status: 400, body: { error: code } });
          await admin.advance(3 * 3_600_000);
        },
        "setup_missing",
        /Something that CallLedger set up in the CRM is gone/,
      ),
      credential: app,
    }),
  ),
  {
    row: "token endpoint rate_limit_exceeded, server_error, 5xx",
    by: "injected",
    credential: app,
    given: async ({ admin, inject }) => {
      await inject({ path: "/services/oauth2/token", status: 503, body: "", times: 1 });
      await admin.advance(3 * 3_600_000);
    },
    horizonMs: 3_600_000,
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocks("API_DISABLED_FOR_ORG", "state", configured({ apiDisabled: "org" }), "permission_denied", /may not do this/),
  blocks(
    "API_CURRENTLY_DISABLED",
    "state",
    configured({ apiDisabled: "user" }),
    "permission_denied",
    /may not do this/,
  ),
  blocks(
    "FUNCTIONALITY_NOT_ENABLED",
    "injected",
    ({ inject }) => inject({ ...upsert, status: 403, body: error("FUNCTIONALITY_NOT_ENABLED") }),
    "permission_denied",
    /may not do this/,
  ),
  blocks("410", "state", configured({ apiVersionMin: "68.0", apiVersionMax: "68.0" }), "our_bug", /our mistake/),
  {
    row: "412",
    by: "injected",
    given: ({ inject }) => inject({ ...upsert, status: 412, body: error("PRECONDITION_FAILED"), times: 1 }),
    ends: { state: "delivered", records: 1, says: /Tried again by itself/ },
  },
  lost(500, error("UNKNOWN_EXCEPTION")),
  lost(503, error("SERVER_UNAVAILABLE")),
  ...[406, 408, 420, 502].map((status) => lost(status, "")),
  {
    row: "5xx, each time",
    by: "injected",
    given: ({ inject }) => inject({ ...upsert, status: 502, body: "" }),
    horizonMs: dayMs,
    stepMs: 3_000,
    ends: { state: "dead", reason: "retries_exhausted", records: 0, says: /failed each time we tried/ },
  },
  {
    row: "QUERY_TIMEOUT, INVALID_QUERY_LOCATOR, EXCEEDED_ID_LIMIT (reads)",
    by: "injected",
    given: ({ inject }) =>
      inject({ method: "GET", path: "/quer", status: 400, body: error("QUERY_TIMEOUT"), times: 1 }),
    horizonMs: 3_600_000,
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  refused("BRAND_NEW", "unknown", /code that we don't know/),
];

const salesforce: ErrorTable = {
  crm: "salesforce",
  people: "Contact",
  calls: "Task",
  toPerson: (Phone) => ({ FirstName: "Test", LastName: "Clinic", Phone }),
  idOf: ({ Id }) => String(Id),
};

describe.concurrent("Salesforce's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(salesforce, each)).resolves.toBeUndefined(),
  );
});
