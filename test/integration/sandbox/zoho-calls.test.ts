import { expect, test } from "vitest";
import { call, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();

const send = (fields: object, more: object = {}) => zoho.crm("POST", "Calls", { data: [fields], ...more });
async function outcome(fields: object): Promise<{ code: string; details: any }> {
  return (await send(fields)).body.data[0];
}
async function add(fields: object = {}): Promise<string> {
  return (await outcome(call(fields))).details.id;
}
const update = (id: string, fields: object, more: object = {}) =>
  zoho.crm("PUT", `Calls/${id}`, { data: [fields], ...more });
const read = async (id: string) => (await zoho.crm("GET", `Calls/${id}`)).body.data[0];

test("a call is added, and read as it was sent, in the org's offset", async () => {
  const reply = await send(call({ Description: "notes" }));
  expect(reply.status).toBe(201);
  expect(reply.body.data[0]).toMatchObject({ code: "SUCCESS", message: "record added", status: "success" });
  const { id, Created_Time, Created_By } = reply.body.data[0].details;
  expect(id).toMatch(/^\d{19}$/);
  expect(Created_By.name).toBe("Alice Example");
  expect(await read(id)).toMatchObject({
    id,
    Subject: "Inbound call",
    Call_Start_Time: "2026-11-20T09:15:00+00:00",
    Call_Duration: "00:03",
    Description: "notes",
    Created_Time,
    Who_Id: null,
    Owner: { name: "Alice Example" },
  });
});

test("times come back in the zone of the org", async () => {
  await zoho.config({ orgTimeZone: "America/New_York" });
  const id = await add({ Call_Start_Time: "2026-07-01T12:00:00Z" });
  expect((await read(id)).Call_Start_Time).toBe("2026-07-01T08:00:00-04:00");
});

test.each(["Call_Type", "Call_Start_Time", "Call_Duration", "Subject"])("%s is mandatory", async (field) => {
  const reply = await send(call({ [field]: undefined }));
  expect(reply.status).toBe(400);
  expect(reply.body.data[0]).toMatchObject({
    code: "MANDATORY_NOT_FOUND",
    details: { api_name: field, json_path: `$.data[0].${field}` },
  });
});

test("whether the subject is mandatory is a switch", async () => {
  await zoho.config({ subjectMandatory: false });
  expect((await outcome(call({ Subject: undefined }))).code).toBe("SUCCESS");
});

test("a missed or planned call has no duration", async () => {
  expect((await outcome(call({ Call_Type: "Missed", Call_Duration: undefined }))).code).toBe("SUCCESS");
  const planned = call({ Outgoing_Call_Status: "Scheduled", Call_Duration: undefined, Call_Type: "Outbound" });
  expect((await outcome(planned)).code).toBe("SUCCESS");
});

test("the duration is hours and minutes, or minutes and seconds where the org has it so", async () => {
  expect((await read(await add({ Call_Duration: "01:02" }))).Call_Duration_in_seconds).toBe(3720);
  await zoho.config({ callDurationUnit: "mm:ss" });
  expect((await read(await add({ Call_Duration: "01:02" }))).Call_Duration_in_seconds).toBe(62);
  expect((await outcome(call({ Call_Duration: "62" }))).code).toBe("PATTERN_NOT_MATCHED");
});

test("the seconds are computed, and can be written only where the switch says so", async () => {
  expect((await read(await add({ Call_Duration_in_seconds: 75 }))).Call_Duration_in_seconds).toBe(180);
  await zoho.config({ callSecondsWritable: true });
  const written = await read(await add({ Call_Duration_in_seconds: 75, Call_Duration: undefined }));
  expect([written.Call_Duration_in_seconds, written.Call_Duration]).toEqual([75, "00:02"]);
});

test("times have an offset and no fractions", async () => {
  for (const time of ["2026-11-20T09:15:00.000Z", "2026-11-20 09:15:00", "2026-11-20T09:15:00"])
    expect((await outcome(call({ Call_Start_Time: time }))).details).toMatchObject({ expected_data_type: "datetime" });
});

test("Who_Id takes a contact; a lead goes into What_Id with its module", async () => {
  const contact = (await zoho.seed("Contacts", { Last_Name: "Muster" })).id;
  const lead = (await zoho.seed("Leads", { Last_Name: "Example" })).id;
  expect((await read(await add({ Who_Id: contact }))).Who_Id).toEqual({ name: "Muster", id: contact });
  const refused = await outcome(call({ Who_Id: { id: lead } }));
  expect([refused.code, refused.details.api_name]).toEqual(["INVALID_DATA", "Who_Id"]);
  const linked = await read(await add({ What_Id: { id: lead }, $se_module: "Leads" }));
  expect([linked.What_Id.id, linked.$se_module]).toEqual([lead, "Leads"]);
  const both = await outcome(call({ Who_Id: contact, What_Id: lead, $se_module: "Leads" }));
  expect(both.code).toBe("MAPPING_MISMATCH");
});

test("What_Id needs its module, and a record that is there", async () => {
  const account = (await zoho.seed("Accounts", { Account_Name: "Acme Example Ltd" })).id;
  expect((await outcome(call({ What_Id: account }))).code).toBe("DEPENDENT_FIELD_MISSING");
  const wrongModule = await outcome(call({ What_Id: account, $se_module: "Deals" }));
  expect([wrongModule.code, wrongModule.details.api_name]).toEqual(["INVALID_DATA", "What_Id"]);
  expect((await outcome(call({ What_Id: account, $se_module: "Accounts" }))).code).toBe("SUCCESS");
  await zoho.drop("Accounts", account);
  expect((await outcome(call({ What_Id: account, $se_module: "Accounts" }))).details.api_name).toBe("What_Id");
});

test("type, owner and start of a call that is over do not change", async () => {
  const id = await add();
  const other = "3652397000000225014";
  for (const [field, value] of [
    ["Call_Type", "Outbound"],
    ["Call_Start_Time", "2026-11-20T10:15:00+00:00"],
    ["Owner", { id: other }],
  ] as const) {
    const reply = await update(id, { [field]: value });
    expect([reply.status, reply.body.data[0].code, reply.body.data[0].details.api_name]).toEqual([
      400,
      "INVALID_DATA",
      field,
    ]);
  }
  expect((await update(id, { Subject: "Changed", Call_Type: "Inbound" })).status).toBe(200);
  const planned = await add({ Outgoing_Call_Status: "Scheduled" });
  expect((await update(planned, { Owner: { id: other } })).status).toBe(200);
});

test("an update keeps what it does not name, and null clears", async () => {
  const id = await add({ Description: "one", Call_Agenda: "two" });
  const reply = await update(id, { Description: null });
  expect(reply.body.data[0].message).toBe("record updated");
  expect(await read(id)).toMatchObject({ Description: null, Call_Agenda: "two" });
});

test("picklists take their own values; an unknown purpose is added, or refused by the switch", async () => {
  expect((await outcome(call({ Call_Result: "Perfect" }))).details.api_name).toBe("Call_Result");
  await add({ Call_Purpose: "Renewal" });
  const fields = (await zoho.crm("GET", "settings/fields?module=Calls")).body.fields;
  const purpose = fields.find(({ api_name }: { api_name: string }) => api_name === "Call_Purpose");
  expect(purpose.pick_list_values.map(({ actual_value }: any) => actual_value)).toContain("Renewal");
  await zoho.config({ unknownPurposeAdded: false });
  expect((await outcome(call({ Call_Purpose: "Renewal" }))).code).toBe("SUCCESS");
  expect((await outcome(call({ Call_Purpose: "Another" }))).details.api_name).toBe("Call_Purpose");
});

test("a picklist's values are configured", async () => {
  await zoho.config({ picklistValues: { Calls: { Call_Result: ["Perfect"] } } });
  expect((await outcome(call({ Call_Result: "Perfect" }))).code).toBe("SUCCESS");
  expect((await outcome(call({ Call_Result: "Interested" }))).code).toBe("INVALID_DATA");
});

test("an unknown field is ignored, or refused by the switch", async () => {
  expect((await outcome(call({ Nothing: "x" }))).code).toBe("SUCCESS");
  await zoho.config({ unknownFieldInWrite: "rejected" });
  expect((await outcome(call({ Nothing: "x" }))).details.api_name).toBe("Nothing");
});

test("text longer than its field names the length", async () => {
  await zoho.config({ fieldMaxLength: { Calls: { Subject: 5 } } });
  expect((await outcome(call({ Subject: "123456" }))).details).toMatchObject({
    maximum_length: 5,
    api_name: "Subject",
  });
});

test("an owner must be an active user", async () => {
  await zoho.config({
    users: [
      { id: "3652397000000225013", name: "Alice Example", email: "alice@example.com", active: true },
      { id: "3652397000000225099", name: "Gone Sample", email: "gone@example.com", active: false },
    ],
  });
  const owned = (id: string) => outcome(call({ Owner: { id } }));
  expect((await owned("3652397000000225013")).code).toBe("SUCCESS");
  expect((await owned("3652397000000225099")).details.api_name).toBe("Owner");
  expect((await owned("1")).code).toBe("INVALID_DATA");
});

test("an admin's rule refuses the record, whatever trigger says", async () => {
  const rule = {
    object: "Calls",
    when: { field: "Description", op: "blank" },
    message: "Say something",
    field: "Description",
  };
  await zoho.config({ validationRules: [{ ...rule, on: ["create"] }] });
  const reply = await send(call(), { trigger: [] });
  expect(reply.body.data[0]).toMatchObject({
    code: "INVALID_DATA",
    message: "Say something",
    details: { api_name: "Description" },
  });
  const id = await add({ Description: "said" });
  expect((await update(id, { Description: null })).status).toBe(200);
});

test("automation edits the record after our write, as another user, unless trigger leaves it out", async () => {
  await zoho.config({
    automationEdits: [{ object: "Calls", on: "create", set: { Description: "auto" }, afterMs: 5000 }],
  });
  const silent = (await send(call(), { trigger: [] })).body.data[0].details.id;
  const loud = (await send(call(), { trigger: ["workflow"] })).body.data[0].details.id;
  const byDefault = await add();
  expect((await read(loud)).Description).toBeNull();
  await zoho.advance(5000);
  expect((await read(silent)).Description).toBeNull();
  expect(await read(loud)).toMatchObject({ Description: "auto", Modified_By: { name: "Bob Sample" } });
  expect((await read(byDefault)).Description).toBe("auto");
});

test("a new call moves the parent's last activity, and its modified time only by the switch", async () => {
  const contact = await zoho.seed("Contacts", { Last_Name: "Muster" });
  const parent = async () => (await zoho.crm("GET", `Contacts/${contact.id}`)).body.data[0];
  await zoho.advance(60_000);
  await add({ Who_Id: contact.id });
  const first = await parent();
  expect(first.Last_Activity_Time).not.toBeNull();
  expect(first.Modified_Time).toBe(contact.Modified_Time);
  await zoho.config({ callMovesParentModifiedTime: true });
  await zoho.advance(60_000);
  await add({ Who_Id: contact.id });
  expect((await parent()).Modified_Time).not.toBe(contact.Modified_Time);
});

test("a locked record, and a record linked to one, is refused", async () => {
  const contact = (await zoho.seed("Contacts", { Last_Name: "Muster" })).id;
  const id = await add();
  await zoho.config({ lockedRecords: { Contacts: [contact], Calls: [id] } });
  expect((await outcome(call({ Who_Id: contact }))).code).toBe("RECORD_LOCKED");
  expect((await update(id, { Subject: "x" })).body.data[0].code).toBe("RECORD_LOCKED");
  await zoho.config({ lockedRecords: {} });
  expect((await update(id, { Subject: "x" })).status).toBe(200);
});

test("blueprints and approvals keep a record as it is", async () => {
  const id = await add();
  await zoho.config({ blueprintRecords: { Calls: [id] } });
  expect((await update(id, { Subject: "x" })).body.data[0].code).toBe("RECORD_IN_BLUEPRINT");
  await zoho.config({ blueprintRecords: {}, unapprovedRecords: { Calls: [id] } });
  expect((await update(id, { Subject: "x" })).body.data[0].code).toBe("NOT_APPROVED");
  expect((await read(id)).$approval_state).toBe("pending");
  await zoho.config({ unapprovedRecords: {} });
  expect((await update(id, { Subject: "x" })).status).toBe(200);
});

test("an org without space takes no record", async () => {
  await zoho.config({ storageFull: true });
  const reply = await send(call());
  expect([reply.status, reply.body.code]).toEqual([400, "STORAGE_SPACE_EXCEEDED"]);
  await zoho.config({ storageFull: false });
  expect((await send(call())).status).toBe(201);
});
