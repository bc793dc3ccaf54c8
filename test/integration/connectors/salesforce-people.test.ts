import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type SalesforceStage, startSalesforce } from "../../builders/salesforce-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let org: SalesforceStage;
let http: Http;
let session: UnpacedSession;
let connector: Connector;

beforeAll(async () => {
  org = await startSalesforce();
  http = createUndiciHttp();
});
beforeEach(async () => {
  await org.reset();
  await org.admin.configure({ searchLagMs: 0 });
  session = createUnpacedSession({ http, baseUrl: org.baseUrl });
  connector = org.open();
});
afterAll(async () => {
  await http.close();
  await org.close();
});

async function find(...numbers: readonly string[]) {
  const found = await connector.people(session, numbers);
  if (!found.ok) throw new Error(JSON.stringify(found.fault));
  return found.value;
}
const one = async (number: string) => (await find(number)).get(number) ?? [];
const seed = async (object: string, fields: object): Promise<string> =>
  String((await org.admin.create(object, fields))["Id"]);
const contact = (more: object) => seed("Contact", { FirstName: "Alice", LastName: "Example", ...more });
const lookUps = () => session.sent.filter(({ request }) => !request.path.endsWith("/describe"));

describe("people by number", () => {
  const spellings = [
    "+442079460958",
    "020 7946 0958",
    "(020) 7946-0958",
    "+44 (0)20 7946 0958",
    "00442079460958",
    "020-7946-0958",
    "0207 946 0958",
    "+44.20.7946.0958 ext. 3",
  ];
  test.each(spellings)("are found under %s", async (typed) => {
    const id = await contact({ Phone: typed });
    expect(await one("+442079460958")).toMatchObject([
      { object: "Contact", id, field: "Phone", name: "Alice Example" },
    ]);
  });

  test.each(spellings.slice(0, 6))("are found under %s where the index keeps punctuation, too", async (typed) => {
    await org.admin.configure({ searchIgnoresPunctuation: false });
    const id = await contact({ Phone: typed });
    expect(await one("+442079460958")).toMatchObject([{ id }]);
  });

  test("are found in every phone field, custom ones included, and not by their fax", async () => {
    await org.admin.configure({ customFields: { Contact: [{ name: "Direct__c", type: "phone" }] } });
    const fields = ["MobilePhone", "HomePhone", "OtherPhone", "Direct__c"];
    const ids: string[] = [];
    for (const field of fields) ids.push(await contact({ [field]: "(415) 555-1212" }));
    await contact({ Fax: "(415) 555-1212" });
    const people = await one("+14155551212");
    expect(people.map(({ id, field }) => [id, field])).toEqual(fields.map((field, at) => [ids[at], field]));
  });

  test("who only has a similar number is nobody", async () => {
    await contact({ Phone: "+33 20 79 46 09 58" });
    await contact({ Phone: "20 7946 0958 00" });
    await contact({ Phone: "17946 0958" });
    expect(await one("+442079460958")).toEqual([]);
  });

  test("a contact comes before a lead, a lead before a company", async () => {
    const phone = { Phone: "020 7946 0958" };
    const account = await seed("Account", { Name: "Test Clinic", ...phone });
    expect(await one("+442079460958")).toMatchObject([
      { object: "Account", id: account, name: "Test Clinic", also: [] },
    ]);
    const lead = await seed("Lead", { LastName: "Example", Company: "Test", ...phone });
    connector = org.open();
    expect(await one("+442079460958")).toMatchObject([{ object: "Lead", id: lead }]);
    const person = await contact({ ...phone, AccountId: account });
    expect(await one("+442079460958")).toMatchObject([
      { object: "Contact", id: person, also: [{ object: "Account", id: account }] },
    ]);
  });

  test("converted leads are left out", async () => {
    await seed("Lead", { LastName: "Example", Company: "Test", Phone: "020 7946 0958", IsConverted: true });
    expect(await one("+442079460958")).toEqual([]);
  });

  test("somebody added a moment ago is found although the index does not show them yet", async () => {
    await org.admin.configure({ searchLagMs: 60_000 });
    const id = await contact({ MobilePhone: "07700 900134" });
    expect(await one("+447700900134")).toMatchObject([{ id }]);
  });

  test("many numbers take one search, and what it does not find one call more", async () => {
    const numbers = Array.from({ length: 20 }, (_, n) => `+4477009001${String(n).padStart(2, "0")}`);
    for (const number of numbers.slice(0, 10)) await contact({ Phone: number });
    const found = await find(...numbers);
    expect(numbers.map((number) => found.get(number)?.length)).toEqual([
      ...Array<number>(10).fill(1),
      ...Array<number>(10).fill(0),
    ]);
    expect(lookUps()).toHaveLength(2);
    await find(...numbers.slice(0, 10));
    expect(lookUps()).toHaveLength(3);
  });

  test("owner and last activity are told", async () => {
    const id = await contact({ Phone: "+442079460958" });
    await org.admin.create("Task", { Subject: "Earlier", Status: "Completed", ActivityDate: "2026-11-01", WhoId: id });
    const [person] = await one("+442079460958");
    expect(person?.ownerId).toMatch(/^005/);
    expect(person?.lastActivityAt).toBe(Date.UTC(2026, 10, 1));
  });

  test("what is no number has nobody, without a call", async () => {
    expect((await find("ext:204")).get("ext:204")).toEqual([]);
    expect(session.sent).toEqual([]);
  });

  test("without access to leads or accounts contacts are still found; without contacts it is told", async () => {
    await contact({ Phone: "+442079460958" });
    await org.admin.configure({ objectPermissions: { Lead: [], Account: [] } });
    expect(await one("+442079460958")).toHaveLength(1);
    await org.admin.configure({ objectPermissions: { Contact: [] } });
    expect(await org.open().people(session, ["+442079460958"])).toMatchObject({ ok: false });
  });

  test("a hidden phone field is not asked for", async () => {
    await contact({ Phone: "+442079460958" });
    await org.admin.configure({
      fieldPermissions: { Contact: { MobilePhone: "none" }, Lead: { IsConverted: "none" } },
    });
    expect(await one("+442079460958")).toHaveLength(1);
  });

  test("a search in the form of very old versions is read as well", async () => {
    await contact({ Phone: "+442079460958" });
    await org.admin.configure({ searchBareArray: true });
    expect(await one("+442079460958")).toHaveLength(1);
    expect(lookUps()).toHaveLength(1);
  });
});

