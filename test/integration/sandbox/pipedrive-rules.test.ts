import { expect, test } from "vitest";
import { callLog, openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, ok, config, advance, seed } = pipedrive;
const key = "0123456789abcdef0123456789abcdef01234567";
const extId = { field_code: key, field_name: "Ext ID", field_type: "varchar" };

test("customFields exist beside the standard ones: in the metadata, in reads, in writes", async () => {
  await config({ customFields: { persons: [extId] } });
  const fields = await ok("GET", "personFields?limit=500");
  expect(fields.find(({ field_code: code }: any) => code === key)).toMatchObject({
    field_name: "Ext ID",
    field_type: "varchar",
    is_custom_field: true,
    required_fields: { enabled: false },
  });
  expect((await ok("GET", `personFields/${key}`)).field_code).toBe(key);
  const person = await ok("POST", "persons", { name: "Jane", custom_fields: { [key]: "acme-77" } });
  expect(person.custom_fields).toEqual({ [key]: "acme-77" });
  expect((await pd("GET", "persons?custom_fields=none")).body.data[0].custom_fields).toEqual({});
  expect((await ok("PATCH", `persons/${person.id}`, { custom_fields: { [key]: null } })).custom_fields).toEqual({
    [key]: null,
  });
});

test("removedFields: a field that is gone fails the whole request and is absent everywhere", async () => {
  await config({ customFields: { persons: [extId] } });
  const person = await ok("POST", "persons", { name: "Jane", custom_fields: { [key]: "x" } });
  await config({ removedFields: { persons: [key], activities: ["note"] } });
  const refused = await pd("PATCH", `persons/${person.id}`, { name: "Joan", custom_fields: { [key]: "y" } });
  expect([refused.status, refused.body.code]).toEqual([400, "ERR_SCHEMA_VALIDATION_FAILED"]);
  expect(refused.body.error).toContain(key);
  expect(await ok("GET", `persons/${person.id}`)).toMatchObject({ name: "Jane", custom_fields: {} });
  const codes = (await ok("GET", "personFields")).map(({ field_code: code }: any) => code);
  expect(codes).not.toContain(key);
  expect((await pd("POST", "activities", { subject: "x", note: "y" })).body.error).toContain("'note'");
  expect(await ok("POST", "activities", { subject: "x" })).not.toHaveProperty("note");
});

test("values of custom fields are typed strictly", async () => {
  const field = (type: string, more: object = {}) => ({
    field_code: type,
    field_name: type,
    field_type: type,
    ...more,
  });
  const types = [
    "varchar",
    "text",
    "double",
    "phone",
    "date",
    "daterange",
    "time",
    "timerange",
    "address",
    "monetary",
    "user",
  ];
  const options = [
    { id: 1, label: "One" },
    { id: 2, label: "Two" },
  ];
  await config({
    burstLimit: 1000,
    customFields: {
      deals: [...types.map((type) => field(type)), field("enum", { options }), field("set", { options })],
    },
  });
  const status = async (type: string, value: unknown) =>
    (await pd("POST", "deals", { title: "x", custom_fields: { [type]: value } })).status;
  const good: Record<string, unknown> = {
    varchar: "x",
    text: "x",
    double: 1.5,
    phone: "+442079460187",
    date: "2026-11-21",
    daterange: { value: "2026-11-21", until: "2026-11-22" },
    time: { value: "09:30" },
    timerange: { value: "09:30", until: "10:00" },
    address: { value: "1 Test Street" },
    monetary: { value: 5, currency: "EUR" },
    user: 77,
    enum: 2,
    set: [1, 2],
  };
  for (const [type, value] of Object.entries(good)) expect([type, await status(type, value)]).toEqual([type, 200]);
  const bad: Record<string, unknown> = {
    double: "1.5",
    date: "21.11.2026",
    monetary: 5,
    enum: "Two",
    set: [],
    user: "77",
    varchar: 5,
    time: "09:30",
  };
  for (const [type, value] of Object.entries(bad)) expect([type, await status(type, value)]).toEqual([type, 400]);
  expect(await status("varchar", "x".repeat(256))).toBe(400);
  const option = await pd("POST", "deals", { title: "x", custom_fields: { enum: 9 } });
  expect([option.body.code, option.body.error.includes("'enum'")]).toEqual(["ERR_BAD_REQUEST", true]);
  expect(await status("set", null)).toBe(200);
});

test("one level of nesting too many is a 500, not a refusal", async () => {
  await config({ customFields: { persons: [extId] } });
  for (const custom of [{ custom_fields: { [key]: "x" } }, { [key]: { value: { value: "x" } } }]) {
    const reply = await pd("POST", "persons", { name: "Jane", custom_fields: custom });
    expect([reply.status, reply.body.code]).toEqual([500, "ERR_UNKNOWN"]);
  }
});

