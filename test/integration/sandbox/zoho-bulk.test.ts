import { unzipSync, zipSync } from "fflate";
import { expect, test } from "vitest";
import { openZoho, type Reply } from "./zoho-client.ts";

const zoho = await openZoho();

async function upload(csv: string, headers: Record<string, string> = {}): Promise<Reply> {
  const form = new FormData();
  const zip = zipSync({ "rows.csv": Buffer.from(csv) });
  form.set("file", new Blob([new Uint8Array(zip)]), "rows.zip");
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return zoho.crm("POST", "upload", body, {
    headers: {
      "content-type": encoded.headers.get("content-type") ?? "",
      feature: "bulk-write",
      "x-crm-org": "20064123456",
      ...headers,
    },
  });
}

const mappings = [
  { api_name: "Email", index: 0 },
  { api_name: "Last_Name", index: 1 },
  { api_name: "Phone", index: 2 },
];
async function job(csv: string, more: object = {}, resource: object = {}): Promise<Reply> {
  const { file_id } = (await upload(csv)).body.details;
  return zoho.crm("POST", "/crm/bulk/v8/write", {
    operation: "insert",
    ...more,
    resource: [{ type: "data", module: { api_name: "Contacts" }, file_id, field_mappings: mappings, ...resource }],
  });
}
const rowsOf = (reply: Reply): string[] =>
  Buffer.from(Object.values(unzipSync(reply.bytes))[0] ?? [])
    .toString()
    .trim()
    .split("\n");

test("rows of a file become records a moment later, each by itself, and the result says which", async () => {
  const made = await job(
    'Email,Last_Name,Phone\na@example.com,Muster,123456\nb@example.com,,1\nc@example.com,"Sam, ple",x y z\n',
  );
  expect(made.status).toBe(201);
  const path = `/crm/bulk/v8/write/${made.body.details.id}`;
  expect((await zoho.crm("GET", path)).body.status).toBe("ADDED");
  expect((await zoho.crm("GET", `${path}/result`)).status).toBe(404);
  await zoho.advance(1000);
  expect((await zoho.crm("GET", path)).body.status).toBe("INPROGRESS");
  await zoho.advance(1000);
  const done = (await zoho.crm("GET", path)).body;
  expect(done.resource[0].file).toMatchObject({ added_count: 1, skipped_count: 2, total_count: 3 });
  const [contact] = await zoho.records("Contacts");
  expect(rowsOf(await zoho.crm("GET", done.result.download_url))).toEqual([
    "Email,Last_Name,Phone,STATUS,RECORD_ID,ERRORS",
    `a@example.com,Muster,123456,ADDED,${contact.id},`,
    "b@example.com,,1,SKIPPED,,MANDATORY_NOT_FOUND-Last_Name",
    'c@example.com,"Sam, ple",x y z,SKIPPED,,INVALID_DATA-Phone',
  ]);
});

test("an upsert by a unique field adds and updates", async () => {
  await zoho.crm("POST", "settings/fields?module=Contacts", {
    fields: [{ field_label: "Ext ID", data_type: "text", unique: { case_sensitive: true } }],
  });
  await zoho.insert("Contacts", { Last_Name: "Old", Ext_ID: "k1" });
  const field_mappings = [
    { api_name: "Ext_ID", index: 0 },
    { api_name: "Last_Name", index: 1 },
  ];
  const csv = "k,n\nk1,New\nk2,Other\n";
  expect((await job(csv, { operation: "upsert" }, { field_mappings })).body.code).toBe("MISSING_REQUIRED_KEY");
  await job(csv, { operation: "upsert" }, { field_mappings, find_by: "Ext_ID" });
  await zoho.advance(2000);
  expect((await zoho.records("Contacts")).map(({ Last_Name }) => Last_Name)).toEqual(["New", "Other"]);
});

