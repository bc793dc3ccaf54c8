import jsforce, { type Connection } from "jsforce";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, type SalesforceClient } from "../integration/sandbox/salesforce-client.ts";

let sandbox: SalesforceClient;
let connection: Connection;
beforeAll(async () => {
  sandbox = await openSalesforce();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.config({ searchLagMs: 0 });
  const { baseUrl: instanceUrl, token: accessToken } = sandbox.access;
  connection = new jsforce.Connection({ instanceUrl, accessToken, version: "67.0" });
});

const key = "CallLedger_Key__c";
const failure = (work: PromiseLike<unknown>): Promise<any> =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );
const app = () => ({
  loginUrl: sandbox.access.baseUrl,
  clientId: sandbox.access["clientId"] ?? "",
  clientSecret: sandbox.access["clientSecret"] ?? "",
  redirectUri: "http://localhost:33333/callback",
});

test("creates, reads, changes and deletes, one and many", async () => {
  const contacts = connection.sobject("Contact");
  const made = await contacts.create({ LastName: "Example", Phone: "(415) 555-1212" });
  expect(made).toMatchObject({ success: true });
  expect(await contacts.retrieve(made.id ?? "")).toMatchObject({ LastName: "Example", Name: "Example" });
  expect(await contacts.update({ Id: made.id ?? "", Title: "Owner" })).toMatchObject({ success: true });
  const many = await contacts.create([{ LastName: "A" }, { FirstName: "No last name" }, { LastName: "B" }]);
  expect(many.map(({ success }) => success)).toEqual([true, false, true]);
  const strict = await contacts.create([{ LastName: "A" }, { FirstName: "x" }], { allOrNone: true });
  expect(strict.map(({ errors }: any) => errors[0].errorCode ?? errors[0].statusCode)).toEqual([
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "REQUIRED_FIELD_MISSING",
  ]);
  expect(await contacts.destroy(made.id ?? "")).toMatchObject({ success: true });
  expect((await failure(contacts.retrieve(made.id ?? ""))).errorCode).toBe("ENTITY_IS_DELETED");
});

test("upserts by the external id, one and many", async () => {
  const tasks = connection.sobject("Task");
  const first = await tasks.upsert({ [key]: "cl_a", Subject: "Call", Status: "Completed" }, key);
  expect(first).toMatchObject({ success: true, created: true });
  expect(await tasks.upsert({ [key]: "cl_a", CallDisposition: "x" }, key)).toMatchObject({
    id: first.id,
    created: false,
  });
  const many: any = await tasks.upsert(
    [
      { [key]: "cl_a", CallDisposition: "y" },
      { [key]: "cl_b", Subject: "z" },
    ],
    key,
  );
  expect(many.map(({ created }: any) => created)).toEqual([false, true]);
  expect(await tasks.findOne({ [key]: "cl_b" })).toMatchObject({ Subject: "z" });
});

test("describes, counts limits and names the versions and the user", async () => {
  expect((await connection.describeGlobal()).sobjects.map(({ name }) => name)).toContain("Task");
  const { fields } = await connection.sobject("Task").describe();
  expect(fields.find(({ name }) => name === key)).toMatchObject({ unique: true, externalId: true });
  expect((await connection.limits())["DailyApiRequests"]).toMatchObject({ Max: 110_000 });
  expect(connection.limitInfo.apiUsage).toMatchObject({ limit: 110_000 });
  expect((await connection.identity()).organization_id).toBe("00D5g000000AbCDEA0");
});

test("queries with pages, as a stream, with what is deleted, and searches", async () => {
  const accounts = connection.sobject("Account");
  for (let part = 0; part < 3; part += 1)
    await accounts.create(Array.from({ length: 150 }, (_, n) => ({ Name: `Account ${part}-${n}` })));
  const options = { autoFetch: true, maxFetch: 1_000, headers: { "Sforce-Query-Options": "batchSize=200" } };
  expect((await connection.query("SELECT Id FROM Account", options)).records).toHaveLength(450);
  expect(
    await accounts
      .find({ Name: { $like: "Account 1-14%" } }, "Id, Name")
      .sort({ Name: -1 })
      .execute(),
  ).toHaveLength(11);
  const [one] = (await connection.query("SELECT Id FROM Account LIMIT 1")).records;
  await accounts.destroy(String(one?.["Id"]));
  expect((await connection.query("SELECT Id FROM Account WHERE IsDeleted = true", { scanAll: true })).totalSize).toBe(
    1,
  );
  await connection.sobject("Contact").create({ LastName: "Example", Phone: "(415) 555-1212" });
  const found = await connection.search("FIND {4155551212} IN PHONE FIELDS RETURNING Contact(Id, Phone)");
  expect(found.searchRecords).toMatchObject([{ Phone: "(415) 555-1212" }]);
  expect((await failure(connection.query("SELECT Nope FROM Contact"))).errorCode).toBe("INVALID_FIELD");
});

