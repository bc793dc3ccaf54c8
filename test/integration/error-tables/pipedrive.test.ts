import { describe, expect, test } from "vitest";
import { type Asked, type ErrorCase, type ErrorTable, type Given, runErrorCase } from "../../builders/error-case.ts";
import { app, blocks, blocksRenewal, configured, createErrorRows } from "../../builders/error-rows.ts";

/** Pipedrive's codes and statuses, each with the state of the company that gives it and what becomes of the call. */
const body = (error: string, code?: string) => ({ success: false, error, ...(code === undefined ? {} : { code }) });

const pipedrive: ErrorTable = {
  crm: "pipedrive",
  people: "persons",
  calls: "activities",
  toPerson: (phone) => ({ name: "Test Clinic", phones: [{ value: phone }] }),
  sign: (token) => ({ "x-api-token": token }),
  idOf: ({ id }) => String(id),
};
const rows = createErrorRows({
  table: pipedrive,
  write: { method: "POST", path: "/api/v2/activities" },
  busy: { status: 429, body: body("request over limit") },
  stepMs: 5_000,
});
const { answered, held, mistaken } = rows;

/** An activity as a colleague's script writes it. */
const creating = (fields: object): Asked => ({ method: "POST", path: "/api/v2/activities", body: fields });
const refused = (row: string, status: number, said: object, reason: string, says: RegExp): ErrorCase =>
  rows.refused(row, { status, body: said }, reason, says);
/** The network in front of the API no longer lets us through. */
const raiseWall: Given = async ({ admin, send }) => {
  await admin.configure({ burstLimit: 0, cloudflareAfter: 1 });
  await send({ method: "GET", path: "/v1/users/me" });
  await admin.configure({ burstLimit: null, cloudflareAfter: 30 });
};

