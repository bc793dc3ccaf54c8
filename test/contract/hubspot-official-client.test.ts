import { Client } from "@hubspot/api-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSandbox, type Client as Sandbox } from "../integration/sandbox/sandbox-client.ts";

let sandbox: Sandbox;
let client: Client;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.admin("POST", "/reset");
  await sandbox.config({ searchLagMs: 0 });
  client = new Client({ accessToken: sandbox.access.token, basePath: sandbox.access.baseUrl });
});

const timestamp = "2026-11-20T09:15:00Z";
const defined = (associationTypeId: number) => ({ associationCategory: "HUBSPOT_DEFINED" as any, associationTypeId });
const failure = (work: Promise<unknown>): Promise<any> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function createKey(): Promise<void> {
  const property = {
    name: "callledger_key",
    label: "Key",
    groupName: "call",
    type: "string" as any,
    fieldType: "text" as any,
    hasUniqueValue: true,
  };
  await client.crm.properties.coreApi.create("calls", property);
}

test("creates, reads, changes and archives", async () => {
  const made = await client.crm.contacts.basicApi.create({
    properties: { firstname: "Alice", email: "a@example.com" },
    associations: [],
  });
  expect(made.createdAt).toBeInstanceOf(Date);
  const read = await client.crm.contacts.basicApi.getById(made.id, ["firstname", "phone"]);
  expect(read.properties).toMatchObject({ firstname: "Alice", phone: null });
  const byEmail = await client.crm.contacts.basicApi.getById(
    "a@example.com",
    undefined,
    undefined,
    undefined,
    false,
    "email",
  );
  expect(byEmail.id).toBe(made.id);
  const changed = await client.crm.contacts.basicApi.update(made.id, { properties: { firstname: "Bob" } });
  expect(changed.properties["firstname"]).toBe("Bob");
  await client.crm.contacts.basicApi.archive(made.id);
  expect((await failure(client.crm.contacts.basicApi.getById(made.id))).code).toBe(404);
  expect(
    (await client.crm.contacts.basicApi.getPage(10, undefined, undefined, undefined, undefined, true)).results,
  ).toHaveLength(1);
});

test("pages through all records by its own loop", async () => {
  await sandbox.seed(
    "companies",
    Array.from({ length: 250 }, (_, n) => ({ name: `C${n}` })),
  );
  const all = await client.crm.companies.getAll(100, undefined, ["name"]);
  expect(all.map(({ properties }) => properties["name"])).toEqual(Array.from({ length: 250 }, (_, n) => `C${n}`));
});

test("searches", async () => {
  await sandbox.seed("contacts", [{ firstname: "Alice", phone: "(415) 555-1212" }, { firstname: "Bob" }]);
  const filters = [
    { propertyName: "hs_searchable_calculated_phone_number", operator: "EQ" as any, value: "4155551212" },
  ];
  const found = await client.crm.contacts.searchApi.doSearch({
    filterGroups: [{ filters }],
    sorts: ["-createdate"],
    properties: ["phone"],
    limit: 20,
    after: "0",
  });
  expect([found.total, found.results[0]?.properties["phone"]]).toEqual([1, "(415) 555-1212"]);
  const tooMuch = await failure(client.crm.contacts.searchApi.doSearch({ limit: 200, after: "10000" }));
  expect([tooMuch.code, tooMuch.body.category]).toEqual([400, "VALIDATION_ERROR"]);
});

