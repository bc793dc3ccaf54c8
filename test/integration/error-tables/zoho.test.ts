import { describe, expect, test } from "vitest";
import {
  type Asked,
  type ErrorCase,
  type ErrorTable,
  type Given,
  type Office,
  runErrorCase,
} from "../../builders/error-case.ts";
import { app, type Asking, blocks, blocksRenewal, configured, createErrorRows } from "../../builders/error-rows.ts";
import { brokenUpload, readRowError, toBulkJob } from "../../builders/zoho-bulk-job.ts";

/** Zoho's codes and statuses, each with the state of the org that gives it and what becomes of the call. */
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

const zoho: ErrorTable = {
  crm: "zoho",
  people: "Contacts",
  calls: "Calls",
  // Our own cap spaces requests in real time.
  settings: { requestsPerMinute: 0 },
  toPerson: (Phone) => ({ First_Name: "Test", Last_Name: "Clinic", Phone }),
  sign: (token) => ({ authorization: `Zoho-oauthtoken ${token}` }),
  idOf: ({ id }) => String(id),
};
const rows = createErrorRows({
  table: zoho,
  write: insert,
  busy: { status: 429, body: envelope("TOO_MANY_REQUESTS") },
  stepMs: 60_000,
});
const { answered, mistaken } = rows;

const get = (path: string): Asked => ({ method: "GET", path: `/crm/v8/${path}` });
const post = (path: string, body: unknown): Asked => ({ method: "POST", path: `/crm/v8/${path}`, body });
const query = (select_query: string): Asked => post("coql", { select_query });
const aCall = {
  Subject: "A call",
  Call_Type: "Inbound",
  Call_Start_Time: "2026-06-01T08:00:00+00:00",
  Call_Duration: "00:01",
};
/** A call as somebody else writes it. */
const calling = (more: object): Asked => post("Calls", { data: [{ ...aCall, ...more }] });

const refused = (code: string, details: object, reason: string, says: RegExp): ErrorCase =>
  rows.refused(code, { status: 400, body: record(code, details) }, reason, says);
const whole = (status: number, code: string, reason: string, says: RegExp): ErrorCase =>
  rows.refused(`${status} ${code}`, { status, body: envelope(code) }, reason, says);
const noModule = (code: string, given: Given, by: ErrorCase["by"] = "answer"): ErrorCase =>
  blocks(code, by, given, "setup_missing", /Something that CallLedger set up in the CRM is gone/);

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

const lead = {
  people: "Leads",
  toPerson: (Phone: string) => ({ Last_Name: "Clinic", Company: "Test Clinic", Phone }),
};
const convert = (id: string): Asked => post(`Leads/${id}/actions/convert`, { data: [{}] });
const renamed = { data: [{ Last_Name: "Sample" }] };

/** A bulk job that the org refuses as a whole. */
const bulk = (code: string, change: object, resource: object = {}): ErrorCase =>
  mistaken(`bulk job ${code}`, (office) => toBulkJob(office, "Last_Name\nSample\n", change, resource), code);

const byId = (module = "Contacts") =>
  [{ operation: "update" }, { module: { api_name: module }, find_by: "id" }] as const;

