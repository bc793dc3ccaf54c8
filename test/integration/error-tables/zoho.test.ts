import { describe, expect, test } from "vitest";
import { type ErrorCase, type ErrorTable, runErrorCase } from "../../builders/error-case.ts";

/** Zoho's codes and statuses, each with the state of the org that gives it and what becomes of the call. */
type Given = NonNullable<ErrorCase["given"]>;
const insert = { method: "POST", path: "/crm/v8/Calls" };
const dayMs = 86_400_000;
const envelope = (code: string, details: object = {}, message = `${code} said so`) => ({
  code,
  details,
  message,
  status: "error",
});
/** One record of the batch is refused. */
const record = (code: string, details: object = {}) => ({ data: [envelope(code, details)] });
const app = ({ clientId, clientSecret, refreshToken }: Readonly<Record<string, string>>) => ({
  clientId,
  clientSecret,
  refreshToken,
});
const configured =
  (patch: object): Given =>
  ({ admin }) =>
    admin.configure(patch);

const refused = (code: string, details: object, reason: string, says: RegExp): ErrorCase => ({
  row: code,
  by: "injected",
  given: ({ inject }) => inject({ ...insert, status: 400, body: record(code, details) }),
  ends: { state: "dead", reason, records: 0, says },
});
const whole = (status: number, code: string, reason: string, says: RegExp): ErrorCase => ({
  row: `${status} ${code}`,
  by: "injected",
  given: ({ inject }) => inject({ ...insert, status, body: envelope(code) }),
  ends: { state: "dead", reason, records: 0, says },
});
const blocks = (row: string, by: ErrorCase["by"], given: Given, blocked: string, says: RegExp): ErrorCase => ({
  row,
  by,
  given,
  ends: { state: "waiting", waitWhy: "auth", blocked, records: 0, says },
});
const lost = (status: number, body: unknown): ErrorCase => ({
  row: `${status} ${typeof body === "string" ? "in HTML, or empty" : "in the envelope"}`,
  by: "injected",
  given: ({ inject }) => inject({ ...insert, status, body, times: 1 }),
  ends: { state: "delivered", records: 1, says: /answer was lost[^]*does not have the call: it is sent again/ },
});
/** Our own record is held back by the org while a later version of the call comes. */
const held = (row: string, key: string): ErrorCase => ({
  row,
  by: "state",
  horizonMs: dayMs,
  stepMs: 60_000,
  afterwards: async ({ admin, importCall, sync }) => {
    const [call] = await admin.records("Calls");
    await admin.configure({ [key]: { Calls: [String(call?.["id"])] } });
    await importCall({ seconds: 190 });
    await sync(/the record is locked/);
    await admin.configure({ [key]: {} });
    await sync();
  },
  ends: { state: "delivered", records: 1, says: /the record is locked\. Tried again by itself/ },
});
/** The first write is put off once, so that the org can change between the match and the write. */
const holdBack: Given = ({ inject }) =>
  inject({ ...insert, status: 429, body: envelope("TOO_MANY_REQUESTS"), headers: { "retry-after": "1" }, times: 1 });

/** An org that takes no fields of ours on calls: the key stands in the description. */
const fieldless: ErrorCase["before"] = (admin) => admin.configure({ fieldsOnCalls: false });
const copy = (key: string) => ({
  Subject: "A copy",
  Call_Type: "Inbound",
  Call_Start_Time: "2026-06-01T08:00:00+00:00",
  Call_Duration: "00:01",
  Description: `Copied. [ref:${key}]`,
});

