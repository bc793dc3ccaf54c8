import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector, Link, WriteItem, WriteOutcome } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { filterBody } from "../../../src-shared/domain/ownership.ts";
import { type HubspotStage, startHubspot } from "../../builders/hubspot-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let hub: HubspotStage;
let http: Http;
let session: UnpacedSession;
let connector: Connector;

beforeEach(async () => {
  hub = await startHubspot();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: hub.baseUrl });
  connector = hub.open();
  const ready = await connector.setup(session);
  if (!ready.ok) throw new Error(JSON.stringify(ready.fault));
});
afterEach(async () => {
  await http.close();
  await hub.close();
});

const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;
const create = (call: number, more: Record<string, string> = {}, links: readonly Link[] = []): WriteItem => {
  const wanted = {
    callledger_key: keyOf(call),
    hs_timestamp: "2026-11-20T09:15:00.000Z",
    hs_call_title: "Inbound call",
    ...more,
  };
  const { body } = filterBody({ contract: hub.contract, object: "calls", operation: "create", wanted });
  return { key: keyOf(call), operation: "create", body, remoteId: null, links };
};
async function write(...items: readonly WriteItem[]): Promise<readonly (WriteOutcome | undefined)[]> {
  const outcomes = await connector.write(session, items);
  return items.map(({ key }) => outcomes.get(key));
}

describe("one call among others is refused", () => {
  const rule = {
    object: "calls",
    on: ["create"],
    when: { field: "hs_call_title", op: "eq", value: "bad" },
    message: "Not this title",
    field: "hs_call_title",
  };
  const cases: readonly (readonly [string, object, Record<string, string>, object])[] = [
    [
      "by an admin's rule",
      { validationRules: [rule] },
      { hs_call_title: "bad" },
      { reason: "rule_rejected", field: "hs_call_title" },
    ],
    [
      "for a conditional value",
      {
        conditionalRequired: [
          { object: "calls", when: { property: "hs_call_title", value: "bad" }, property: "hs_activity_type" },
        ],
      },
      { hs_call_title: "bad" },
      { reason: "rule_rejected", field: "hs_activity_type" },
    ],
    [
      "for its length",
      { fieldMaxLength: { calls: { hs_call_title: 12 } } },
      { hs_call_title: "much too long" },
      { reason: "too_large", field: "hs_call_title" },
    ],
    [
      "for an owner who left",
      { users: [{ id: "77", name: "Agent Example", email: "agent@test-clinic.example", active: false }] },
      { hubspot_owner_id: "77" },
      { reason: "value_rejected", field: "hubspot_owner_id" },
    ],
    [
      "for a number that is none",
      {},
      { hs_call_duration: "long" },
      { reason: "value_rejected", field: "hs_call_duration" },
    ],
    ["for a time that is none", {}, { hs_timestamp: "yesterday" }, { reason: "value_rejected", field: "hs_timestamp" }],
  ];
  test.each(cases)("%s", async (_name, config, more, expected) => {
    await hub.admin.configure(config);
    const [first, second, third] = await write(create(1), create(2, more), create(3));
    expect(first?.fault).toBeNull();
    expect(second?.fault).toMatchObject({ kind: "rejected", ...expected });
    expect(third?.fault).toBeNull();
    expect(await hub.readCalls()).toHaveLength(2);
  });
});

