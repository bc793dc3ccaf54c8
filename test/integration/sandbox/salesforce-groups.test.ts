import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
let clinic: any;
let shop: any;
let ann: any;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(async () => {
  await client.reset();
  clinic = await client.seed("Account", { Name: "Test Clinic", Industry: "Healthcare" });
  shop = await client.seed("Account", { Name: "Test Shop", ParentId: clinic.Id });
  ann = await client.seed("Contact", { FirstName: "Ann", LastName: "Example", AccountId: clinic.Id });
  await client.seed("Contact", { FirstName: "Bob", LastName: "Sample", AccountId: clinic.Id });
  await client.seed("Contact", { FirstName: "Eve", LastName: "Other" });
  for (const [Name, StageName, Amount, AccountId] of [
    ["a", "Prospecting", 100, clinic.Id],
    ["b", "Prospecting", 300, clinic.Id],
    ["c", "Closed Won", 50, shop.Id],
    ["d", "Closed Won", null, shop.Id],
  ])
    await client.seed("Opportunity", { Name, StageName, Amount, AccountId, CloseDate: "2026-12-31" });
});
afterAll(() => client.close());

const rows = async (query: string): Promise<any[]> => {
  const { records } = await client.soql(query);
  return records.map(({ attributes: _attributes, ...row }: any) => row);
};
const refused = async (query: string) => refusal(await client.org("GET", `/query?q=${encodeURIComponent(query)}`));

test("functions add up all rows or groups of them, under an alias or as expr0", async () => {
  expect(await rows("SELECT COUNT(Id), SUM(Amount) total, AVG(Amount), MIN(Name) FROM Opportunity")).toEqual([
    { expr0: 4, total: 450, expr1: 150, expr2: "a" },
  ]);
  expect(
    await rows("SELECT StageName, COUNT(Amount) n, MAX(Amount) FROM Opportunity GROUP BY StageName ORDER BY StageName"),
  ).toEqual([
    { StageName: "Closed Won", n: 1, expr0: 50 },
    { StageName: "Prospecting", n: 2, expr0: 300 },
  ]);
  expect(
    await rows("SELECT Account.Name, COUNT_DISTINCT(StageName) stages FROM Opportunity GROUP BY Account.Name"),
  ).toEqual([
    { Name: "Test Clinic", stages: 1 },
    { Name: "Test Shop", stages: 1 },
  ]);
  const result = await client.soql("SELECT COUNT(Id) n FROM Opportunity WHERE Name = 'none'");
  expect(result).toMatchObject({ totalSize: 1, records: [{ attributes: { type: "AggregateResult" }, n: 0 }] });
});

test("groups are filtered, sorted and cut like rows", async () => {
  expect(await rows("SELECT StageName FROM Opportunity GROUP BY StageName HAVING SUM(Amount) > 60")).toEqual([
    { StageName: "Prospecting" },
  ]);
  expect(
    await rows(
      "SELECT StageName s, COUNT(Id) FROM Opportunity GROUP BY StageName ORDER BY SUM(Amount) DESC NULLS LAST LIMIT 1",
    ),
  ).toEqual([{ s: "Prospecting", expr0: 2 }]);
  expect(await rows("SELECT LastName FROM Contact GROUP BY LastName HAVING COUNT(Id) > 1")).toEqual([]);
});

test("parts of dates are selected by groups, and filtered by", async () => {
  expect(
    await rows(
      "SELECT CALENDAR_YEAR(CloseDate) y, CALENDAR_MONTH(CloseDate), COUNT(Id) n FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate), CALENDAR_MONTH(CloseDate)",
    ),
  ).toEqual([{ y: 2026, expr0: 12, n: 4 }]);
  expect((await client.soql("SELECT COUNT() FROM Opportunity WHERE DAY_IN_MONTH(CloseDate) = 31")).totalSize).toBe(4);
  expect((await client.soql("SELECT COUNT() FROM Opportunity WHERE DAY_ONLY(CreatedDate) = TODAY")).totalSize).toBe(4);
});

