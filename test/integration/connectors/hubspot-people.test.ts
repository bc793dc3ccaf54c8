import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type HubspotStage, startHubspot } from "../../builders/hubspot-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let hub: HubspotStage;
let http: Http;
let session: UnpacedSession;

beforeEach(async () => {
  hub = await startHubspot();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: hub.baseUrl });
  // Nothing paces these requests.
  await hub.admin.configure({ searchLagMs: 0, searchPerSecondLimit: 1_000 });
});
afterEach(async () => {
  await http.close();
  await hub.close();
});

const london = "+442079460958";

async function find(...numbers: readonly string[]) {
  const found = await hub.open().people(session, numbers);
  if (!found.ok) throw new Error(JSON.stringify(found.fault));
  return found.value;
}
const searches = () => session.sent.filter(({ request }) => request.path.endsWith("/search"));

describe("people by number", () => {
  const spellings: readonly (readonly [string, string])[] = [
    [london, london],
    [london, "020 7946 0958"],
    [london, "(020) 7946-0958"],
    [london, "+44 (0)20 7946 0958"],
    [london, "0044 20 7946 0958"],
    [london, "442079460958"],
    [london, "02079460958"],
    [london, "+44.20.7946.0958"],
    [london, "020 7946 0958 ext 12"],
    ["+14155551212", "(415) 555-1212"],
    ["+14155551212", "1-415-555-1212"],
    ["+4930901820", "030 / 901820"],
    ["+390669812345", "06 6981 2345"],
  ];

  test.each(spellings)("%s is found when it was typed as %s, in either field", async (number, typed) => {
    const { id: first } = await hub.admin.create("contacts", { firstname: "Alice", lastname: "Example", phone: typed });
    const { id: second } = await hub.admin.create("contacts", { firstname: "Bob", mobilephone: typed });
    const people = (await find(number)).get(number) ?? [];
    expect(people.map(({ id, field }) => `${id} ${field}`).toSorted()).toEqual([
      `${String(first)} phone`,
      `${String(second)} mobilephone`,
    ]);
  });

  test("what the search finds too much is left out", async () => {
    await hub.admin.create("contacts", { lastname: "Elsewhere", phone: "+12079460958" });
    await hub.admin.create("contacts", { lastname: "Longer", phone: "+49 1 2079460958" });
    expect((await find(london)).get(london)).toEqual([]);
  });

  test("a person comes with name, owner, company and last change", async () => {
    const { id: company } = await hub.admin.create("companies", { name: "Test Clinic" });
    const { id } = await hub.admin.create("contacts", {
      firstname: "Alice",
      lastname: "Example",
      phone: london,
      associations: { companies: [company] },
    });
    const [person] = (await find(london)).get(london) ?? [];
    expect(person).toMatchObject({ object: "contacts", id, name: "Alice Example", field: "phone" });
    expect(person?.also).toEqual([{ object: "companies", id: company }]);
    expect(Math.abs((person?.lastActivityAt ?? 0) - Date.now())).toBeLessThan(3_600_000);
  });

  test("a company is found where no contact has the number", async () => {
    const { id: company } = await hub.admin.create("companies", { name: "Test Clinic", phone: "020 7946 0958" });
    expect((await find(london)).get(london)).toMatchObject([{ object: "companies", id: company, name: "Test Clinic" }]);
    await hub.admin.create("contacts", { lastname: "Example", phone: london });
    expect((await find(london)).get(london)).toMatchObject([{ object: "contacts" }]);
  });

  test.each([true, false])(
    "companies with their calculated number (%s) are found however they were typed",
    async (companySearchablePhone) => {
      await hub.admin.configure({ companySearchablePhone });
      const { id } = await hub.admin.create("companies", { name: "Test Clinic", phone: "+44 (0)20 7946 0958" });
      expect((await find(london)).get(london)).toMatchObject([{ object: "companies", id }]);
    },
  );

  test.each([true, false])("whether or not HubSpot's digits keep the trunk zero (%s)", async (searchKeepsTrunkZero) => {
    await hub.admin.configure({ searchKeepsTrunkZero });
    const { id } = await hub.admin.create("contacts", { lastname: "Example", phone: "020-7946 09 58" });
    expect((await find(london)).get(london)).toMatchObject([{ id }]);
  });

  test("masked numbers are judged by HubSpot's digits", async () => {
    await hub.admin.configure({ maskedPhones: true });
    const { id } = await hub.admin.create("contacts", { lastname: "Example", phone: "020 7946 0958" });
    expect((await find(london)).get(london)).toMatchObject([{ id, field: "phone" }]);
  });

  test("fields that the portal does not have are not asked for", async () => {
    await hub.admin.configure({
      removedFields: { contacts: ["mobilephone", "hs_searchable_calculated_mobile_number"] },
    });
    const { id } = await hub.admin.create("contacts", { lastname: "Example", phone: london });
    expect((await find(london)).get(london)).toMatchObject([{ id }]);
  });

  test("a custom phone field counts", async () => {
    const reception = { name: "reception", label: "Reception", type: "string", fieldType: "phonenumber" };
    await hub.admin.configure({ customFields: { contacts: [reception] } });
    const { id } = await hub.admin.create("contacts", { lastname: "Example", reception: "020 7946 0958" });
    expect((await find(london)).get(london)).toMatchObject([{ id, field: "reception" }]);
  });

  test("everybody with the number is found, also past the first page", async () => {
    const everybody = Array.from({ length: 230 }, (_, index) => ({ lastname: `Example ${index}`, phone: london }));
    for (const person of everybody) await hub.admin.create("contacts", person);
    expect((await find(london)).get(london)).toHaveLength(230);
  });

  test("many numbers take few searches, each within HubSpot's bounds, and unknown ones are answered too", async () => {
    const numbers = Array.from({ length: 23 }, (_, index) => `+44207946${String(index).padStart(4, "0")}`);
    for (const number of numbers.slice(0, 10)) await hub.admin.create("contacts", { lastname: number, phone: number });
    const found = await find(...numbers, "ext:204", "anonymous");
    expect([...found.keys()]).toEqual([...numbers, "ext:204", "anonymous"]);
    for (const [number, people] of found)
      expect(people).toHaveLength(numbers.indexOf(number) >= 0 && numbers.indexOf(number) < 10 ? 1 : 0);
    for (const { request, answer } of searches()) {
      expect(JSON.stringify(request.body).length).toBeLessThanOrEqual(3_000);
      expect((request.body as { filterGroups: unknown[] }).filterGroups.length).toBeLessThanOrEqual(5);
      expect(answer).toMatchObject({ kind: "answer", status: 200 });
      expect(request.cost).toEqual({ search_second: 1, day: 1 });
      expect(request.intents).toEqual([]);
    }
    expect(searches().length).toBeLessThan(numbers.length * 2);
  });

  test("numbers that are none cost no request", async () => {
    expect(await find("ext:204", "")).toEqual(
      new Map([
        ["ext:204", []],
        ["", []],
      ]),
    );
    expect(session.sent).toEqual([]);
  });

  test("a search that is refused is a fault, not an empty answer", async () => {
    await hub.admin.faults([{ match: { path: "/contacts/search" }, kind: "status", status: 500, body: "" }]);
    expect(await hub.open().people(session, [london])).toMatchObject({
      ok: false,
      fault: { kind: "transient", proof: "read_only" },
    });
  });
});