test("what is wrong with a job is told at once", async () => {
  const code = async (more: object, resource: object) => (await job("a\nb\n", more, resource)).body.code;
  expect(await code({}, { module: { api_name: "Calls" } })).toBe("MODULE_NOT_AVAILABLE");
  expect(await code({}, { file_id: "1" })).toBe("FILE_NOT_FOUND");
  expect(await code({}, { field_mappings: [{ api_name: "Email", index: 0 }] })).toBe("MANDATORY_FIELDS_NOT_MAPPED");
  expect(await code({ callback: { url: "ftp://x", method: "post" } }, {})).toBe("INVALID_CALLBACK_URL");
  expect(await code({ callback: { url: "https://example.com/done", method: "get" } }, {})).toBe(
    "INVALID_CALLBACK_METHOD",
  );
  expect(await code({ operation: "update" }, { find_by: "Phone" })).toBe("INVALID_DATA");
  expect(await code({}, { field_mappings: [{ api_name: "Last_Name", index: 1 }] })).toBe("COLUMN_INDEX_NOT_FOUND");
  expect(await code({}, { field_mappings: [{ api_name: "Nothing", index: 0 }] })).toBe("INVALID_DATA");
  const notZip = await zoho.crm("POST", "upload", Buffer.from("x"), {
    headers: { feature: "bulk-write", "x-crm-org": "20064123456", "content-type": "multipart/form-data; boundary=b" },
  });
  expect(notZip.body.code).toBe("FILE_NOT_SUPPORTED");
  expect((await upload("a\n", { "x-crm-org": "1" })).body.code).toBe("INVALID_DATA");
});

test("what the user may not do, a job may not do either", async () => {
  await zoho.config({ objectPermissions: { Contacts: ["read", "create"] } });
  const code = async (more: object) => (await job("Email,Last_Name,Phone\n,One,\n", more, { find_by: "id" })).body.code;
  expect(await code({})).toBe("SUCCESS");
  expect(await code({ operation: "update" })).toBe("NO_PERMISSION");
  expect(await code({ operation: "upsert" })).toBe("NO_PERMISSION");
});

test("a job whose field is gone when it runs fails as a whole and leaves no result", async () => {
  const made = await job("Email,Last_Name,Phone\na@example.com,One,\n");
  await zoho.config({ removedFields: { Contacts: ["Email"] } });
  await zoho.advance(2000);
  const path = `/crm/bulk/v8/write/${made.body.details.id}`;
  const done = (await zoho.crm("GET", path)).body;
  expect(done).toMatchObject({ status: "FAILED", resource: [{ status: "FAILED", code: "INVALID_DATA" }] });
  expect(done.result).toBeUndefined();
  expect((await zoho.crm("GET", `${path}/result`)).status).toBe(404);
  expect(await zoho.records("Contacts")).toEqual([]);
});

test("rows that the org holds back are blocked, and what a result has no name for cannot be processed", async () => {
  const [free, locked, inBlueprint, unapproved] = await Promise.all(
    ["A", "B", "C", "D"].map(async (Last_Name) => (await zoho.seed("Leads", { Last_Name })).id),
  );
  await zoho.crm("POST", `Leads/${free}/actions/convert`, { data: [{}] });
  await zoho.config({
    lockedRecords: { Leads: [locked] },
    blueprintRecords: { Leads: [inBlueprint] },
    unapprovedRecords: { Leads: [unapproved] },
  });
  const csv = `id,Last_Name\n${[free, locked, inBlueprint, unapproved, "1"].map((id) => `${id},X`).join("\n")}\n`;
  const made = await job(
    csv,
    { operation: "update" },
    {
      module: { api_name: "Leads" },
      find_by: "id",
      field_mappings: [
        { api_name: "id", index: 0 },
        { api_name: "Last_Name", index: 1 },
      ],
    },
  );
  await zoho.advance(2000);
  const result = await zoho.crm("GET", `/crm/bulk/v8/write/${made.body.details.id}/result`);
  const errors = rowsOf(result).map((row) => row.split(",").at(-1));
  expect(errors).toEqual([
    "ERRORS",
    "CANNOT_PROCESS",
    "BLOCKED_RECORD",
    "BLOCKED_RECORD",
    "NOT_APPROVED",
    "RESOURCE_NOT_FOUND",
  ]);
});

test("an org whose storage is full processes no row", async () => {
  await zoho.config({ storageFull: true });
  const made = await job("Email,Last_Name,Phone\na@example.com,One,\n");
  await zoho.advance(2000);
  const result = await zoho.crm("GET", `/crm/bulk/v8/write/${made.body.details.id}/result`);
  expect(rowsOf(result).at(-1)).toBe("a@example.com,One,,UNPROCESSED,,LIMIT_EXCEEDED");
});