test("what is neither grouped nor a function, and functions that do not fit, are refused", async () => {
  for (const query of [
    "SELECT Name, COUNT(Id) FROM Opportunity",
    "SELECT Name, COUNT(Id) FROM Opportunity GROUP BY StageName",
    "SELECT SUM(Name) FROM Opportunity",
    "SELECT COUNT(Id) FROM Opportunity LIMIT 1",
    "SELECT MAX(Amount) n, MIN(Amount) n FROM Opportunity",
    "SELECT NOPE(Amount) FROM Opportunity",
    "SELECT CALENDAR_YEAR(Name) FROM Opportunity GROUP BY CALENDAR_YEAR(Name)",
    "SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account",
  ])
    expect(await refused(query), query).toBe("400 MALFORMED_QUERY");
  expect(await refused("SELECT SUM(Nope) FROM Opportunity")).toBe("400 INVALID_FIELD");
});

test("children come with their parent, filtered, sorted and cut for each of them", async () => {
  const [first, second] = await rows(
    "SELECT Name, (SELECT LastName, Account.Name FROM Contacts WHERE LastName != 'Other' ORDER BY LastName DESC), (SELECT Name FROM Opportunities LIMIT 1) FROM Account ORDER BY Name",
  );
  expect(first).toMatchObject({
    Name: "Test Clinic",
    Contacts: {
      totalSize: 2,
      done: true,
      records: [{ LastName: "Sample", Account: { Name: "Test Clinic" } }, { LastName: "Example" }],
    },
    Opportunities: { totalSize: 1, records: [{ attributes: { type: "Opportunity" }, Name: "a" }] },
  });
  expect(second).toMatchObject({ Name: "Test Shop", Contacts: null });
  await client.seed("Task", { Subject: "Call", WhoId: ann.Id, WhatId: clinic.Id });
  expect(await rows("SELECT Id, (SELECT Subject FROM Tasks) FROM Contact WHERE LastName = 'Example'")).toMatchObject([
    { Tasks: { records: [{ Subject: "Call" }] } },
  ]);
  expect(
    await rows("SELECT Name, (SELECT Name FROM ChildAccounts) FROM Account WHERE Name = 'Test Clinic'"),
  ).toMatchObject([{ ChildAccounts: { records: [{ Name: "Test Shop" }] } }]);
  expect(await refused("SELECT Id, (SELECT Id FROM Nothings) FROM Account")).toBe("400 INVALID_TYPE");
  const described = (await client.org("GET", "/sobjects/Account/describe")).body.childRelationships;
  expect(described).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ childSObject: "Contact", field: "AccountId", relationshipName: "Contacts" }),
    ]),
  );
});

test("a relationship to several objects shows what is asked for of each", async () => {
  await client.seed("Task", { Subject: "one", WhatId: clinic.Id });
  await client.seed("Task", { Subject: "two" });
  expect(
    await rows(
      "SELECT Subject, TYPEOF What WHEN Account THEN Name, Industry WHEN Opportunity THEN Amount ELSE Name END FROM Task ORDER BY Subject",
    ),
  ).toMatchObject([
    { Subject: "one", What: { attributes: { type: "Account" }, Name: "Test Clinic", Industry: "Healthcare" } },
    { Subject: "two", What: null },
  ]);
});

test("objects may be called otherwise, lists of values are searched, and rights are taken as given", async () => {
  expect(await rows("SELECT c.LastName, c.Account.Name FROM Contact c WHERE c.FirstName = 'Ann'")).toMatchObject([
    { LastName: "Example", Account: { Name: "Test Clinic" } },
  ]);
  expect(await rows("SELECT toLabel(StageName) FROM Opportunity WHERE Name = 'a' WITH SECURITY_ENFORCED")).toEqual([
    { StageName: "Prospecting" },
  ]);
  await client.config({
    customFields: { Contact: [{ name: "Topics__c", type: "multipicklist", picklistValues: ["x", "y", "z"] }] },
  });
  await client.seed("Contact", { LastName: "Many", Topics__c: "x;y" });
  expect(await rows("SELECT LastName FROM Contact WHERE Topics__c INCLUDES ('x;y','z')")).toEqual([
    { LastName: "Many" },
  ]);
  expect((await client.soql("SELECT COUNT() FROM Contact WHERE Topics__c EXCLUDES ('x')")).totalSize).toBe(3);
  expect(await refused("SELECT Id FROM Contact WHERE LastName INCLUDES ('x')")).toBe("400 INVALID_FIELD");
});

