import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const csv = { headers: { "content-type": "text/csv" } };
const ext = {
  customFields: {
    Account: [{ name: "Ext__c", externalId: true, unique: true }],
    Contact: [{ name: "Ext__c", externalId: true }],
  },
};
const open = async (more: object = {}) =>
  (
    await client.org("POST", "/jobs/ingest", {
      object: "Account",
      operation: "upsert",
      externalIdFieldName: "Ext__c",
      contentType: "CSV",
      columnDelimiter: "COMMA",
      lineEnding: "LF",
      ...more,
    })
  ).body;
const info = async (id: string) => (await client.org("GET", `/jobs/ingest/${id}`)).body;
const close = (id: string) => client.org("PATCH", `/jobs/ingest/${id}`, { state: "UploadComplete" });
const result = async (id: string, kind: string) =>
  (await client.org("GET", `/jobs/ingest/${id}/${kind}/`)).text.trim().split("\n");

async function run(lines: readonly string[], more: object = {}): Promise<string> {
  const { id } = await open(more);
  expect((await client.org("PUT", `/jobs/ingest/${id}/batches`, `${lines.join("\n")}\n`, csv)).status).toBe(201);
  expect((await close(id)).body.state).toBe("UploadComplete");
  await client.advance(60_000);
  return id;
}

test("a job goes from open to complete, and its rows succeed or fail one by one", async () => {
  await client.config(ext);
  await client.seed("Account", { Name: "Old", Ext__c: "A-1" });
  const { id, state, contentUrl } = await open();
  expect([state, contentUrl]).toEqual(["Open", `services/data/v67.0/jobs/ingest/${id}/batches`]);
  await client.org("PUT", `/jobs/ingest/${id}/batches`, 'Ext__c,Name\nA-1,"New, ""quoted"""\nA-2,Second\nA-3,\n', csv);
  await close(id);
  await client.advance(1_000);
  expect((await info(id)).state).toBe("InProgress");
  await client.advance(60_000);
  expect(await info(id)).toMatchObject({
    state: "JobComplete",
    numberRecordsProcessed: 3,
    numberRecordsFailed: 1,
    jobType: "V2Ingest",
  });
  const accounts = await client.records("Account");
  expect(accounts.map(({ Name }) => Name)).toEqual(['New, "quoted"', "Second"]);
  expect(await result(id, "successfulResults")).toEqual([
    '"sf__Id","sf__Created","Ext__c","Name"',
    `"${accounts[0].Id}","false","A-1","New, ""quoted"""`,
    `"${accounts[1].Id}","true","A-2","Second"`,
  ]);
  expect(await result(id, "failedResults")).toEqual([
    '"sf__Id","sf__Error","Ext__c","Name"',
    '"","REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --","A-3",""',
  ]);
  expect(await result(id, "unprocessedrecords")).toEqual(['"Ext__c","Name"']);
});

test("an upload is taken once and only while the job is open", async () => {
  await client.config(ext);
  const { id } = await open();
  expect(refusal(await close(id))).toBe("400 INVALIDJOBSTATE");
  const upload = () => client.org("PUT", `/jobs/ingest/${id}/batches`, "Ext__c,Name\nA-1,x\n", csv);
  expect((await upload()).status).toBe(201);
  expect((await upload()).status).toBe(400);
  expect((await client.org("PUT", `/jobs/ingest/${id}/batches`, "{}")).status).toBe(415);
});

test("an aborted job writes nothing and gives its rows back; only finished jobs are deleted", async () => {
  await client.config(ext);
  const { id } = await open();
  await client.org("PUT", `/jobs/ingest/${id}/batches`, "Ext__c,Name\nA-1,x\n", csv);
  await close(id);
  expect((await client.org("DELETE", `/jobs/ingest/${id}`)).status).toBe(400);
  expect((await client.org("PATCH", `/jobs/ingest/${id}`, { state: "Aborted" })).body.state).toBe("Aborted");
  await client.advance(60_000);
  expect(await client.records("Account")).toEqual([]);
  expect(await result(id, "unprocessedrecords")).toEqual(["Ext__c,Name", "A-1,x"]);
  expect((await client.org("DELETE", `/jobs/ingest/${id}`)).status).toBe(204);
  expect((await client.org("GET", `/jobs/ingest/${id}`)).status).toBe(404);
});

test("a header that means nothing fails the job", async () => {
  await client.config(ext);
  expect(await info(await run(["Ext__c,Nope__c", "A-1,x"]))).toMatchObject({
    state: "Failed",
    errorMessage: "InvalidBatch : Field name not found : Nope__c",
  });
  expect(
    refusal(
      await client.org("POST", "/jobs/ingest", {
        object: "Account",
        operation: "upsert",
        externalIdFieldName: "Nope__c",
      }),
    ),
  ).toBe("404 NOT_FOUND");
});

