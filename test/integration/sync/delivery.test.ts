import { afterEach, beforeEach, expect, test } from "vitest";
import { type SyncRig, createSyncRig } from "../../builders/sync-rig.ts";

let rig: SyncRig;
beforeEach(async () => {
  rig = await createSyncRig();
});
afterEach(() => rig.close());

const numberOf = (index: number): string => `+44770090${String(index).padStart(4, "0")}`;
const batchCreate = { method: "POST", path: "/crm/objects/2026-09/calls/batch/create" };

async function linkedContacts(callId: string): Promise<readonly string[]> {
  const { hubspot } = rig.sandbox;
  const answer = await fetch(`${hubspot?.baseUrl}/crm/objects/2026-09/calls/${callId}/associations/contacts`, {
    headers: { authorization: `Bearer ${hubspot?.token}` },
  });
  const { results } = (await answer.json()) as { results: readonly { toObjectId: string }[] };
  return [...new Set(results.map(({ toObjectId }) => toObjectId))];
}

test("calls of known people are written once, each with its key and linked to its person", async () => {
  const ids = [
    await rig.contact("07700 900000"),
    await rig.contact("+44 7700 900001"),
    await rig.contact("00447700900002"),
  ];
  rig.importCalls([{}, {}, {}]);
  const summary = await rig.untilIdle();
  expect(summary).toMatchObject({ delivered: 3, waiting: 0, dead: 0, rateLimited: 0, reason: "idle" });
  const records = await rig.calls();
  expect(new Set(records.map(({ properties }) => properties["callledger_key"])).size).toBe(3);
  for (const { id, properties } of records)
    expect(await linkedContacts(id)).toEqual([ids[Number(properties["hs_call_from_number"]?.slice(-1))]]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 0 });
  expect(await rig.calls()).toHaveLength(3);
  expect(rig.store.audit.verify()).toMatchObject({ ok: true });
});

test("a call of an unknown number is held, and logged when somebody adds the contact", async () => {
  rig.importCalls([{}]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 0, waiting: 1 });
  expect(await rig.calls()).toHaveLength(0);
  await rig.contact(numberOf(0));
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1, waiting: 0 });
});

test("a held call whose give-up time has passed is dead as no_match", async () => {
  rig.importCalls([{}]);
  await rig.untilIdle();
  rig.store.deliveries.apply([{ id: 1, events: [], patch: { giveUpAt: 1, dueAt: 1 }, audit: [] }]);
  expect(await rig.untilIdle()).toMatchObject({ waiting: 0, dead: 1 });
  expect(rig.store.deliveries.get(1)).toMatchObject({ state: "dead", reason: "no_match" });
});

test("an answer lost after the commit is found by key: written once, delivered", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.admin("POST", "/faults", [{ match: batchCreate, kind: "drop-after", times: 1 }]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1 });
  expect(await rig.calls()).toHaveLength(1);
});

test("a request that was dropped before the commit is sent again only after the quiet time", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.admin("POST", "/faults", [{ match: batchCreate, kind: "drop-before", times: 1 }]);
  const since = performance.now();
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1 });
  // Twice the request timeout of this rig; the stamps are whole seconds of the server's clock.
  expect(performance.now() - since).toBeGreaterThan(900);
  expect(await rig.calls()).toHaveLength(1);
});

test("a commit that comes late, within the quiet time, is not written a second time", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.admin("POST", "/faults", [{ match: batchCreate, kind: "commit-late", delayMs: 600, times: 1 }]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1 });
  expect(await rig.calls()).toHaveLength(1);
  const { byEndpoint } = await rig.admin("GET", "/stats");
  const creates = Object.entries(byEndpoint).filter(([endpoint]) => endpoint.includes("calls/batch/create"));
  expect(creates.map(([, count]) => count)).toEqual([1]);
});

test("one call that the CRM refuses is dead with its reason; the others of its batch are delivered", async () => {
  for (const index of [0, 1, 2]) await rig.contact(numberOf(index));
  await rig.admin("POST", "/config", {
    validationRules: [
      {
        object: "calls",
        on: ["create"],
        when: { field: "hs_call_from_number", op: "eq", value: numberOf(1) },
        message: "This number is blocked",
        field: "hs_call_from_number",
      },
    ],
  });
  rig.importCalls([{}, {}, {}]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 2, dead: 1 });
  expect(rig.store.deliveries.get(2)).toMatchObject({ state: "dead" });
  expect(["rule_rejected", "value_rejected"]).toContain(rig.store.deliveries.get(2)?.reason);
});

