import { describe, expect, test } from "vitest";
import { type ErrorCase, type ErrorTable, runErrorCase } from "../../builders/error-case.ts";

/** HubSpot's codes and statuses, each with the state of the portal that gives it and what becomes of the call. */
const create = { method: "POST", path: "/calls/batch/create" };
const envelope = (category: string, more: object = {}) => ({
  status: "error",
  message: `${category} said so`,
  correlationId: "4bc5da90-0000-4000-8000-000000000000",
  category,
  ...more,
});
const inner = (code: string, name: string) =>
  envelope("VALIDATION_ERROR", {
    message: `Property values were not valid: ${JSON.stringify([{ isValid: false, message: `${name} was refused`, error: code, name }])}`,
  });
const app = ({ clientId, clientSecret, refreshToken }: Readonly<Record<string, string>>) => ({
  clientId,
  clientSecret,
  refreshToken,
});
const rule = {
  object: "calls",
  on: ["create"],
  when: { field: "hs_call_direction", op: "eq", value: "INBOUND" },
  message: "No inbound calls here",
  field: "hs_call_direction",
};

/** The first write is put off once, so that the portal can change between the match and the write. */
const holdBack: NonNullable<ErrorCase["given"]> = ({ inject }) =>
  inject({ ...create, status: 429, body: envelope("RATE_LIMITS"), headers: { "retry-after": "1" }, times: 1 });

const value = (code: string): ErrorCase => ({
  row: code,
  by: "injected",
  given: ({ inject }) => inject({ ...create, status: 400, body: inner(code, "hs_call_duration") }),
  ends: { state: "dead", reason: "value_rejected", records: 0, says: /refused a value.*hs_call_duration was refused/i },
});
const lost = (status: number): ErrorCase => ({
  row: `${status}`,
  by: "injected",
  given: ({ inject }) => inject({ ...create, status, body: "<html>busy</html>", times: 1 }),
  ends: { state: "delivered", records: 1, says: /answer was lost[^]*does not have the call: it is sent again/ },
});
const mistake = (status: number): ErrorCase => ({
  row: `${status}`,
  by: "injected",
  given: ({ inject }) => inject({ ...create, status, body: envelope("NOPE") }),
  ends: { state: "dead", reason: "our_bug", records: 0, says: /our mistake/ },
});

