import { describe, expect, test } from "vitest";
import { type Asked, type ErrorCase, type ErrorTable, type Given, runErrorCase } from "../../builders/error-case.ts";
import { app as appOf, blocks, blocksRenewal, configured, createErrorRows } from "../../builders/error-rows.ts";

/** Salesforce's codes and statuses, each with the state of the org that gives it and what becomes of the call. */
const error = (errorCode: string, message = `${errorCode} said so`, fields: readonly string[] = []) => [
  { message, errorCode, fields },
];
const row = (statusCode: string, message = `${statusCode} said so`, fields: readonly string[] = []) => [
  { success: false, errors: [{ statusCode, message, fields }] },
];
const app = (access: Readonly<Record<string, string>>) => ({ ...appOf(access), loginUrl: access["baseUrl"] });

const salesforce: ErrorTable = {
  crm: "salesforce",
  people: "Contact",
  calls: "Task",
  toPerson: (Phone) => ({ FirstName: "Test", LastName: "Clinic", Phone }),
  sign: (token) => ({ authorization: `Bearer ${token}` }),
  idOf: ({ Id }) => String(Id),
};
const rows = createErrorRows({
  table: salesforce,
  write: { method: "PATCH", path: "/composite/sobjects/Task/" },
  busy: { status: 429, body: error("REQUEST_LIMIT_EXCEEDED") },
  stepMs: 3_000,
});
const { answered, held, mistaken } = rows;

const get = (path: string): Asked => ({ method: "GET", path: `/services/data/v67.0${path}` });
const post = (path: string, body: unknown): Asked => ({ method: "POST", path: `/services/data/v67.0${path}`, body });
/** A record as a colleague's script creates it by itself, or as the only row of a collection. */
const creating = (type: string, fields: object): Asked =>
  post("/composite/sobjects", { records: [{ attributes: { type }, ...fields }] });

/** One row of the collection is refused with this code. */
const refused = (code: string, reason: string, says: RegExp, message?: string): ErrorCase =>
  rows.refused(code, { status: 200, body: row(code, message) }, reason, says);
/** The request as a whole is refused. */
const whole = (status: number, code: string, reason: string, says: RegExp): ErrorCase =>
  rows.refused(`${status} ${code}`, { status, body: error(code) }, reason, says);
const fault = (kind: "error" | "cpu" | "flow", message: string, overRows = 0) => ({
  automationFaults: [{ object: "Task", on: "create", kind, message, overRows }],
});
/** A row that shared its fate with another one: it goes again. */
const innocent = (code: string, given: Given, by: ErrorCase["by"] = "answer"): ErrorCase => ({
  row: code,
  by,
  given,
  ends: { state: "delivered", records: 1, says: /Not sent.*Tried again by itself/s },
});
/** Reads are read again, narrower or from the watermark. */
const reading = (code: string, given: Given, by: ErrorCase["by"] = "answer"): ErrorCase => ({
  row: `${code} (reads)`,
  by,
  given,
  horizonMs: 3_600_000,
  ends: { state: "delivered", records: 1, says: /Delivered/ },
});
const query = { method: "GET", path: "/quer" };