const cases: readonly ErrorCase[] = [
  {
    row: "refused, DNS, TLS, proxy before the body left",
    by: "state",
    given: async ({ cutOff }) => cutOff(true),
    jitter: 0.5,
    horizonMs: dayMs,
    stepMs: 60_000,
    until: /Waits/,
    afterwards: async ({ cutOff, sync }) => {
      cutOff(false);
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /The wait is over: queued again/ },
  },
  {
    row: "MANDATORY_NOT_FOUND of a field",
    by: "state",
    given: configured({ requiredFields: { Calls: ["Call_Agenda"] } }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused/ },
  },
  refused("EXPECTED_FIELD_MISSING", { api_name: "Call_Agenda" }, "rule_rejected", /rule of the CRM refused/),
  whole(400, "REQUIRED_PARAM_MISSING", "our_bug", /our mistake/),
  {
    row: "INVALID_DATA on a field",
    by: "state",
    given: configured({
      validationRules: [
        {
          object: "Calls",
          on: ["create"],
          when: { field: "Call_Type", op: "eq", value: "Inbound" },
          message: "No inbound calls here",
          field: "Call_Type",
        },
      ],
    }),
    ends: { state: "dead", reason: "value_rejected", records: 0, says: /refused a value.*Call_Type/s },
  },
  {
    row: "a value that is no longer in the list",
    by: "state",
    given: configured({ picklistValues: { Calls: { Call_Type: ["Outbound"] } } }),
    ends: { state: "dead", reason: "value_rejected", records: 0, says: /refused a value.*Call_Type/s },
  },
  refused("PATTERN_NOT_MATCHED", { api_name: "Subject" }, "value_rejected", /refused a value/),
  {
    row: "INVALID_DATA with maximum_length",
    by: "state",
    given: configured({ fieldMaxLength: { Calls: { Subject: 5 } } }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  {
    row: "INVALID_DATA on Who_Id: nobody else has the number",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      await admin.remove("Contacts", personId);
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
    row: "INVALID_DATA on Who_Id: somebody else has the number",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      await admin.create("Contacts", { Last_Name: "Example", Phone: "+447700900001" });
      await admin.remove("Contacts", personId);
      await admin.advance(60_000);
      await sync();
    },
    ends: {
      state: "delivered",
      records: 1,
      says: /is gone or was merged: matched again|is gone from|was merged|Delivered/,
    },
  },
  {
    row: "INVALID_DATA on id, 204 for our call",
    by: "state",
    afterwards: async ({ admin, importCall, sync }) => {
      const [call] = await admin.records("Calls");
      await admin.remove("Calls", String(call?.["id"]));
      await importCall({ seconds: 90 });
      await sync();
    },
    ends: { state: "dead", reason: "record_deleted", records: 0, says: /Somebody deleted the call's record/ },
  },
  whole(404, "RESOURCE_NOT_FOUND", "record_deleted", /Somebody deleted the call's record/),
  refused("DEPENDENT_FIELD_MISSING", {}, "rule_rejected", /rule of the CRM refused/),
  refused("DEPENDENT_MISMATCH", {}, "rule_rejected", /rule of the CRM refused/),
  refused("AMBIGUITY_DURING_PROCESSING", {}, "rule_rejected", /rule of the CRM refused/),
  refused("MAPPING_MISMATCH", {}, "mapping_error", /cannot be written/),
  {
    row: "DUPLICATE_DATA on our key",
    by: "injected",
    given: ({ inject }) =>
      inject({
        ...insert,
        status: 400,
        body: record("DUPLICATE_DATA", { api_name: "Call_Sync_Key", duplicate_record: { id: "3652397000000999001" } }),
        times: 1,
      }),
    ends: { state: "delivered", records: 1, says: /it has a record with our key: read by key/ },
  },
  {
    row: "a call with our key is there already",
    by: "state",
    given: async ({ admin, key }) => {
      await admin.create("Calls", {
        Subject: "By a run before",
        Call_Type: "Inbound",
        Call_Start_Time: "2026-06-01T08:00:00+00:00",
        Call_Duration: "00:01",
        Call_Sync_Key: await key(),
      });
    },
    ends: { state: "delivered", records: 1, says: /it has a record with our key: read by key/ },
  },
  refused("DUPLICATE_DATA", { api_name: "Subject" }, "duplicate_conflict", /value that must be unique/),
  blocks(
    "INVALID_MODULE, MODULE_NOT_SUPPORTED, NOT_SUPPORTED, API_NOT_SUPPORTED",
    "injected",
    ({ inject }) => inject({ ...insert, status: 400, body: envelope("INVALID_MODULE") }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  blocks(
    "INVALID_QUERY, the key column is unknown",
    "state",
    configured({ removedFields: { Calls: ["Call_Sync_Key"] } }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  {
    row: "field gone by metadata, another field",
    by: "state",
    given: configured({ removedFields: { Calls: ["Call_Sync_Seconds"] } }),
    ends: {
      state: "dead",
      reason: "field_missing",
      records: 0,
      says: /no longer exists in the CRM.*Call_Sync_Seconds/s,
    },
  },
  whole(400, "SYNTAX_ERROR", "our_bug", /our mistake/),
  whole(400, "INVALID_QUERY", "our_bug", /our mistake/),
  whole(405, "INVALID_REQUEST_METHOD", "our_bug", /our mistake/),
  whole(405, "METHOD_NOT_ALLOWED", "our_bug", /our mistake/),
  whole(400, "EXPECTED_PARAM_MISSING", "our_bug", /our mistake/),
  whole(404, "INVALID_URL_PATTERN", "our_bug", /our mistake/),
  whole(415, "UNSUPPORTED_MEDIA_TYPE", "our_bug", /our mistake/),
  ...["LIMIT_EXCEEDED", "LIMIT_REACHED", "CRITERIA_LIMIT_EXCEEDED"].map((code) =>
    blocks(
      `${code} of the org`,
      "injected",
      ({ inject }) => inject({ ...insert, status: 400, body: envelope(code) }),
      "limit_exhausted",
      /limit is used up/,
    ),
  ),
  {
    row: "LIMIT_EXCEEDED, the request too big, one call",
    by: "injected",
    given: ({ inject }) => inject({ ...insert, status: 400, body: envelope("LIMIT_EXCEEDED", { limit: "100" }) }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  blocks("STORAGE_SPACE_EXCEEDED", "state", configured({ storageFull: true }), "storage_full", /storage is full/),
  held("RECORD_LOCKED", "lockedRecords"),
  held("RECORD_IN_BLUEPRINT", "blueprintRecords"),
  held("NOT_APPROVED", "unapprovedRecords"),
  {
    row: "CONVERTED_RECORD, ID_ALREADY_CONVERTED: followed or matched again",
    by: "injected",
    given: ({ inject }) =>
      inject({ ...insert, status: 400, body: record("ID_ALREADY_CONVERTED", { api_name: "What_Id" }), times: 1 }),
    ends: {
      state: "delivered",
      records: 1,
      says: /is gone or was merged: matched again|is gone from|was merged|Delivered/,
    },
  },
  ...["ALREADY_MODIFIED", "RECORD_MODIFIED"].map((code): ErrorCase => ({
    row: `412 ${code}`,
    by: "injected",
    given: ({ inject }) => inject({ ...insert, status: 412, body: envelope(code), times: 1 }),
    ends: { state: "delivered", records: 1, says: /Tried again by itself/ },
  })),
  {
    row: "MULTIPLE_OR_MULTI_ERRORS",
    by: "injected",
    given: ({ inject }) =>
      inject({
        ...insert,
        status: 400,
        body: record("MULTIPLE_OR_MULTI_ERRORS", {
          errors: [envelope("MANDATORY_NOT_FOUND", { api_name: "Call_Agenda" })],
        }),
      }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused/ },
  },
  blocks(
    "401 INVALID_TOKEN, nothing to renew it with",
    "state",
    configured({ plainTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  {
    row: "401 INVALID_TOKEN, renewed",
    by: "state",
    credential: app,
    given: ({ admin }) => admin.advance(2 * 3_600_000),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocks(
    "401 OAUTH_SCOPE_MISMATCH",
    "state",
    configured({ scopes: ["ZohoCRM.modules.READ", "ZohoCRM.org.READ"] }),
    "permission_denied",
    /is stopped: .*may not do this.*it lacks ZohoCRM\.coql\.READ/,
  ),
  {
    row: "NO_PERMISSION on the module",
    by: "state",
    given: configured({ objectPermissions: { Calls: ["read"] } }),
    ends: {
      state: "waiting",
      waitWhy: "auth",
      blocked: "permission_denied",
      records: 0,
      says: /is stopped: .*may not do this.*The signed-in user may not create calls\. Give the user's profile that right/,
    },
  },
  refused("NO_PERMISSION", { permissions: ["Crm_Implied_Create_Calls"] }, "permission_denied", /may not do this/),
  {
    ...blocks(
      "token endpoint invalid_code",
      "state",
      async ({ admin }) => {
        await admin.configure({ refreshTokenRevoked: true });
        await admin.advance(2 * 3_600_000);
      },
      "auth_revoked",
      /no longer accepts our sign-in/,
    ),
    credential: app,
  },
  {
    ...blocks(
      "token endpoint invalid_client",
      "injected",
      async ({ admin, inject }) => {
        await inject({ path: "/oauth/v2/token", status: 200, body: { error: "invalid_client" } });
        await admin.advance(2 * 3_600_000);
      },
      "setup_missing",
      /Something that CallLedger set up in the CRM is gone/,
    ),
    credential: app,
  },
  {
    row: "token endpoint Access Denied",
    by: "injected",
    credential: app,
    given: async ({ admin, inject }) => {
      const body = { error: "Access Denied", error_description: "too many requests continuously", status: "failure" };
      await inject({ path: "/oauth/v2/token", status: 200, body, times: 1 });
      await admin.advance(2 * 3_600_000);
    },
    ends: { state: "waiting", records: 0, says: /Waits/ },
  },
  {
    row: "413 REQUEST_ENTITY_TOO_LARGE, one call",
    by: "injected",
    given: ({ inject }) => inject({ ...insert, status: 413, body: envelope("REQUEST_ENTITY_TOO_LARGE") }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  {
    row: "429 TOO_MANY_REQUESTS",
    by: "injected",
    given: ({ inject }) => inject({ ...insert, status: 429, body: envelope("TOO_MANY_REQUESTS"), times: 1 }),
    horizonMs: 60_000,
    ends: { state: "delivered", records: 1, says: /takes no more calls for now/ },
  },
  {
    row: "429 with the credits spent",
    by: "state",
    given: configured({ dailyLimit: 20, otherAppsDailyUsed: 20, creditsHeaderFrom: 0 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Zoho CRM's limits until/ },
  },
  lost(500, envelope("INTERNAL_ERROR")),
  lost(400, envelope("DEPENDENT_SERVICE_ERROR")),
  lost(408, envelope("REQUEST_TIMEOUT")),
  ...[502, 503, 504].map((status) => lost(status, "<html>busy</html>")),
  {
    row: "5xx, each time",
    by: "injected",
    given: ({ inject }) => inject({ ...insert, status: 502, body: "" }),
    horizonMs: dayMs,
    stepMs: 60_000,
    ends: { state: "dead", reason: "retries_exhausted", records: 0, says: /failed each time we tried/ },
  },
  {
    row: "401 AUTHENTICATION_FAILURE, renewed",
    by: "injected",
    credential: app,
    given: ({ inject }) => inject({ ...insert, status: 401, body: envelope("AUTHENTICATION_FAILURE"), times: 1 }),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    ...blocks(
      "token endpoint invalid_client_secret",
      "state",
      ({ admin }) => admin.advance(2 * 3_600_000),
      "setup_missing",
      /Check client id, secret and data centre/,
    ),
    credential: (access) => ({ ...app(access), clientSecret: "another one" }),
  },
  {
    row: "429 RATE_LIMIT_EXCEEDED",
    by: "state",
    given: configured({ perMinuteLimit: 14, rateCode: "RATE_LIMIT_EXCEEDED" }),
    horizonMs: 300_000,
    afterwards: async ({ sandbox }) => {
      const stats = await (await fetch(`${sandbox.admin}/zoho/stats`)).json();
      expect(stats).toMatchObject({ rateLimited: expect.toSatisfy((count) => count > 0) });
    },
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "a batch answer without a verdict for a record",
    by: "injected",
    given: ({ inject }) => inject({ ...insert, status: 207, body: { data: [] }, times: 1 }),
    ends: { state: "delivered", records: 1, says: /answer was lost[^]*does not have the call: it is sent again/ },
  },
  ...["reset", "malformed", "drop-before"].map((kind): ErrorCase => ({
    row: `no whole answer: ${kind}`,
    by: "injected",
    given: ({ admin }) => admin.faults([{ match: insert, kind, times: 1 }]),
    ends: { state: "delivered", records: 1, says: /answer was lost/ },
  })),
  {
    row: "EXPIRED_VALUE and its kin while a list is paged: read again from the watermark",
    by: "injected",
    given: ({ inject }) =>
      inject({
        method: "GET",
        path: "/crm/v8/Contacts/deleted",
        status: 400,
        body: envelope("EXPIRED_VALUE"),
        times: 1,
      }),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "option C, several calls with our key",
    by: "state",
    before: fieldless,
    given: async ({ admin, key }) => {
      for (let copies = 0; copies < 2; copies += 1) await admin.create("Calls", copy(await key()));
    },
    ends: { state: "dead", reason: "outcome_unknown", records: 2, says: /several calls with this key/ },
  },
  {
    row: "option C, no clear match: a call that may be ours without our key",
    by: "state",
    before: fieldless,
    given: async ({ admin, personId }) => {
      const like = {
        Subject: "Inbound call, answered",
        Who_Id: { id: personId },
        Description: "Rewritten by somebody",
      };
      await admin.create("Calls", { ...copy(""), ...like });
    },
    ends: { state: "dead", reason: "outcome_unknown", records: 1, says: /without our key/ },
  },
  {
    row: "option C, one call with our key, written long ago",
    by: "state",
    before: fieldless,
    given: async ({ admin, key }) => {
      await admin.create("Calls", copy(await key()));
      await admin.advance(dayMs);
    },
    ends: { state: "delivered", records: 1, says: /it has a record with our key: read by key/ },
  },
  {
    row: "option C, the answer is lost after the commit",
    by: "injected",
    before: fieldless,
    given: ({ admin }) => admin.faults([{ match: insert, kind: "drop-after", times: 1 }]),
    ends: { state: "delivered", records: 1, says: /answer was lost[^]*Found by key/ },
  },
  {
    row: "option C, the answer to a later version is lost before the commit",
    by: "injected",
    before: fieldless,
    afterwards: async ({ admin, importCall, sync }) => {
      await admin.advance(dayMs);
      await admin.faults([{ match: { method: "PUT", path: "/crm/v8/Calls" }, kind: "drop-before", times: 1 }]);
      await importCall({ seconds: 190 });
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /answer was lost[^]*Found by key[^]*remaining steps follow/ },
  },
  refused("BRAND_NEW", {}, "unknown", /code that we don't know/),
];

const zoho: ErrorTable = {
  crm: "zoho",
  people: "Contacts",
  calls: "Calls",
  // Our own cap spaces requests in real time.
  settings: { requestsPerMinute: 0 },
  toPerson: (Phone) => ({ First_Name: "Test", Last_Name: "Clinic", Phone }),
  idOf: ({ id }) => String(id),
};

describe.concurrent("Zoho's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(zoho, each)).resolves.toBeUndefined(),
  );
});
