import { describe, expect, test } from "vitest";
import { type ErrorCase, type ErrorTable, runErrorCase } from "../../builders/error-case.ts";

/** Pipedrive's codes and statuses, each with the state of the company that gives it and what becomes of the call. */
type Given = NonNullable<ErrorCase["given"]>;
const create = { method: "POST", path: "/api/v2/activities" };
const dayMs = 86_400_000;
const body = (error: string, code?: string) => ({ success: false, error, ...(code === undefined ? {} : { code }) });
const schema = (name: string, what: string) =>
  body(`Validation failed: ${name}: ${what}`, "ERR_SCHEMA_VALIDATION_FAILED");
const app = ({ clientId, clientSecret, refreshToken }: Readonly<Record<string, string>>) => ({
  clientId,
  clientSecret,
  refreshToken,
});
const configured =
  (patch: object): Given =>
  ({ admin }) =>
    admin.configure(patch);

const refused = (row: string, status: number, said: object, reason: string, says: RegExp): ErrorCase => ({
  row,
  by: "injected",
  given: ({ inject }) => inject({ ...create, status, body: said }),
  ends: { state: "dead", reason, records: 0, says },
});
const blocks = (row: string, by: ErrorCase["by"], given: Given, blocked: string, says: RegExp): ErrorCase => ({
  row,
  by,
  given,
  ends: { state: "waiting", waitWhy: "auth", blocked, records: 0, says },
});
const lost = (status: number, said: unknown): ErrorCase => ({
  row: `${status}${typeof said === "string" ? " in HTML, or empty" : ""}`,
  by: "injected",
  given: ({ inject }) => inject({ ...create, status, body: said, times: 1 }),
  ends: { state: "delivered", records: 1, says: /answer was lost[^]*does not have the call: it is sent again/ },
});
/** The first write is put off once, so that the company can change between the match and the write. */
const holdBack: Given = ({ inject }) =>
  inject({ ...create, status: 429, body: body("request over limit"), headers: { "retry-after": "1" }, times: 1 });

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
    row: "ERR_SCHEMA_VALIDATION_FAILED, a field that we write is gone",
    by: "state",
    given: configured({ removedFields: { activities: ["duration"] } }),
    ends: { state: "dead", reason: "field_missing", records: 0, says: /no longer exists in the CRM/ },
  },
  refused(
    "ERR_SCHEMA_VALIDATION_FAILED, a value",
    400,
    schema("due_time", "due_time must be a time"),
    "value_rejected",
    /refused a value/,
  ),
  refused(
    "ERR_SCHEMA_VALIDATION_FAILED, the shape",
    400,
    schema("nonsense", "Parameter 'nonsense' is not allowed for this request"),
    "our_bug",
    /our mistake/,
  ),
  {
    row: "ERR_BAD_REQUEST",
    by: "state",
    given: configured({
      validationRules: [
        {
          object: "activities",
          on: ["create"],
          when: { field: "done", op: "eq", value: true },
          message: "No calls here",
          field: "subject",
        },
      ],
    }),
    ends: { state: "dead", reason: "value_rejected", records: 0, says: /No calls here/ },
  },
  refused("422", 422, body("unprocessable"), "value_rejected", /refused a value/),
  {
    row: "a required field is named",
    by: "state",
    given: configured({ requiredFieldsEnforced: true, requiredFields: { activities: ["location"] } }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused/ },
  },
  {
    row: "400 or 404 naming participants: nobody else has the number",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      await admin.remove("persons", personId);
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
    row: "400 or 404 naming participants: merged, the winner has the number",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      const winner = await admin.create("persons", { name: "Alice Example", phones: [{ value: "+447700900001" }] });
      await admin.merge("persons", String(winner["id"]), personId);
      await admin.advance(60_000);
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocks(
    "400 naming type: activity type inactive",
    "state",
    configured({ activityTypes: [{ id: 1, key_string: "call", name: "Call", active_flag: false }] }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  refused(
    "400 naming owner_id",
    400,
    body("owner_id: user is not active", "ERR_BAD_REQUEST"),
    "mapping_error",
    /cannot be written/,
  ),
  blocks("401", "state", configured({ plainTokenRevoked: true }), "auth_revoked", /no longer accepts our sign-in/),
  {
    row: "401, renewed",
    by: "state",
    credential: app,
    given: ({ admin }) => admin.advance(2 * 3_600_000),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    ...blocks(
      "token endpoint invalid_grant",
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
      "token endpoint client is invalid",
      "injected",
      async ({ admin, inject }) => {
        const said = { success: false, error: "invalid_client", message: "Invalid client: client is invalid" };
        await inject({ path: "/oauth/token", status: 400, body: said });
        await admin.advance(2 * 3_600_000);
      },
      "setup_missing",
      /Something that CallLedger set up in the CRM is gone/,
    ),
    credential: app,
  },
  {
    row: "token endpoint 429, 5xx, no answer",
    by: "injected",
    credential: app,
    given: async ({ admin, inject }) => {
      await inject({ path: "/oauth/token", status: 503, body: "", times: 1 });
      await admin.advance(2 * 3_600_000);
    },
    horizonMs: 3_600_000,
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocks("402", "state", configured({ accountSuspended: true }), "account_suspended", /account is suspended/),
  {
    row: "403 JSON, scope",
    by: "state",
    given: configured({ scopes: ["base", "contacts:read", "activities:read", "admin", "users:read", "recents:read"] }),
    ends: { state: "waiting", waitWhy: "auth", blocked: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "403 JSON, record or field",
    by: "state",
    given: configured({ fieldPermissions: { activities: { note: "read" } } }),
    ends: { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "403 feature_capping",
    by: "state",
    given: configured({ featureCaps: ["feature_capping_activities_limit"] }),
    ends: { state: "dead", reason: "limit_exhausted", records: 0, says: /limit is used up/ },
  },
  {
    row: "403 HTML",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 403, body: "<html>Cloudflare</html>", times: 1 }),
    horizonMs: 3_600_000,
    stepMs: 5_000,
    ends: { state: "delivered", records: 1, says: /answer was lost/ },
  },
  {
    row: "404, 410 on our activity",
    by: "state",
    afterwards: async ({ admin, importCall, sync }) => {
      const [record] = await admin.records("activities");
      await admin.remove("activities", String(record?.["id"]));
      await importCall({ seconds: 190 });
      await sync();
    },
    ends: { state: "dead", reason: "record_deleted", records: 0, says: /Somebody deleted the call's record/ },
  },
  blocks(
    "410 on an endpoint",
    "injected",
    ({ inject }) => inject({ ...create, status: 410, body: body("gone") }),
    "our_bug",
    /our mistake/,
  ),
  ...[405, 415, 501].map((status) => refused(`${status}`, status, body("nope"), "our_bug", /our mistake/)),
  refused("413", 413, body("too large"), "too_large", /larger than the CRM accepts/),
  {
    row: "429 burst",
    by: "injected",
    given: holdBack,
    horizonMs: 60_000,
    ends: { state: "delivered", records: 1, says: /takes no more calls for now/ },
  },
  {
    row: "429 daily",
    by: "state",
    given: configured({ dailyLimit: 100, otherAppsDailyUsed: 100, dailyHeaders: false }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Pipedrive's limits until/ },
  },
  lost(500, body("Internal Server Error", "ERR_UNKNOWN")),
  lost(408, ""),
  ...[502, 503, 504].map((status) => lost(status, "<html>busy</html>")),
  {
    row: "success:false without a known code, status 200",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 200, body: { success: false }, times: 1 }),
    ends: { state: "delivered", records: 1, says: /answer was lost/ },
  },
  {
    row: "5xx, each time",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 502, body: "" }),
    horizonMs: dayMs,
    stepMs: 5_000,
    ends: { state: "dead", reason: "retries_exhausted", records: 0, says: /failed each time we tried/ },
  },
  refused(
    "any other code in the envelope",
    418,
    body("brand new", "ERR_BRAND_NEW"),
    "unknown",
    /code that we don't know/,
  ),
];

const pipedrive: ErrorTable = {
  crm: "pipedrive",
  people: "persons",
  calls: "activities",
  toPerson: (phone) => ({ name: "Test Clinic", phones: [{ value: phone }] }),
  idOf: ({ id }) => String(id),
};

describe.concurrent("Pipedrive's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(pipedrive, each)).resolves.toBeUndefined(),
  );
});
