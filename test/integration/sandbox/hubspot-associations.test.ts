import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, companies, contacts, deals, openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
let callId: string;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
  await client.seed("companies", [
    { id: "201", name: "Test Clinic" },
    { id: "202", name: "Northwind Test" },
  ]);
  await client.seed("contacts", [
    { id: "101", firstname: "Alice" },
    { id: "102", firstname: "Bob" },
  ]);
  await client.seed("deals", { id: "301", dealname: "Renewal" });
  callId = (await client.hub("POST", calls, call(undefined))).body.id;
});

const defined = (associationTypeId: number): object => ({ associationCategory: "HUBSPOT_DEFINED", associationTypeId });
const linked = async (from: string, id: string, to: string): Promise<any[]> =>
  (await client.hub("GET", `${from}/${id}/associations/${to}`)).body.results;
const typeIds = async (from: string, id: string, to: string): Promise<number[]> =>
  (await linked(from, id, to)).flatMap(({ associationTypes }) => associationTypes.map(({ typeId }: any) => typeId));

test("a default link has a type id of its own in each direction", async () => {
  const cases: readonly (readonly [string, string, string, string, number, number])[] = [
    [calls, callId, "contacts", "101", 194, 193],
    [calls, callId, "companies", "201", 182, 181],
    [calls, callId, "deals", "301", 206, 205],
    [deals, "301", "contacts", "101", 3, 4],
  ];
  for (const [from, fromId, to, toId, forth, back] of cases) {
    const reply = await client.hub("PUT", `${from}/${fromId}/associations/default/${to}/${toId}`);
    expect([reply.status, reply.body.status]).toEqual([200, "COMPLETE"]);
    expect(reply.body.results).toEqual([
      { from: { id: fromId }, to: { id: toId }, associationSpec: defined(forth) },
      { from: { id: toId }, to: { id: fromId }, associationSpec: defined(back) },
    ]);
    expect(await typeIds(from, fromId, to)).toEqual([forth]);
    expect(await typeIds(`/crm/objects/2026-09/${to}`, toId, from.split("/").at(-1) ?? "")).toEqual([back]);
  }
});

test("linking again changes nothing", async () => {
  for (let n = 0; n < 3; n++) await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/101`);
  expect(await linked(calls, callId, "contacts")).toEqual([
    { toObjectId: "101", associationTypes: [{ category: "HUBSPOT_DEFINED", typeId: 194, label: null }] },
  ]);
});

test("a first company becomes the primary one, and the contact tells it", async () => {
  await client.hub("PUT", `${contacts}/101/associations/default/companies/201`);
  await client.hub("PUT", `${contacts}/101/associations/default/companies/202`);
  expect(await linked(contacts, "101", "companies")).toMatchObject([
    {
      toObjectId: "201",
      associationTypes: [
        { typeId: 279, label: null },
        { typeId: 1, label: "Primary" },
      ],
    },
    { toObjectId: "202", associationTypes: [{ typeId: 279 }] },
  ]);
  expect(
    (await client.hub("GET", `${contacts}/101?properties=associatedcompanyid`)).body.properties.associatedcompanyid,
  ).toBe("201");
  await client.hub("PUT", `${deals}/301/associations/default/companies/201`);
  expect(await typeIds(deals, "301", "companies")).toEqual([341, 5]);
});

test("a link by type answers 201 with the pair, and a wrong type is refused", async () => {
  const path = `${calls}/${callId}/associations/contacts/101`;
  const reply = await client.hub("PUT", path, [defined(194)]);
  expect([reply.status, reply.body]).toEqual([
    201,
    { fromObjectTypeId: "0-48", fromObjectId: callId, toObjectTypeId: "0-1", toObjectId: "101", labels: [] },
  ]);
  for (const wrong of [
    [defined(193)],
    [defined(182)],
    [{ ...defined(194), associationCategory: "USER_DEFINED" }],
    [],
  ]) {
    const refused = await client.hub("PUT", path, wrong);
    expect([refused.status, refused.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  }
});

test("DELETE removes every link between the two, in both directions", async () => {
  await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/101`);
  expect((await client.hub("DELETE", `${calls}/${callId}/associations/contacts/101`)).status).toBe(204);
  expect([await linked(calls, callId, "contacts"), await linked(contacts, "101", "calls")]).toEqual([[], []]);
});