const cases: readonly ErrorCase[] = [
  rows.cutOff(),
  held(
    "ERR_SCHEMA_VALIDATION_FAILED, a field that we write is gone",
    { removedFields: { activities: ["duration"] } },
    "field_missing",
    /no longer exists in the CRM/,
  ),
  answered(
    "ERR_SCHEMA_VALIDATION_FAILED, a value",
    creating({ subject: "A call", due_time: "soon" }),
    "value_rejected",
    /refused a value/,
    "ERR_SCHEMA_VALIDATION_FAILED",
  ),
  mistaken(
    "ERR_SCHEMA_VALIDATION_FAILED, the shape",
    creating({ subject: "A call", nonsense: 1 }),
    "ERR_SCHEMA_VALIDATION_FAILED",
  ),
  held(
    "ERR_BAD_REQUEST",
    {
      validationRules: [
        {
          object: "activities",
          on: ["create"],
          when: { field: "done", op: "eq", value: true },
          message: "No calls here",
          field: "subject",
        },
      ],
    },
    "value_rejected",
    /No calls here/,
  ),
  refused("422", 422, body("unprocessable"), "value_rejected", /refused a value/),
  held(
    "a required field is named",
    { requiredFieldsEnforced: true, requiredFields: { activities: ["location"] } },
    "rule_rejected",
    /rule of the CRM refused/,
  ),
  rows.personGone("400 or 404 naming participants: nobody else has the number"),
  rows.whileHeldBack(
    "400 or 404 naming participants: merged, the winner has the number",
    async ({ admin, personId }) => {
      const winner = await admin.create("persons", { name: "Alice Example", phones: [{ value: "+447700900001" }] });
      await admin.merge("persons", String(winner["id"]), personId);
    },
    { state: "delivered", records: 1, says: /Delivered/ },
  ),
  blocks(
    "400 naming type: activity type inactive",
    "state",
    configured({ activityTypes: [{ id: 1, key_string: "call", name: "Call", active_flag: false }] }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  answered(
    "400 naming owner_id",
    creating({ subject: "A call", owner_id: 999_999 }),
    "mapping_error",
    /cannot be written/,
    "owner_id",
  ),
  blocks("401", "state", configured({ plainTokenRevoked: true }), "auth_revoked", /no longer accepts our sign-in/),
  {
    row: "401, renewed",
    by: "state",
    credential: app,
    given: ({ admin }) => admin.advance(2 * 3_600_000),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocksRenewal(
    "token endpoint invalid_grant",
    "state",
    configured({ refreshTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  blocksRenewal(
    "token endpoint client is invalid",
    "state",
    () => Promise.resolve(),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
    (access) => ({ ...app(access), clientSecret: "another one" }),
  ),
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
  blocks(
    "403 JSON, scope",
    "state",
    configured({ scopes: ["base", "contacts:read", "activities:read", "admin", "users:read", "recents:read"] }),
    "permission_denied",
    /may not do this/,
  ),
  held(
    "403 JSON, record or field",
    { fieldPermissions: { activities: { note: "read" } } },
    "permission_denied",
    /may not do this/,
  ),
  held(
    "403 feature_capping",
    { featureCaps: ["feature_capping_activities_limit"] },
    "limit_exhausted",
    /limit is used up/,
  ),
  {
    ...rows.whileHeldBack("403 HTML, before a write", raiseWall, {
      state: "delivered",
      records: 1,
      says: /Pipedrive takes no more calls for now/,
    }),
    horizonMs: 3_600_000,
    stepMs: 5_000,
  },
  {
    row: "403 HTML, to a write",
    by: "injected",
    given: rows.answering({ status: 403, body: "<html>Cloudflare</html>" }, 1),
    horizonMs: 3_600_000,
    stepMs: 5_000,
    ends: { state: "delivered", records: 1, says: /answer was lost/ },
  },
  rows.ownRecordGone("404, 410 on our activity"),
  blocks(
    "410 on an endpoint",
    "answer",
    rows.replaying({ method: "GET", path: "/v1/persons" }, "410"),
    "our_bug",
    /our mistake/,
  ),
  {
    row: "409, a recording that exists",
    by: "answer",
    given: rows.replaying(
      async ({ send }) => {
        const log = {
          outcome: "connected",
          to_phone_number: "1",
          start_time: "2026-06-01 08:00:00",
          end_time: "2026-06-01 08:01:00",
        };
        const made = await send({ method: "POST", path: "/v1/callLogs", body: log });
        const form = new FormData();
        form.set("file", new Blob(["ID3"]), "call.mp3");
        const encoded = new Response(form);
        const upload = {
          method: "POST",
          path: `/v1/callLogs/${made.json.data.id}/recordings`,
          body: await encoded.bytes(),
          headers: { "content-type": encoded.headers.get("content-type") ?? "" },
        };
        await send(upload);
        return upload;
      },
      "409",
      { times: 1 },
    ),
    // The log of the other script has made an activity, too.
    ends: { state: "delivered", records: 2, says: /it has a record with our key: read by key/ },
  },
  mistaken("405", { method: "PUT", path: "/api/v2/activities", body: {} }),
  mistaken("415", { ...creating({}), body: "<x/>", headers: { "content-type": "text/xml" } }),
  refused("501", 501, body("nope"), "our_bug", /our mistake/),
  rows.tooLarge("413", creating({ subject: "A call" }), 10_000_000),
  rows.busy(
    "429 burst",
    { method: "GET", path: "/v1/users/me" },
    "request over limit",
    { burstLimit: 0 },
    { burstLimit: null },
  ),
  {
    row: "429 daily",
    by: "state",
    given: configured({ dailyLimit: 100, otherAppsDailyUsed: 100, dailyHeaders: false }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in Pipedrive's limits until/ },
  },
  rows.lostInTurn("the server fails", [
    { status: 500, body: body("Internal Server Error", "ERR_UNKNOWN") },
    { status: 408, body: "" },
    ...[502, 503, 504].map((status) => ({ status, body: "<html>busy</html>" })),
  ]),
  {
    row: "success:false without a known code, status 200",
    by: "injected",
    given: rows.answering({ status: 200, body: { success: false } }, 1),
    ends: { state: "delivered", records: 1, says: /answer was lost/ },
  },
  rows.lostEachTime(),
  refused(
    "any other code in the envelope",
    418,
    body("brand new", "ERR_BRAND_NEW"),
    "unknown",
    /code that we don't know/,
  ),
];

describe.concurrent("Pipedrive's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(pipedrive, each)).resolves.toBeUndefined(),
  );
});
