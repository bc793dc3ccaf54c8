import { expect, test } from "vitest";
import { call, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
const ids = (reply: { body: any }): string[] => reply.body.data.map(({ id }: { id: string }) => id);

test("paths, versions, modules and methods that are none", async () => {
  const unknown = await zoho.crm("GET", "/crm/v99/Contacts?fields=id");
  expect([unknown.status, unknown.body.code]).toEqual([404, "INVALID_URL_PATTERN"]);
  expect((await zoho.crm("GET", "/nothing")).status).toBe(404);
  const module = await zoho.crm("GET", "Nothing?fields=id");
  expect([module.status, module.body.code]).toEqual([400, "INVALID_MODULE"]);
  const method = await zoho.crm("PATCH", "coql", {});
  expect([method.status, method.body.code]).toEqual([400, "INVALID_REQUEST_METHOD"]);
});

test("older versions are still answered", async () => {
  await zoho.seed("Contacts", { Last_Name: "Muster" });
  for (const version of ["v2", "v2.1", "v3", "v4", "v5", "v6", "v7"])
    expect((await zoho.crm("GET", `/crm/${version}/Contacts?fields=Last_Name`)).status).toBe(200);
  expect((await zoho.crm("GET", "/crm/v2/Contacts")).status).toBe(200);
});

test("an empty list is 204; fields are wanted and at most fifty", async () => {
  expect((await zoho.crm("GET", "Contacts?fields=id")).status).toBe(204);
  expect((await zoho.crm("GET", "Contacts")).body.code).toBe("REQUIRED_PARAM_MISSING");
  const many = Array.from({ length: 51 }, (_, n) => `F${n}`).join(",");
  expect((await zoho.crm("GET", `Contacts?fields=${many}`)).body.code).toBe("LIMIT_EXCEEDED");
});

test("a list is paged by number, sorted, and tells whether more comes", async () => {
  const made = [];
  for (const Last_Name of ["A", "B", "C"]) made.push((await zoho.seed("Contacts", { Last_Name })).id);
  const path = "Contacts?fields=Last_Name&per_page=2&sort_by=id&sort_order=asc";
  const first = await zoho.crm("GET", path);
  expect(ids(first)).toEqual(made.slice(0, 2));
  expect(first.body.info).toMatchObject({ per_page: 2, count: 2, page: 1, more_records: true, sort_order: "asc" });
  expect(ids(await zoho.crm("GET", `${path}&page=2`))).toEqual(made.slice(2));
  const byDefault = await zoho.crm("GET", "Contacts?fields=Last_Name");
  expect(ids(byDefault)).toEqual(made.toReversed());
  expect((await zoho.crm("GET", "Contacts?fields=id&sort_by=Last_Name")).body.code).toBe("INVALID_DATA");
});

test("beyond 2,000 rows only a page token leads on; it is bound to its request and lives a day", async () => {
  for (const Last_Name of ["A", "B", "C"]) await zoho.seed("Contacts", { Last_Name });
  const tooFar = await zoho.crm("GET", "Contacts?fields=id&per_page=200&page=11");
  expect(tooFar.body.code).toBe("DISCRETE_PAGINATION_LIMIT_EXCEEDED");
  const first = await zoho.crm("GET", "Contacts?fields=id&per_page=2");
  const token = first.body.info.next_page_token;
  const next = (query: string) => zoho.crm("GET", `Contacts?${query}&page_token=${token}`);
  expect(ids(await next("fields=id&per_page=2"))).toHaveLength(1);
  expect((await next("fields=Last_Name&per_page=2")).body.code).toBe("TOKEN_BOUND_DATA_MISMATCH");
  expect((await next("fields=id&per_page=2&page=1")).status).toBe(400);
  await zoho.advance(86_400_000);
  expect((await next("fields=id&per_page=2")).body.code).toBe("EXPIRED_VALUE");
});

test("If-Modified-Since answers 304 when nothing changed; times are whole seconds", async () => {
  const { id, Modified_Time } = await zoho.seed("Contacts", { Last_Name: "A" });
  expect(Modified_Time).toMatch(/T\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  const list = (path: string) => zoho.crm("GET", path, undefined, { headers: { "if-modified-since": Modified_Time } });
  expect((await list("Contacts?fields=id")).status).toBe(304);
  expect((await list(`Contacts/${id}`)).status).toBe(304);
  await zoho.advance(1000);
  await zoho.edit("Contacts", id, { Last_Name: "B" });
  expect((await list("Contacts?fields=id")).status).toBe(200);
});

test("records are listed by their ids, and counted", async () => {
  const first = (await zoho.seed("Contacts", { Last_Name: "A" })).id;
  await zoho.seed("Contacts", { Last_Name: "B" });
  expect(ids(await zoho.crm("GET", `Contacts?fields=id&ids=${first},1`))).toEqual([first]);
  expect((await zoho.crm("GET", "Contacts/actions/count")).body).toEqual({ count: 2 });
});

test("a record that is gone is answered by 204, or as invalid by the switch", async () => {
  expect((await zoho.crm("GET", "Contacts/3652397000009999999")).status).toBe(204);
  await zoho.config({ missingIdAnswer: "INVALID_DATA" });
  const reply = await zoho.crm("GET", "Contacts/3652397000009999999");
  expect([reply.status, reply.body.details]).toEqual([400, { api_name: "id" }]);
});

test("reads may lag behind writes", async () => {
  await zoho.config({ readLagMs: 5000 });
  const [made] = await zoho.insert("Calls", call());
  const path = `Calls/${made.details.id}`;
  expect((await zoho.crm("GET", path)).status).toBe(204);
  expect((await zoho.coql(`select id from Calls where id = ${made.details.id}`)).status).toBe(204);
  await zoho.advance(5000);
  expect((await zoho.crm("GET", path)).status).toBe(200);
  expect((await zoho.coql(`select id from Calls where id = ${made.details.id}`)).status).toBe(200);
});

test("deleted records are listed, in the bin for sixty days and gone after them", async () => {
  const { id } = await zoho.seed("Contacts", { Last_Name: "Muster" });
  expect((await zoho.crm("GET", "Contacts/deleted?type=all")).status).toBe(204);
  await zoho.drop("Contacts", id);
  const row = (await zoho.crm("GET", "Contacts/deleted?type=recycle")).body.data[0];
  expect(row).toMatchObject({ id, display_name: "Muster", type: "recycle", deleted_by: { name: "Bob Sample" } });
  await zoho.config({ recycleBinMs: 1000 });
  await zoho.advance(2000);
  expect((await zoho.crm("GET", "Contacts/deleted?type=recycle")).status).toBe(204);
  expect((await zoho.crm("GET", "Contacts/deleted?type=permanent")).body.data[0]).toMatchObject({
    id,
    display_name: null,
    type: "permanent",
  });
});

test("a restored record comes back with a new modified time, or with its old one by the switch", async () => {
  const restore = async (): Promise<[string, string]> => {
    const { id, Modified_Time } = await zoho.seed("Contacts", { Last_Name: "Muster" });
    await zoho.drop("Contacts", id);
    await zoho.advance(60_000);
    const reply = await zoho.crm("POST", "settings/recycle_bin/actions/restore", { ids: [id] });
    expect([reply.status, reply.body.recycle_bin[0].message]).toEqual([200, "record restored"]);
    return [Modified_Time, (await zoho.crm("GET", `Contacts/${id}`)).body.data[0].Modified_Time];
  };
  const [before, after] = await restore();
  expect(after).not.toBe(before);
  await zoho.config({ restoreMovesModifiedTime: false });
  const [kept, still] = await restore();
  expect(still).toBe(kept);
  const unknown = await zoho.crm("POST", "settings/recycle_bin/3652397000009999999/actions/restore");
  expect(unknown.body.recycle_bin[0].code).toBe("INVALID_DATA");
});

test("the token's user may do to a module what the configuration says", async () => {
  const { id } = await zoho.seed("Calls", call());
  await zoho.config({ objectPermissions: { Calls: ["read"] } });
  expect((await zoho.crm("GET", `Calls/${id}`)).status).toBe(200);
  const refused = await zoho.crm("POST", "Calls", { data: [call()] });
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({ code: "NO_PERMISSION", details: { permissions: ["Crm_Implied_Create_Calls"] } });
  expect((await zoho.crm("PUT", `Calls/${id}`, { data: [{}] })).status).toBe(403);
  expect((await zoho.crm("DELETE", `Calls/${id}`)).status).toBe(403);
  await zoho.config({ objectPermissions: { Calls: ["create"] } });
  expect((await zoho.crm("GET", `Calls/${id}`)).status).toBe(403);
  expect((await zoho.coql("select id from Calls where id is not null")).status).toBe(403);
});

test("a field that is hidden is absent; one that may only be read is not written", async () => {
  const { id } = await zoho.seed("Calls", call({ Description: "secret" }));
  await zoho.config({ fieldPermissions: { Calls: { Description: "none", Call_Agenda: "read" } } });
  expect((await zoho.crm("GET", `Calls/${id}`)).body.data[0]).not.toHaveProperty("Description");
  const refused = await zoho.crm("PUT", `Calls/${id}`, { data: [{ Call_Agenda: "x" }] });
  expect(refused.body.data[0]).toMatchObject({ code: "NO_PERMISSION", details: { api_name: "Call_Agenda" } });
  const fields = (await zoho.crm("GET", "settings/fields?module=Calls")).body.fields;
  const find = (name: string) => fields.find(({ api_name }: { api_name: string }) => api_name === name);
  expect(find("Description")).toBeUndefined();
  expect(find("Call_Agenda").operation_type.api_update).toBe(false);
  expect((await zoho.records("Calls"))[0].Description).toBe("secret");
});

test("a hidden record is not seen, not written and not linked to", async () => {
  const { id } = await zoho.seed("Contacts", { Last_Name: "Muster" });
  await zoho.config({ hiddenRecords: { Contacts: [id] } });
  expect((await zoho.crm("GET", `Contacts/${id}`)).status).toBe(204);
  expect((await zoho.crm("GET", "Contacts?fields=id")).status).toBe(204);
  expect((await zoho.coql(`select id from Contacts where id = ${id}`)).status).toBe(204);
  expect((await zoho.crm("PUT", `Contacts/${id}`, { data: [{ Last_Name: "X" }] })).body.data[0].code).toBe(
    "NO_PERMISSION",
  );
  expect((await zoho.insert("Calls", call({ Who_Id: id })))[0].details.api_name).toBe("Who_Id");
});

test("a merge keeps the master, moves the calls and deletes the other", async () => {
  const master = await zoho.seed("Contacts", { Last_Name: "Muster" });
  const other = await zoho.seed("Contacts", { Last_Name: "Mustr", Phone: "123456" });
  const [linked] = await zoho.insert("Calls", call({ Who_Id: other.id }));
  const reply = await zoho.admin("POST", `/zoho/records/Contacts/${master.id}/merge`, { with: other.id });
  expect(reply.body).toMatchObject({ id: master.id, Last_Name: "Muster", Phone: "123456" });
  expect((await zoho.crm("GET", `Calls/${linked.details.id}`)).body.data[0].Who_Id.id).toBe(master.id);
  expect((await zoho.crm("GET", `Contacts/${other.id}`)).status).toBe(204);
  expect((await zoho.crm("GET", "Contacts/deleted?type=all")).body.data[0].id).toBe(other.id);
});

test("a merge over the API takes up to two others, and no calls", async () => {
  const [one, two] = [await zoho.seed("Contacts", { Last_Name: "A" }), await zoho.seed("Contacts", { Last_Name: "B" })];
  const merge = (module: string) =>
    zoho.crm("POST", `${module}/${one.id}/actions/merge`, { merge: [{ data: [{ id: two.id }] }] });
  expect((await merge("Contacts")).body.merge[0].details.id).toBe(one.id);
  expect((await merge("Contacts")).body.code).toBe("INVALID_DATA");
  expect((await merge("Calls")).body.code).toBe("MODULE_NOT_SUPPORTED");
});

test("a converted lead leaves the lists, cannot be written, and names what it became", async () => {
  const lead = await zoho.seed("Leads", { Last_Name: "Example", Company: "Acme Example Ltd", Phone: "123456" });
  const [linked] = await zoho.insert("Calls", call({ What_Id: lead.id, $se_module: "Leads" }));
  const convert = () => zoho.crm("POST", `Leads/${lead.id}/actions/convert`, { data: [{ Deals: { Deal_Name: "D" } }] });
  const { Contacts, Accounts, Deals } = (await convert()).body.data[0].details;
  expect([Contacts.name, Accounts.name, Deals.name]).toEqual(["Example", "Acme Example Ltd", "D"]);
  expect((await convert()).body.code).toBe("ID_ALREADY_CONVERTED");
  expect((await zoho.crm("GET", "Leads?fields=id")).status).toBe(204);
  expect(ids(await zoho.crm("GET", "Leads?fields=id&converted=both"))).toEqual([lead.id]);
  const update = await zoho.crm("PUT", `Leads/${lead.id}`, { data: [{ Last_Name: "X" }] });
  expect(update.body.data[0].code).toBe("ID_ALREADY_CONVERTED");
  const again = await zoho.insert("Calls", call({ What_Id: lead.id, $se_module: "Leads" }));
  expect(again[0].code).toBe("CONVERTED_RECORD");
  const moved = (await zoho.crm("GET", `Calls/${linked.details.id}`)).body.data[0];
  expect([moved.Who_Id.id, moved.What_Id.id, moved.$se_module]).toEqual([Contacts.id, Deals.id, "Deals"]);
  const read = async () => (await zoho.crm("GET", `Leads/${lead.id}`)).body.data[0];
  expect(await read()).toMatchObject({ $converted: true, $converted_detail: { contact: Contacts.id, deal: Deals.id } });
  await zoho.config({ convertedLeadLinks: false });
  expect(await read()).not.toHaveProperty("$converted_detail");
});

test("an outside edit is another user's, and passes no rules but that the field exists", async () => {
  const { id } = await zoho.seed("Calls", { Subject: "only" });
  expect(await zoho.edit("Calls", id, { Call_Type: "Missed" })).toMatchObject({ Modified_By: { name: "Bob Sample" } });
  const refused = await zoho.admin("PATCH", `/zoho/records/Calls/${id}`, { Nothing: 1 });
  expect([refused.status, refused.body.error]).toEqual([400, 'Calls has no field Nothing ({"api_name":"Nothing"})']);
  expect((await zoho.admin("DELETE", "/zoho/records/Calls/1")).status).toBe(404);
  await zoho.createKey();
  const keyed = await zoho.seed("Calls", { Subject: "x", Call_Sync_Key: "cl_1" });
  expect((await zoho.admin("POST", "/zoho/records/Calls", { Call_Sync_Key: "cl_1" })).status).toBe(409);
  expect((await zoho.admin("PATCH", `/zoho/records/Calls/${keyed.id}`, { Call_Sync_Key: "cl_1" })).status).toBe(200);
});

test("files are attached to a record, listed, given back and deleted; a link has no file", async () => {
  const { id } = await zoho.seed("Contacts", { Last_Name: "Muster" });
  const at = `Contacts/${id}/Attachments`;
  const upload = async (text: string, path = at) => {
    const form = new FormData();
    form.set("file", new Blob([text]), "offer.txt");
    const encoded = new Response(form);
    const headers = { "content-type": encoded.headers.get("content-type") ?? "" };
    return zoho.crm("POST", path, Buffer.from(await encoded.arrayBuffer()), { headers });
  };
  expect((await zoho.crm("GET", `${at}?fields=File_Name`)).status).toBe(204);
  const [file] = (await upload("An offer")).body.data;
  expect(file).toMatchObject({ code: "SUCCESS", message: "attachment uploaded successfully" });
  const link = await zoho.crm("POST", `${at}?attachmentUrl=${encodeURIComponent("https://example.com/offer")}`);
  expect(link.body.data[0].code).toBe("SUCCESS");
  const { data, info } = (await zoho.crm("GET", `${at}?fields=File_Name,Size`)).body;
  expect(info).toMatchObject({ count: 2, more_records: false });
  expect(data).toMatchObject([
    { File_Name: "offer.txt", Size: "8", Parent_Id: { name: "Muster", id }, $type: "Attachment" },
    { $type: "Link URL", $link_url: "https://example.com/offer" },
  ]);
  expect((await zoho.crm("GET", `${at}/${file.details.id}`)).bytes.toString()).toBe("An offer");
  expect((await zoho.crm("GET", `${at}/${data[1].id}`)).status).toBe(400);
  expect((await zoho.crm("GET", at)).body.code).toBe("REQUIRED_PARAM_MISSING");
  expect((await zoho.crm("POST", at, {})).body.code).toBe("REQUIRED_PARAM_MISSING");
  expect((await upload("x", "Contacts/1/Attachments")).body.code).toBe("INVALID_DATA");
  expect((await zoho.crm("DELETE", `${at}/${file.details.id}`)).body.data[0].code).toBe("SUCCESS");
  expect((await zoho.crm("DELETE", `${at}?ids=${file.details.id},${data[1].id}`)).status).toBe(207);
  await zoho.config({ scopes: ["ZohoCRM.modules.contacts.ALL"] });
  expect((await upload("x")).body.code).toBe("OAUTH_SCOPE_MISMATCH");
});