test("ends that are missing, archived or hidden are refused", async () => {
  await client.config({ hiddenRecords: { contacts: ["102"] } });
  await client.hub("DELETE", `${contacts}/101`);
  for (const id of ["999", "101", "102"]) {
    const byDefault = await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/${id}`);
    expect([byDefault.status, byDefault.body.category]).toEqual([400, "VALIDATION_ERROR"]);
    const create = await client.hub("POST", calls, {
      ...call(undefined),
      associations: [{ to: { id }, types: [defined(194)] }],
    });
    expect([create.status, create.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  }
  expect((await client.hub("PUT", `${calls}/999/associations/default/companies/201`)).status).toBe(404);
  expect(await client.records("calls")).toHaveLength(1);
});

test("a merged-away target is refused; links of both records are the survivor's", async () => {
  await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/101`);
  const { id } = (await client.admin("POST", "/hubspot/records/contacts/101/merge", { with: "102" })).body;
  expect((await linked(calls, callId, "contacts")).map(({ toObjectId }) => toObjectId)).toEqual([id]);
  expect((await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/102`)).status).toBe(400);
});

test("an archived record is not among the links", async () => {
  await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/101`);
  await client.hub("DELETE", `${contacts}/101`);
  expect(await linked(calls, callId, "contacts")).toEqual([]);
});

test("v3 answers ids and names, with the older shape of a list", async () => {
  await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/101`);
  expect((await client.hub("GET", `/crm/v3/objects/calls/${callId}/associations/contacts`)).body.results).toEqual([
    { id: "101", type: "call_to_contact" },
  ]);
  expect(
    (await client.hub("GET", `/crm/v4/objects/calls/${callId}/associations/contacts`)).body.results[0].toObjectId,
  ).toBe("101");
});

test("a list of links pages", async () => {
  await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/101`);
  await client.hub("PUT", `${calls}/${callId}/associations/default/contacts/102`);
  const first = await client.hub("GET", `${calls}/${callId}/associations/contacts?limit=1`);
  const second = await client.hub(
    "GET",
    `${calls}/${callId}/associations/contacts?limit=1&after=${first.body.paging.next.after}`,
  );
  expect([first.body.results[0].toObjectId, second.body.results[0].toObjectId, second.body.paging]).toEqual([
    "101",
    "102",
    undefined,
  ]);
});

test("labels name the types of a pair, and the account may add its own", async () => {
  const path = "/crm/associations/2026-09/contacts/companies/labels";
  const list = async () => (await client.hub("GET", path)).body.results;
  expect((await client.hub("GET", "/crm/associations/2026-09/calls/contacts/labels")).body.results).toEqual([
    { category: "HUBSPOT_DEFINED", typeId: 194, label: null },
  ]);
  expect(await list()).toContainEqual({ category: "HUBSPOT_DEFINED", typeId: 1, label: "Primary" });
  const [made] = (await client.hub("POST", path, { name: "buyer", label: "Buyer", inverseLabel: "Buys here" })).body
    .results;
  expect(await list()).toContainEqual({ category: "USER_DEFINED", typeId: made.typeId, label: "Buyer" });
  const linkedByLabel = await client.hub("PUT", `${contacts}/101/associations/companies/201`, [
    { associationCategory: "USER_DEFINED", associationTypeId: made.typeId },
  ]);
  expect(linkedByLabel.body.labels).toEqual(["Buyer"]);
  expect(await typeIds(contacts, "101", "companies")).toEqual([made.typeId, 279, 1]);
  expect((await client.hub("PUT", path, { associationTypeId: made.typeId, label: "Decides" })).status).toBe(204);
  expect(await list()).toContainEqual({ category: "USER_DEFINED", typeId: made.typeId, label: "Decides" });
  expect((await client.hub("DELETE", `${path}/${made.typeId}`)).status).toBe(204);
  expect((await client.hub("DELETE", `${path}/1`)).status).toBe(404);
});

