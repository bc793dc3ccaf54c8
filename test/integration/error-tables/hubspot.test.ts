import { describe, expect, test } from "vitest";
import { type Asked, type ErrorCase, type ErrorTable, runErrorCase } from "../../builders/error-case.ts";
import { app, blocks, blocksRenewal, configured, createErrorRows } from "../../builders/error-rows.ts";

/** HubSpot's codes and statuses, each with the state of the portal that gives it and what becomes of the call. */
const envelope = (category: string, more: object = {}) => ({
  status: "error",
  message: `${category} said so`,
  correlationId: "4bc5da90-0000-4000-8000-000000000000",
  category,
  ...more,
});
const rule = {
  object: "calls",
  on: ["create"],
  when: { field: "hs_call_direction", op: "eq", value: "INBOUND" },
  message: "No inbound calls here",
  field: "hs_call_direction",
};

const hubspot: ErrorTable = {
  crm: "hubspot",
  people: "contacts",
  calls: "calls",
  toPerson: (phone) => ({ properties: { firstname: "Test", lastname: "Clinic", phone } }),
  sign: (token) => ({ authorization: `Bearer ${token}` }),
  idOf: ({ id }) => String(id),
};
const rows = createErrorRows({
  table: hubspot,
  write: { method: "POST", path: "/calls/batch/create" },
  busy: { status: 429, body: envelope("RATE_LIMITS") },
  stepMs: 3_000,
});
const { answered, held, mistaken } = rows;

/** What a colleague's script writes, and how the portal refuses it. */
const post = (object: string, properties: object): Asked => ({
  method: "POST",
  path: `/crm/v3/objects/${object}`,
  body: { properties },
});
const value = (code: string, object: string, properties: object): ErrorCase =>
  answered(code, post(object, properties), "value_rejected", /refused a value/);
const hs_timestamp = "2026-06-01T08:00:00Z";
const unsuited = { body: "<call/>", headers: { "content-type": "text/xml" } };

