import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, codes, companies, contacts, deals, openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
  await client.config({ tenSecondLimit: 1_000_000 });
});

const create = async (path: string, properties: object): Promise<any> => {
  const reply = await client.hub("POST", path, { properties });
  expect(reply.status).toBe(201);
  return reply.body;
};

test("a created record answers its properties as text, its dates, and its address in HubSpot", async () => {
  const made = await create(calls, {
    hs_timestamp: 1_763_630_100_000,
    hs_call_duration: 183_000,
    hs_call_direction: "INBOUND",
    hubspot_owner_id: "77",
  });
  expect(made.properties).toMatchObject({
    hs_timestamp: "2025-11-20T09:15:00Z",
    hs_call_duration: "183000",
    hs_object_id: made.id,
  });
  expect(made).toMatchObject({
    archived: false,
    createdAt: made.properties.hs_createdate,
    url: expect.stringContaining(`/record/0-48/${made.id}`),
  });
});

test("a record tells whether an integration or a person made it", async () => {
  const { id } = await create(contacts, { firstname: "Alice" });
  const seeded = await client.seed("contacts", { firstname: "Bob" });
  const source = async (of: string) =>
    (await client.hub("GET", `${contacts}/${of}?properties=hs_object_source_label`)).body.properties;
  expect([(await source(id)).hs_object_source_label, (await source(seeded.id)).hs_object_source_label]).toEqual([
    "Integration",
    "CRM UI",
  ]);
});

test("names, singulars and type ids mean the same object; numbered paths answer like the dated ones", async () => {
  const { id } = await create(contacts, { firstname: "Alice" });
  for (const path of [
    "/crm/objects/2026-09/0-1",
    "/crm/objects/2025-09/contact",
    "/crm/v3/objects/contacts",
    "/crm/v4/objects/contacts",
    "/crm/objects/2026-03/contacts",
  ]) {
    const reply = await client.hub("GET", `${path}/${id}`);
    expect([path, reply.status, reply.body.id]).toEqual([path, 200, id]);
  }
  const unknown = await client.hub("GET", "/crm/objects/2026-09/widgets/1");
  expect([unknown.status, unknown.body.message]).toEqual([400, "Unable to infer object type from: widgets"]);
});

test("a read answers the default properties, or those asked for with empty ones as null and unknown ones left out", async () => {
  const { id } = await create(contacts, { firstname: "Alice", phone: "07700 900134" });
  expect(Object.keys((await client.hub("GET", `${contacts}/${id}`)).body.properties).toSorted()).toEqual([
    "createdate",
    "email",
    "firstname",
    "hs_object_id",
    "lastmodifieddate",
    "lastname",
  ]);
  const asked = await client.hub("GET", `${contacts}/${id}?properties=phone,jobtitle&properties=nonsense`);
  expect(asked.body.properties).toMatchObject({ phone: "07700 900134", jobtitle: null, hs_object_id: id });
  expect(asked.body.properties).not.toHaveProperty("nonsense");
});

test("PATCH changes only what it names; an empty text clears", async () => {
  const { id } = await create(contacts, { firstname: "Alice", lastname: "Example" });
  await client.advance(1000);
  const changed = await client.hub("PATCH", `${contacts}/${id}`, { properties: { lastname: "" } });
  expect(changed.body.properties).toMatchObject({ firstname: "Alice" });
  expect(changed.body.properties).not.toHaveProperty("lastname");
  expect(Date.parse(changed.body.updatedAt)).toBeGreaterThan(Date.parse(changed.body.createdAt));
  expect((await client.hub("PATCH", `${contacts}/1`, { properties: {} })).body.category).toBe("OBJECT_NOT_FOUND");
});

test("a unique property finds, changes and guards its record", async () => {
  await client.createKey();
  const made = await create(calls, call("cl_a").properties);
  const byKey = `${calls}/cl_a?idProperty=callledger_key`;
  expect((await client.hub("GET", `${byKey}&properties=callledger_key`)).body).toMatchObject({
    id: made.id,
    properties: { callledger_key: "cl_a" },
  });
  expect((await client.hub("PATCH", byKey, { properties: { hs_call_title: "New" } })).body.id).toBe(made.id);
  expect((await client.hub("GET", `${calls}/cl_b?idProperty=callledger_key`)).status).toBe(404);
  const again = await client.hub("POST", calls, call("cl_a"));
  expect([again.status, again.body.category, codes(again)]).toEqual([
    400,
    "VALIDATION_ERROR",
    ["CONFLICTING_UNIQUE_VALUE"],
  ]);
  expect(again.body.message).toContain("already has that value");
  expect((await client.hub("GET", `${calls}/x?idProperty=hs_call_title`)).status).toBe(400);
});