test("fields made through the API: a new one has another code, options come and go", async () => {
  const make = () =>
    ok("POST", "personFields", { field_name: "Source", field_type: "enum", options: [{ label: "In" }] });
  const first = await make();
  expect(first.field_code).toMatch(/^[0-9a-f]{40}$/);
  const at = `personFields/${first.field_code}`;
  expect(await ok("POST", `${at}/options`, [{ label: "Out" }])).toEqual([
    { id: 1, label: "In" },
    { id: 2, label: "Out" },
  ]);
  expect(await ok("PATCH", `${at}/options`, [{ id: 1, label: "Inbound" }])).toMatchObject([
    { label: "Inbound" },
    { label: "Out" },
  ]);
  expect(await ok("DELETE", `${at}/options`, [{ id: 2 }])).toEqual([{ id: 1, label: "Inbound" }]);
  expect((await ok("PATCH", at, { field_name: "Lead source" })).field_name).toBe("Lead source");
  await ok("DELETE", at);
  expect((await pd("GET", at)).status).toBe(404);
  expect((await make()).field_code).not.toBe(first.field_code);
  expect((await pd("DELETE", "personFields/name")).status).toBe(400);
  expect((await pd("POST", "personFields", { field_name: "x", field_type: "none" })).status).toBe(400);
  expect((await pd("POST", "activityFields", { field_name: "x", field_type: "varchar" })).status).toBe(405);
});

test("the field lists of the first version page by offset and use the old names", async () => {
  await config({ customFields: { persons: [extId] } });
  const reply = await pd("GET", "/v1/personFields?start=0&limit=3");
  expect(reply.body.data.map(({ key: name }: any) => name)).toEqual(["id", "name", "first_name"]);
  expect(reply.body.additional_data.pagination).toEqual({
    start: 0,
    limit: 3,
    more_items_in_collection: true,
    next_start: 3,
  });
  const all = (await pd("GET", "/v1/personFields")).body.data;
  expect(all.map(({ key: name }: any) => name)).toEqual(expect.arrayContaining(["phone", "email", key]));
  expect(all.find(({ key: name }: any) => name === "name").mandatory_flag).toBe(true);
  const page = await pd("GET", "activityFields?limit=3");
  const next = await pd("GET", `activityFields?limit=3&cursor=${page.body.additional_data.next_cursor}`);
  expect(next.body.data[0].field_code).not.toBe(page.body.data[0].field_code);
});

test("picklistValues replace the options of a field", async () => {
  const field = {
    field_code: "kind",
    field_name: "Kind",
    field_type: "enum",
    options: [
      { id: 1, label: "A" },
      { id: 2, label: "B" },
    ],
  };
  await config({ customFields: { deals: [field] } });
  const write = (value: number) => pd("POST", "deals", { title: "x", custom_fields: { kind: value } });
  expect((await write(2)).status).toBe(200);
  await config({ picklistValues: { deals: { kind: ["Only"] } } });
  expect((await write(2)).status).toBe(400);
  expect((await ok("GET", "dealFields/kind")).options).toEqual([{ id: 1, label: "Only" }]);
});

test("requiredFields are asked for on create, not on update", async () => {
  await config({ customFields: { persons: [extId] }, requiredFields: { persons: [key, "emails"] } });
  const refused = await pd("POST", "persons", { name: "Jane", emails: [{ value: "a@example.com" }] });
  expect([refused.status, refused.body.code, refused.body.error]).toEqual([
    400,
    "ERR_BAD_REQUEST",
    `Field '${key}' is required`,
  ]);
  expect((await ok("GET", `personFields/${key}`)).required_fields.enabled).toBe(true);
  const { id } = await seed("persons", { name: "Jane" });
  expect((await pd("PATCH", `persons/${id}`, { name: "Joan" })).status).toBe(200);
});

test("requiredFieldsEnforced: what the web app alone requires is free here, or is not", async () => {
  await config({ customFields: { deals: [{ ...extId, required_fields: { enabled: true } }] } });
  expect((await pd("POST", "deals", { title: "x" })).status).toBe(200);
  await config({ requiredFieldsEnforced: true });
  expect((await pd("POST", "deals", { title: "x" })).status).toBe(400);
  expect((await pd("POST", "deals", { title: "x", custom_fields: { [key]: "y" } })).status).toBe(200);
});

test("objectPermissions: what the token's user may not do is a 403 in JSON", async () => {
  const person = await seed("persons", { name: "Jane" });
  await config({ objectPermissions: { persons: ["read"], activities: [], callLogs: ["create"] } });
  expect((await pd("GET", `persons/${person.id}`)).status).toBe(200);
  const refused = await pd("POST", "persons", { name: "John" });
  expect([refused.status, refused.body.success]).toEqual([403, false]);
  expect((await pd("PATCH", `persons/${person.id}`, { name: "x" })).status).toBe(403);
  expect((await pd("DELETE", `persons/${person.id}`)).status).toBe(403);
  expect((await pd("GET", "activities")).status).toBe(403);
  expect((await pd("GET", "/v1/callLogs")).status).toBe(403);
  expect((await pd("POST", "/v1/callLogs", callLog)).status).toBe(200);
});

