import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startSandbox } from "../../../src-main/sandbox/main.ts";
import { call, calls, contacts, openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
});

test("ports given from N: the administration first, then each CRM in its fixed place", async () => {
  const portsFrom = 20_000 + (process.pid % 20_000);
  const sandbox = await startSandbox({ portsFrom });
  const ports = [sandbox.admin, sandbox.hubspot?.baseUrl].map((url) => Number(new URL(url ?? "").port));
  await expect(startSandbox({ portsFrom })).rejects.toThrow("EADDRINUSE");
  await sandbox.close();
  expect(ports).toEqual([portsFrom, portsFrom + 2]);
});

test("records made, changed and deleted from outside are there for the API, and the other way round", async () => {
  const { id } = await client.seed("contacts", { firstname: "Alice", phone: "07700 900134" });
  expect((await client.hub("GET", `${contacts}/${id}?properties=phone`)).body.properties.phone).toBe("07700 900134");
  const changed = await client.admin("PATCH", `/hubspot/records/contacts/${id}`, { firstname: "Bob", phone: null });
  expect([changed.status, changed.body.firstname, changed.body.phone]).toEqual([200, "Bob", undefined]);
  await client.hub("PATCH", `${contacts}/${id}`, { properties: { lastname: "Sample" } });
  expect(await client.records("contacts")).toMatchObject([
    { id, firstname: "Bob", lastname: "Sample", properties: { firstname: "Bob" } },
  ]);
  expect((await client.admin("DELETE", `/hubspot/records/contacts/${id}`)).status).toBe(204);
  expect((await client.hub("GET", `${contacts}/${id}`)).status).toBe(404);
  expect(await client.records("contacts")).toEqual([]);
});

test("an array seeds many records, with ids, dates and links of their own", async () => {
  await client.seed("companies", { id: "900", name: "Test Clinic" });
  const many = [
    { id: "501", firstname: "Alice", lastmodifieddate: "2026-01-02T03:04:05Z", associations: { companies: ["900"] } },
    { id: "502", firstname: "Bob", createdate: 1_700_000_000_000 },
  ];
  const seeded = await client.seed("contacts", many);
  expect(seeded).toMatchObject([
    {
      id: "501",
      lastmodifieddate: "2026-01-02T03:04:05Z",
      associatedcompanyid: "900",
      associations: { companies: ["900"] },
    },
    { id: "502", createdate: "2023-11-14T22:13:20Z" },
  ]);
});

test("merging from outside gives the survivor a new id that knows the old ones", async () => {
  await client.seed("contacts", [
    { id: "1", firstname: "Alice" },
    { id: "2", phone: "07700 900134" },
  ]);
  const merged = await client.admin("POST", "/hubspot/records/contacts/1/merge", { with: "2" });
  expect(merged.body).toMatchObject({ firstname: "Alice", phone: "07700 900134", hs_merged_object_ids: "1;2" });
  expect((await client.records("contacts")).map(({ id }) => id)).toEqual([merged.body.id]);
});

test("what is asked for and is not there is said in words", async () => {
  const cases: readonly (readonly [string, string, unknown, number, string])[] = [
    ["GET", "/nothing/records/contacts", undefined, 404, 'no sandbox "nothing"'],
    ["GET", "/hubspot/records/tickets", undefined, 404, "contacts, companies, deals, calls"],
    ["GET", "/hubspot/nothing", undefined, 404, "There is no /hubspot/nothing"],
    ["PUT", "/hubspot/stats", undefined, 405, "takes GET"],
    ["PATCH", "/hubspot/records/contacts/99", { firstname: "x" }, 404, "no live record 99"],
    ["DELETE", "/hubspot/records/contacts/99", undefined, 404, "no live record 99"],
    ["POST", "/hubspot/records/contacts", { shoe: "x" }, 400, '"shoe" does not exist'],
    ["POST", "/hubspot/records/contacts", { firstname: {} }, 400, '"firstname" must be'],
    ["POST", "/hubspot/records/contacts", { associations: { companies: ["77"] } }, 400, "no record 77"],
    ["POST", "/hubspot/records/contacts", { createdate: "yesterday" }, 400, "must be a time"],
    ["POST", "/hubspot/records/contacts", { id: "abc" }, 400, "An id is a number"],
    ["POST", "/hubspot/records/contacts", "{", 400, "not JSON"],
    ["POST", "/hubspot/records/contacts/1/merge", { into: "2" }, 400, "with"],
    ["POST", "/clock", { advanceMs: -1 }, 400, "advanceMs"],
    ["POST", "/clock", {}, 400, "advanceMs"],
  ];
  for (const [method, path, body, status, text] of cases) {
    const reply = await client.admin(method, path, body);
    expect([path, reply.status, reply.body.error]).toEqual([path, status, expect.stringContaining(text)]);
  }
});