test("works in batches, with errors of single rows, and reads by key", async () => {
  await createKey();
  const input = (key: string, more: Record<string, string> = {}) => ({
    properties: { callledger_key: key, hs_timestamp: timestamp, ...more },
    associations: [],
    objectWriteTraceId: key,
  });
  const batch = client.crm.objects.calls.batchApi;
  const made: any = await batch.create({ inputs: [input("cl_a"), input("cl_b", { hs_call_status: "nonsense" })] });
  expect([made.status, made.numErrors, made.results.length]).toEqual(["COMPLETE", 1, 1]);
  expect(made.errors[0].context).toEqual({ objectWriteTraceId: ["cl_b"] });
  const read: any = await batch.read({
    idProperty: "callledger_key",
    properties: ["callledger_key"],
    propertiesWithHistory: [],
    inputs: [{ id: "cl_a" }, { id: "cl_x" }],
  });
  expect([read.results[0].properties.callledger_key, read.errors[0].context]).toEqual(["cl_a", { ids: ["cl_x"] }]);
  const upsert = {
    id: "cl_a",
    idProperty: "callledger_key",
    properties: { callledger_key: "cl_a", hs_call_title: "New" },
    objectWriteTraceId: "cl_a",
  };
  const upserted: any = await batch.upsert({
    inputs: [upsert, { ...upsert, id: "cl_c", properties: { callledger_key: "cl_c", hs_timestamp: timestamp } }],
  });
  expect(new Map(upserted.results.map((row: any) => [row.properties.callledger_key, row["_new"]]))).toEqual(
    new Map([
      ["cl_a", false],
      ["cl_c", true],
    ]),
  );
  const updated = await batch.update({
    inputs: [{ id: "cl_a", idProperty: "callledger_key", properties: { hs_call_title: "Newer" } }],
  });
  expect(updated.results[0]?.properties["hs_call_title"]).toBe("Newer");
  await batch.archive({ inputs: [{ id: made.results[0].id }] });
  expect((await sandbox.records("calls")).map(({ callledger_key: key }) => key)).toEqual(["cl_c"]);
});

test("associates, on create and afterwards, one by one and in batches", async () => {
  const contact = await client.crm.contacts.basicApi.create({ properties: { firstname: "Alice" }, associations: [] });
  const company = await client.crm.companies.basicApi.create({ properties: { name: "Test Clinic" }, associations: [] });
  const call = await client.crm.objects.calls.basicApi.create({
    properties: { hs_timestamp: timestamp },
    associations: [{ to: { id: contact.id }, types: [defined(194)] }],
  });
  const v4 = client.crm.associations.v4;
  expect((await v4.basicApi.getPage("calls", call.id, "contacts")).results).toMatchObject([
    { toObjectId: contact.id, associationTypes: [{ typeId: 194 }] },
  ]);
  const byDefault = await v4.basicApi.createDefault("calls", call.id, "companies", company.id);
  expect(byDefault.results.map(({ associationSpec }) => associationSpec.associationTypeId)).toEqual([182, 181]);
  const labelled = await v4.basicApi.create("contacts", contact.id, "companies", company.id, [defined(1)]);
  expect(labelled.labels).toEqual(["Primary"]);
  const read = await v4.batchApi.getPage("contacts", "companies", { inputs: [{ id: contact.id }] });
  expect(read.results[0]?.to[0]?.toObjectId).toBe(company.id);
  await v4.batchApi.createDefault("calls", "contacts", {
    inputs: [{ _from: { id: call.id }, to: { id: contact.id } }],
  });
  await v4.basicApi.archive("calls", call.id, "contacts", contact.id);
  expect((await v4.basicApi.getPage("calls", call.id, "contacts")).results).toEqual([]);
  expect((await v4.schema.definitionsApi.getAll("calls", "contacts")).results).toMatchObject([{ typeId: 194 }]);
});

test("associates by name, as its older API does", async () => {
  await sandbox.seed("contacts", { id: "1" });
  await sandbox.seed("companies", { id: "2", name: "Test Clinic" });
  const { batchApi } = client.crm.associations;
  // The client writes `from` as `_from`, and types it as neither.
  const row: any = { _from: { id: "1" }, to: { id: "2" }, type: "contact_to_company" };
  const made = await batchApi.create("contacts", "companies", { inputs: [row] });
  expect(made.results).toMatchObject([row]);
  const read = await batchApi.read("contacts", "companies", { inputs: [{ id: "1" }] });
  expect(read.results).toMatchObject([{ _from: { id: "1" }, to: [{ id: "2", type: "contact_to_company" }] }]);
  await batchApi.archive("contacts", "companies", { inputs: [row] });
  const wrong: any = await batchApi.create("contacts", "companies", { inputs: [{ ...row, type: "contact_to_moon" }] });
  expect(wrong.errors[0].category).toBe("VALIDATION_ERROR");
});

