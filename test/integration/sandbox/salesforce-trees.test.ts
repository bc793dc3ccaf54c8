import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const node = (type: string, referenceId: string, fields: object) => ({ attributes: { type, referenceId }, ...fields });
const plant = (object: string, ...records: object[]) => client.org("POST", `/composite/tree/${object}`, { records });

test("a tree is created with its children, which point to their parents", async () => {
  const contact = node("Contact", "c1", {
    LastName: "Example",
    Tasks: { records: [node("Task", "t1", { Subject: "Call" })] },
  });
  const reply = await plant(
    "Account",
    node("Account", "a1", { Name: "Test Clinic", Contacts: { records: [contact] } }),
    node("Account", "a2", { Name: "Test Shop" }),
  );
  expect([reply.status, reply.body.hasErrors]).toEqual([201, false]);
  expect(reply.body.results.map(({ referenceId }: any) => referenceId)).toEqual(["a1", "c1", "t1", "a2"]);
  const [{ id: account }, { id: person }] = reply.body.results;
  expect(await client.records("Contact")).toMatchObject([{ Id: person, AccountId: account }]);
  expect(await client.records("Task")).toMatchObject([{ Subject: "Call", WhoId: person }]);
});

test("one bad record undoes all trees, and only the bad ones are told", async () => {
  const reply = await plant(
    "Account",
    node("Account", "a1", { Name: "x", Contacts: { records: [node("Contact", "c1", { FirstName: "No last name" })] } }),
    node("Account", "a2", {}),
  );
  expect([reply.status, reply.body.hasErrors]).toEqual([400, true]);
  expect(reply.body.results).toMatchObject([
    { referenceId: "c1", errors: [{ statusCode: "REQUIRED_FIELD_MISSING", fields: ["LastName"] }] },
    { referenceId: "a2", errors: [{ statusCode: "REQUIRED_FIELD_MISSING", fields: ["Name"] }] },
  ]);
  expect(await client.records("Account")).toEqual([]);
});

test("a tree has limits, one type at its roots and references of their own", async () => {
  const many = Array.from({ length: 201 }, (_, n) => node("Account", `a${n}`, { Name: "x" }));
  expect(refusal(await plant("Account", ...many))).toBe("400 INVALID_INPUT");
  expect(refusal(await plant("Account", node("Contact", "c", { LastName: "x" })))).toBe("400 INVALID_INPUT");
  const twice = node("Account", "a", { Name: "x" });
  expect(refusal(await plant("Account", twice, twice))).toBe("400 INVALID_INPUT");
  let deep: object = node("Account", "a0", { Name: "x" });
  for (let n = 1; n < 6; n += 1) deep = node("Account", `a${n}`, { Name: "x", ChildAccounts: { records: [deep] } });
  expect(refusal(await plant("Account", deep))).toBe("400 INVALID_INPUT");
  expect(refusal(await plant("Account", { Name: "no attributes" }))).toBe("400 JSON_PARSER_ERROR");
  expect(refusal(await plant("Nothing", node("Nothing", "n", {})))).toBe("404 NOT_FOUND");
});

test("what was written last is recent, in all and of one object", async () => {
  for (const Name of ["one", "two"]) await client.org("POST", "/sobjects/Account", { Name });
  await client.advance(1000);
  const made = await client.org("POST", "/sobjects/Contact", { LastName: "Example" });
  await client.seed("Account", { Name: "a colleague's" });
  const recent = (await client.org("GET", "/recent?limit=2")).body;
  expect(recent).toMatchObject([
    { attributes: { type: "Contact" }, Id: made.body.id, Name: "Example" },
    { Name: "two" },
  ]);
  const { recentItems } = (await client.org("GET", "/sobjects/Account")).body;
  expect(recentItems.map(({ Name }: any) => Name)).toEqual(["two", "one"]);
  expect((await client.org("GET", "/recent?limit=x")).status).toBe(400);
});