describe("every call is refused", () => {
  const cases: readonly (readonly [object, object])[] = [
    [
      { removedFields: { calls: ["hs_call_title"] } },
      { kind: "rejected", reason: "field_missing", field: "hs_call_title" },
    ],
    [
      { fieldPermissions: { calls: { hs_call_title: "read" } } },
      { kind: "rejected", reason: "mapping_error", field: "hs_call_title" },
    ],
    [
      { fieldPermissions: { calls: { hs_call_title: "none" } } },
      { kind: "rejected", reason: "field_missing", field: "hs_call_title" },
    ],
    [
      { requiredFields: { calls: ["hs_activity_type"] } },
      { kind: "rejected", reason: "rule_rejected", field: "hs_activity_type" },
    ],
    [{ removedFields: { calls: ["callledger_key"] } }, { kind: "blocked", reason: "setup_missing" }],
    [{ objectPermissions: { calls: ["read"] } }, { kind: "rejected", reason: "permission_denied" }],
    [{ scopes: ["crm.objects.companies.read"] }, { kind: "blocked", reason: "permission_denied" }],
    [{ accountSuspended: true }, { kind: "blocked", reason: "account_suspended" }],
    [{ paymentRequired: true }, { kind: "blocked", reason: "permission_denied" }],
    [{ migratingForMs: 90_000 }, { kind: "rate_limited", retryAfterMs: 90_000 }],
    [
      { tenSecondLimit: 1, otherAppsPerMinute: 6_000 },
      { kind: "rate_limited", window: "ten_seconds" },
    ],
    [{ dailyLimit: 1 }, { kind: "rate_limited", window: "day" }],
  ];
  test.each(cases)("by %j", async (config, expected) => {
    await hub.admin.configure(config);
    for (const outcome of await write(create(1), create(2)))
      expect(outcome).toMatchObject({ done: [], fault: expected });
    expect(await hub.readCalls()).toEqual([]);
  });

  test("until the portal's midnight, which the refusal tells", async () => {
    await write(create(1));
    await hub.admin.configure({ dailyLimit: 1, portalTimeZone: "UTC" });
    const [outcome] = await write(create(2));
    const fault = outcome?.fault;
    if (fault?.kind !== "rate_limited") throw new Error(`the fault is ${fault?.kind}`);
    expect(fault.retryAfterMs).toBeGreaterThan(0);
    expect(fault.retryAfterMs).toBeLessThanOrEqual(24 * 3_600_000);
    const { request, answer } = session.sent.at(-1) ?? {};
    if (request === undefined || answer?.kind !== "answer") throw new Error("nothing was sent");
    expect(connector.observe(request, answer)).toContainEqual(expect.objectContaining({ window: "day", remaining: 0 }));
  });
});

test.each([400, 409])(
  "a key that HubSpot has already (%i) is read by key, its neighbours are written",
  async (uniqueConflictStatus) => {
    await hub.admin.configure({ uniqueConflictStatus });
    await write(create(2));
    const [first, second, third] = await write(create(1), create(2), create(3));
    expect(first?.fault).toBeNull();
    expect(second?.fault).toMatchObject({ kind: "already_written" });
    expect(third?.fault).toBeNull();
    expect(await hub.readCalls()).toHaveLength(3);
  },
);

test("a locked contact defers the calls that are linked to it", async () => {
  const person = await hub.addPerson("+442079460958");
  await hub.admin.configure({ lockedRecords: { contacts: [person.id] } });
  const [linked, other] = await write(create(1, {}, [person]), create(2));
  expect(linked?.fault).toMatchObject({ kind: "transient", proof: "row_locked" });
  expect(other?.fault).toBeNull();
});

test("a contact that was merged away is gone: the call is matched again", async () => {
  const first = await hub.addPerson("+442079460958");
  const second = await hub.addPerson("+442079460958");
  await hub.admin.merge("contacts", first.id, second.id);
  await hub.admin.configure({ mergedIdRedirects: false });
  const [outcome] = await write(create(1, {}, [second]));
  expect(outcome?.fault).toMatchObject({ kind: "rejected", reason: "person_deleted" });
  await hub.admin.configure({ searchLagMs: 0, searchPerSecondLimit: 100 });
  const people = await connector.people(session, ["+442079460958"]);
  if (!people.ok) throw new Error("no people");
  const [survivor] = people.value.get("+442079460958") ?? [];
  const [written] = await write(create(1, {}, [{ object: "contacts", id: survivor?.id ?? "" }]));
  expect(written?.fault).toBeNull();
  expect(await hub.readCalls()).toMatchObject([{ links: [survivor?.id] }]);
});

test("headers of every answer but a search correct the windows", async () => {
  await hub.admin.configure({ plan: "enterprise" });
  await write(create(1));
  const { request, answer } = session.sent.at(-1) ?? {};
  if (request === undefined || answer?.kind !== "answer") throw new Error("nothing was sent");
  const told = connector.observe(request, answer);
  expect(told).toMatchObject([
    { window: "ten_seconds", limit: 190, lengthMs: 10_000 },
    { window: "day", limit: 1_000_000 },
  ]);
  await hub.admin.configure({ rateHeaders: false });
  await write(create(2));
  const silent = session.sent.at(-1);
  if (silent?.answer.kind !== "answer") throw new Error("nothing was sent");
  expect(connector.observe(silent.request, silent.answer)).toEqual([]);
});