test("reads and makes properties, groups, owners and pipelines", async () => {
  await createKey();
  expect(await client.crm.properties.coreApi.getByName("calls", "callledger_key")).toMatchObject({
    hasUniqueValue: true,
    groupName: "call",
  });
  expect((await client.crm.properties.groupsApi.getAll("calls")).results.map(({ name }) => name)).toEqual([
    "call",
    "callinformation",
  ]);
  expect((await failure(createKey())).code).toBe(409);
  expect((await client.crm.owners.ownersApi.getPage("alice@example.com")).results).toMatchObject([
    { id: "77", userId: 200_077 },
  ]);
  expect((await client.crm.pipelines.pipelinesApi.getAll("deals")).results[0]?.stages).toHaveLength(7);
  expect((await client.crm.schemas.coreApi.getAll()).results).toEqual([]);
});

test("works with companies and deals, by name, by type id and by a key of their own", async () => {
  const property = { label: "Account key", groupName: "companyinformation", type: "string" as any };
  await client.crm.properties.coreApi.create("companies", {
    ...property,
    name: "account_key",
    fieldType: "text" as any,
    hasUniqueValue: true,
  });
  const companies = client.crm.companies;
  const upsert = (name: string) =>
    companies.batchApi.upsert({
      inputs: [{ id: "acme-77", idProperty: "account_key", properties: { account_key: "acme-77", name } }],
    });
  const [made, changed] = [await upsert("Test Clinic"), await upsert("Test Clinic North")];
  expect(changed.results[0]?.id).toBe(made.results[0]?.id);
  const companyId = made.results[0]?.id ?? "";
  const deal = await client.crm.deals.basicApi.create({
    properties: { dealname: "Order", pipeline: "default", dealstage: "appointmentscheduled", amount: "100" },
    associations: [{ to: { id: companyId }, types: [defined(5)] }],
  });
  await client.crm.deals.basicApi.update(deal.id, { properties: { amount: "200" } });
  const large = { propertyName: "amount", operator: "GTE" as any, value: "150" };
  const found = await client.crm.deals.searchApi.doSearch({ filterGroups: [{ filters: [large] }], limit: 10 });
  expect(found.results.map(({ id }) => id)).toEqual([deal.id]);
  expect((await companies.searchApi.doSearch({ query: "north", limit: 5 })).total).toBe(1);
  const generic = client.crm.objects.basicApi;
  const call = await generic.create("calls", { properties: { hs_timestamp: timestamp }, associations: [] });
  expect((await generic.getPage("0-48", 5)).results.map(({ id }) => id)).toEqual([call.id]);
  const read = await generic.getById("deals", deal.id, undefined, undefined, ["companies"]);
  expect(new Set(read.associations?.["companies"]?.results.map(({ id }) => id))).toEqual(new Set([companyId]));
});

