import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, codes, companies, contacts, openSandbox, type Client, type Reply } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
});

const base = "/crm/properties/2026-09";
const property = (name: string, more: object = {}): object => ({
  name,
  label: name,
  groupName: "call",
  type: "string",
  fieldType: "text",
  ...more,
});
const create = (name: string, more: object = {}, object = "calls"): Promise<Reply> =>
  client.hub("POST", `${base}/${object}`, property(name, more));

test("HubSpot's own properties tell type, options and what may be changed", async () => {
  const { body } = await client.hub("GET", `${base}/calls/hs_call_direction`);
  expect(body).toMatchObject({
    type: "enumeration",
    fieldType: "select",
    hubspotDefined: true,
    archived: false,
    groupName: "call",
  });
  expect(body.options.map(({ value }: any) => value)).toEqual(["INBOUND", "OUTBOUND"]);
  expect(body.modificationMetadata).toEqual({
    archivable: false,
    readOnlyDefinition: true,
    readOnlyValue: false,
    readOnlyOptions: true,
  });
  const { results } = (await client.hub("GET", `${base}/contacts`)).body;
  const phone = results.find(({ name }: any) => name === "hs_searchable_calculated_phone_number");
  expect([phone.calculated, phone.modificationMetadata.readOnlyValue]).toEqual([true, true]);
  expect(results.find(({ name }: any) => name === "hubspot_owner_id")).toMatchObject({
    externalOptions: true,
    referencedObjectType: "OWNER",
  });
  const missing = await client.hub("GET", `${base}/calls/callledger_key`);
  expect([missing.status, missing.body.category]).toEqual([404, "OBJECT_NOT_FOUND"]);
});

test("a created property is there at once; the same name again is a 409", async () => {
  const made = await create("callledger_key", { hasUniqueValue: true, hidden: true });
  expect([made.status, made.body]).toMatchObject([
    201,
    { name: "callledger_key", hasUniqueValue: true, hubspotDefined: false, modificationMetadata: { archivable: true } },
  ]);
  const again = await create("callledger_key");
  expect([again.status, again.body.category, again.body.subCategory, again.body.message]).toEqual([
    409,
    "OBJECT_ALREADY_EXISTS",
    "Properties.PROPERTY_WITH_NAME_EXISTS",
    "A property named 'callledger_key' already exists.",
  ]);
  expect((await client.hub("POST", calls, call("cl_a"))).status).toBe(201);
});

test("a property without a known group, a proper name, options it needs, or of a type that cannot be unique is refused", async () => {
  for (const [name, more] of [
    ["a", { groupName: "nonsense" }],
    ["Upper", {}],
    ["b", { type: "enumeration", fieldType: "select" }],
    ["c", { type: "datetime", fieldType: "date", hasUniqueValue: true }],
    ["d", { type: "shape" }],
  ] as const) {
    const refused = await create(name, more);
    expect([name, refused.status, refused.body.category]).toEqual([name, 400, "VALIDATION_ERROR"]);
  }
});

test("at most ten unique properties an object", async () => {
  for (let n = 0; n < 10; n++) expect((await create(`key_${n}`, { hasUniqueValue: true })).status).toBe(201);
  expect((await create("key_10", { hasUniqueValue: true })).status).toBe(400);
  expect((await create("plain")).status).toBe(201);
});