test("uniqueConflictStatus 409 answers CONFLICT instead", async () => {
  await client.createKey();
  await create(calls, call("cl_a").properties);
  await client.config({ uniqueConflictStatus: 409 });
  const again = await client.hub("POST", calls, call("cl_a"));
  expect([again.status, again.body.category, codes(again)]).toEqual([409, "CONFLICT", ["CONFLICTING_UNIQUE_VALUE"]]);
});

test("a second contact with an email is a 409 that names the first", async () => {
  const { id } = await create(contacts, { email: "A@example.com" });
  const again = await client.hub("POST", contacts, { properties: { email: "a@EXAMPLE.com" } });
  expect([again.status, again.body.category, again.body.message]).toEqual([
    409,
    "CONFLICT",
    `Contact already exists. Existing ID: ${id}`,
  ]);
  expect((await client.hub("GET", `${contacts}/A@example.com?idProperty=email`)).body.id).toBe(id);
});

test("two creates with one key at the same time make one record", async () => {
  await client.createKey();
  const replies = await Promise.all(Array.from({ length: 8 }, () => client.hub("POST", calls, call("cl_a"))));
  expect(replies.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
    201, 400, 400, 400, 400, 400, 400, 400,
  ]);
  expect(await client.records("calls")).toHaveLength(1);
});