/** A list of contacts is read page by page, and one page is asked for in a way that the CRM no longer takes. */
const paging = (code: string, asking: Asking): ErrorCase => ({
  row: `${code} while a list is paged: read again from the watermark`,
  by: "answer",
  given: rows.replaying(asking, code, { method: "GET", path: "/crm/v8/Contacts/deleted", times: 1 }),
  ends: { state: "delivered", records: 1, says: /Delivered/ },
});
const secondPageOf = async ({ admin, send }: Office): Promise<Asked> => {
  await admin.create("Contacts", { Last_Name: "Sample" });
  const first = await send(get("Contacts?fields=Last_Name&per_page=1"));
  return get(`Contacts?fields=Last_Name&per_page=1&page_token=${first.json.info.next_page_token}`);
};

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
  rows.cutOff(),
  {
    row: "MANDATORY_NOT_FOUND of a field",
    by: "state",
    given: configured({ requiredFields: { Calls: ["Call_Agenda"] } }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused/ },
  },
  refused("EXPECTED_FIELD_MISSING", { api_name: "Call_Agenda" }, "rule_rejected", /rule of the CRM refused/),
  mistaken("REQUIRED_PARAM_MISSING", get("settings/fields")),
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
  answered("PATTERN_NOT_MATCHED", calling({ Call_Duration: "x" }), "value_rejected", /refused a value/),
  {
    row: "INVALID_DATA with maximum_length",
    by: "state",
    given: configured({ fieldMaxLength: { Calls: { Subject: 5 } } }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  rows.personGone("INVALID_DATA on Who_Id: nobody else has the number"),
  rows.whileHeldBack(
    "INVALID_DATA on Who_Id: merged, the winner has the number",
    async ({ admin, personId }) => {
      const winner = await admin.create("Contacts", { Last_Name: "Example", Phone: "+447700900001" });
      await admin.merge("Contacts", String(winner["id"]), personId);
    },
    { state: "delivered", records: 1, says: /is gone or was merged: matched again|is gone from|was merged|Delivered/ },
  ),
  rows.ownRecordGone("INVALID_DATA on id, 204 for our call"),
  answered(
    "404 RESOURCE_NOT_FOUND",
    async ({ send }) => {
      const job = { query: { module: { api_name: "Contacts" }, fields: ["Last_Name"] } };
      const made = await send({ method: "POST", path: "/crm/bulk/v8/read", body: job });
      return { method: "GET", path: `/crm/bulk/v8/read/${made.json.data[0].details.id}/result` };
    },
    "record_deleted",
    /Somebody deleted the call's record/,
    "RESOURCE_NOT_FOUND",
  ),
  answered(
    "DEPENDENT_FIELD_MISSING",
    async ({ personId }) => calling({ What_Id: { id: personId } }),
    "rule_rejected",
    /rule of the CRM refused/,
  ),
  refused("DEPENDENT_MISMATCH", {}, "rule_rejected", /rule of the CRM refused/),
  answered(
    "AMBIGUITY_DURING_PROCESSING",
    get("Contacts?fields=Last_Name&page=1&page_token=x"),
    "rule_rejected",
    /rule of the CRM refused/,
  ),
  answered(
    "MAPPING_MISMATCH",
    async ({ personId }) => calling({ Who_Id: { id: personId }, What_Id: { id: "1" }, $se_module: "Leads" }),
    "mapping_error",
    /cannot be written/,
  ),
  {
    row: "DUPLICATE_DATA on our key: there, and not yet shown by queries",
    by: "state",
    stepMs: 60_000,
    horizonMs: dayMs,
    given: async ({ admin, key }) => {
      await admin.configure({ readLagMs: 120_000 });
      await admin.create("Calls", { ...copy(""), Call_Sync_Key: await key() });
    },
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
  {
    row: "DUPLICATE_DATA on another field",
    by: "state",
    given: async ({ admin }) => {
      const unique = { api_name: "Subject", field_label: "Subject", data_type: "text", length: 255 };
      await admin.configure({ customFields: { Calls: [{ ...unique, unique: { case_sensitive: true } }] } });
      await admin.create("Calls", { ...copy(""), Subject: "Inbound call, answered" });
    },
    ends: { state: "dead", reason: "duplicate_conflict", records: 1, says: /value that must be unique/ },
  },
  noModule("INVALID_MODULE", rows.replaying(get("Nothing?fields=id"), "INVALID_MODULE")),
  noModule("MODULE_NOT_SUPPORTED", rows.replaying(post("Calls/1/actions/merge", {}), "MODULE_NOT_SUPPORTED")),
  noModule("NOT_SUPPORTED", rows.replaying(post("Calls/upsert", { data: [aCall] }), "NOT_SUPPORTED")),
  noModule("API_NOT_SUPPORTED", rows.answering({ status: 400, body: envelope("API_NOT_SUPPORTED") }), "injected"),
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
  mistaken("SYNTAX_ERROR", query("select from")),
  mistaken("INVALID_QUERY", query("select id from Nothing where id is not null")),
  mistaken("INVALID_REQUEST_METHOD", { method: "PATCH", path: "/crm/v8/Calls", body: {} }),
  whole(405, "METHOD_NOT_ALLOWED", "our_bug", /our mistake/),
  mistaken("EXPECTED_PARAM_MISSING", get("Contacts/search")),
  mistaken("INVALID_URL_PATTERN", get("settings/nothing")),
  mistaken("UNSUPPORTED_MEDIA_TYPE", { ...post("Calls", "<call/>"), headers: { "content-type": "text/xml" } }),
  ...["LIMIT_EXCEEDED", "LIMIT_REACHED", "CRITERIA_LIMIT_EXCEEDED"].map((code) =>
    blocks(
      `${code} of the org`,
      "injected",
      ({ inject }) => inject({ ...insert, status: 400, body: envelope(code) }),
      "limit_exhausted",
      /limit is used up/,
    ),
  ),
  answered(
    "LIMIT_EXCEEDED, the request too big, one call",
    post("Contacts", { data: Array.from({ length: 101 }, () => ({})) }),
    "too_large",
    /larger than the CRM accepts/,
    "LIMIT_EXCEEDED",
  ),
  answered(
    "LIMIT_REACHED, the request too big, one call",
    get("Contacts/search?word=clinic&page=11&per_page=200"),
    "too_large",
    /larger than the CRM accepts/,
    "LIMIT_REACHED",
  ),
  answered(
    "CRITERIA_LIMIT_EXCEEDED, the request too big, one call",
    get(`Contacts/search?criteria=${Array.from({ length: 16 }, () => "(Phone:equals:1)").join("or")}`),
    "too_large",
    /larger than the CRM accepts/,
    "CRITERIA_LIMIT_EXCEEDED",
  ),
  blocks("STORAGE_SPACE_EXCEEDED", "state", configured({ storageFull: true }), "storage_full", /storage is full/),
  held("RECORD_LOCKED", "lockedRecords"),
  held("RECORD_IN_BLUEPRINT", "blueprintRecords"),
  held("NOT_APPROVED", "unapprovedRecords"),
  {
    ...rows.whileHeldBack(
      "CONVERTED_RECORD: the lead became a contact, the call follows",
      async ({ send, personId }) => void (await send(convert(personId))),
      { state: "delivered", records: 1, says: /is gone or was merged: matched again/ },
    ),
    caller: lead,
  },
  {
    row: "ID_ALREADY_CONVERTED: matched again",
    by: "answer",
    caller: lead,
    given: rows.replaying(
      async ({ admin, send }) => {
        const other = await admin.create("Leads", { Last_Name: "Sample", Company: "Sample" });
        await send(convert(String(other["id"])));
        return { method: "PUT", path: `/crm/v8/Leads/${String(other["id"])}`, body: renamed };
      },
      "ID_ALREADY_CONVERTED",
      { times: 1 },
    ),
    ends: { state: "delivered", records: 1, says: /is gone or was merged: matched again|is gone from|was merged/ },
  },
  {
    row: "412 ALREADY_MODIFIED",
    by: "answer",
    given: rows.replaying(
      async ({ personId }) => ({
        method: "PUT",
        path: `/crm/v8/Contacts/${personId}`,
        body: renamed,
        headers: { "if-unmodified-since": "2020-01-01T00:00:00+00:00" },
      }),
      "ALREADY_MODIFIED",
      { times: 1 },
    ),
    ends: { state: "delivered", records: 1, says: /Tried again by itself/ },
  },
  {
    row: "412 RECORD_MODIFIED",
    by: "injected",
    given: rows.answering({ status: 412, body: envelope("RECORD_MODIFIED") }, 1),
    ends: { state: "delivered", records: 1, says: /Tried again by itself/ },
  },
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
  refused("AUTHORIZATION_FAILED", { api_name: "Subject" }, "permission_denied", /may not do this/),
  {
    row: "NO_PERMISSION on a record",
    by: "state",
    given: configured({ fieldPermissions: { Calls: { Subject: "read" } } }),
    ends: { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  },
  blocksRenewal(
    "token endpoint invalid_code",
    "state",
    configured({ refreshTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  ...(["clientId", "clientSecret"] as const).map((wrong) =>
    blocksRenewal(
      `token endpoint invalid_client${wrong === "clientId" ? "" : "_secret"}`,
      "state",
      () => Promise.resolve(),
      "setup_missing",
      /Check client id, secret and data centre/,
      (access) => ({ ...app(access), [wrong]: "another one" }),
    ),
  ),
  {
    row: "token endpoint Access Denied, and its end",
    by: "state",
    credential: app,
    given: async ({ admin }) => {
      await admin.configure({ tokensPerTenMinutes: 0 });
      await admin.advance(2 * 3_600_000);
    },
    stepMs: 60_000,
    horizonMs: 3_600_000,
    until: /Waits/,
    afterwards: async ({ admin, sync }) => {
      await admin.configure({ tokensPerTenMinutes: 10 });
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /Waits/ },
  },
  rows.tooLarge("413 REQUEST_ENTITY_TOO_LARGE, one call", post("Contacts", renamed), null),
  {
    row: "413 REQUEST_ENTITY_TOO_LARGE, a batch: sent in smaller parts",
    by: "state",
    calls: 4,
    given: configured({ maxBodyBytes: 900 }),
    horizonMs: 60_000,
    ends: { state: "delivered", records: 4, says: /Delivered/ },
  },
  rows.crowded("429 TOO_MANY_REQUESTS", { otherAppsConcurrent: 20 }, { otherAppsConcurrent: 0 }),
  {
    row: "429 with the credits spent",
    by: "state",
    given: configured({ dailyLimit: 20, otherAppsDailyUsed: 20, creditsHeaderFrom: 0 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Zoho CRM's limits until/ },
  },
  rows.lostInTurn("the server fails", [
    { status: 500, body: envelope("INTERNAL_ERROR") },
    { status: 400, body: envelope("DEPENDENT_SERVICE_ERROR") },
    { status: 400, body: envelope("PROCESSING_STOPPED") },
    { status: 408, body: envelope("REQUEST_TIMEOUT") },
    { status: 503, body: envelope("SERVICE_UNAVAILABLE") },
    ...[502, 503, 504].map((status) => ({ status, body: "<html>busy</html>" })),
  ]),
  rows.lostEachTime(),
  {
    row: "401 AUTHENTICATION_FAILURE, renewed",
    by: "answer",
    credential: app,
    given: rows.replaying({ ...get("org"), unsigned: true }, "AUTHENTICATION_FAILURE", { times: 1 }),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
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
  paging("EXPIRED_VALUE", async (office) => {
    const asked = await secondPageOf(office);
    await office.admin.advance(dayMs);
    return asked;
  }),
  paging("TOKEN_BOUND_DATA_MISMATCH", async (office) => {
    const { method, path } = await secondPageOf(office);
    return { method, path: path.replace("per_page=1", "per_page=2") };
  }),
  paging("DISCRETE_PAGINATION_LIMIT_EXCEEDED", get("Contacts?fields=Last_Name&page=11&per_page=200")),
  {
    row: "PAGINATION_LIMIT_EXCEEDED while a list is paged: read again from the watermark",
    by: "injected",
    given: ({ inject }) =>
      inject({
        method: "GET",
        path: "/crm/v8/Contacts/deleted",
        status: 400,
        body: envelope("PAGINATION_LIMIT_EXCEEDED"),
        times: 1,
      }),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "bulk BLOCKED_RECORD, free in time",
    by: "answer",
    horizonMs: dayMs,
    stepMs: 60_000,
    given: async (office) => {
      await office.admin.configure({ lockedRecords: { Contacts: [office.personId] } });
      const job = await toBulkJob(office, `id,Last_Name\n${office.personId},Sample\n`, ...byId());
      const code = await readRowError(office, job);
      expect(code).toBe("BLOCKED_RECORD");
      await office.admin.configure({ lockedRecords: {} });
      await office.inject({ ...insert, status: 400, body: record(code), times: 1 });
    },
    ends: { state: "delivered", records: 1, says: /the record is locked\. Tried again by itself/ },
  },
  {
    row: "bulk CANNOT_PROCESS",
    by: "answer",
    given: async (office) => {
      const other = await office.admin.create("Leads", { Last_Name: "Sample", Company: "Sample" });
      const id = String(other["id"]);
      await office.send(convert(id));
      const job = await toBulkJob(office, `id,Last_Name\n${id},Muster\n`, ...byId("Leads"));
      const code = await readRowError(office, job);
      expect(code).toBe("CANNOT_PROCESS");
      await office.inject({ ...insert, status: 400, body: record(code) });
    },
    ends: { state: "dead", reason: "unknown", records: 0, says: /code that we don't know/ },
  },
  bulk("MANDATORY_FIELDS_NOT_MAPPED", {}, { field_mappings: [{ api_name: "Email", index: 0 }] }),
  bulk("MISSING_REQUIRED_KEY", { operation: "upsert" }),
  mistaken("bulk job FILE_NOT_SUPPORTED", brokenUpload, "FILE_NOT_SUPPORTED"),
  bulk("FILE_NOT_FOUND", {}, { file_id: "1" }),
  bulk("INVALID_CALLBACK_URL", { callback: { url: "ftp://example.com", method: "post" } }),
  noModule(
    "bulk job MODULE_NOT_AVAILABLE",
    rows.replaying(
      (office) => toBulkJob(office, "Subject\nA call\n", {}, { module: { api_name: "Calls" } }),
      "MODULE_NOT_AVAILABLE",
    ),
  ),
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

describe.concurrent("Zoho's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(zoho, each)).resolves.toBeUndefined(),
  );
});