test("a key that is no longer accepted pauses the integration; nothing dies, and it goes on by itself when the key works again", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.admin("POST", "/config", { plainTokenRevoked: true });
  expect(await rig.untilIdle()).toMatchObject({ delivered: 0, dead: 0, waiting: 1 });
  expect(rig.integration()).toMatchObject({ state: "blocked", blockedReason: "auth_revoked" });
  expect(rig.store.deliveries.get(1)).toMatchObject({ state: "waiting", waitWhy: "auth" });
  await rig.admin("POST", "/config", { plainTokenRevoked: false });
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1, waiting: 0 });
  expect(rig.integration().state).toBe("active");
});

test("a paused integration lets its calls wait, and resumes with all of them", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  rig.store.integrations.setState(rig.integration().id, "paused", { at: Date.now(), reason: null, note: "lunch" });
  expect(await rig.untilIdle()).toMatchObject({ delivered: 0, waiting: 1, apiCalls: 0 });
  expect(rig.store.deliveries.get(1)).toMatchObject({ state: "waiting", waitWhy: "paused" });
  rig.store.integrations.setState(rig.integration().id, "active", { at: Date.now(), reason: null, note: "back" });
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1, waiting: 0 });
});

test("a call that changed after it was sent is updated in place; what a colleague edited stays", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.untilIdle();
  const [record] = await rig.calls();
  await rig.admin("PATCH", `/records/calls/${record?.id}`, { properties: { hs_call_title: "Talked about the offer" } });
  rig.importCalls([{ durationSeconds: 125 }]);
  expect(await rig.untilIdle()).toMatchObject({ dead: 0, waiting: 0 });
  const after = await rig.calls();
  expect(after).toHaveLength(1);
  expect(after[0]?.properties).toMatchObject({ hs_call_duration: "125000", hs_call_title: "Talked about the offer" });
  expect(rig.store.audit.search("hs_call_title", 10).length).toBeGreaterThan(0);
});

test("a record that a colleague deleted is never written again", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.untilIdle();
  const [record] = await rig.calls();
  await rig.admin("DELETE", `/records/calls/${record?.id}`);
  rig.importCalls([{ durationSeconds: 125 }]);
  expect(await rig.untilIdle()).toMatchObject({ dead: 1 });
  expect(rig.store.deliveries.get(1)).toMatchObject({ state: "dead", reason: "record_deleted" });
  expect(await rig.calls()).toHaveLength(0);
});

test("the daily limit is never touched: calls wait visibly until it is fresh", async () => {
  for (const index of [0, 1, 2]) await rig.contact(numberOf(index));
  await rig.admin("POST", "/config", { dailyLimit: 1_000, otherAppsDailyUsed: 999 });
  rig.importCalls([{}, {}, {}]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 0, waiting: 3, dead: 0, rateLimited: 0 });
  expect(rig.store.deliveries.get(1)).toMatchObject({ state: "waiting", waitWhy: "pace" });
});

test("a burst of 429s from the CRM spends no attempt and loses nothing", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.admin("POST", "/faults", [
    {
      match: batchCreate,
      kind: "status",
      status: 429,
      body: {
        status: "error",
        message: "You have reached your secondly limit.",
        errorType: "RATE_LIMIT",
        policyName: "SECONDLY",
      },
      times: 2,
    },
  ]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1, rateLimited: 2 });
  expect(rig.store.deliveries.get(1)?.attempts).toBe(0);
});

test("a CRM that cannot be reached for a while loses nothing and duplicates nothing", async () => {
  await rig.contact(numberOf(0));
  rig.importCalls([{}]);
  await rig.admin("POST", "/faults", [{ kind: "status", status: 503, body: "<html>unavailable</html>", times: 3 }]);
  expect(await rig.untilIdle()).toMatchObject({ delivered: 1, dead: 0 });
  expect(await rig.calls()).toHaveLength(1);
});