const pair = { from: { id: "101" }, to: { id: "201" } };

test("batches link by default and by type, read, and remove; bad rows are a 207", async () => {
  const base = "/crm/associations/2026-09/contacts/companies/batch";
  const missing = { from: { id: "101" }, to: { id: "999" } };
  const byDefault = await client.hub("POST", `${base}/associate/default`, { inputs: [pair, missing] });
  expect([byDefault.status, byDefault.body.results.length, byDefault.body.errors[0].context]).toEqual([
    207,
    2,
    { id: ["999"], fromObjectId: ["101"], toObjectId: ["999"] },
  ]);
  const typed = await client.hub("POST", `${base}/create`, {
    inputs: [{ from: { id: "102" }, to: { id: "202" }, types: [defined(279)] }],
  });
  expect([typed.status, typed.body.results[0]]).toMatchObject([
    201,
    { fromObjectId: "102", toObjectId: "202", labels: [] },
  ]);
  const read = await client.hub("POST", `${base}/read`, { inputs: [{ id: "101" }, { id: "102" }, { id: "103" }] });
  const found = new Map(read.body.results.map((row: any) => [row.from.id, row.to[0].toObjectId]));
  expect([read.status, found]).toEqual([
    200,
    new Map([
      ["101", "201"],
      ["102", "202"],
    ]),
  ]);
  expect(
    (await client.hub("POST", `${base}/labels/archive`, { inputs: [{ ...pair, types: [defined(1)] }] })).status,
  ).toBe(204);
  expect(await typeIds(contacts, "101", "companies")).toEqual([279]);
  expect(
    (await client.hub("POST", `${base}/archive`, { inputs: [{ from: { id: "101" }, to: [{ id: "201" }] }] })).status,
  ).toBe(204);
  expect(await linked(contacts, "101", "companies")).toEqual([]);
});

test("associationBatchReadMax and associationBatchCreateMax cap the batches of links", async () => {
  const base = "/crm/associations/2026-09/contacts/companies/batch";
  const read = (count: number) =>
    client.hub("POST", `${base}/read`, { inputs: Array.from({ length: count }, (_, n) => ({ id: String(n + 1) })) });
  const create = (count: number) =>
    client.hub("POST", `${base}/associate/default`, { inputs: Array.from({ length: count }, () => pair) });
  expect([(await read(100)).status, (await read(101)).status]).toEqual([200, 400]);
  expect([(await create(2000)).status, (await create(2001)).status]).toEqual([200, 400]);
  await client.config({ associationBatchReadMax: 1000, associationBatchCreateMax: 100 });
  expect([(await read(101)).status, (await create(101)).status]).toEqual([200, 400]);
});

test("a logged call touches the contact it is linked to", async () => {
  const modified = async (): Promise<number> =>
    Date.parse((await client.hub("GET", `${contacts}/101`)).body.properties.lastmodifieddate);
  const before = await modified();
  await client.advance(60_000);
  await client.hub("POST", calls, { ...call(undefined), associations: [{ to: { id: "101" }, types: [defined(194)] }] });
  expect(await modified()).toBeGreaterThanOrEqual(before + 60_000);
});

test("autoAssociateCompany links a contact's call to the primary company as well", async () => {
  await client.hub("PUT", `${contacts}/101/associations/default/companies/201`);
  const create = async (): Promise<string> =>
    (
      await client.hub("POST", calls, {
        ...call(undefined),
        associations: [{ to: { id: "101" }, types: [defined(194)] }],
      })
    ).body.id;
  expect(await linked(calls, await create(), "companies")).toEqual([]);
  await client.config({ autoAssociateCompany: true });
  expect((await linked(calls, await create(), "companies")).map(({ toObjectId }) => toObjectId)).toEqual(["201"]);
  expect(await typeIds(companies, "201", "calls")).toEqual([181]);
});
