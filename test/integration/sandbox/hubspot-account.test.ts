import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, contacts, openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
});

test("portalId and portalTimeZone are what the account details tell", async () => {
  const details = async () => (await client.hub("GET", "/account-info/2026-09/details")).body;
  expect(await details()).toMatchObject({
    portalId: 1_234_567,
    timeZone: "US/Eastern",
    accountType: "STANDARD",
    uiDomain: "app.hubspot.com",
  });
  await client.config({ portalId: 42, portalTimeZone: "Asia/Kolkata" });
  expect(await details()).toMatchObject({
    portalId: 42,
    timeZone: "Asia/Kolkata",
    utcOffset: "+05:30",
    utcOffsetMilliseconds: 19_800_000,
  });
});

test("apiVersions: only these versions are answered, the others by the edge in HTML", async () => {
  for (const version of ["2025-09", "2026-03", "2026-09", "v3", "v4"])
    expect([version, (await client.hub("GET", `/crm/objects/${version}/contacts`)).status]).toEqual([version, 200]);
  const unknown = await client.hub("GET", "/crm/objects/2027-03/contacts");
  expect([unknown.status, unknown.headers.get("content-type"), unknown.text]).toEqual([
    404,
    "text/html;charset=utf-8",
    expect.stringContaining("<html>"),
  ]);
  await client.config({ apiVersions: ["2027-03"] });
  expect([
    (await client.hub("GET", "/crm/objects/2027-03/contacts")).status,
    (await client.hub("GET", "/crm/v3/objects/contacts")).status,
  ]).toEqual([200, 404]);
});

test("unknown paths are 404, wrong methods 405", async () => {
  expect((await client.hub("GET", "/crm/nothing/2026-09")).status).toBe(404);
  const wrong = await client.hub("PUT", contacts, {});
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, POST"]);
});

test("users are owners; one that is not active cannot own", async () => {
  const owners = async (query = "") => (await client.hub("GET", `/crm/owners/2026-09${query}`)).body.results;
  expect(await owners()).toMatchObject([
    { id: "77", email: "alice@example.com", type: "PERSON", firstName: "Alice", userId: 200_077, archived: false },
    { id: "78" },
  ]);
  expect(await owners("?email=BOB@example.com")).toMatchObject([{ id: "78" }]);
  await client.config({
    users: [
      { id: "5", name: "Eve Placeholder", email: "eve@example.com", active: false },
      { id: "6", name: "Dan", email: "dan@example.com", active: true },
    ],
  });
  expect((await owners()).map(({ id }: any) => id)).toEqual(["6"]);
  expect(await owners("?archived=true")).toMatchObject([{ id: "5", archived: true }]);
  expect((await client.hub("GET", "/crm/owners/2026-09/6")).body.email).toBe("dan@example.com");
  expect((await client.hub("GET", "/crm/owners/2026-09/200006?idProperty=userId")).body.id).toBe("6");
  expect((await client.hub("GET", "/crm/owners/2026-09/5")).status).toBe(404);
  expect((await client.hub("POST", calls, call(undefined, { hubspot_owner_id: "5" }))).status).toBe(400);
  expect((await client.hub("POST", calls, call(undefined, { hubspot_owner_id: "6" }))).status).toBe(201);
});

test("owners page", async () => {
  const first = await client.hub("GET", "/crm/v3/owners/?limit=1");
  const second = await client.hub("GET", `/crm/v3/owners/?limit=1&after=${first.body.paging.next.after}`);
  expect([first.body.results[0].id, second.body.results[0].id, second.body.paging]).toEqual(["77", "78", undefined]);
});