describe("a new person", () => {
  test("is a contact with the number, named by it where there is no name", async () => {
    const made = await hub.open().createPerson(session, { number: london, as: "contact", name: null });
    const [record] = await hub.admin.records("contacts");
    expect(record).toMatchObject({ phone: london, lastname: london });
    expect(record).not.toHaveProperty("lifecyclestage", "lead");
    expect(made).toMatchObject({
      ok: true,
      value: { object: "contacts", id: record?.["id"], name: london, field: "phone" },
    });
  });

  test("is a contact in the lead stage where leads are wanted", async () => {
    await hub.open().createPerson(session, { number: london, as: "lead", name: "Example" });
    expect(await hub.admin.records("contacts")).toMatchObject([
      { phone: london, lastname: "Example", lifecyclestage: "lead" },
    ]);
  });

  test("holds no field that the contract does not give us", async () => {
    const contract = {
      ...hub.contract,
      objects: {
        contacts: { fields: { phone: { own: "agent", value: { from: "otherParty" } }, lastname: { own: "crm" } } },
      },
    } as const;
    await hub.open({ contract }).createPerson(session, { number: london, as: "lead", name: "Example" });
    const post = session.sent.find(({ request }) => request.method === "POST");
    expect(post?.request.body).toEqual({ properties: { phone: london } });
  });

  test("is not made where the contract gives no phone number", async () => {
    const contract = { ...hub.contract, objects: {} };
    expect(
      await hub.open({ contract }).createPerson(session, { number: london, as: "contact", name: null }),
    ).toMatchObject({
      ok: false,
      fault: { kind: "rejected", reason: "mapping_error" },
    });
    expect(await hub.admin.records("contacts")).toEqual([]);
  });

  test("who exists already is used", async () => {
    const { id } = await hub.admin.create("contacts", { firstname: "Alice", lastname: "Example", phone: london });
    const body = {
      status: "error",
      category: "CONFLICT",
      message: `Contact already exists. Existing ID: ${String(id)}`,
    };
    await hub.admin.faults([{ match: { method: "POST", path: "/contacts" }, kind: "status", status: 409, body }]);
    const made = await hub.open().createPerson(session, { number: london, as: "contact", name: null });
    expect(made).toMatchObject({ ok: true, value: { id, name: "Alice Example" } });
  });

  test("whose answer is lost stays uncertain", async () => {
    await hub.admin.faults([{ match: { method: "POST", path: "/contacts" }, kind: "drop-after", times: 1 }]);
    expect(await hub.open().createPerson(session, { number: london, as: "contact", name: null })).toMatchObject({
      ok: false,
      fault: { kind: "response_lost" },
    });
  });
});
