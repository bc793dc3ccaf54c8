import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(async () => {
  await client.reset();
  await client.config({ searchLagMs: 0 });
});
afterAll(() => client.close());

const found = async (search: string): Promise<string[]> =>
  (await client.sosl(search)).searchRecords.map(({ Id, attributes }: any) => `${attributes.type} ${Id}`);
const inPhones = (term: string) => found(`FIND {${term}} IN PHONE FIELDS RETURNING Contact(Id)`);
const contact = async (more: object) =>
  `Contact ${(await client.seed("Contact", { LastName: "Example", ...more })).Id}`;

test("a search by number finds people in every phone field, however it is typed", async () => {
  const typed = ["(415) 555-1212", "415-555-1212", "+14155551212", "4155551212"];
  const all = [
    await contact({ Phone: typed[0] }),
    await contact({ MobilePhone: typed[1] }),
    await contact({ HomePhone: typed[2] }),
    await contact({ OtherPhone: typed[3] }),
  ];
  expect(await inPhones("4155551212")).toEqual(all);
  expect(await inPhones("5551212")).toEqual(all);
  expect(await inPhones("4155551213")).toEqual([]);
  // A country code that nobody typed is not there to be found.
  expect(await inPhones("14155551212")).toEqual([all[2]]);
});

test("where the index keeps punctuation, digits find only whole groups of digits, and wildcards help", async () => {
  await client.config({ searchIgnoresPunctuation: false });
  const spaced = await contact({ Phone: "(415) 555-1212" });
  const plain = await contact({ Phone: "4155551212" });
  expect(await inPhones("4155551212")).toEqual([plain]);
  expect(await inPhones("555?1212")).toEqual([spaced]);
  await client.config({ searchIgnoresPunctuation: true });
  expect(await inPhones("4155551212")).toEqual([spaced, plain]);
});

test("custom text fields that hold numbers are not searched as phones", async () => {
  await client.config({ customFields: { Contact: [{ name: "Direct__c" }] } });
  await contact({ Direct__c: "4155551212" });
  expect(await inPhones("4155551212")).toEqual([]);
});

test("several objects are returned in their order, with filters and limits", async () => {
  const account = await client.seed("Account", { Name: "Test Clinic", Phone: "4155551212" });
  const lead = await client.seed("Lead", { LastName: "Example", Company: "Test", Phone: "4155551212" });
  const person = await contact({ Phone: "4155551212", Title: "Owner" });
  await contact({ Phone: "4155551212" });
  expect(
    await found(
      "FIND {4155551212} IN PHONE FIELDS RETURNING Contact(Id, Phone LIMIT 1), Lead(Id WHERE IsConverted = false), Account(Id) LIMIT 20",
    ),
  ).toEqual([person, `Lead ${lead.Id}`, `Account ${account.Id}`]);
  expect(
    await found("FIND {4155551212} IN PHONE FIELDS RETURNING Contact(Id WHERE Title = 'Owner'), Account(Id) LIMIT 1"),
  ).toEqual([person]);
});

test("terms can be alternatives", async () => {
  const one = await contact({ Phone: "4155551212" });
  const two = await contact({ Phone: "4155551213" });
  expect(await inPhones("4155551212 OR 4155551213")).toEqual([one, two]);
});

test("reserved characters must be escaped and a wildcard cannot come first", async () => {
  const ask = async (term: string) =>
    refusal(
      await client.org(
        "GET",
        `/search/?q=${encodeURIComponent(`FIND {${term}} IN PHONE FIELDS RETURNING Contact(Id)`)}`,
      ),
    );
  expect(await ask("+14155551212")).toBe("400 MALFORMED_SEARCH");
  expect(await ask("\\+14155551212")).toBe("200 ");
  expect(await ask("*5551212")).toBe("400 MALFORMED_SEARCH");
  expect(refusal(await client.org("GET", "/search/?q=FIND"))).toBe("400 MALFORMED_SEARCH");
});

test("terms that are too short are left out", async () => {
  const person = await contact({ LastName: "X" });
  const ask = () => found("FIND {X} IN NAME FIELDS RETURNING Contact(Id)");
  expect(await ask()).toEqual([]);
  await client.config({ searchMinTermLength: 1 });
  expect(await ask()).toEqual([person]);
});

test("the index lags; queries do not", async () => {
  await client.config({ searchLagMs: 10_000 });
  const person = await contact({ Phone: "4155551212" });
  expect(await inPhones("4155551212")).toEqual([]);
  expect((await client.soql("SELECT Id FROM Contact WHERE Phone = '4155551212'")).totalSize).toBe(1);
  await client.advance(10_000);
  expect(await inPhones("4155551212")).toEqual([person]);
});

test("hidden and deleted people are not found", async () => {
  const hidden = await contact({ Phone: "4155551212" });
  const deleted = await contact({ Phone: "4155551212" });
  await client.config({ hiddenRecords: { Contact: [hidden.replace("Contact ", "")] } });
  await client.remove("Contact", deleted.replace("Contact ", ""));
  expect(await inPhones("4155551212")).toEqual([]);
});

test("very old answers were a bare array", async () => {
  await contact({ Phone: "4155551212" });
  const ask = () => client.sosl("FIND {4155551212} IN PHONE FIELDS RETURNING Contact(Id)");
  expect(Array.isArray(await ask())).toBe(false);
  await client.config({ searchBareArray: true });
  expect(await ask()).toHaveLength(1);
});

test("parameterized searches ask the same, by GET and, where taken, by POST", async () => {
  const person = await client.seed("Contact", { LastName: "Example", Phone: "4155551212" });
  const byGet = await client.org(
    "GET",
    "/parameterizedSearch/?q=4155551212&in=PHONE&sobject=Contact&Contact.fields=Id,Phone&Contact.limit=10",
  );
  expect(byGet.body.searchRecords).toMatchObject([{ Id: person.Id, Phone: "4155551212" }]);
  const body = {
    q: "4155551212",
    in: "PHONE",
    fields: ["Id"],
    sobjects: [{ name: "Contact", fields: ["Id", "Phone"], where: "LastName = 'Example'", limit: 10 }],
    overallLimit: 30,
  };
  expect((await client.org("POST", "/parameterizedSearch", body)).body).toEqual(byGet.body);
  await client.config({ parameterizedSearchPost: false });
  expect(refusal(await client.org("POST", "/parameterizedSearch", body))).toBe("405 METHOD_NOT_ALLOWED");
});