test("makes, reads, changes and archives properties in batches, reads owners, and asks for anything else", async () => {
  const inputs = ["first", "second"].map((name) => ({
    name,
    label: name,
    type: "string" as any,
    fieldType: "text" as any,
    groupName: "contactinformation",
  }));
  await client.crm.properties.batchApi.create("contacts", { inputs });
  await client.crm.properties.coreApi.update("contacts", "first", { label: "The first" });
  const read = await client.crm.properties.batchApi.read("contacts", {
    archived: false,
    inputs: [{ name: "first" }, { name: "second" }],
  });
  expect(read.results.map(({ label }) => label).toSorted()).toEqual(["The first", "second"]);
  await client.crm.properties.coreApi.archive("contacts", "second");
  expect((await failure(client.crm.properties.coreApi.getByName("contacts", "second"))).code).toBe(404);
  expect(await client.crm.owners.ownersApi.getById(77)).toMatchObject({ email: "alice@example.com" });
  const details = await client.apiRequest({ method: "GET", path: "/account-info/v3/details" });
  expect(await details.json()).toMatchObject({ portalId: 1_234_567 });
  const { headers } = await client.crm.contacts.basicApi.getPageWithHttpInfo(1);
  expect(headers["x-hubspot-ratelimit-max"]).toBe("190");
});

test("logs notes and tasks, reads them back from whom they are about, and finds them by it", async () => {
  const contact = await client.crm.contacts.basicApi.create({ properties: { firstname: "Alice" }, associations: [] });
  const { notes, tasks } = client.crm.objects;
  const about = (typeId: number) => [{ to: { id: contact.id }, types: [defined(typeId)] }];
  const note = await notes.basicApi.create({
    properties: { hs_timestamp: timestamp, hs_note_body: "Asked for an offer" },
    associations: about(202),
  });
  const batch = await tasks.batchApi.create({
    inputs: ["one", "two"].map((hs_task_subject) => ({
      properties: { hs_timestamp: timestamp, hs_task_subject },
      associations: about(204),
    })),
  });
  expect(batch.results).toHaveLength(2);
  const read = await client.crm.contacts.basicApi.getById(contact.id, [], undefined, ["notes", "tasks"]);
  expect(read.associations?.["notes"]?.results).toMatchObject([{ id: note.id, type: "contact_to_note" }]);
  expect(read.associations?.["tasks"]?.results).toHaveLength(2);
  const filters = [{ propertyName: "associations.contact", operator: "EQ" as any, value: contact.id }];
  const found = await tasks.searchApi.doSearch({
    filterGroups: [{ filters }],
    sorts: ["hs_task_subject"],
    properties: ["hs_task_subject"],
    limit: 1,
    after: "0",
  });
  expect([found.total, found.results[0]?.properties["hs_task_subject"], found.paging?.next?.after]).toEqual([
    2,
    "one",
    "1",
  ]);
  await tasks.basicApi.update(found.results[0]?.id ?? "", { properties: { hs_task_status: "COMPLETED" } });
  await notes.basicApi.archive(note.id);
  const archived = await notes.basicApi.getPage(10, undefined, ["hs_note_body"], undefined, undefined, true);
  expect(archived.results).toMatchObject([{ id: note.id, archived: true }]);
});

test("merges and deletes for good", async () => {
  await sandbox.seed("contacts", [{ id: "1", firstname: "Alice" }, { id: "2" }]);
  const merged = await client.crm.contacts.basicApi.merge({ primaryObjectId: "1", objectIdToMerge: "2" });
  expect(merged.properties["hs_merged_object_ids"]).toBe("1;2");
  await client.crm.contacts.basicApi.purge({ objectId: merged.id });
  expect(await sandbox.records("contacts")).toEqual([]);
});

test("signs in with a refresh token", async () => {
  const { clientId, clientSecret, refreshToken } = sandbox.access;
  const tokens = await client.oauth.tokensApi.create(
    "refresh_token",
    undefined,
    undefined,
    clientId,
    clientSecret,
    refreshToken,
  );
  client.setAccessToken(tokens.accessToken);
  expect((await client.crm.contacts.basicApi.getPage()).results).toEqual([]);
  expect((await client.oauth.accessTokensApi.get(tokens.accessToken)).hubId).toBe(1_234_567);
  const refused = await failure(
    client.oauth.tokensApi.create("refresh_token", undefined, undefined, clientId, clientSecret, "wrong"),
  );
  expect([refused.code, refused.body.status]).toEqual([400, "BAD_REFRESH_TOKEN"]);
});