const cases: readonly ErrorCase[] = [
  rows.cutOff(),
  {
    row: "300",
    by: "answer",
    given: async (office) => {
      const { admin } = office;
      await admin.configure({ keyUnique: false });
      for (let n = 0; n < 2; n += 1) await admin.create("Task", { Subject: "A copy", CallLedger_Key__c: "twice" });
      await rows.replaying(get("/sobjects/Task/CallLedger_Key__c/twice"), "300")(office);
      for (const { Id } of await admin.records("Task")) await admin.remove("Task", String(Id));
      await admin.configure({ keyUnique: true });
    },
    ends: { state: "dead", reason: "duplicate_conflict", records: 0, says: /value that must be unique/ },
  },
  held(
    "REQUIRED_FIELD_MISSING",
    { requiredFields: { Task: ["Location__c"] }, customFields: { Task: [{ name: "Location__c" }] } },
    "rule_rejected",
    /rule of the CRM refused.*Location__c/s,
  ),
  held(
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    {
      validationRules: [
        {
          object: "Task",
          on: ["create"],
          when: { field: "CallType", op: "eq", value: "Inbound" },
          message: "No inbound calls here",
          field: "CallType",
        },
      ],
    },
    "rule_rejected",
    /No inbound calls here/,
  ),
  answered(
    "FIELD_INTEGRITY_EXCEPTION",
    async ({ admin }) => {
      const lead = await admin.create("Lead", { LastName: "Sample", Company: "Sample" });
      const account = await admin.create("Account", { Name: "Sample" });
      return creating("Task", { Subject: "A call", WhoId: lead["Id"], WhatId: account["Id"] });
    },
    "rule_rejected",
    /rule of the CRM refused/,
  ),
  blocks(
    "INVALID_FIELD, our key field",
    "state",
    configured({ fieldPermissions: { Task: { CallLedger_Key__c: "none" } } }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  held(
    "INVALID_FIELD, another field",
    { removedFields: { Task: ["CallType"] } },
    "field_missing",
    /no longer exists in the CRM.*CallType/s,
  ),
  blocks(
    "404, the external id field does not exist",
    "state",
    configured({ keyField: null }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  held(
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    { fieldPermissions: { Task: { CallType: "read" } } },
    "permission_denied",
    /may not do this/,
  ),
  answered(
    "INSUFFICIENT_ACCESS_OR_READONLY",
    async ({ admin, personId }) => {
      await admin.configure({ objectPermissions: { Contact: ["read"] } });
      const records = [{ attributes: { type: "Contact" }, id: personId, LastName: "Sample" }];
      return { method: "PATCH", path: "/services/data/v67.0/composite/sobjects", body: { records } };
    },
    "permission_denied",
    /may not do this/,
  ),
  blocks(
    "no right to create tasks",
    "state",
    configured({ objectPermissions: { Task: ["read"] } }),
    "permission_denied",
    /may not do this/,
  ),
  rows.whileHeldBack(
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY, there but hidden",
    ({ admin, personId }) => admin.configure({ hiddenRecords: { Contact: [personId] } }),
    { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  ),
  rows.personGone("INVALID_CROSS_REFERENCE_KEY, ENTITY_IS_DELETED on Who: nobody else has the number"),
  {
    ...rows.whileHeldBack(
      "ENTITY_IS_DELETED on Who: merged, follows to the winner",
      async ({ admin, personId }) => {
        const winner = await admin.create("Contact", { LastName: "Example", Phone: "+447700900001" });
        await admin.merge("Contact", String(winner["Id"]), personId);
      },
      { state: "delivered", records: 1, says: /Delivered/ },
    ),
    atLast: async ({ admin }) => {
      const [winner] = await admin.records("Contact");
      expect(await admin.records("Task")).toMatchObject([{ WhoId: winner?.["Id"] }]);
    },
  },
  rows.ownRecordGone("404 NOT_FOUND on our Task"),
  held("STRING_TOO_LONG", { fieldMaxLength: { Task: { Subject: 5 } } }, "too_large", /larger than the CRM accepts/),
  held(
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    { picklistValues: { Task: { CallType: ["Outbound"] } } },
    "value_rejected",
    /refused a value/,
  ),
  answered(
    "NUMBER_OUTSIDE_VALID_RANGE",
    creating("Task", { Subject: "A call", CallDurationInSeconds: 3_000_000_000 }),
    "value_rejected",
    /refused a value/,
  ),
  refused("INVALID_TYPE_ON_FIELD_IN_RECORD", "value_rejected", /refused a value/),
  answered("MALFORMED_ID", creating("Task", { Subject: "A call", WhoId: "7" }), "mapping_error", /cannot be written/),
  mistaken("JSON_PARSER_ERROR", { ...post("/sobjects/Task", "{"), headers: { "content-type": "application/json" } }),
  mistaken("METHOD_NOT_ALLOWED", { ...get("/query"), method: "PUT" }),
  mistaken("UNSUPPORTED_MEDIA_TYPE", { ...post("/sobjects/Task", "<x/>"), headers: { "content-type": "text/xml" } }),
  mistaken("URI_TOO_LONG", get(`/query?q=${"x".repeat(17_000)}`)),
  whole(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "our_bug", /our mistake/),
  mistaken("MALFORMED_QUERY", get("/query?q=SELECT")),
  mistaken("MALFORMED_SEARCH", get("/search?q=FIND")),
  blocks(
    "INVALID_TYPE",
    "answer",
    rows.replaying(get("/query?q=SELECT+Id+FROM+Nothing__c"), "INVALID_TYPE"),
    "permission_denied",
    /may not do this/,
  ),
  answered(
    "DUPLICATES_DETECTED",
    async ({ admin }) => {
      const duplicateRules = [{ object: "Contact", fields: ["Phone"], allowSave: false }];
      await admin.configure({ duplicateRules });
      return creating("Contact", { LastName: "Sample", Phone: "07700 900001" });
    },
    "duplicate_conflict",
    /value that must be unique/,
  ),
  {
    row: "DUPLICATE_VALUE on our key",
    by: "state",
    given: async ({ admin, key }) => {
      await admin.create("Task", { Subject: "By another", CallLedger_Key__c: await key(), TaskSubtype: "Call" });
    },
    ends: { state: "delivered", records: 1, says: /read by key|Found by key|has the call/ },
  },
  answered(
    "DUPLICATE_VALUE on another field",
    async ({ admin }) => {
      await admin.configure({ customFields: { Contact: [{ name: "Number__c", unique: true }] } });
      await admin.create("Contact", { LastName: "Sample", Number__c: "7" });
      return creating("Contact", { LastName: "Sample", Number__c: "7" });
    },
    "duplicate_conflict",
    /value that must be unique/,
    "DUPLICATE_VALUE",
  ),
  rows.lockedForAWhile("UNABLE_TO_LOCK_ROW, free in time"),
  rows.lockedForEver("UNABLE_TO_LOCK_ROW, locked for ever"),
  held(
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY with CPU text, one record",
    fault("cpu", "System.LimitException: Apex CPU time limit exceeded"),
    "automation_failed",
    /automation in the CRM failed/,
  ),
  held(
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY other",
    fault("error", "TaskTrigger: execution of BeforeInsert caused by: no owner"),
    "automation_failed",
    /automation in the CRM failed.*no owner/s,
  ),
  held("CANNOT_EXECUTE_FLOW_TRIGGER", fault("flow", "no owner"), "automation_failed", /automation in the CRM failed/),
  innocent("ALL_OR_NONE_OPERATION_ROLLED_BACK", async (office) => {
    const records = [{ LastName: "Sample" }, {}].map((fields) => ({ attributes: { type: "Contact" }, ...fields }));
    const { status, json } = await office.send(post("/composite/sobjects", { allOrNone: true, records }));
    expect(json[0].errors[0].statusCode).toBe("ALL_OR_NONE_OPERATION_ROLLED_BACK");
    await rows.answering({ status, body: json.slice(0, 1) }, 1)(office);
  }),
  innocent("PROCESSING_HALTED", async (office) => {
    const asking = (referenceId: string, body: object) => ({
      method: "POST",
      url: "/services/data/v67.0/sobjects/Contact",
      referenceId,
      body,
    });
    const compositeRequest = [asking("bad", {}), asking("good", { LastName: "Sample" })];
    const { json } = await office.send(post("/composite", { allOrNone: true, compositeRequest }));
    const [halted] = json.compositeResponse[1].body;
    expect(halted.errorCode).toBe("PROCESSING_HALTED");
    await rows.answering({ status: 200, body: row(halted.errorCode, halted.message) }, 1)(office);
  }),
  innocent(
    "TXN_SECURITY_METERING_ERROR",
    rows.answering({ status: 200, body: row("TXN_SECURITY_METERING_ERROR") }, 1),
    "injected",
  ),
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
    given: rows.answering({ status: 400, body: error("LIMIT_EXCEEDED") }, 1),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Salesforce's limits until/ },
  },
  rows.busy(
    "REQUEST_LIMIT_EXCEEDED concurrency",
    get("/limits"),
    "ConcurrentRequests",
    { otherAppsLongRunning: 25 },
    { otherAppsLongRunning: 0 },
  ),
  {
    row: "429",
    by: "injected",
    given: rows.answering({ status: 429, body: "" }, 1),
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
    "state",
    configured({ scopes: ["openid"] }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  blocksRenewal(
    "token endpoint invalid_grant",
    "state",
    configured({ refreshTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
    app,
  ),
  ...(["clientId", "clientSecret"] as const).map((wrong) =>
    blocksRenewal(
      `token endpoint ${wrong === "clientId" ? "invalid_client_id" : "invalid_client"}`,
      "state",
      () => Promise.resolve(),
      "setup_missing",
      /Something that CallLedger set up in the CRM is gone/,
      (access) => ({ ...app(access), [wrong]: "another one" }),
    ),
  ),
  ...["redirect_uri_mismatch", "unsupported_grant_type"].map((code) =>
    blocksRenewal(
      `token endpoint ${code}`,
      "injected",
      ({ inject }) => inject({ path: "/services/oauth2/token", status: 400, body: { error: code } }),
      "setup_missing",
      /Something that CallLedger set up in the CRM is gone/,
      app,
    ),
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
    rows.answering({ status: 403, body: error("FUNCTIONALITY_NOT_ENABLED") }),
    "permission_denied",
    /may not do this/,
  ),
  blocks("410", "state", configured({ apiVersionMin: "68.0", apiVersionMax: "68.0" }), "our_bug", /our mistake/),
  {
    row: "412",
    by: "answer",
    given: rows.replaying(
      async ({ personId }) => ({
        method: "PATCH",
        path: `/services/data/v67.0/sobjects/Contact/${personId}`,
        body: { LastName: "Sample" },
        headers: { "if-unmodified-since": "Wed, 01 Jan 2020 00:00:00 GMT" },
      }),
      "PRECONDITION_FAILED",
      { times: 1 },
    ),
    ends: { state: "delivered", records: 1, says: /Tried again by itself/ },
  },
  rows.lostInTurn("the server fails", [
    { status: 500, body: error("UNKNOWN_EXCEPTION") },
    { status: 500, body: error("APEX_ERROR") },
    { status: 503, body: error("SERVER_UNAVAILABLE") },
    ...[406, 408, 420, 502, 504].map((status) => ({ status, body: "" })),
  ]),
  rows.lostEachTime(),
  reading(
    "QUERY_TIMEOUT",
    ({ inject }) => inject({ ...query, status: 400, body: error("QUERY_TIMEOUT"), times: 1 }),
    "injected",
  ),
  reading(
    "INVALID_QUERY_LOCATOR",
    rows.replaying(get("/query/01g000000000001AAA-2000"), "INVALID_QUERY_LOCATOR", { ...query, times: 1 }),
  ),
  reading(
    "EXCEEDED_ID_LIMIT",
    ({ inject }) => inject({ ...query, status: 400, body: error("EXCEEDED_ID_LIMIT"), times: 1 }),
    "injected",
  ),
  refused("BRAND_NEW", "unknown", /code that we don't know/),
];

describe.concurrent("Salesforce's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(salesforce, each)).resolves.toBeUndefined(),
  );
});