test("pipelines, schemas, limits and call outcomes can be read", async () => {
  const [pipeline] = (await client.hub("GET", "/crm/pipelines/2026-09/deals")).body.results;
  expect([pipeline.id, pipeline.stages.at(-2).id]).toEqual(["default", "closedwon"]);
  expect((await client.hub("GET", "/crm/pipelines/2026-09/deals/default/stages")).body.results).toHaveLength(7);
  expect((await client.hub("GET", "/crm/pipelines/2026-09/deals/other")).status).toBe(404);
  expect((await client.hub("GET", "/crm/pipelines/2026-09/calls")).status).toBe(400);
  expect((await client.hub("GET", "/crm-object-schemas/2026-09/schemas")).body).toEqual({ results: [] });
  expect((await client.hub("GET", "/crm/v3/schemas")).body).toEqual({ results: [] });
  await client.createKey();
  const limits = (await client.hub("GET", "/crm/limits/2026-09/custom-properties")).body.byObjectType;
  expect(limits.find(({ objectTypeId }: any) => objectTypeId === "0-48")).toMatchObject({ limit: 1000, usage: 1 });
  expect((await client.hub("GET", "/crm/limits/2026-09/records")).status).toBe(200);
  expect((await client.hub("GET", "/calling/v1/dispositions")).body).toContainEqual({
    id: "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    label: "Connected",
  });
});

test("lockedRecords: a write to them, or linked to them, is a 423", async () => {
  await client.seed("contacts", { id: "1" });
  await client.config({ lockedRecords: { contacts: ["1"] } });
  const link = {
    associations: [{ to: { id: "1" }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 194 }] }],
  };
  const statuses = async () => [
    (await client.hub("POST", calls, { ...call(undefined), ...link })).status,
    (await client.hub("PATCH", `${contacts}/1`, { properties: {} })).status,
    (await client.hub("GET", `${contacts}/1`)).status,
    (await client.hub("POST", `${contacts}/batch/archive`, { inputs: [{ id: "1" }] })).status,
    (await client.hub("DELETE", `${contacts}/1`)).status,
  ];
  expect(await statuses()).toEqual([423, 423, 200, 423, 423]);
  const partial = await client.hub("POST", `${calls}/batch/create`, {
    inputs: [
      { ...call(undefined), ...link, objectWriteTraceId: "a" },
      { ...call(undefined), objectWriteTraceId: "b" },
    ],
  });
  expect([partial.status, partial.body.errors[0].category, partial.body.results.length]).toEqual([207, "LOCKED", 1]);
  await client.config({ lockedRecords: {} });
  expect(await statuses()).toEqual([201, 200, 200, 204, 204]);
});

test("lockAboveConcurrentWrites: more writes at once to one object than that are 423", async () => {
  await client.config({ latencyMs: 600_000, lockAboveConcurrentWrites: 2 });
  const writes = Array.from({ length: 4 }, () => client.hub("POST", calls, call(undefined)));
  const others = [client.hub("POST", contacts, { properties: { firstname: "A" } }), client.hub("GET", calls)];
  await expect.poll(async () => (await client.stats()).requests).toBe(6);
  await client.advance(600_000);
  expect((await Promise.all(writes)).map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
    201, 201, 423, 423,
  ]);
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual([201, 200]);
  await client.config({ latencyMs: 0 });
  expect((await client.hub("POST", calls, call(undefined))).status).toBe(201);
  await client.config({ latencyMs: 600_000, lockAboveConcurrentWrites: null });
  const free = Array.from({ length: 4 }, () => client.hub("POST", calls, call(undefined)));
  await expect.poll(async () => (await client.stats()).requests).toBe(11);
  await client.advance(600_000);
  expect((await Promise.all(free)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
});

test("migratingForMs: 477 with the seconds that are left, until they have passed", async () => {
  await client.config({ migratingForMs: 90_000 });
  await client.advance(30_000);
  const reply = await client.hub("GET", contacts);
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([477, "60"]);
  await client.advance(60_000);
  expect((await client.hub("GET", contacts)).status).toBe(200);
  await client.config({ migratingForMs: 90_000 });
  await client.config({ migratingForMs: null });
  expect((await client.hub("GET", contacts)).status).toBe(200);
});

test("accountSuspended is a 403 BANNED, paymentRequired a 402", async () => {
  await client.config({ accountSuspended: true });
  expect((await client.hub("GET", contacts)).body).toMatchObject({ category: "BANNED", status: "error" });
  await client.config({ accountSuspended: false, paymentRequired: true });
  expect((await client.hub("GET", contacts)).status).toBe(402);
  await client.config({ paymentRequired: false });
  expect((await client.hub("GET", contacts)).status).toBe(200);
});