test("fails with the codes and categories of the real API", async () => {
  const calls = client.crm.objects.calls.basicApi;
  const invalid = await failure(
    calls.create({ properties: { hs_timestamp: timestamp, nonsense: "x" }, associations: [] }),
  );
  expect([invalid.code, invalid.body.category, invalid.body.message]).toEqual([
    400,
    "VALIDATION_ERROR",
    expect.stringContaining("PROPERTY_DOESNT_EXIST"),
  ]);
  await createKey();
  await calls.create({ properties: { hs_timestamp: timestamp, callledger_key: "cl_a" }, associations: [] });
  const taken = await failure(
    calls.create({ properties: { hs_timestamp: timestamp, callledger_key: "cl_a" }, associations: [] }),
  );
  expect([taken.code, taken.body.message]).toEqual([400, expect.stringContaining("CONFLICTING_UNIQUE_VALUE")]);
  await sandbox.config({ tenSecondLimit: 0 });
  const limited = await failure(calls.getPage());
  expect([limited.code, limited.body.policyName]).toEqual([429, "TEN_SECONDLY_ROLLING"]);
  await sandbox.config({ tenSecondLimit: null, scopes: [] });
  expect((await failure(calls.getPage())).body.category).toBe("MISSING_SCOPES");
  await sandbox.config({ plainTokenRevoked: true });
  expect((await failure(calls.getPage())).code).toBe(401);
  await sandbox.config({ plainTokenRevoked: false, scopes: null });
  await sandbox.faults([{ kind: "status", status: 500 }]);
  expect((await failure(calls.getPage())).code).toBe(500);
});

test("its own retries get past a limit once the second is over", async () => {
  await sandbox.config({ searchPerSecondLimit: 1 });
  const patient = new Client({
    accessToken: sandbox.access.token,
    basePath: sandbox.access.baseUrl,
    numberOfApiCallRetries: 3,
  });
  const search = () => patient.crm.contacts.searchApi.doSearch({ limit: 1 });
  const [first, second] = await Promise.all([search(), search()]);
  expect([first.total, second.total]).toEqual([0, 0]);
  expect((await sandbox.stats()).rateLimited).toBeGreaterThan(0);
});

test("makes a pipeline, moves a deal through it, and takes it away again", async () => {
  const { pipelinesApi, pipelineStagesApi, pipelineAuditsApi } = client.crm.pipelines;
  const stage = (label: string, displayOrder: number, probability: string) => ({
    label,
    displayOrder,
    metadata: { probability },
  });
  const made = await pipelinesApi.create("deals", {
    label: "Renewals",
    displayOrder: 1,
    stages: [stage("Asked", 0, "0.3"), stage("Won", 1, "1.0")],
  });
  const offered = await pipelineStagesApi.create("deals", made.id, stage("Offered", 2, "0.6"));
  await pipelineStagesApi.update("deals", made.id, offered.id, { displayOrder: 0, metadata: { probability: "0.7" } });
  const stages = (await pipelineStagesApi.getAll("deals", made.id)).results;
  expect(stages.map(({ label }) => label)).toContain("Offered");
  const deal = await client.crm.deals.basicApi.create({
    properties: { dealname: "Order", pipeline: made.id, dealstage: offered.id },
    associations: [],
  });
  await client.crm.deals.basicApi.update(deal.id, { properties: { dealstage: made.stages[1]?.id ?? "" } });
  expect((await failure(pipelinesApi.archive("deals", made.id, true))).code).toBe(400);
  await client.crm.deals.basicApi.archive(deal.id);
  await pipelinesApi.archive("deals", made.id, true);
  expect((await pipelinesApi.getAll("deals")).results.map(({ id }) => id)).toEqual(["default"]);
  const audits = (await pipelineAuditsApi.getAudit("deals", made.id)).results;
  expect(audits.map(({ action }) => action)).toEqual(["CREATE", "DELETE"]);
});