describe("a new person", () => {
  test("gets the number, as a contact or as a lead", async () => {
    const asContact = await connector.createPerson(session, { number: "+442079460958", as: "contact", name: null });
    expect(asContact).toMatchObject({ ok: true, value: { object: "Contact", field: "Phone" } });
    expect((await org.admin.records("Contact"))[0]).toMatchObject({
      Phone: "+442079460958",
      LastName: "+442079460958",
    });
    const asLead = await connector.createPerson(session, { number: "+442079460959", as: "lead", name: "Bob Sample" });
    expect(asLead).toMatchObject({ ok: true, value: { object: "Lead", name: "Bob Sample" } });
    expect((await org.admin.records("Lead"))[0]).toMatchObject({
      Phone: "+442079460959",
      LastName: "Bob Sample",
      Company: "Unknown",
    });
  });

  test("is not made where a duplicate rule names who has the number", async () => {
    const id = await contact({ Phone: "020 7946 0958" });
    for (const duplicateResultKey of ["duplicateResut", "duplicateResult"]) {
      await org.admin.configure({
        duplicateRules: [{ object: "Contact", fields: ["Phone"], allowSave: false }],
        duplicateResultKey,
      });
      const made = await connector.createPerson(session, { number: "+442079460958", as: "contact", name: null });
      expect(made).toMatchObject({ ok: true, value: { id, field: "Phone" } });
    }
  });

  test("is a conflict where the rule names somebody with another number", async () => {
    await contact({ LastName: "Same", Phone: "0113 496 0176" });
    await org.admin.configure({ duplicateRules: [{ object: "Contact", fields: ["LastName"], allowSave: true }] });
    expect(
      await connector.createPerson(session, { number: "+442079460958", as: "contact", name: "Same" }),
    ).toMatchObject({
      ok: false,
      fault: { kind: "rejected", reason: "duplicate_conflict" },
    });
  });

  test("needs a phone number in the contract", async () => {
    const contract = { ...org.contract, objects: { Task: org.contract.objects["Task"] ?? { fields: {} } } };
    expect(
      await org.open({ contract }).createPerson(session, { number: "+442079460958", as: "contact", name: null }),
    ).toMatchObject({
      ok: false,
      fault: { reason: "mapping_error" },
    });
  });
});

test("owners are the active users", async () => {
  await org.admin.configure({
    users: [
      { id: "0055g00000CarolAAA", name: "Carol Example", email: "carol@example.com", active: true },
      { id: "0055g00000DavidAAA", name: "David Example", email: "david@example.com", active: false },
    ],
  });
  const owners = await connector.owners(session);
  expect(owners).toMatchObject({ ok: true });
  const list = owners.ok ? owners.value : [];
  expect(list.find(({ email }) => email === "carol@example.com")).toEqual({
    id: "0055g00000CarolAAA",
    name: "Carol Example",
    email: "carol@example.com",
  });
  expect(list.some(({ name }) => name === "David Example")).toBe(false);
});