const cases: readonly ErrorCase[] = [
  rows.cutOff(),
  blocks(
    "PROPERTY_DOESNT_EXIST, our key",
    "state",
    configured({ removedFields: { calls: ["callledger_key"] } }),
    "setup_missing",
    /Something that CallLedger set up in the CRM is gone/,
  ),
  held(
    "PROPERTY_DOESNT_EXIST, another field",
    { removedFields: { calls: ["hs_call_status"] } },
    "field_missing",
    /no longer exists in the CRM.*hs_call_status/s,
  ),
  held(
    "INVALID_OPTION",
    { picklistValues: { calls: { hs_call_status: ["BUSY"] } } },
    "value_rejected",
    /refused a value.*COMPLETED/s,
  ),
  value("INVALID_INTEGER", "deals", { amount: "much" }),
  value("INVALID_LONG", "calls", { hs_timestamp, hs_call_duration: "long" }),
  value("INVALID_DATE", "calls", { hs_timestamp: "yesterday" }),
  value("INVALID_EMAIL", "contacts", { email: "nobody" }),
  held(
    "VALUE_TOO_LONG",
    { fieldMaxLength: { calls: { hs_call_title: 5 } } },
    "too_large",
    /larger than the CRM accepts/,
  ),
  held(
    "READ_ONLY_VALUE",
    { fieldPermissions: { calls: { hs_call_title: "read" } } },
    "mapping_error",
    /cannot be written/,
  ),
  answered("REQUIRED_FIELD", post("calls", {}), "rule_rejected", /rule of the CRM refused/),
  held(
    "MISSING_REQUIRED_PROPERTY",
    { requiredFields: { calls: ["hs_activity_type"] } },
    "rule_rejected",
    /rule of the CRM refused.*hs_activity_type/s,
  ),
  held(
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
    {
      conditionalRequired: [
        { object: "calls", when: { property: "hs_call_direction", value: "INBOUND" }, property: "hs_activity_type" },
      ],
    },
    "rule_rejected",
    /rule of the CRM refused.*hs_activity_type/s,
  ),
  held("a property validation", { validationRules: [rule] }, "rule_rejected", /No inbound calls here/),
  ...([400, 409] as const).map((status): ErrorCase => ({
    row: `CONFLICTING_UNIQUE_VALUE on our key, ${status}`,
    by: "state",
    given: async ({ admin, key }) => {
      await admin.configure({ uniqueConflictStatus: status });
      const properties = { callledger_key: await key(), hs_timestamp: "2026-06-01T08:00:00.000Z" };
      await admin.create("calls", { properties });
    },
    ends: { state: "delivered", records: 1, says: /it has a record with our key: read by key/ },
  })),
  answered(
    "CONFLICTING_UNIQUE_VALUE on another property",
    async ({ admin, send }) => {
      const number = { name: "crm_number", label: "Number", type: "string", fieldType: "text", hasUniqueValue: true };
      await admin.configure({ customFields: { contacts: [{ ...number, groupName: "contactinformation" }] } });
      await send(post("contacts", { crm_number: "7" }));
      return {
        method: "POST",
        path: "/crm/v3/objects/contacts/batch/create",
        body: { inputs: [{ properties: { crm_number: "7" } }] },
      };
    },
    "duplicate_conflict",
    /value that must be unique/,
    "CONFLICTING_UNIQUE_VALUE",
  ),
  {
    row: "409 OBJECT_ALREADY_EXISTS, the same definition",
    by: "state",
    before: ({ configure }) =>
      configure({
        customFields: {
          calls: [
            {
              name: "callledger_key",
              label: "Key",
              type: "string",
              fieldType: "text",
              groupName: "call",
              hasUniqueValue: true,
            },
          ],
        },
      }),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "409 OBJECT_ALREADY_EXISTS, another definition",
    by: "state",
    before: ({ configure }) =>
      configure({
        customFields: {
          calls: [{ name: "callledger_key", label: "Key", type: "string", fieldType: "text", groupName: "call" }],
        },
      }),
    refuses: /callledger_key exists but does not demand unique values/,
  },
  rows.personGone("400 associations, target gone: nobody else has the number"),
  rows.whileHeldBack(
    "400 associations, target merged: follows to the winner",
    async ({ admin, personId }) => {
      const winner = await admin.create("contacts", { properties: { firstname: "Alice", phone: "+447700900001" } });
      await admin.merge("contacts", String(winner["id"]), personId);
    },
    { state: "delivered", records: 1, says: /is gone or was merged: matched again|is gone from|was merged|Delivered/ },
  ),
  rows.ownRecordGone("404 OBJECT_NOT_FOUND on our call"),
  mistaken("405", { method: "PUT", path: "/crm/v3/objects/calls", body: {} }),
  mistaken("414", { method: "GET", path: `/crm/v3/objects/calls?properties=${"x".repeat(16_400)}` }),
  mistaken("415", { ...post("calls", {}), ...unsuited }),
  mistaken("400 invalid JSON", { ...post("calls", {}), body: "{" }, "Invalid input JSON"),
  rows.tooLarge("413, one call", post("contacts", { firstname: "Sample" }), 10_000_000),
  {
    row: "413, a batch: sent in smaller parts",
    by: "state",
    calls: 4,
    given: configured({ maxBodyBytes: 2_000 }),
    horizonMs: 60_000,
    ends: { state: "delivered", records: 4, says: /Delivered/ },
  },
  blocksRenewal(
    "BAD_REFRESH_TOKEN",
    "state",
    configured({ refreshTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  blocksRenewal(
    "invalid_grant",
    "state",
    configured({ refreshTokenRevoked: true, refreshErrorShape: "oauth" }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  blocks(
    "401 INVALID_AUTHENTICATION",
    "state",
    configured({ plainTokenRevoked: true }),
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  {
    row: "401 EXPIRED_AUTHENTICATION, renewed",
    by: "state",
    credential: app,
    given: ({ admin }) => admin.advance(3_600_000),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  blocks(
    "401 EXPIRED_AUTHENTICATION, nothing to renew it with",
    "state",
    async ({ admin }) => {
      await admin.configure({ plainTokenTtlMs: 1_000 });
      await admin.advance(60_000);
    },
    "auth_revoked",
    /no longer accepts our sign-in/,
  ),
  blocks("402", "state", configured({ paymentRequired: true }), "permission_denied", /may not do this/),
  blocks(
    "403 MISSING_SCOPES",
    "state",
    configured({
      scopes: [
        "crm.objects.contacts.read",
        "crm.objects.companies.read",
        "crm.objects.deals.read",
        "crm.objects.owners.read",
      ],
    }),
    "permission_denied",
    /may not do this/,
  ),
  held(
    "403 USER_DOES_NOT_HAVE_PERMISSIONS",
    { objectPermissions: { calls: ["read"] } },
    "permission_denied",
    /may not do this/,
  ),
  blocks("403 BANNED", "state", configured({ accountSuspended: true }), "account_suspended", /account is suspended/),
  rows.lockedForAWhile("423, unlocked in time"),
  rows.lockedForEver("423, locked for ever"),
  {
    row: "429 TEN_SECONDLY_ROLLING",
    by: "state",
    // Room for the check of a run, not for all that follows it at once.
    given: configured({ rateHeaders: false, tenSecondLimit: 8 }),
    horizonMs: 120_000,
    afterwards: async ({ sandbox }) => {
      const stats = await (await fetch(`${sandbox.admin}/hubspot/stats`)).json();
      expect(stats).toMatchObject({ rateLimited: expect.toSatisfy((count) => count > 0) });
    },
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  rows.busy(
    "429 SECONDLY (search)",
    { method: "POST", path: "/crm/v3/objects/contacts/search", body: { limit: 1 } },
    "SECONDLY",
    { searchPerSecondLimit: 0 },
    { searchPerSecondLimit: 5 },
  ),
  {
    row: "429 DAILY",
    by: "state",
    given: configured({ rateHeaders: false, dailyLimit: 10, otherAppsDailyUsed: 10 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in HubSpot's limits until/ },
  },
  {
    row: "477",
    by: "state",
    given: configured({ migratingForMs: 7_200_000 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in HubSpot's limits until/ },
  },
  rows.lostInTurn("the server fails", [
    { status: 500, body: envelope("INTERNAL_ERROR") },
    ...[408, 502, 503, 504, 521, 522, 523, 524, 525, 526].map((status) => ({ status, body: "<html>busy</html>" })),
  ]),
  rows.lostEachTime(),
  rows.refused(
    "VALIDATION_ERROR without a known inner code",
    { status: 400, body: envelope("VALIDATION_ERROR") },
    "value_rejected",
    /refused a value/,
  ),
  rows.refused(
    "any other category",
    { status: 400, body: envelope("BRAND_NEW") },
    "unknown",
    /code that we don't know.*BRAND_NEW/s,
  ),
];

describe.concurrent("HubSpot's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(hubspot, each)).resolves.toBeUndefined(),
  );
});