const cases: readonly ErrorCase[] = [
  {
    row: "refused, DNS, TLS, proxy before the body left",
    by: "state",
    given: async ({ cutOff }) => cutOff(true),
    jitter: 0.5,
    horizonMs: 86_400_000,
    until: /Waits/,
    afterwards: async ({ cutOff, sync }) => {
      cutOff(false);
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /The wait is over: queued again/ },
  },
  {
    row: "PROPERTY_DOESNT_EXIST, our key",
    by: "state",
    given: ({ admin }) => admin.configure({ removedFields: { calls: ["callledger_key"] } }),
    ends: {
      state: "waiting",
      waitWhy: "auth",
      blocked: "setup_missing",
      records: 0,
      says: /Something that CallLedger set up in the CRM is gone/,
    },
  },
  {
    row: "PROPERTY_DOESNT_EXIST, another field",
    by: "state",
    given: ({ admin }) => admin.configure({ removedFields: { calls: ["hs_call_status"] } }),
    ends: { state: "dead", reason: "field_missing", records: 0, says: /no longer exists in the CRM.*hs_call_status/s },
  },
  {
    row: "INVALID_OPTION",
    by: "state",
    given: ({ admin }) => admin.configure({ picklistValues: { calls: { hs_call_status: ["BUSY"] } } }),
    ends: { state: "dead", reason: "value_rejected", records: 0, says: /refused a value.*COMPLETED/s },
  },
  ...["INVALID_INTEGER", "INVALID_LONG", "INVALID_DATE", "INVALID_EMAIL"].map(value),
  {
    row: "VALUE_TOO_LONG",
    by: "state",
    given: ({ admin }) => admin.configure({ fieldMaxLength: { calls: { hs_call_title: 5 } } }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  {
    row: "READ_ONLY_VALUE",
    by: "state",
    given: ({ admin }) => admin.configure({ fieldPermissions: { calls: { hs_call_title: "read" } } }),
    ends: { state: "dead", reason: "mapping_error", records: 0, says: /cannot be written/ },
  },
  {
    row: "REQUIRED_FIELD",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 400, body: inner("REQUIRED_FIELD", "hs_activity_type") }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused/ },
  },
  {
    row: "MISSING_REQUIRED_PROPERTY",
    by: "state",
    given: ({ admin }) => admin.configure({ requiredFields: { calls: ["hs_activity_type"] } }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused.*hs_activity_type/s },
  },
  {
    row: "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
    by: "state",
    given: ({ admin }) =>
      admin.configure({
        conditionalRequired: [
          { object: "calls", when: { property: "hs_call_direction", value: "INBOUND" }, property: "hs_activity_type" },
        ],
      }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /rule of the CRM refused.*hs_activity_type/s },
  },
  {
    row: "a property validation",
    by: "state",
    given: ({ admin }) => admin.configure({ validationRules: [rule] }),
    ends: { state: "dead", reason: "rule_rejected", records: 0, says: /No inbound calls here/ },
  },
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
  {
    row: "CONFLICTING_UNIQUE_VALUE on another property",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 400, body: inner("CONFLICTING_UNIQUE_VALUE", "crm_number") }),
    ends: { state: "dead", reason: "duplicate_conflict", records: 0, says: /value that must be unique/ },
  },
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
  {
    row: "400 associations, target gone: nobody else has the number",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      await admin.remove("contacts", personId);
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
    row: "400 associations, target merged: follows to the winner",
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: /takes no more calls for now/,
    afterwards: async ({ admin, personId, sync }) => {
      const winner = await admin.create("contacts", { properties: { firstname: "Alice", phone: "+447700900001" } });
      await admin.merge("contacts", String(winner["id"]), personId);
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
    row: "404 OBJECT_NOT_FOUND on our call",
    by: "state",
    afterwards: async ({ admin, importCall, sync }) => {
      const [record] = await admin.records("calls");
      await admin.remove("calls", String(record?.["id"]));
      await importCall({ seconds: 90 });
      await sync();
    },
    ends: { state: "dead", reason: "record_deleted", records: 0, says: /Somebody deleted the call's record/ },
  },
  mistake(405),
  mistake(414),
  mistake(415),
  {
    row: "400 invalid JSON",
    by: "injected",
    given: ({ inject }) =>
      inject({
        ...create,
        status: 400,
        body: envelope("VALIDATION_ERROR", { message: "Invalid input JSON on line 1" }),
      }),
    ends: { state: "dead", reason: "our_bug", records: 0, says: /our mistake/ },
  },
  {
    row: "413, one call",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 413, body: envelope("PAYLOAD_TOO_LARGE") }),
    ends: { state: "dead", reason: "too_large", records: 0, says: /larger than the CRM accepts/ },
  },
  {
    row: "BAD_REFRESH_TOKEN",
    by: "state",
    credential: app,
    given: async ({ admin }) => {
      await admin.configure({ refreshTokenRevoked: true });
      await admin.advance(3_600_000);
    },
    ends: {
      state: "waiting",
      waitWhy: "auth",
      blocked: "auth_revoked",
      records: 0,
      says: /no longer accepts our sign-in/,
    },
  },
  {
    row: "invalid_grant",
    by: "state",
    credential: app,
    given: async ({ admin }) => {
      await admin.configure({ refreshTokenRevoked: true, refreshErrorShape: "oauth" });
      await admin.advance(3_600_000);
    },
    ends: {
      state: "waiting",
      waitWhy: "auth",
      blocked: "auth_revoked",
      records: 0,
      says: /no longer accepts our sign-in/,
    },
  },
  {
    row: "401 INVALID_AUTHENTICATION",
    by: "state",
    given: ({ admin }) => admin.configure({ plainTokenRevoked: true }),
    ends: {
      state: "waiting",
      waitWhy: "auth",
      blocked: "auth_revoked",
      records: 0,
      says: /no longer accepts our sign-in/,
    },
  },
  {
    row: "401 EXPIRED_AUTHENTICATION, renewed",
    by: "state",
    credential: app,
    given: ({ admin }) => admin.advance(3_600_000),
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "401 EXPIRED_AUTHENTICATION, nothing to renew it with",
    by: "state",
    given: async ({ admin }) => {
      await admin.configure({ plainTokenTtlMs: 1_000 });
      await admin.advance(60_000);
    },
    ends: {
      state: "waiting",
      waitWhy: "auth",
      blocked: "auth_revoked",
      records: 0,
      says: /no longer accepts our sign-in/,
    },
  },
  {
    row: "402",
    by: "state",
    given: ({ admin }) => admin.configure({ paymentRequired: true }),
    ends: { state: "waiting", waitWhy: "auth", blocked: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "403 MISSING_SCOPES",
    by: "state",
    given: ({ admin }) =>
      admin.configure({
        scopes: [
          "crm.objects.contacts.read",
          "crm.objects.companies.read",
          "crm.objects.deals.read",
          "crm.objects.owners.read",
        ],
      }),
    ends: { state: "waiting", waitWhy: "auth", blocked: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "403 USER_DOES_NOT_HAVE_PERMISSIONS",
    by: "state",
    given: ({ admin }) => admin.configure({ objectPermissions: { calls: ["read"] } }),
    ends: { state: "dead", reason: "permission_denied", records: 0, says: /may not do this/ },
  },
  {
    row: "403 BANNED",
    by: "state",
    given: ({ admin }) => admin.configure({ accountSuspended: true }),
    ends: { state: "waiting", waitWhy: "auth", blocked: "account_suspended", records: 0, says: /account is suspended/ },
  },
  {
    row: "423, unlocked in time",
    by: "state",
    given: ({ admin, personId }) => admin.configure({ lockedRecords: { contacts: [personId] } }),
    horizonMs: 60_000,
    until: /the record is locked/,
    afterwards: async ({ admin, sync }) => {
      await admin.configure({ lockedRecords: {} });
      await sync();
    },
    ends: { state: "delivered", records: 1, says: /the record is locked\. Tried again by itself/ },
  },
  {
    row: "423, locked for ever",
    by: "state",
    given: ({ admin, personId }) => admin.configure({ lockedRecords: { contacts: [personId] } }),
    horizonMs: 86_400_000,
    stepMs: 3_000,
    ends: { state: "dead", reason: "record_locked", records: 0, says: /kept the record locked for too long/ },
  },
  {
    row: "429 TEN_SECONDLY_ROLLING",
    by: "state",
    // Room for the check of a run, not for all that follows it at once.
    given: ({ admin }) => admin.configure({ rateHeaders: false, tenSecondLimit: 8 }),
    horizonMs: 120_000,
    afterwards: async ({ sandbox }) => {
      const stats = await (await fetch(`${sandbox.admin}/hubspot/stats`)).json();
      expect(stats).toMatchObject({ rateLimited: expect.toSatisfy((count) => count > 0) });
    },
    ends: { state: "delivered", records: 1, says: /Delivered/ },
  },
  {
    row: "429 SECONDLY (search)",
    by: "injected",
    given: ({ inject }) =>
      inject({ ...create, status: 429, body: { ...envelope("RATE_LIMITS"), policyName: "SECONDLY" }, times: 1 }),
    ends: { state: "delivered", records: 1, says: /takes no more calls for now/ },
  },
  {
    row: "429 DAILY",
    by: "state",
    given: ({ admin }) => admin.configure({ rateHeaders: false, dailyLimit: 10, otherAppsDailyUsed: 10 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in HubSpot's limits until/ },
  },
  {
    row: "477",
    by: "state",
    given: ({ admin }) => admin.configure({ migratingForMs: 7_200_000 }),
    ends: { state: "waiting", waitWhy: "pace", records: 0, says: /Waits for room in HubSpot's limits until/ },
  },
  ...[408, 502, 524, 525].map(lost),
  {
    row: "5xx, each time",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 502, body: "" }),
    horizonMs: 86_400_000,
    stepMs: 3_000,
    ends: { state: "dead", reason: "retries_exhausted", records: 0, says: /failed each time we tried/ },
  },
  {
    row: "VALIDATION_ERROR without a known inner code",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 400, body: envelope("VALIDATION_ERROR") }),
    ends: { state: "dead", reason: "value_rejected", records: 0, says: /refused a value/ },
  },
  {
    row: "any other category",
    by: "injected",
    given: ({ inject }) => inject({ ...create, status: 400, body: envelope("BRAND_NEW") }),
    ends: { state: "dead", reason: "unknown", records: 0, says: /code that we don't know.*BRAND_NEW/s },
  },
];

const hubspot: ErrorTable = {
  crm: "hubspot",
  people: "contacts",
  calls: "calls",
  toPerson: (phone) => ({ properties: { firstname: "Test", lastname: "Clinic", phone } }),
  idOf: ({ id }) => String(id),
};

describe.concurrent("HubSpot's errors, through the whole engine", { timeout: 120_000 }, () => {
  test.each(cases.map((each) => [`${each.row} (${each.by})`, each] as const))("%s", (_name, each) =>
    expect(runErrorCase(hubspot, each)).resolves.toBeUndefined(),
  );
});
