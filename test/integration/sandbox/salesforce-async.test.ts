import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, type Reply, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const xml = (values: Record<string, string>) =>
  `<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload">${Object.entries(
    values,
  )
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("")}</jobInfo>`;
const call = (method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Reply> =>
  client.org(method, `/services/async/67.0${path}`, body, {
    token: null,
    headers: { "x-sfdc-session": client.access.token, "content-type": "application/xml", ...headers },
  });
const read = ({ text }: Reply, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
const open = async (operation: string, object = "Contact", more: Record<string, string> = {}) =>
  read(await call("POST", "/job", xml({ operation, object, ...more, contentType: "CSV" })), "id") ?? "";
const add = (job: string, text: string) => call("POST", `/job/${job}/batch`, text, { "content-type": "text/csv" });

test("a batch goes from queued to completed, and its result says what became of each row", async () => {
  const job = await open("insert");
  const added = await add(job, "LastName,Phone\nExample,(415) 555-1212\n,1\n");
  const batch = read(added, "id") ?? "";
  expect([added.status, read(added, "state")]).toEqual([201, "Queued"]);
  expect(read(await call("GET", `/job/${job}/batch/${batch}/result`), "exceptionCode")).toBe("InvalidBatch");
  await client.advance(2000);
  const done = await call("GET", `/job/${job}/batch/${batch}`);
  expect([read(done, "state"), read(done, "numberRecordsProcessed"), read(done, "numberRecordsFailed")]).toEqual([
    "Completed",
    "2",
    "1",
  ]);
  const result = (await call("GET", `/job/${job}/batch/${batch}/result`)).text.trim().split("\n");
  const [made] = await client.records("Contact");
  expect(result[0]).toBe('"Id","Success","Created","Error"');
  expect(result[1]).toBe(`"${made.Id}","true","true",""`);
  expect(result[2]).toContain("REQUIRED_FIELD_MISSING");
  expect((await call("GET", `/job/${job}/batch/${batch}/request`)).text).toContain("LastName,Phone");
  const closed = await call("POST", `/job/${job}`, xml({ state: "Closed" }));
  expect([read(closed, "state"), read(closed, "numberBatchesCompleted")]).toEqual(["Closed", "1"]);
  expect(read(await add(job, "LastName\nx\n"), "exceptionCode")).toBe("InvalidJobState");
});

test("records are changed, upserted and deleted in batches", async () => {
  await client.config({ customFields: { Contact: [{ name: "Ext__c", externalId: true, unique: true }] } });
  const contact = await client.seed("Contact", { LastName: "Example", Ext__c: "1" });
  await add(await open("update"), `Id,Title\r\n${contact.Id},Owner\r\n`);
  await add(await open("upsert", "Contact", { externalIdFieldName: "Ext__c" }), "Ext__c,LastName\n1,Changed\n2,New\n");
  await client.advance(2000);
  expect(await client.records("Contact")).toMatchObject([
    { LastName: "Changed", Title: "Owner" },
    { LastName: "New", Ext__c: "2" },
  ]);
  await add(await open("delete"), `Id\n${contact.Id}\n`);
  await client.advance(2000);
  expect(await client.records("Contact")).toHaveLength(1);
});

test("a query is a batch too, whose result is fetched by its id", async () => {
  await client.seed("Contact", { LastName: "Example", Phone: "1" });
  const job = await open("query");
  const [good, bad] = [
    await add(job, "SELECT LastName, Phone FROM Contact"),
    await add(job, "SELECT Nope FROM Contact"),
  ];
  await client.advance(2000);
  const at = `/job/${job}/batch/${read(good, "id")}/result`;
  const id = read(await call("GET", at), "result");
  expect((await call("GET", `${at}/${id}`)).text).toBe('"LastName","Phone"\n"Example","1"\n');
  const failed = await call("GET", `/job/${job}/batch/${read(bad, "id")}`);
  expect([read(failed, "state"), read(failed, "stateMessage")]).toEqual([
    "Failed",
    expect.stringContaining("INVALID_FIELD"),
  ]);
  expect((await call("GET", `/job/${job}/batch`)).text.match(/<batchInfo>/g)).toHaveLength(2);
});

test("what it refuses comes in XML with codes of its own", async () => {
  const code = (reply: Reply) => [reply.status, read(reply, "exceptionCode")];
  expect(code(await call("GET", "/job/750000000000000", undefined, { "x-sfdc-session": "x" }))).toEqual([
    400,
    "InvalidSessionId",
  ]);
  expect(code(await call("GET", "/job/750000000000000"))).toEqual([400, "InvalidJob"]);
  expect(code(await call("POST", "/job", xml({ operation: "insert", object: "Nothing" })))).toEqual([
    400,
    "InvalidEntity",
  ]);
  expect(code(await call("POST", "/job", xml({ operation: "dream", object: "Contact" })))).toEqual([400, "InvalidJob"]);
  expect(code(await call("GET", "/nothing"))).toEqual([404, "InvalidUrl"]);
  await client.config({ dailyLimit: 0 });
  expect(code(await call("GET", "/job/750000000000000"))).toEqual([400, "ExceededQuota"]);
});

test("an aborted job leaves its waiting batches alone", async () => {
  const job = await open("insert");
  const batch = read(await add(job, "LastName\nExample\n"), "id") ?? "";
  expect(read(await call("POST", `/job/${job}`, xml({ state: "Aborted" })), "state")).toBe("Aborted");
  await client.advance(2000);
  expect(read(await call("GET", `/job/${job}/batch/${batch}`), "state")).toBe("NotProcessed");
  expect(await client.records("Contact")).toEqual([]);
});