test("a job has at most 25,000 rows of 200 columns", async () => {
  const one = [{ api_name: "Last_Name", index: 0 }];
  const code = async (csv: string) => (await job(csv, {}, { field_mappings: one })).body.code;
  expect(await code(`Last_Name\n${"x\n".repeat(25_000)}`)).toBe("SUCCESS");
  expect(await code(`Last_Name\n${"x\n".repeat(25_001)}`)).toBe("LIMIT_EXCEEDED");
  expect(await code(`${Array.from({ length: 201 }, () => "x").join(",")}\n`)).toBe("LIMIT_EXCEEDED");
});

test("whether an upload wants a scope of its own is a switch", async () => {
  await zoho.config({ scopes: ["ZohoCRM.bulk.ALL"] });
  expect((await upload("a\n")).body.code).toBe("OAUTH_SCOPE_MISMATCH");
  await zoho.config({ bulkUploadScope: false });
  expect((await upload("a\n")).body.code).toBe("FILE_UPLOAD_SUCCESS");
});

test("whether a bulk write runs automation is a switch", async () => {
  const automationEdits = [{ object: "Contacts", on: "create", set: { Title: "auto" }, afterMs: 0 }];
  const titles = async () => (await zoho.records("Contacts")).map(({ Title }) => Title);
  await zoho.config({ automationEdits });
  await job("Email,Last_Name,Phone\n,One,\n");
  await zoho.advance(2000);
  expect(await titles()).toEqual(["auto"]);
  await zoho.config({ bulkWriteRunsAutomation: false });
  await job("Email,Last_Name,Phone\n,Two,\n");
  await zoho.advance(2000);
  expect(await titles()).toEqual(["auto", null]);
});

test("a module is read page by page into files", async () => {
  await zoho.config({ bulkReadPageRows: 2 });
  for (const Last_Name of ["A", "B", "C"]) await zoho.seed("Contacts", { Last_Name, Phone: "123456" });
  await zoho.seed("Contacts", { Last_Name: "D", Phone: "654321" });
  const criteria = { field: { api_name: "Phone" }, comparator: "equal", value: "123456" };
  const start = (page: number) =>
    zoho.crm("POST", "/crm/bulk/v8/read", {
      query: { module: { api_name: "Contacts" }, fields: ["Last_Name", "Phone"], criteria, page },
      file_type: "csv",
    });
  const read = async (page: number) => {
    const made = (await start(page)).body.data[0];
    expect(made).toMatchObject({ code: "ADDED_SUCCESSFULLY", details: { state: "ADDED" } });
    await zoho.advance(2000);
    const done = (await zoho.crm("GET", `/crm/bulk/v8/read/${made.details.id}`)).body.data[0];
    return { done, rows: rowsOf(await zoho.crm("GET", done.result.download_url)) };
  };
  const first = await read(1);
  expect(first.done.result).toMatchObject({ count: 2, more_records: true, per_page: 2 });
  expect(first.rows.map((row) => row.split(",")[1])).toEqual(["Last_Name", "A", "B"]);
  const second = await read(2);
  expect(second.done.result.more_records).toBe(false);
  expect(second.rows).toHaveLength(2);
});

test("a composite answers each part by itself, at most five", async () => {
  const part = (id: string, body: object) => ({ sub_request_id: id, method: "POST", uri: "/crm/v8/Contacts", body });
  const send = (__composite_requests: object[], more: object = {}) =>
    zoho.crm("POST", "__composite_requests", { ...more, __composite_requests });
  const good = { data: [{ Last_Name: "A" }] };
  const reply = await send([part("1", good), part("2", { data: [{}] })]);
  expect(reply.status).toBe(207);
  const [one, two] = reply.body["__composite_requests"].map((each: any) => each.details.response);
  expect([one.status_code, two.status_code]).toEqual([201, 400]);
  expect(two.body.data[0].code).toBe("MANDATORY_NOT_FOUND");
  expect((await send(Array.from({ length: 6 }, () => part("1", good)))).body.code).toBe("LIMIT_EXCEEDED");
  const both = await send([part("1", good)], { rollback_on_fail: true, parallel_execution: true });
  expect(both.body.code).toBe("AMBIGUITY_DURING_PROCESSING");
  expect(await zoho.records("Contacts")).toHaveLength(1);
  await send([part("1", good), part("2", { data: [{}] })], { rollback_on_fail: true });
  expect(await zoho.records("Contacts")).toHaveLength(1);
});