test("an id or unique value that is taken is refused from outside as well", async () => {
  await client.seed("contacts", { id: "1", email: "a@example.com" });
  expect((await client.admin("POST", "/hubspot/records/contacts", { id: "1" })).status).toBe(409);
  const taken = await client.admin("POST", "/hubspot/records/contacts", [
    { email: "b@example.com" },
    { email: "a@example.com" },
  ]);
  expect([taken.status, taken.body.error]).toEqual([409, expect.stringContaining("Record 1 of the array")]);
});

test("the clock moves the Date header and never runs backwards", async () => {
  const before = Date.parse((await client.hub("GET", contacts)).headers.get("date") ?? "");
  await client.advance(86_400_000);
  await client.admin("POST", "/reset");
  const after = Date.parse((await client.hub("GET", contacts)).headers.get("date") ?? "");
  expect(after - before).toBeGreaterThanOrEqual(86_399_000);
});

test("the configuration in force is answered; an unknown key or a wrong type changes nothing and is named", async () => {
  const { body: defaults } = await client.admin("POST", "/hubspot/config", {});
  expect(defaults).toMatchObject({
    plan: "professional",
    searchLagMs: 8000,
    dailyLimit: null,
    portalTimeZone: "US/Eastern",
  });
  const cases: readonly (readonly [object, string])[] = [
    [{ searchLagMs: 5, nonsense: 1 }, "nonsense"],
    [{ searchLagMs: "5" }, "searchLagMs"],
    [{ searchLagMs: null }, "searchLagMs"],
    [{ plan: "gold" }, "plan"],
    [{ portalTimeZone: "Mars/Base" }, "portalTimeZone"],
    [{ hiddenRecords: { tickets: [] } }, "hiddenRecords"],
    [
      {
        validationRules: [
          { object: "calls", on: ["create"], when: { field: "x", op: "matches", value: "(" }, message: "m" },
        ],
      },
      "validationRules",
    ],
  ];
  for (const [patch, key] of cases) {
    const refused = await client.admin("POST", "/hubspot/config", patch);
    expect([refused.status, refused.body.error]).toEqual([400, expect.stringContaining(`"${key}`)]);
  }
  expect((await client.admin("POST", "/hubspot/config", [])).status).toBe(400);
  expect(await client.config({})).toEqual(defaults);
  expect((await client.config({ searchLagMs: 5 })).searchLagMs).toBe(5);
  await client.admin("POST", "/reset");
  expect(await client.config({})).toEqual(defaults);
});

test("stats count requests by endpoint, with ids out of sight, and the most that any window ever saw", async () => {
  await client.seed("contacts", { id: "1" });
  await client.hub("GET", `${contacts}/1`);
  await client.hub("GET", `${contacts}/1`);
  await client.hub("GET", "/crm/v3/objects/0-1/1");
  await client.hub("GET", `${contacts}/1`, undefined, { token: null });
  const stats = await client.stats();
  expect(stats).toMatchObject({ requests: 4, rateLimited: 0, dailyUsed: 3, dailyLimit: 625_000 });
  expect(stats.byEndpoint).toEqual({ [`GET ${contacts}/{id}`]: 3, "GET /crm/v3/objects/contacts/{id}": 1 });
  expect(stats.windows).toContainEqual({ name: "ten_secondly_rolling", windowMs: 10_000, limit: 190, max: 3 });
});

test("a reset empties records, schema, tokens, stats and configuration", async () => {
  await client.createKey();
  await client.hub("POST", calls, call("cl_a"));
  await client.config({ plainTokenRevoked: true });
  expect((await client.admin("POST", "/reset")).status).toBe(204);
  expect(await client.records("calls")).toEqual([]);
  expect((await client.hub("GET", "/crm/properties/2026-09/calls/callledger_key")).status).toBe(404);
  expect(await client.stats()).toMatchObject({ requests: 1, dailyUsed: 1 });
});

test("the demo knows callers in many spellings, two people with one number, and refuses the one long call", async () => {
  const demo = await openSandbox({ demo: true });
  const people = await demo.records("contacts");
  const shared = people.filter(({ phone }) => (phone ?? "").endsWith("161 496 0114"));
  expect(people.length).toBeGreaterThan(15);
  expect(shared).toHaveLength(2);
  expect(
    new Set(people.flatMap(({ mobilephone }) => mobilephone ?? []).map((typed: string) => typed.replace(/\d/g, "0")))
      .size,
  ).toBeGreaterThan(6);
  const refused = await demo.hub("POST", calls, call(undefined, { hs_call_duration: "5165000" }));
  expect([refused.status, refused.body.category, refused.body.errors[0].context.propertyName]).toEqual([
    400,
    "VALIDATION_ERROR",
    ["hs_call_duration"],
  ]);
  expect((await demo.hub("POST", calls, call(undefined, { hs_call_duration: "4276000" }))).status).toBe(201);
  await demo.admin("POST", "/reset");
  expect((await demo.records("contacts")).length).toBe(people.length);
  await demo.close();
});
