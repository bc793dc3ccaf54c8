import { expect, test } from "vitest";
import { call, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();

async function field(name: string, module = "Calls"): Promise<any> {
  const { fields } = (await zoho.crm("GET", `settings/fields?module=${module}`)).body;
  return fields.find(({ api_name }: { api_name: string }) => api_name === name);
}
const create = (definition: object, module = "Calls") =>
  zoho.crm("POST", `settings/fields?module=${module}`, { fields: [definition] });
const keyField = { field_label: "Call Sync Key", data_type: "text", length: 120 };

test("the org names itself, its zone, its country and its edition", async () => {
  await zoho.config({ plan: "professional", seats: 3, orgTimeZone: "Europe/Berlin" });
  const { org } = (await zoho.crm("GET", "org")).body;
  expect(org[0]).toMatchObject({
    company_name: "Test Clinic",
    country_code: "GB",
    time_zone: "Europe/Berlin",
    license_details: { paid_type: "professional", users_license_purchased: 3 },
  });
});

test("users are listed by kind, the token's own first", async () => {
  const list = async (type: string) => (await zoho.crm("GET", `users?type=${type}`)).body.users;
  expect((await list("CurrentUser")).map(({ email }: any) => email)).toEqual(["alice@example.com"]);
  expect(await list("ActiveUsers")).toHaveLength(2);
  const { id } = (await list("CurrentUser"))[0];
  expect((await zoho.crm("GET", `users/${id}`)).body.users[0].full_name).toBe("Alice Example");
  expect((await zoho.crm("GET", "users/1")).status).toBe(204);
});

test("modules and layouts are described", async () => {
  const { modules } = (await zoho.crm("GET", "settings/modules")).body;
  const names = ["Contacts", "Leads", "Accounts", "Deals", "Calls", "Tasks", "Notes"];
  expect(modules.map(({ api_name }: any) => api_name)).toEqual(names);
  const { layouts } = (await zoho.crm("GET", "settings/layouts?module=Calls")).body;
  const subject = layouts[0].sections[0].fields.find(({ api_name }: any) => api_name === "Subject");
  expect(subject.required).toBe(true);
  expect((await zoho.crm("GET", "settings/fields")).body.code).toBe("REQUIRED_PARAM_MISSING");
  expect((await zoho.crm("GET", "settings/fields?module=Nothing")).body.code).toBe("INVALID_MODULE");
});

test("there is no key field until it is created; its name comes from its label", async () => {
  expect(await field("Call_Sync_Key")).toBeUndefined();
  const reply = await create({ ...keyField, unique: { case_sensitive: true } });
  expect([reply.status, reply.body.fields[0].message]).toEqual([201, "field created"]);
  expect(await field("Call_Sync_Key")).toMatchObject({
    data_type: "text",
    length: 120,
    custom_field: true,
    unique: { case_sensitive: true },
  });
  expect((await create(keyField)).body.fields[0].code).toBe("DUPLICATE_DATA");
  expect((await create({ data_type: "text" })).body.fields[0].code).toBe("MANDATORY_NOT_FOUND");
  expect((await create({ ...keyField, data_type: "nothing" })).body.fields[0].code).toBe("INVALID_DATA");
});

test("a custom field can be changed and deleted, a standard one not", async () => {
  await create(keyField);
  const { id } = await field("Call_Sync_Key");
  const patch = (which: string, definition: object) =>
    zoho.crm("PATCH", `settings/fields/${which}?module=Calls`, { fields: [definition] });
  expect((await patch(id, { unique: { case_sensitive: false } })).status).toBe(200);
  expect((await field("Call_Sync_Key")).unique).toEqual({ case_sensitive: false });
  expect((await zoho.crm("DELETE", `settings/fields/${id}?module=Calls`)).status).toBe(200);
  expect(await field("Call_Sync_Key")).toBeUndefined();
  const subject = await field("Subject");
  expect((await zoho.crm("DELETE", `settings/fields/${subject.id}?module=Calls`)).body.code).toBe("NOT_SUPPORTED");
});

test("whether a field of Calls can be unique is a switch", async () => {
  await zoho.config({ uniqueOnCalls: false });
  const reply = await create({ ...keyField, unique: { case_sensitive: true } });
  expect([reply.status, reply.body.fields[0].details.api_name]).toEqual([400, "unique"]);
  expect((await create(keyField)).status).toBe(201);
  expect((await create({ ...keyField, unique: {} }, "Contacts")).status).toBe(201);
});

test("whether Calls take custom fields at all is a switch", async () => {
  await create(keyField);
  await zoho.config({ fieldsOnCalls: false });
  expect(await field("Call_Sync_Key")).toBeUndefined();
  expect((await create({ ...keyField, field_label: "Another" })).body.fields[0].code).toBe("NOT_SUPPORTED");
});

test("whether Calls take external fields is a switch; elsewhere a record is reached by its external value", async () => {
  const external = { field_label: "Ext ID", data_type: "text", external: { type: "org", show: true } };
  expect((await create(external)).body.fields[0].details.api_name).toBe("external");
  await zoho.config({ externalFieldsOnCalls: true });
  expect((await create(external)).status).toBe(201);
  const [made] = await zoho.insert("Calls", call({ Ext_ID: "our-1" }));
  const headers = { "x-external": "Calls.Ext_ID" };
  const read = await zoho.crm("GET", "Calls/our-1", undefined, { headers });
  expect(read.body.data[0].id).toBe(made.details.id);
  expect((await zoho.crm("PUT", "Calls/our-1", { data: [{ Subject: "x" }] }, { headers })).status).toBe(200);
  const again = await zoho.insert("Calls", call({ Ext_ID: "our-1" }));
  expect(again[0].code).toBe("DUPLICATE_DATA");
  expect((await zoho.crm("DELETE", "Calls/our-1", undefined, { headers })).status).toBe(200);
});

test("fields beside the standard ones are configured in the vendor's shape", async () => {
  await zoho.config({
    customFields: {
      Calls: [{ api_name: "Rating", data_type: "picklist", pick_list_values: ["good", { display_value: "bad" }] }],
    },
  });
  expect((await field("Rating")).pick_list_values.map(({ actual_value }: any) => actual_value)).toEqual([
    "good",
    "bad",
  ]);
  expect((await zoho.insert("Calls", call({ Rating: "fair" })))[0].code).toBe("INVALID_DATA");
  await zoho.config({ customFields: {} });
  expect(await field("Rating")).toBeUndefined();
});

test("a removed field is gone from metadata, reads and writes, in the middle of a run", async () => {
  await zoho.createKey();
  const [made] = await zoho.insert("Calls", call({ Call_Sync_Key: "cl_1" }));
  await zoho.config({ removedFields: { Calls: ["Call_Sync_Key"] } });
  expect(await field("Call_Sync_Key")).toBeUndefined();
  expect((await zoho.crm("GET", `Calls/${made.details.id}`)).body.data[0]).not.toHaveProperty("Call_Sync_Key");
  expect((await zoho.coql("select id from Calls where Call_Sync_Key = 'cl_1'")).body.code).toBe("INVALID_QUERY");
  expect((await zoho.insert("Calls", call({ Call_Sync_Key: "cl_1" })))[0].code).toBe("SUCCESS");
});

test("fields required by layout are enforced on create, or not by the switch", async () => {
  await zoho.config({ requiredFields: { Calls: ["Call_Agenda"] } });
  expect((await zoho.insert("Calls", call()))[0].details.api_name).toBe("Call_Agenda");
  await zoho.config({ layoutRequiredEnforced: false });
  expect((await zoho.insert("Calls", call()))[0].code).toBe("SUCCESS");
});

test("values have the form of their fields", async () => {
  const refused = async (fields: object) => (await zoho.insert("Contacts", { Last_Name: "X", ...fields }))[0].details;
  expect(await refused({ Phone: "call me" })).toMatchObject({ expected_data_type: "phone", api_name: "Phone" });
  expect(await refused({ Email: "nobody" })).toMatchObject({ expected_data_type: "email" });
  expect(await refused({ Email_Opt_Out: "yes" })).toMatchObject({ expected_data_type: "boolean" });
  expect(await refused({ Date_of_Birth: "1.1.2000" })).toMatchObject({ expected_data_type: "date" });
  expect(await refused({ Account_Name: "Acme" })).toMatchObject({ expected_data_type: "jsonobject" });
  expect((await zoho.insert("Contacts", { Last_Name: "X", Phone: "+44 (0)20 7946-0101 ext. 5" }))[0].code).toBe(
    "SUCCESS",
  );
});