test("an empty value leaves a field, #N/A empties it or is a text", async () => {
  await client.config(ext);
  await client.seed("Account", { Name: "Old", Ext__c: "A-1", Phone: "1", Website: "w" });
  await run(["Ext__c,Phone,Website", "A-1,,#N/A"]);
  expect((await client.records("Account"))[0]).toMatchObject({ Phone: "1", Website: null });
  await client.config({ bulkHashNaIsNull: false });
  await run(["Ext__c,Phone", "A-1,#N/A"]);
  expect((await client.records("Account"))[0].Phone).toBe("#N/A");
});

test("parents are named by external id, polymorphic ones with their type where that is taken", async () => {
  await client.config(ext);
  const account = await client.seed("Account", { Name: "Test Clinic", Ext__c: "A-1" });
  await run(["LastName,Account.Ext__c,Ext__c", "Example,A-1,C-1"], { object: "Contact", operation: "insert" });
  const [contact] = await client.records("Contact");
  expect(contact.AccountId).toBe(account.Id);
  const tasks = { object: "Task", operation: "insert" };
  await run(["Subject,Contact:Who.Ext__c", "Call,C-1"], tasks);
  expect((await client.records("Task"))[0].WhoId).toBe(contact.Id);
  await client.config({ bulkPolymorphicHeader: false });
  expect((await info(await run(["Subject,Contact:Who.Ext__c", "Call,C-1"], tasks))).state).toBe("Failed");
});

test("a small job comes with its data in one request, up to a size", async () => {
  await client.config(ext);
  const ask = () => {
    const job = JSON.stringify({ object: "Account", operation: "upsert", externalIdFieldName: "Ext__c" });
    const body = `--B\r\nContent-Disposition: form-data; name="job"\r\nContent-Type: application/json\r\n\r\n${job}\r\n--B\r\nContent-Disposition: form-data; name="content"; filename="c.csv"\r\nContent-Type: text/csv\r\n\r\nExt__c,Name\nA-1,x\r\n--B--\r\n`;
    return client.org("POST", "/jobs/ingest", body, {
      headers: { "content-type": 'multipart/form-data; boundary="B"' },
    });
  };
  expect((await ask()).body.state).toBe("UploadComplete");
  await client.advance(60_000);
  expect(await client.records("Account")).toHaveLength(1);
  await client.config({ bulkMultipartMaxChars: 10 });
  expect((await ask()).status).toBe(413);
});

test("records are updated, deleted and deleted for good by id", async () => {
  const [a, b, c] = [
    await client.seed("Account", { Name: "A" }),
    await client.seed("Account", { Name: "B" }),
    await client.seed("Account", { Name: "C" }),
  ];
  await run(["Id,Name", `${a.Id},Changed`], { operation: "update" });
  await run(["Id", b.Id], { operation: "delete" });
  await run(["Id", c.Id], { operation: "hardDelete" });
  expect((await client.records("Account")).map(({ Name }) => Name)).toEqual(["Changed"]);
  expect((await client.soql("SELECT Id FROM Account WHERE IsDeleted = true", true)).records).toMatchObject([
    { Id: b.Id },
  ]);
});

test("a locked row fails alone", async () => {
  const [a, b] = [await client.seed("Account", { Name: "A" }), await client.seed("Account", { Name: "B" })];
  await client.config({ lockedRecords: { Account: [b.Id] } });
  const id = await run(["Id,Name", `${a.Id},x`, `${b.Id},x`], { operation: "update" });
  expect((await result(id, "failedResults"))[1]).toContain("UNABLE_TO_LOCK_ROW");
  expect((await info(id)).numberRecordsFailed).toBe(1);
});

test("jobs are listed, cost batches of the day, and are gone after seven days", async () => {
  await client.config(ext);
  const id = await run(["Ext__c,Name", "A-1,x"]);
  expect((await client.org("GET", "/jobs/ingest?jobType=V2Ingest")).body.records).toMatchObject([{ id }]);
  expect((await client.org("GET", "/limits")).body.DailyBulkApiBatches.Remaining).toBe(14_999);
  await client.advance(7 * 86_400_000);
  expect((await client.org("GET", `/jobs/ingest/${id}`)).status).toBe(404);
});

test("a bulk query answers CSV in pages", async () => {
  const account = await client.seed("Account", { Name: "Test Clinic" });
  await client.seed("Contact", { LastName: "One", AccountId: account.Id });
  await client.seed("Contact", { LastName: "Two" });
  const { id } = (
    await client.org("POST", "/jobs/query", { operation: "query", query: "SELECT LastName, Account.Name FROM Contact" })
  ).body;
  expect((await client.org("GET", `/jobs/query/${id}/results`)).status).toBe(400);
  await client.advance(1_000);
  expect((await client.org("GET", `/jobs/query/${id}`)).body.state).toBe("JobComplete");
  const first = await client.org("GET", `/jobs/query/${id}/results?maxRecords=1`);
  expect([first.text, first.headers.get("sforce-locator")]).toEqual([
    '"LastName","Account.Name"\n"One","Test Clinic"\n',
    "1",
  ]);
  const second = await client.org("GET", `/jobs/query/${id}/results?maxRecords=1&locator=1`);
  expect([second.text.split("\n")[1], second.headers.get("sforce-locator")]).toEqual(['"Two",""', "null"]);
});