test("fieldPermissions: hidden is unknown, read-only is forbidden", async () => {
  await config({ fieldPermissions: { activities: { note: "none", outcome: "read" } } });
  const hidden = await pd("POST", "activities", { subject: "x", note: "y" });
  expect([hidden.status, hidden.body.code]).toEqual([400, "ERR_SCHEMA_VALIDATION_FAILED"]);
  expect((await pd("POST", "activities", { subject: "x", outcome: 1 })).status).toBe(403);
  expect(await ok("POST", "activities", { subject: "x" })).not.toHaveProperty("note");
  const codes = (await ok("GET", "activityFields")).map(({ field_code: code }: any) => code);
  expect(codes).not.toContain("note");
  expect(codes).toContain("outcome");
});

test("contactSyncFeature false: its fields are forbidden in a write", async () => {
  expect((await pd("POST", "persons", { name: "Jane", job_title: "Buyer" })).status).toBe(200);
  await config({ contactSyncFeature: false });
  expect((await pd("POST", "persons", { name: "Jane", job_title: "Buyer" })).status).toBe(403);
  expect((await pd("POST", "persons", { name: "Jane" })).status).toBe(200);
});

test("featureCaps: creates of what they name are 403 with that code", async () => {
  await config({ featureCaps: ["feature_capping_deals_limit"] });
  const refused = await pd("POST", "deals", { title: "x" });
  expect([refused.status, refused.body.code]).toEqual([403, "feature_capping_deals_limit"]);
  expect((await pd("POST", "persons", { name: "Jane" })).status).toBe(200);
  await config({ featureCaps: ["feature_capping_custom_fields_limit"] });
  expect((await pd("POST", "personFields", { field_name: "x", field_type: "varchar" })).status).toBe(403);
  await config({ featureCaps: ["feature_capping_all"] });
  expect((await pd("POST", "persons", { name: "Jane" })).status).toBe(403);
});

test("hiddenRecords are there for nobody; lockedRecords cannot be written to or linked with", async () => {
  const hidden = await seed("persons", { name: "Jane", phones: ["020 7946 0187"] });
  const locked = await seed("persons", { name: "John" });
  await config({
    searchLagMs: 0,
    hiddenRecords: { persons: [String(hidden.id)] },
    lockedRecords: { persons: [locked.id] },
  });
  expect((await pd("GET", `persons/${hidden.id}`)).status).toBe(404);
  expect((await ok("GET", "persons")).map(({ id }: any) => id)).toEqual([locked.id]);
  expect((await ok("GET", "persons/search?term=7946")).items).toEqual([]);
  const write = (person: number) => pd("POST", "activities", { participants: [{ person_id: person }] });
  expect((await write(hidden.id)).status).toBe(400);
  expect((await write(locked.id)).status).toBe(423);
  expect((await pd("PATCH", `persons/${locked.id}`, { name: "x" })).status).toBe(423);
});

test("validationRules refuse a write for which they hold, judged as it would leave the record", async () => {
  const rule = {
    object: "activities",
    on: ["create", "update"],
    when: { field: "subject", op: "matches", value: "^Outbound" },
    message: "No outbound calls",
    field: "subject",
  };
  await config({ validationRules: [rule] });
  const { id } = await ok("POST", "activities", { subject: "Inbound" });
  const refused = await pd("POST", "activities", { subject: "Outbound call" });
  expect([refused.status, refused.body.code, refused.body.error]).toEqual([
    400,
    "ERR_BAD_REQUEST",
    "subject: No outbound calls",
  ]);
  expect((await pd("PATCH", `activities/${id}`, { subject: "Outbound" })).status).toBe(400);
});

test("automationEdits change a record after our write", async () => {
  await config({
    automationEdits: [
      { object: "activities", on: "create", set: { owner_id: 78, subject: "Reviewed" }, afterMs: 1000 },
    ],
  });
  const activity = await ok("POST", "activities", { subject: "Call", owner_id: 77 });
  await advance(1000);
  const changed = await ok("GET", `activities/${activity.id}`);
  expect(changed).toMatchObject({ owner_id: 78, subject: "Reviewed", creator_user_id: 77 });
  expect(changed.update_time > activity.update_time).toBe(true);
});

test("maxBodyBytes: a larger request is refused before it is looked at", async () => {
  const add = (subject: string) => pd("POST", "activities", { subject });
  expect((await add("x".repeat(60))).status).toBe(200);
  await config({ maxBodyBytes: 50 });
  expect((await add("x".repeat(60))).status).toBe(413);
  expect((await add("x")).status).toBe(200);
});