test("uniqueCallProperty false: the portal refuses unique properties on calls", async () => {
  await client.config({ uniqueCallProperty: false });
  const refused = await create("callledger_key", { hasUniqueValue: true });
  expect([refused.status, refused.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  expect(
    (await create("callledger_key", { hasUniqueValue: true, groupName: "companyinformation" }, "companies")).status,
  ).toBe(201);
  await client.config({ uniqueCallProperty: true });
  expect((await create("callledger_key", { hasUniqueValue: true })).status).toBe(201);
});

test("an archived property is gone from writes and reads, and its name brings the old definition back", async () => {
  await create("callledger_key", { hasUniqueValue: true, label: "Old" });
  const { id } = (await client.hub("POST", calls, call("cl_a"))).body;
  expect((await client.hub("DELETE", `${base}/calls/callledger_key`)).status).toBe(204);
  expect(codes(await client.hub("POST", calls, call("cl_b")))).toEqual(["PROPERTY_DOESNT_EXIST"]);
  expect((await client.hub("GET", `${calls}/${id}?properties=callledger_key`)).body.properties).not.toHaveProperty(
    "callledger_key",
  );
  expect((await client.hub("GET", `${calls}/cl_a?idProperty=callledger_key`)).status).toBe(400);
  expect((await client.hub("GET", `${base}/calls?archived=true`)).body.results).toMatchObject([
    { name: "callledger_key", archived: true },
  ]);
  const back = await create("callledger_key", { label: "New" });
  expect([back.status, back.body.label, back.body.hasUniqueValue]).toEqual([201, "Old", true]);
  expect((await client.hub("GET", `${calls}/cl_a?idProperty=callledger_key`)).body.id).toBe(id);
});

test("a property that an admin's rule uses, or that is HubSpot's, cannot be archived", async () => {
  await create("region");
  await client.config({
    conditionalRequired: [
      { object: "calls", when: { property: "hs_call_status", value: "COMPLETED" }, property: "region" },
    ],
  });
  const used = await client.hub("DELETE", `${base}/calls/region`);
  expect([used.status, used.body.subCategory]).toEqual([400, "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"]);
  expect((await client.hub("DELETE", `${base}/calls/hs_call_title`)).status).toBe(400);
  expect((await client.hub("DELETE", `${base}/calls/nonsense`)).status).toBe(404);
});

test("a change replaces the whole list of options, or keeps it when it brings none", async () => {
  const option = (value: string): object => ({ value, label: value, hidden: false });
  await create("region", { type: "enumeration", fieldType: "select", options: [option("north"), option("south")] });
  const renamed = await client.hub("PATCH", `${base}/calls/region`, { label: "Region" });
  expect([renamed.body.label, renamed.body.options.length]).toEqual(["Region", 2]);
  const replaced = await client.hub("PATCH", `${base}/calls/region`, { options: [option("east")] });
  expect(replaced.body.options.map(({ value }: any) => value)).toEqual(["east"]);
  expect(codes(await client.hub("POST", calls, call(undefined, { region: "north" })))).toEqual(["INVALID_OPTION"]);
});

test("types of values: yes or no, several options, days and moments", async () => {
  const option = (value: string): object => ({ value, label: value });
  await create("vip", { type: "bool", fieldType: "booleancheckbox" });
  await create("topics", { type: "enumeration", fieldType: "checkbox", options: [option("a"), option("b")] });
  await create("day", { type: "date", fieldType: "date" });
  const good = await client.hub(
    "POST",
    calls,
    call(undefined, { vip: true, topics: "a;b", day: Date.parse("2026-11-20") }),
  );
  expect(good.body.properties).toMatchObject({ vip: "true", topics: "a;b", day: "2026-11-20" });
  expect(
    codes(
      await client.hub("POST", calls, call(undefined, { vip: "maybe", topics: "a;x", day: "2026-11-20T09:00:00Z" })),
    ),
  ).toEqual(["INVALID_OPTION", "INVALID_OPTION", "INVALID_DATE"]);
});

test("callPropertyGroups: the portal's groups of calls, the first of which holds hs_call_title", async () => {
  const groups = async () =>
    (await client.hub("GET", `${base}/calls/groups`)).body.results.map(({ name }: any) => name);
  expect(await groups()).toEqual(["call", "callinformation"]);
  await client.config({ callPropertyGroups: ["engagement"] });
  expect(await groups()).toEqual(["engagement"]);
  expect((await client.hub("GET", `${base}/calls/hs_call_title`)).body.groupName).toBe("engagement");
  expect((await create("callledger_key")).status).toBe(400);
});

test("groups can be made, changed, and deleted once they are empty", async () => {
  const group = `${base}/calls/groups/callledger`;
  expect((await client.hub("POST", `${base}/calls/groups`, { name: "callledger", label: "CallLedger" })).status).toBe(
    201,
  );
  expect((await client.hub("POST", `${base}/calls/groups`, { name: "callledger", label: "x" })).status).toBe(409);
  expect((await client.hub("PATCH", group, { label: "Ledger" })).body).toMatchObject({
    name: "callledger",
    label: "Ledger",
    archived: false,
  });
  await create("callledger_key", { groupName: "callledger" });
  expect((await client.hub("DELETE", group)).status).toBe(400);
  await client.hub("DELETE", `${base}/calls/callledger_key`);
  expect((await client.hub("DELETE", group)).status).toBe(204);
  expect((await client.hub("GET", group)).status).toBe(404);
  expect((await client.hub("DELETE", `${base}/calls/groups/call`)).status).toBe(400);
});

test("properties in batches", async () => {
  const made = await client.hub("POST", `${base}/calls/batch/create`, {
    inputs: [property("one"), property("two"), property("hs_call_title")],
  });
  expect([made.status, made.body.results.length, made.body.errors[0].category]).toEqual([
    207,
    2,
    "OBJECT_ALREADY_EXISTS",
  ]);
  const read = await client.hub("POST", `${base}/calls/batch/read`, {
    archived: false,
    inputs: [{ name: "one" }, { name: "nonsense" }],
  });
  expect([read.status, read.body.results[0].name]).toEqual([207, "one"]);
  expect(
    (await client.hub("POST", `${base}/calls/batch/archive`, { inputs: [{ name: "one" }, { name: "two" }] })).status,
  ).toBe(204);
  expect((await client.hub("GET", `${base}/calls/one`)).status).toBe(404);
});

test("customFields exist beside the standard ones while they are configured", async () => {
  await client.config({
    customFields: {
      calls: [
        { name: "callledger_key", hasUniqueValue: true },
        { name: "score", type: "number", fieldType: "number" },
      ],
    },
  });
  expect((await client.hub("POST", calls, call("cl_a", { score: 3 }))).status).toBe(201);
  expect(codes(await client.hub("POST", calls, call("cl_a")))).toEqual(["CONFLICTING_UNIQUE_VALUE"]);
  await client.config({ customFields: {} });
  expect(codes(await client.hub("POST", calls, call("cl_b")))).toEqual(["PROPERTY_DOESNT_EXIST"]);
});

test("removedFields are gone from metadata, reads, writes and filters", async () => {
  const { id } = (await client.hub("POST", calls, call(undefined))).body;
  await client.config({ removedFields: { calls: ["hs_call_title"] } });
  expect((await client.hub("GET", `${base}/calls/hs_call_title`)).status).toBe(404);
  expect((await client.hub("GET", `${calls}/${id}?properties=hs_call_title`)).body.properties).not.toHaveProperty(
    "hs_call_title",
  );
  expect(codes(await client.hub("PATCH", `${calls}/${id}`, { properties: { hs_call_title: "x" } }))).toEqual([
    "PROPERTY_DOESNT_EXIST",
  ]);
  expect((await client.hub("POST", `${calls}/search`, { sorts: ["hs_call_title"] })).status).toBe(400);
  await client.config({ removedFields: {} });
  expect((await client.hub("GET", `${calls}/${id}?properties=hs_call_title`)).body.properties.hs_call_title).toBe(
    "Call",
  );
});

test("fieldPermissions: none hides a field, read makes it read only", async () => {
  await client.config({ fieldPermissions: { contacts: { jobtitle: "none", city: "read", lastname: "edit" } } });
  expect((await client.hub("GET", `${base}/contacts/jobtitle`)).status).toBe(404);
  expect((await client.hub("GET", `${base}/contacts/city`)).body.modificationMetadata.readOnlyValue).toBe(true);
  const refused = await client.hub("POST", contacts, { properties: { jobtitle: "x", city: "x", lastname: "x" } });
  expect(codes(refused)).toEqual(["PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"]);
  await client.config({ fieldPermissions: {} });
  expect((await client.hub("POST", contacts, { properties: { jobtitle: "x", city: "x" } })).status).toBe(201);
});

test("picklistValues replaces the options of a field", async () => {
  await client.config({ picklistValues: { calls: { hs_call_status: ["DONE"] } } });
  expect((await client.hub("GET", `${base}/calls/hs_call_status`)).body.options.map(({ value }: any) => value)).toEqual(
    ["DONE"],
  );
  expect(codes(await client.hub("POST", calls, call(undefined, { hs_call_status: "COMPLETED" })))).toEqual([
    "INVALID_OPTION",
  ]);
  await client.config({ picklistValues: {} });
  expect((await client.hub("POST", calls, call(undefined, { hs_call_status: "COMPLETED" }))).status).toBe(201);
});

test("fieldMaxLength and callBodyMaxLength bound texts, and the validation rules tell the first", async () => {
  await client.config({ fieldMaxLength: { calls: { hs_call_title: 5 } } });
  expect(codes(await client.hub("POST", calls, call(undefined, { hs_call_title: "123456" })))).toEqual([
    "VALUE_TOO_LONG",
  ]);
  expect((await client.hub("POST", calls, call(undefined, { hs_call_title: "12345" }))).status).toBe(201);
  expect((await client.hub("GET", "/crm/property-validations/2026-09/0-48")).body.results).toEqual([
    {
      propertyName: "hs_call_title",
      propertyValidationRules: [{ ruleType: "MAX_LENGTH", ruleArguments: ["5"], shouldApplyNormalization: false }],
    },
  ]);
  await client.config({ fieldMaxLength: {} });
  expect((await client.hub("POST", calls, call(undefined, { hs_call_body: "x".repeat(65_536) }))).status).toBe(201);
  await client.config({ callBodyMaxLength: 100 });
  expect(codes(await client.hub("POST", calls, call(undefined, { hs_call_body: "x".repeat(101) })))).toEqual([
    "VALUE_TOO_LONG",
  ]);
});

test("requiredFields bind creates from version 2026-09 on, never updates or older versions", async () => {
  const { id } = (await client.hub("POST", companies, { properties: { name: "Test Clinic" } })).body;
  await client.config({ requiredFields: { companies: ["city"] } });
  const refused = await client.hub("POST", companies, { properties: { name: "Test Clinic" } });
  expect([refused.status, refused.body.category, codes(refused), refused.body.errors[0].code]).toEqual([
    400,
    "VALIDATION_ERROR",
    ["MISSING_REQUIRED_PROPERTY"],
    "MISSING_REQUIRED_PROPERTY",
  ]);
  expect((await client.hub("PATCH", `${companies}/${id}`, { properties: { phone: "1" } })).status).toBe(200);
  for (const path of [
    "/crm/objects/2026-03/companies",
    "/crm/objects/2025-09/companies",
    "/crm/v3/objects/companies",
  ]) {
    expect([path, (await client.hub("POST", path, { properties: { name: "x" } })).status]).toEqual([path, 201]);
  }
  expect((await client.hub("POST", companies, { properties: { name: "x", city: "Leeds" } })).status).toBe(201);
});

test("conditionalRequired binds creates and updates from version 2026-09 on", async () => {
  const { id } = (await client.hub("POST", calls, call(undefined))).body;
  await client.config({
    conditionalRequired: [
      { object: "calls", when: { property: "hs_call_status", value: "COMPLETED" }, property: "hs_call_disposition" },
    ],
  });
  const completed = { hs_call_status: "COMPLETED" };
  expect(codes(await client.hub("POST", calls, call(undefined, completed)))).toEqual([
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
  ]);
  expect(codes(await client.hub("PATCH", `${calls}/${id}`, { properties: completed }))).toEqual([
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
  ]);
  expect((await client.hub("POST", calls, call(undefined, { hs_call_status: "BUSY" }))).status).toBe(201);
  expect((await client.hub("PATCH", `/crm/v3/objects/calls/${id}`, { properties: completed })).status).toBe(200);
});

test("validationRules refuse a write for which the condition holds, with the admin's words", async () => {
  const rule = (op: string, value: unknown, on = ["create"]): object => ({
    validationRules: [
      {
        object: "calls",
        on,
        when: { field: "hs_call_title", op, ...(value === undefined ? {} : { value }) },
        message: "Not like this.",
        field: "hs_call_body",
      },
    ],
  });
  const refused = async (title: string): Promise<boolean> =>
    (await client.hub("POST", calls, call(undefined, { hs_call_title: title }))).status === 400;
  const cases: readonly (readonly [string, unknown, string, string])[] = [
    ["blank", undefined, "", "x"],
    ["notBlank", undefined, "x", ""],
    ["eq", "bad", "bad", "good"],
    ["ne", "good", "bad", "good"],
    ["lt", 10, "9", "10"],
    ["gt", 10, "11", "10"],
    ["matches", "^b", "bad", "good"],
    ["notMatches", "^g", "bad", "good"],
  ];
  for (const [op, value, bad, good] of cases) {
    await client.config(rule(op, value));
    expect([op, await refused(bad), await refused(good)]).toEqual([op, true, false]);
  }
  const reply = await client.hub("POST", calls, call(undefined, { hs_call_title: "bad" }));
  expect([reply.body.category, reply.body.errors]).toEqual([
    "VALIDATION_ERROR",
    [{ message: "Not like this.", code: "PROPERTY_VALIDATION", context: { propertyName: ["hs_call_body"] } }],
  ]);
  const { id } = (await client.hub("POST", calls, call(undefined, { hs_call_title: "good" }))).body;
  expect((await client.hub("PATCH", `${calls}/${id}`, { properties: { hs_call_title: "bad" } })).status).toBe(200);
  await client.config(rule("eq", "worse", ["update"]));
  expect((await client.hub("PATCH", `${calls}/${id}`, { properties: { hs_call_title: "worse" } })).status).toBe(400);
  await client.config({ validationRules: [] });
  expect((await client.hub("PATCH", `${calls}/${id}`, { properties: { hs_call_title: "worse" } })).status).toBe(200);
});

test("automationEdits change a record after our write, as somebody else", async () => {
  await client.config({
    automationEdits: [{ object: "calls", on: "create", set: { hs_call_body: "by a workflow" }, afterMs: 30_000 }],
  });
  const { id } = (await client.hub("POST", calls, call(undefined, { hs_call_body: "ours" }))).body;
  const body = async () =>
    (await client.hub("GET", `${calls}/${id}?properties=hs_call_body&propertiesWithHistory=hs_call_body`)).body;
  expect((await body()).properties.hs_call_body).toBe("ours");
  await client.advance(30_000);
  const after = await body();
  expect([after.properties.hs_call_body, after.propertiesWithHistory.hs_call_body[0].sourceType]).toEqual([
    "by a workflow",
    "CRM_UI",
  ]);
  await client.config({
    automationEdits: [{ object: "calls", on: "update", set: { hs_call_title: "renamed" }, afterMs: 0 }],
  });
  await client.hub("PATCH", `${calls}/${id}`, { properties: { hs_call_body: "again" } });
  await expect.poll(async () => (await client.records("calls"))[0].hs_call_title).toBe("renamed");
});
