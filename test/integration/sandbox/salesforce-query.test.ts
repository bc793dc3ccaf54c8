import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { callTask, keyField, key, openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const ids = async (query: string, all = false): Promise<string[]> =>
  (await client.soql(query, all)).records.map(({ Id }: any) => Id);
const refused = async (query: string) => refusal(await client.org("GET", `/query?q=${encodeURIComponent(query)}`));

async function seedPeople() {
  const account = await client.seed("Account", { Name: "Test Clinic" });
  const ann = await client.seed("Contact", {
    FirstName: "Ann",
    LastName: "Example",
    Phone: "(415) 555-1212",
    AccountId: account.Id,
  });
  const bob = await client.seed("Contact", { FirstName: "Bob", LastName: "O'Sample", MobilePhone: "+44 7700 900134" });
  return { account, ann, bob };
}

test("a query answers the fields asked for, with parents nested", async () => {
  const { ann, account } = await seedPeople();
  const result = await client.soql(
    "SELECT Id, Name, Account.Name, Owner.Email FROM Contact WHERE LastName = 'example'",
  );
  expect(result).toMatchObject({ totalSize: 1, done: true });
  expect(result.records[0]).toEqual({
    attributes: { type: "Contact", url: `/services/data/v67.0/sobjects/Contact/${ann.Id}` },
    Id: ann.Id,
    Name: "Ann Example",
    Account: {
      attributes: { type: "Account", url: `/services/data/v67.0/sobjects/Account/${account.Id}` },
      Name: "Test Clinic",
    },
    Owner: { attributes: expect.anything(), Email: "alice@example.com" },
  });
  expect(
    (await client.soql("SELECT Account.Name FROM Contact WHERE LastName LIKE 'o''%'".replace("''", "\\'"))).records,
  ).toMatchObject([{ Account: null }]);
});

test("conditions compare, list, match patterns and combine", async () => {
  const { ann, bob } = await seedPeople();
  expect(
    await ids("SELECT Id FROM Contact WHERE Phone IN ('(415) 555-1212','x') OR MobilePhone IN ('+44 7700 900134')"),
  ).toEqual([ann.Id, bob.Id]);
  expect(await ids("SELECT Id FROM Contact WHERE Phone LIKE '%555-1212'")).toEqual([ann.Id]);
  expect(await ids("SELECT Id FROM Contact WHERE Phone = NULL")).toEqual([bob.Id]);
  expect(await ids("SELECT Id FROM Contact WHERE NOT (LastName = 'Example')")).toEqual([bob.Id]);
  expect(await ids("SELECT Id FROM Contact WHERE Account.Name = 'Test Clinic' AND FirstName != 'Bob'")).toEqual([
    ann.Id,
  ]);
  expect(await ids(`SELECT Id FROM Contact WHERE Id NOT IN ('${ann.Id}')`)).toEqual([bob.Id]);
  expect(await ids(`SELECT Id FROM Contact WHERE Id = '${ann.Id.slice(0, 15)}'`)).toEqual([ann.Id]);
  expect(await ids("SELECT Id FROM Contact ORDER BY FirstName DESC LIMIT 1")).toEqual([bob.Id]);
  expect(await ids("SELECT Id FROM Contact ORDER BY Phone ASC NULLS LAST")).toEqual([ann.Id, bob.Id]);
  expect(await ids("SELECT Id FROM Contact ORDER BY Id OFFSET 1")).toEqual([bob.Id]);
});

test("times are compared as times, days as days", async () => {
  await client.upsert("a", callTask());
  expect(
    (
      await client.soql(
        "SELECT COUNT() FROM Task WHERE ActivityDate >= 2026-11-20 AND SystemModstamp >= 2020-01-01T00:00:00Z",
      )
    ).totalSize,
  ).toBe(1);
  const dated: readonly (readonly [string, number])[] = [
    ["CreatedDate = TODAY", 1],
    ["CreatedDate != TODAY", 0],
    ["CreatedDate < TODAY", 0],
    ["CreatedDate <= TODAY", 1],
    ["CreatedDate > TODAY", 0],
    ["CreatedDate = YESTERDAY", 0],
    ["CreatedDate > YESTERDAY", 1],
    ["CreatedDate = LAST_N_DAYS:1", 1],
    ["CreatedDate = NEXT_N_DAYS:3", 0],
    ["CreatedDate = N_DAYS_AGO:2", 0],
  ];
  for (const [where, count] of dated)
    expect((await client.soql(`SELECT COUNT() FROM Task WHERE ${where}`)).totalSize, where).toBe(count);
  expect((await client.soql("SELECT COUNT() FROM Task WHERE CreatedDate >= LAST_N_DAYS:1")).totalSize).toBe(1);
  expect((await client.soql("SELECT COUNT(Id) n FROM Task")).records).toMatchObject([{ n: 1 }]);
});

test("keys are found by IN, exactly", async () => {
  await client.upsert("a", callTask());
  await client.upsert("b", callTask());
  const found = await client.soql(
    `SELECT Id, ${keyField} FROM Task WHERE ${keyField} IN ('${key("a")}','${key("B")}','${key("c")}')`,
  );
  expect(found.records.map((record: any) => record[keyField])).toEqual([key("a")]);
});

test("queryAll shows what is deleted, query does not", async () => {
  const { ann, bob } = await seedPeople();
  await client.remove("Contact", ann.Id);
  expect(await ids("SELECT Id FROM Contact")).toEqual([bob.Id]);
  expect(await ids("SELECT Id FROM Contact", true)).toEqual([ann.Id, bob.Id]);
  expect(await ids("SELECT Id FROM Contact ALL ROWS")).toEqual([ann.Id, bob.Id]);
});

test("long answers come in pages that can be asked for until the locator is too old", async () => {
  await client.admin(
    "POST",
    "/salesforce/records/Contact",
    Array.from({ length: 450 }, (_, n) => ({ LastName: `Example ${n}` })),
  );
  const small = { headers: { "Sforce-Query-Options": "batchSize=200" } };
  const first = (await client.org("GET", "/query?q=SELECT+Id+FROM+Contact", undefined, small)).body;
  expect([first.totalSize, first.done, first.records.length]).toEqual([450, false, 200]);
  expect(first.nextRecordsUrl).toMatch(/^\/services\/data\/v67\.0\/query\/01g\w+-200$/);
  const second = (await client.org("GET", first.nextRecordsUrl)).body;
  const third = (await client.org("GET", second.nextRecordsUrl)).body;
  expect([third.done, third.records.length, third.nextRecordsUrl]).toEqual([true, 50, undefined]);
  await client.advance(2 * 86_400_000);
  expect(refusal(await client.org("GET", first.nextRecordsUrl))).toBe("400 INVALID_QUERY_LOCATOR");
  await client.config({ queryCursorTtlMs: 1_000 });
  const again = (await client.org("GET", "/query?q=SELECT+Id+FROM+Contact", undefined, small)).body;
  expect((await client.org("GET", again.nextRecordsUrl)).status).toBe(200);
  await client.advance(1_000);
  expect((await client.org("GET", again.nextRecordsUrl)).status).toBe(400);
});

test("queries that cannot be answered are refused by cause", async () => {
  expect(await refused("SELECT FROM Contact")).toBe("400 MALFORMED_QUERY");
  expect(await refused("SELECT Id FROM Contact WHERE Name = 'a' AND Phone = 'b' OR Phone = 'c'")).toBe(
    "400 MALFORMED_QUERY",
  );
  expect(await refused("SELECT Id FROM Contact WHERE Name = 'a")).toBe("400 MALFORMED_QUERY");
  expect(await refused("SELECT Id FROM Contact OFFSET 2001")).toBe("400 MALFORMED_QUERY");
  expect(await refused("SELECT Nope FROM Contact")).toBe("400 INVALID_FIELD");
  expect(await refused("SELECT Nope.Name FROM Contact")).toBe("400 INVALID_FIELD");
  expect(await refused("SELECT Id FROM Nothing")).toBe("400 INVALID_TYPE");
  expect(await refused("SELECT Id FROM Task WHERE ActivityDate = '2026-11-20'")).toBe("400 INVALID_FIELD");
  expect(await refused("SELECT Id FROM Task WHERE Description = 'x'")).toBe("400 INVALID_FIELD");
  expect(await refused("SELECT Id FROM Task WHERE Id = 'x'")).toBe("400 INVALID_QUERY_FILTER_OPERATOR");
  expect(await refused("")).toBe("400 MALFORMED_QUERY");
});

test("users, the organization and the statuses of tasks can be asked for", async () => {
  const users = (await client.soql("SELECT Id, Name, Email FROM User WHERE IsActive = true ORDER BY Name")).records;
  expect(users.map(({ Name }: any) => Name)).toEqual(["Alice Example", "Bob Sample", "Integration Sandbox"]);
  expect((await client.soql("SELECT Id, Name, OrganizationType FROM Organization")).records).toMatchObject([
    { Id: "00D5g000000AbCDEA0", OrganizationType: "Enterprise Edition" },
  ]);
  expect((await client.soql("SELECT ApiName FROM TaskStatus WHERE IsClosed = true")).records).toMatchObject([
    { ApiName: "Completed" },
  ]);
});

test("the FIELDS function asks for all, with a limit", async () => {
  await client.upsert("a", callTask());
  expect((await client.soql("SELECT FIELDS(ALL) FROM Task LIMIT 200")).records[0]).toMatchObject({
    Subject: "Call – Outbound",
    [keyField]: key("a"),
  });
  expect(Object.keys((await client.soql("SELECT FIELDS(CUSTOM) FROM Task LIMIT 1")).records[0])).toEqual([
    "attributes",
    keyField,
  ]);
  expect(await refused("SELECT FIELDS(ALL) FROM Task")).toBe("400 MALFORMED_QUERY");
});