test("queries through parents, by other queries and by dates, counts, and changes what it finds", async () => {
  const account = await connection.sobject("Account").create({ Name: "Test Clinic" });
  const contact = await connection.sobject("Contact").create({ LastName: "Example", AccountId: account.id ?? "" });
  await connection.sobject("Account").create({ Name: "Nobody's" });
  await connection.sobject("Task").create({
    Subject: "Call",
    WhoId: contact.id ?? "",
    TaskSubtype: "Call",
    Status: "Completed",
    Priority: "Normal",
  });
  const read = async (soql: string) => (await connection.query(soql)).records;
  expect(await read("SELECT Id, Account.Name FROM Contact")).toMatchObject([{ Account: { Name: "Test Clinic" } }]);
  expect(await read("SELECT Who.Name FROM Task WHERE CreatedDate = TODAY")).toMatchObject([
    { Who: { Name: "Example" } },
  ]);
  const withPeople = "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Example')";
  expect(await read(withPeople)).toMatchObject([{ Name: "Test Clinic" }]);
  expect(await read(withPeople.replace("IN (", "NOT IN ("))).toMatchObject([{ Name: "Nobody's" }]);
  expect((await failure(read("SELECT Id FROM Account WHERE Id IN (SELECT Id, Name FROM Contact)"))).errorCode).toBe(
    "MALFORMED_QUERY",
  );
  expect(await connection.sobject("Contact").count({ LastName: "Example" })).toBe(1);
  await connection.sobject("Contact").find({ LastName: "Example" }).update({ Title: "Owner" });
  expect(await connection.sobject("Contact").findOne({ Title: "Owner" })).toMatchObject({ LastName: "Example" });
  expect(await read("SELECT Name FROM User WHERE IsActive = true AND Name LIKE '% Sample'")).toHaveLength(1);
});

test("reads children with their parents, adds up groups, plants trees and lists what is recent", async () => {
  const tree = {
    attributes: { type: "Account", referenceId: "clinic" },
    Name: "Test Clinic",
    Contacts: {
      records: ["Example", "Sample"].map((LastName) => ({
        attributes: { type: "Contact", referenceId: LastName },
        LastName,
      })),
    },
  };
  const planted: any = await connection.requestPost("/composite/tree/Account", { records: [tree] });
  expect(planted).toMatchObject({ hasErrors: false });
  const accounts = await connection
    .sobject("Account")
    .find({ Name: "Test Clinic" }, "Id, Name")
    .include("Contacts")
    .select("LastName")
    .sort({ LastName: -1 })
    .end()
    .execute();
  expect(accounts).toMatchObject([{ Contacts: { records: [{ LastName: "Sample" }, { LastName: "Example" }] } }]);
  const groups = await connection.query(
    "SELECT Account.Name, COUNT(Id) people FROM Contact GROUP BY Account.Name HAVING COUNT(Id) > 1",
  );
  expect(groups.records).toMatchObject([{ Name: "Test Clinic", people: 2 }]);
  expect(await connection.recent("Account", 1)).toMatchObject([{ Name: "Test Clinic" }]);
});

test("goes through pages by queryMore, and tells what changed and what is gone", async () => {
  const accounts = connection.sobject("Account");
  for (let part = 0; part < 2; part += 1)
    await accounts.create(Array.from({ length: 150 }, (_, n) => ({ Name: `Account ${part}-${n}` })));
  const first = await connection.query("SELECT Id FROM Account", {
    headers: { "Sforce-Query-Options": "batchSize=200" },
  });
  expect([first.done, first.records.length, first.totalSize]).toEqual([false, 200, 300]);
  const second = await connection.queryMore(first.nextRecordsUrl ?? "");
  expect([second.done, second.records.length]).toEqual([true, 100]);
  const [gone] = first.records;
  await accounts.destroy(String(gone?.["Id"]));
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 120_000)];
  expect((await accounts.updated(from, to)).ids.length).toBeGreaterThan(200);
  expect((await accounts.deleted(from, to)).deletedRecords).toMatchObject([{ id: gone?.["Id"] }]);
});

