import { beforeEach, expect, test } from "vitest";
import { call, codesOf, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
let contact: any;
let lead: any;
let account: any;

beforeEach(async () => {
  account = await zoho.seed("Accounts", { Account_Name: "Test Clinic" });
  contact = await zoho.seed("Contacts", { Last_Name: "Example", Account_Name: account.id });
  lead = await zoho.seed("Leads", { Last_Name: "Sample", Company: "Sample Ltd" });
});

const noteOn = (id: string, module: string, more: object = {}) => ({
  Note_Title: "Call back",
  Note_Content: "Asked for an offer",
  Parent_Id: { id, module: { api_name: module } },
  ...more,
});
const task = (more: object = {}) => ({ Subject: "Send the offer", Due_Date: "2026-12-01", ...more });

test("a note hangs on the record that it names, and is read, changed and deleted like a record", async () => {
  const made = await zoho.crm("POST", "Notes", { data: [noteOn(contact.id, "Contacts")] });
  expect([made.status, codesOf(made)]).toEqual([201, ["SUCCESS"]]);
  const { id } = made.body.data[0].details;
  const [read] = (await zoho.crm("GET", `Notes/${id}`)).body.data;
  expect(read).toMatchObject({
    Note_Title: "Call back",
    Parent_Id: { id: contact.id, name: "Example", module: { api_name: "Contacts" } },
    $se_module: "Contacts",
    $editable: true,
    $state: "save",
  });
  expect((await zoho.crm("PUT", `Notes/${id}`, { data: [{ Note_Content: "Settled" }] })).body.data[0].code).toBe(
    "SUCCESS",
  );
  const listed = await zoho.crm("GET", "Notes?fields=Note_Content,Parent_Id");
  expect(listed.body.data).toMatchObject([{ Note_Content: "Settled", Parent_Id: { id: contact.id } }]);
  expect(codesOf(await zoho.crm("DELETE", `Notes?ids=${id}`))).toEqual(["SUCCESS"]);
  expect((await zoho.crm("GET", `Notes/${id}`)).status).toBe(204);
});

test("a note without a parent, with one that is gone or in a module that is none is refused", async () => {
  const reply = await zoho.crm("POST", "Notes", {
    data: [
      { Note_Content: "x" },
      { Note_Content: "x", Parent_Id: contact.id },
      noteOn("1", "Contacts"),
      noteOn(contact.id, "Nothing"),
      noteOn(contact.id, "Contacts", { Note_Content: null }),
      { Note_Content: "x", Parent_Id: contact.id, $se_module: "Contacts" },
    ],
  });
  expect([reply.status, codesOf(reply)]).toEqual([
    207,
    [
      "MANDATORY_NOT_FOUND",
      "DEPENDENT_FIELD_MISSING",
      "INVALID_DATA",
      "INVALID_DATA",
      "MANDATORY_NOT_FOUND",
      "SUCCESS",
    ],
  ]);
});

test("a task is related like a call, and is closed when it is completed", async () => {
  const [made, unsaid, empty] = await zoho.insert(
    "Tasks",
    task({ Who_Id: contact.id, What_Id: account.id, $se_module: "Accounts" }),
    task({ What_Id: account.id }),
    { Due_Date: "2026-12-01" },
  );
  expect([made.code, unsaid.code, empty.code]).toEqual(["SUCCESS", "DEPENDENT_FIELD_MISSING", "MANDATORY_NOT_FOUND"]);
  const read = async () => (await zoho.crm("GET", `Tasks/${made.details.id}`)).body.data[0];
  expect(await read()).toMatchObject({ Who_Id: { id: contact.id }, What_Id: { id: account.id }, Closed_Time: null });
  await zoho.crm("PUT", `Tasks/${made.details.id}`, { data: [{ Status: "Completed" }] });
  expect((await read()).Closed_Time).toMatch(/^\d{4}-/);
  await zoho.crm("PUT", `Tasks/${made.details.id}`, { data: [{ Status: "In Progress" }] });
  expect((await read()).Closed_Time).toBeNull();
  expect(codesOf(await zoho.crm("PUT", `Tasks/${made.details.id}`, { data: [{ Status: "Dreamt of" }] }))).toEqual([
    "INVALID_DATA",
  ]);
  expect((await zoho.crm("POST", "Tasks/upsert", { data: [task()] })).body.code).toBe("NOT_SUPPORTED");
});

test("the related lists of a record hold its notes, activities, contacts and deals", async () => {
  await zoho.insert("Calls", call({ Who_Id: contact.id }), call({ What_Id: lead.id, $se_module: "Leads" }));
  await zoho.insert("Tasks", task({ Who_Id: contact.id }), task({ Who_Id: contact.id, Status: "Completed" }));
  await zoho.insert("Notes", noteOn(contact.id, "Contacts"));
  const list = async (path: string) => (await zoho.crm("GET", `${path}?fields=id,Subject,Last_Name`)).body?.data ?? [];
  expect(await list(`Contacts/${contact.id}/Calls`)).toMatchObject([{ Subject: "Inbound call" }]);
  expect(await list(`Leads/${lead.id}/Calls`)).toHaveLength(1);
  expect(await list(`Contacts/${contact.id}/Tasks`)).toHaveLength(1);
  expect(await list(`Contacts/${contact.id}/Tasks_History`)).toHaveLength(1);
  expect(await list(`Contacts/${contact.id}/Notes`)).toHaveLength(1);
  expect(await list(`Accounts/${account.id}/Contacts`)).toMatchObject([{ id: contact.id, Last_Name: "Example" }]);
  expect((await zoho.crm("GET", `Contacts/${contact.id}/Deals?fields=id`)).status).toBe(204);
  const { body } = await zoho.crm("GET", `Contacts/${contact.id}/Calls?fields=Subject`);
  expect(body.info).toMatchObject({ per_page: 200, count: 1, page: 1, more_records: false });
  const names = (await zoho.crm("GET", "settings/related_lists?module=Contacts")).body.related_lists;
  expect(names.map(({ api_name }: any) => api_name)).toEqual(
    expect.arrayContaining(["Notes", "Calls", "Tasks", "Deals"]),
  );
});

test("related lists refuse an unknown relation, an unknown record, and reading without fields", async () => {
  const refused = async (path: string) => (await zoho.crm("GET", path)).body;
  expect(await refused(`Contacts/${contact.id}/Nothing?fields=id`)).toMatchObject({
    code: "INVALID_DATA",
    message: "The relation name given seems to be invalid",
  });
  expect(await refused("Contacts/123/Notes?fields=id")).toMatchObject({ code: "INVALID_DATA" });
  expect(await refused(`Contacts/${contact.id}/Notes`)).toMatchObject({ code: "REQUIRED_PARAM_MISSING" });
  await zoho.config({ objectPermissions: { Notes: [] } });
  expect(await refused(`Contacts/${contact.id}/Notes?fields=id`)).toMatchObject({ code: "NO_PERMISSION" });
});

test("notes can be written through the record they hang on; other relations are lookups", async () => {
  const at = `Contacts/${contact.id}/Notes`;
  const made = await zoho.crm("POST", at, { data: [{ Note_Content: "first" }, { Note_Title: "no content" }] });
  expect(codesOf(made)).toEqual(["SUCCESS", "MANDATORY_NOT_FOUND"]);
  const { id } = made.body.data[0].details;
  expect((await zoho.crm("PUT", `${at}/${id}`, { data: [{ Note_Content: "second" }] })).status).toBe(200);
  expect((await zoho.crm("GET", `${at}/${id}?fields=Note_Content`)).body.data).toMatchObject([
    { Note_Content: "second" },
  ]);
  expect(codesOf(await zoho.crm("DELETE", `${at}/${id}`))).toEqual(["SUCCESS"]);
  expect((await zoho.crm("PUT", `Contacts/${contact.id}/Deals`, { data: [{ id: "1" }] })).body.code).toBe(
    "NOT_SUPPORTED",
  );
  expect((await zoho.crm("POST", `Contacts/${contact.id}/Calls`, { data: [call()] })).body.code).toBe("NOT_SUPPORTED");
});

test("a conversion takes tasks and notes of the lead along", async () => {
  const related = { What_Id: lead.id, $se_module: "Leads" };
  const [made] = await zoho.insert("Tasks", task(related));
  await zoho.insert("Notes", noteOn(lead.id, "Leads"));
  const converted = await zoho.crm("POST", `Leads/${lead.id}/actions/convert`, { data: [{}] });
  const { Contacts, Accounts } = converted.body.data[0].details;
  expect((await zoho.crm("GET", `Tasks/${made.details.id}`)).body.data[0]).toMatchObject({
    Who_Id: { id: Contacts.id },
    What_Id: { id: Accounts.id },
    $se_module: "Accounts",
  });
  expect((await zoho.crm("GET", `Contacts/${Contacts.id}/Notes?fields=Parent_Id`)).body.data).toHaveLength(1);
});