test("tasks that are over stand in the history, those that are not among the open activities", async () => {
  await client.seed("Task", { Subject: "over", WhoId: ann.Id, WhatId: clinic.Id, Status: "Completed" });
  await client.seed("Task", { Subject: "open", WhoId: ann.Id });
  expect(
    await rows(
      "SELECT (SELECT Subject FROM ActivityHistories), (SELECT Subject FROM OpenActivities) FROM Contact WHERE LastName = 'Example'",
    ),
  ).toMatchObject([
    {
      ActivityHistories: { records: [{ attributes: { type: "ActivityHistory" }, Subject: "over" }] },
      OpenActivities: { records: [{ attributes: { type: "OpenActivity" }, Subject: "open" }] },
    },
  ]);
  expect(await rows("SELECT (SELECT Subject FROM OpenActivities) FROM Account WHERE Name = 'Test Clinic'")).toEqual([
    { OpenActivities: null },
  ]);
});

test("a path leads from a record to its parent and to its children", async () => {
  const at = (path: string) => client.org("GET", `/sobjects/${path}`);
  expect((await at(`Contact/${ann.Id}/Account?fields=Name`)).body).toMatchObject({
    attributes: { type: "Account" },
    Name: "Test Clinic",
  });
  expect((await at(`Contact/${ann.Id}/Owner?fields=Name,Email`)).body).toMatchObject({ Email: "alice@example.com" });
  const { body } = await at(`Account/${clinic.Id}/Contacts`);
  expect([body.totalSize, body.records.map(({ LastName }: any) => LastName)]).toEqual([2, ["Example", "Sample"]]);
  expect(refusal(await at(`Account/${shop.Id}/Nothings`))).toBe("404 NOT_FOUND");
  expect(refusal(await at(`Contact/${ann.Id}/ReportsTo`))).toBe("404 NOT_FOUND");
});

test("users have a profile, and the values of statuses can be asked for", async () => {
  expect(await rows("SELECT Name, Profile.Name FROM User WHERE Profile.Name LIKE 'System%' LIMIT 1")).toMatchObject([
    { Profile: { attributes: { type: "Profile" }, Name: "System Administrator" } },
  ]);
  expect(await rows("SELECT Owner.Profile.Name FROM Account LIMIT 1")).toMatchObject([
    { Owner: { Profile: { Name: "System Administrator" } } },
  ]);
  expect(await rows("SELECT ApiName FROM OpportunityStage WHERE IsWon = true")).toEqual([{ ApiName: "Closed Won" }]);
  expect(await rows("SELECT ApiName FROM LeadStatus WHERE IsConverted = true")).toEqual([
    { ApiName: "Closed - Converted" },
  ]);
  expect(await rows("SELECT Id FROM RecordType")).toEqual([]);
  expect(refusal(await client.org("GET", "/sobjects/Account/describe/nothing"))).toBe("404 NOT_FOUND");
});

test("relative dates stand for weeks, months, quarters and years too", async () => {
  for (const [where, count] of [
    ["CreatedDate = THIS_WEEK", 4],
    ["CreatedDate = THIS_MONTH", 4],
    ["CreatedDate = THIS_QUARTER", 4],
    ["CreatedDate = THIS_YEAR", 4],
    ["CreatedDate < LAST_MONTH", 0],
    ["CreatedDate > LAST_YEAR", 4],
    ["CreatedDate = LAST_90_DAYS", 4],
    ["CreatedDate = LAST_N_MONTHS:3", 0],
    ["CreatedDate = NEXT_N_WEEKS:2", 0],
    ["CreatedDate = N_YEARS_AGO:1", 0],
  ] as const)
    expect((await client.soql(`SELECT COUNT() FROM Opportunity WHERE ${where}`)).totalSize, where).toBe(count);
  expect(await refused("SELECT Id FROM Opportunity WHERE CreatedDate = SOMEDAY")).toBe("400 MALFORMED_QUERY");
});