test("describes layouts, tabs and actions, counts records, and searches in order", async () => {
  const people = connection.sobject("Contact");
  await people.create(["Sample", "Example", "Muster"].map((FirstName) => ({ FirstName, LastName: "Clinic" })));
  const { layouts, recordTypeMappings } = await people.layouts();
  const items = layouts[0]?.editLayoutSections.flatMap(({ layoutRows }: any) =>
    layoutRows.flatMap(({ layoutItems }: any) => layoutItems),
  );
  const lastName = items?.find(({ layoutComponents: [shown] }: any) => shown.value === "LastName");
  expect(lastName).toMatchObject({ required: true, editableForNew: true });
  expect(recordTypeMappings).toMatchObject([{ master: true, layoutId: layouts[0]?.id }]);
  expect((await people.compactLayouts()).compactLayouts).toMatchObject([{ name: "SYSTEM" }]);
  expect(await people.approvalLayouts()).toEqual({ approvalLayouts: [] });
  expect([await people.quickActions(), await connection.quickActions()]).toEqual([[], []]);
  expect((await connection.tabs()).map(({ sobjectName }: any) => sobjectName)).toContain("Contact");
  expect(await connection.theme()).toMatchObject({ themeItems: [] });
  const { sObjects } = await connection.request<any>("/services/data/v67.0/limits/recordCount?sObjects=Contact,Lead");
  expect(sObjects).toEqual([
    { count: 3, name: "Contact" },
    { count: 0, name: "Lead" },
  ]);
  const { searchRecords } = await connection.search(
    "FIND {Clinic} IN NAME FIELDS RETURNING Contact(FirstName WHERE LastName = 'Clinic' ORDER BY FirstName DESC LIMIT 2 OFFSET 1)",
  );
  expect(searchRecords.map(({ FirstName }: any) => FirstName)).toEqual(["Muster", "Example"]);
});

test("loads in bulk and queries in bulk", async () => {
  await sandbox.config({ customFields: { Account: [{ name: "Ext__c", externalId: true, unique: true }] } });
  connection.bulk2.pollInterval = 20;
  const work = { object: "Account", operation: "upsert", externalIdFieldName: "Ext__c" } as const;
  const input = [
    { Ext__c: "1", Name: "x" },
    { Ext__c: "2", Name: "" },
  ];
  const moveOn = setInterval(() => void sandbox.advance(5_000), 20);
  try {
    const results: any = await connection.bulk2.loadAndWaitForResults({ ...work, input });
    expect(results.successfulResults).toMatchObject([{ Ext__c: "1", sf__Created: "true" }]);
    expect(results.failedResults[0].sf__Error).toContain("REQUIRED_FIELD_MISSING");
    const rows = await (await connection.bulk2.query("SELECT Name, Ext__c FROM Account")).toArray();
    expect(rows).toMatchObject([{ Name: "x", Ext__c: "1" }]);
  } finally {
    clearInterval(moveOn);
  }
});

test("loads, queries and changes by the older bulk API", async () => {
  connection.bulk.pollInterval = 20;
  const moveOn = setInterval(() => void sandbox.advance(5_000), 20);
  try {
    const made = await connection.bulk.load("Account", "insert", [{ Name: "Bulk 1" }, { Name: "x".repeat(256) }]);
    expect(made).toMatchObject([
      { success: true },
      { success: false, errors: [expect.stringContaining("STRING_TOO_LONG")] },
    ]);
    const found: unknown[] = [];
    for await (const row of await connection.bulk.query("SELECT Name FROM Account")) found.push(row);
    expect(found).toEqual([{ Name: "Bulk 1" }]);
  } finally {
    clearInterval(moveOn);
  }
});

test("signs in by code, by client credentials, and refreshes an expired session by itself", async () => {
  const oauth2 = new jsforce.OAuth2({ ...app(), useVerifier: true });
  const page = await fetch(oauth2.getAuthorizationUrl({ scope: "api refresh_token" }), { redirect: "manual" });
  const code = new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const person = new jsforce.Connection({ oauth2, version: "67.0" });
  expect(await person.authorize(code)).toMatchObject({ organizationId: "00D5g000000AbCDEA0" });
  expect(await person.query("SELECT Id FROM Contact")).toMatchObject({ totalSize: 0 });

  await sandbox.advance(7_200_000);
  const renewed: string[] = [];
  person.on("refresh", (token: string) => renewed.push(token));
  expect(await person.query("SELECT Id FROM Contact")).toMatchObject({ totalSize: 0 });
  expect(renewed).toHaveLength(1);

  const robot = new jsforce.Connection({ oauth2: app(), instanceUrl: sandbox.access.baseUrl, version: "67.0" });
  await robot.authorize({ grant_type: "client_credentials" });
  expect(await robot.query("SELECT Id FROM Contact")).toMatchObject({ totalSize: 0 });
  const { accessToken } = person;
  await person.logout(true);
  expect((await sandbox.org("GET", "/limits", undefined, { token: accessToken ?? "" })).status).toBe(401);
});