test("every wrong property is named with its code", async () => {
  const reply = await client.hub("POST", calls, {
    properties: {
      nonsense: "x",
      hs_timestamp: "yesterday",
      hs_call_duration: "1.5",
      hs_call_direction: "inbound",
      hs_object_id: "1",
      hubspot_owner_id: "999",
      hs_call_body: "x".repeat(65_537),
    },
  });
  expect([reply.status, reply.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  expect(codes(reply)).toEqual([
    "PROPERTY_DOESNT_EXIST",
    "INVALID_DATE",
    "INVALID_LONG",
    "INVALID_OPTION",
    "READ_ONLY_VALUE",
    "INVALID_OPTION",
    "VALUE_TOO_LONG",
    "REQUIRED_FIELD",
  ]);
  expect(reply.body.errors[0]).toMatchObject({
    code: "PROPERTY_DOESNT_EXIST",
    context: { propertyName: ["nonsense"] },
  });
  const others = await client.hub("POST", contacts, { properties: { email: "not an address" } });
  expect(codes(others)).toEqual(["INVALID_EMAIL"]);
  expect(codes(await client.hub("POST", companies, { properties: { name: "x", annualrevenue: "1,000" } }))).toEqual([
    "INVALID_INTEGER",
  ]);
});

test("each object wants its minimum", async () => {
  expect(codes(await client.hub("POST", calls, { properties: {} }))).toEqual(["REQUIRED_FIELD"]);
  expect(codes(await client.hub("POST", companies, { properties: { city: "x" } }))).toEqual(["REQUIRED_FIELD"]);
  await create(companies, { domain: "example.com" });
  expect(codes(await client.hub("POST", deals, { properties: { dealname: "x", dealstage: "nonsense" } }))).toEqual([
    "INVALID_OPTION",
    "REQUIRED_FIELD",
    "REQUIRED_FIELD",
  ]);
  await create(deals, { dealname: "x", pipeline: "default", dealstage: "closedwon" });
});

test("a body that is no JSON, or of another type, is refused", async () => {
  const broken = await client.hub("POST", calls, "{");
  expect([broken.status, broken.body.category, broken.body.message]).toEqual([
    400,
    "VALIDATION_ERROR",
    expect.stringContaining("Invalid input JSON"),
  ]);
  expect((await client.hub("POST", calls, { properties: [] })).status).toBe(400);
  expect((await client.hub("POST", calls, "<x/>", { headers: { "content-type": "text/xml" } })).status).toBe(415);
  expect((await client.hub("POST", calls, `{"properties":{"hs_call_body":"${"x".repeat(10_000_001)}"}}`)).status).toBe(
    413,
  );
  await client.config({ maxBodyBytes: 50 });
  expect((await client.hub("POST", calls, { properties: { hs_call_title: "x".repeat(50) } })).status).toBe(413);
  expect((await client.hub("POST", contacts, { properties: { firstname: "x" } })).status).toBe(201);
  expect((await client.hub("GET", `${calls}?properties=${"x".repeat(16_385)}`)).status).toBe(414);
});

test("the list pages by id until there is no more", async () => {
  for (let n = 0; n < 7; n++) await create(contacts, { firstname: `P${n}` });
  const seen: string[] = [];
  let after = "";
  for (;;) {
    const { body } = await client.hub("GET", `${contacts}?limit=3${after}`);
    seen.push(...body.results.map((record: any) => record.properties.firstname));
    if (body.paging === undefined) break;
    expect(body.paging.next.link).toContain(`after=${body.paging.next.after}`);
    after = `&after=${body.paging.next.after}`;
  }
  expect(seen).toEqual(["P0", "P1", "P2", "P3", "P4", "P5", "P6"]);
  expect((await client.hub("GET", `${contacts}?limit=101`)).status).toBe(400);
  expect((await client.hub("GET", `${contacts}?after=x`)).status).toBe(400);
});

test("a list brings associations when asked", async () => {
  const company = await client.seed("companies", { name: "Test Clinic" });
  await client.seed("contacts", { firstname: "Alice", associations: { companies: [company.id] } });
  const { body } = await client.hub("GET", `${contacts}?associations=companies`);
  expect(body.results[0].associations.companies.results).toContainEqual({ id: company.id, type: "contact_to_company" });
});

test("archived records are gone from reads, lists and links, and are found when asked for; their key is free again", async () => {
  await client.createKey();
  const { id } = await create(calls, call("cl_a").properties);
  expect((await client.hub("DELETE", `${calls}/${id}`)).status).toBe(204);
  expect((await client.hub("DELETE", `${calls}/${id}`)).status).toBe(204);
  expect((await client.hub("GET", `${calls}/${id}`)).status).toBe(404);
  expect((await client.hub("GET", calls)).body.results).toEqual([]);
  const archived = await client.hub("GET", `${calls}/cl_a?idProperty=callledger_key&archived=true`);
  expect(archived.body).toMatchObject({ id, archived: true, archivedAt: expect.any(String) });
  expect((await client.hub("GET", `${calls}?archived=true`)).body.results).toHaveLength(1);
  expect((await client.hub("PATCH", `${calls}/${id}`, { properties: {} })).status).toBe(404);
  const again = await create(calls, call("cl_a").properties);
  expect(again.id).not.toBe(id);
});

test("a merge makes a record with a new id that knows the old ones; mergedIdRedirects shows it under those", async () => {
  const first = await create(contacts, { firstname: "Alice", email: "a@example.com" });
  const second = await create(contacts, { firstname: "Ally", phone: "1", email: "b@example.com" });
  const merged = await client.hub("POST", `${contacts}/merge`, {
    primaryObjectId: first.id,
    objectIdToMerge: second.id,
  });
  expect(merged.status).toBe(200);
  const survivor: string = merged.body.id;
  expect([first.id, second.id]).not.toContain(survivor);
  expect(merged.body.properties).toMatchObject({
    firstname: "Alice",
    phone: "1",
    hs_merged_object_ids: `${first.id};${second.id}`,
    hs_additional_emails: "b@example.com",
  });
  expect((await client.hub("GET", `${contacts}/${second.id}`)).body.id).toBe(survivor);
  expect((await client.hub("GET", `${contacts}?archived=true`)).body.results).toEqual([]);
  expect((await client.hub("PATCH", `${contacts}/${first.id}`, { properties: {} })).status).toBe(404);
  await client.config({ mergedIdRedirects: false });
  expect((await client.hub("GET", `${contacts}/${second.id}`)).status).toBe(404);
});

test("merges of merges are followed to the end", async () => {
  const ids = [];
  for (const name of ["A", "B", "C"]) ids.push((await create(contacts, { firstname: name })).id);
  const once = await client.hub("POST", `${contacts}/merge`, { primaryObjectId: ids[0], objectIdToMerge: ids[1] });
  const twice = await client.hub("POST", `${contacts}/merge`, {
    primaryObjectId: ids[2],
    objectIdToMerge: once.body.id,
  });
  expect((await client.hub("GET", `${contacts}/${ids[1]}`)).body.id).toBe(twice.body.id);
});

test("mergeKeepsPrimaryId preserves the primary's id", async () => {
  await client.config({ mergeKeepsPrimaryId: true });
  const first = await create(companies, { name: "A" });
  const second = await create(companies, { name: "B" });
  const merged = await client.hub("POST", `${companies}/merge`, {
    primaryObjectId: first.id,
    objectIdToMerge: second.id,
  });
  expect(merged.body).toMatchObject({ id: first.id, properties: { name: "A", hs_merged_object_ids: second.id } });
});

test("calculatedMergedVids adds the property to contacts", async () => {
  await client.seed("contacts", [{ id: "1" }, { id: "2" }]);
  const { id } = (await client.admin("POST", "/hubspot/records/contacts/1/merge", { with: "2" })).body;
  const read = async () =>
    (await client.hub("GET", `${contacts}/${id}?properties=hs_calculated_merged_vids`)).body.properties;
  expect(await read()).not.toHaveProperty("hs_calculated_merged_vids");
  await client.config({ calculatedMergedVids: true });
  expect((await read()).hs_calculated_merged_vids).toMatch(/^1:\d+;2:\d+$/);
});

test("merging wants two live records of an object that can be merged", async () => {
  const { id } = await create(contacts, { firstname: "A" });
  const merge = (path: string, other: string) =>
    client.hub("POST", `${path}/merge`, { primaryObjectId: id, objectIdToMerge: other });
  expect((await merge(contacts, id)).status).toBe(400);
  expect((await merge(contacts, "1")).status).toBe(404);
  expect((await merge(calls, "1")).status).toBe(404);
});

test("a privacy delete leaves nothing behind, not even among the archived", async () => {
  const { id } = await create(contacts, { email: "a@example.com" });
  expect(
    (await client.hub("POST", `${contacts}/gdpr-delete`, { objectId: "a@example.com", idProperty: "email" })).status,
  ).toBe(204);
  expect((await client.hub("GET", `${contacts}/${id}?archived=true`)).status).toBe(404);
  expect((await client.hub("POST", `${companies}/gdpr-delete`, { objectId: "1" })).status).toBe(404);
});

test("history tells who wrote each value, newest first; historySources names the writers", async () => {
  const { id } = await create(calls, call(undefined, { hs_call_body: "ours" }).properties);
  await client.admin("PATCH", `/hubspot/records/calls/${id}`, { hs_call_body: "theirs" });
  const read = async () =>
    (await client.hub("GET", `${calls}/${id}?propertiesWithHistory=hs_call_body,nonsense`)).body.propertiesWithHistory;
  expect(await read()).toMatchObject({
    hs_call_body: [
      { value: "theirs", sourceType: "CRM_UI", updatedByUserId: 200_077 },
      { value: "ours", sourceType: "INTEGRATION", sourceLabel: "CallLedger" },
    ],
  });
  await client.config({ historySources: { own: "API", user: "CONTACTS_WEB" } });
  expect((await read()).hs_call_body.map((entry: any) => entry.sourceType)).toEqual(["CONTACTS_WEB", "API"]);
});

test("readLagMs hides a write from reads by id, key and list until it has passed; writes see it at once", async () => {
  await client.createKey();
  await client.config({ readLagMs: 5000 });
  const { id } = await create(calls, call("cl_a").properties);
  const reads = async () => [
    (await client.hub("GET", `${calls}/${id}`)).status,
    (await client.hub("GET", `${calls}/cl_a?idProperty=callledger_key`)).status,
    (await client.hub("GET", calls)).body.results.length,
    (await client.hub("POST", `${calls}/batch/read`, { idProperty: "callledger_key", inputs: [{ id: "cl_a" }] }))
      .status,
  ];
  expect(await reads()).toEqual([404, 404, 0, 207]);
  expect((await client.hub("POST", calls, call("cl_a"))).status).toBe(400);
  await client.advance(5000);
  expect(await reads()).toEqual([200, 200, 1, 200]);
  await client.config({ readLagMs: 0 });
  await client.hub("PATCH", `${calls}/${id}`, { properties: { hs_call_title: "now" } });
  expect((await client.hub("GET", `${calls}/${id}?properties=hs_call_title`)).body.properties.hs_call_title).toBe(
    "now",
  );
});
