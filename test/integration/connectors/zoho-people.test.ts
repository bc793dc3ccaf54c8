import { afterEach, beforeEach, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { startZoho, type ZohoStage } from "../../builders/zoho-subject.ts";

let zoho: ZohoStage;
let http: Http;
let session: UnpacedSession;
const number = "+442079460958";

beforeEach(async () => {
  zoho = await startZoho();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: zoho.baseUrl });
});
afterEach(async () => {
  await http.close();
  await zoho.close();
});

async function find(...numbers: string[]) {
  const found = await zoho.open().people(session, numbers);
  if (!found.ok) throw new Error(JSON.stringify(found.fault));
  return found.value;
}
const add = async (object: string, fields: object): Promise<string> =>
  String((await zoho.admin.create(object, fields))["id"]);

test.each([
  ["E.164", "+442079460958"],
  ["with spaces", "+44 20 7946 0958"],
  ["national", "020 7946 0958"],
  ["with 00", "00442079460958"],
  ["with a bracketed zero", "+44 (0)20 7946 0958"],
  ["in an odd spelling", "(020) 794-609-58"],
  ["in dots", "+44.20.7946.0958"],
])("finds a number typed %s", async (_name, typed) => {
  const id = await add("Contacts", { First_Name: "Alice", Last_Name: "Example", Mobile: typed });
  await zoho.admin.advance(15_000);
  expect((await find(number)).get(number)).toMatchObject([
    { object: "Contacts", id, name: "Alice Example", field: "Mobile" },
  ]);
});

test("a contact comes with its account and its owner; leads and accounts count only where no contact has the number", async () => {
  const account = await add("Accounts", { Account_Name: "Acme Example Ltd", Phone: number });
  expect((await find(number)).get(number)).toMatchObject([
    { object: "Accounts", id: account, name: "Acme Example Ltd" },
  ]);
  const lead = await add("Leads", { Last_Name: "Sample", Company: "Sample Ltd", Phone: number });
  expect((await find(number)).get(number)).toMatchObject([{ object: "Leads", id: lead, also: [] }]);
  const contact = await add("Contacts", { Last_Name: "Muster", Account_Name: account, Phone: number });
  expect((await find(number)).get(number)).toMatchObject([
    {
      object: "Contacts",
      id: contact,
      ownerId: "3652397000000225014",
      also: [{ object: "Accounts", id: account }],
      lastActivityAt: expect.any(Number),
    },
  ]);
});

test("everybody who shares a number is told, in any phone field, custom ones too", async () => {
  await zoho.admin.configure({ customFields: { Contacts: [{ api_name: "Direct_Line", data_type: "phone" }] } });
  const one = await add("Contacts", { Last_Name: "One", Home_Phone: "020 7946 0958" });
  const two = await add("Contacts", { Last_Name: "Two", Direct_Line: number });
  const found = (await find(number)).get(number) ?? [];
  expect(found.map(({ id, field }) => [id, field])).toEqual([
    [one, "Home_Phone"],
    [two, "Direct_Line"],
  ]);
});

test("a number that nobody has maps to nobody, and what merely looks alike is nobody", async () => {
  await add("Contacts", { Last_Name: "Other", Phone: "+1 207 946 0958" });
  await zoho.admin.advance(15_000);
  expect([...(await find(number, "+442079460000", "ext:204"))]).toEqual([
    [number, []],
    ["+442079460000", []],
    ["ext:204", []],
  ]);
});

test("a deleted person that lingers in the search, a converted lead and a hidden contact are nobody", async () => {
  const gone = await add("Contacts", { Last_Name: "Gone", Phone: "(020) 794-609-58" });
  const hidden = await add("Contacts", { Last_Name: "Hidden", Phone: number });
  const lead = await add("Leads", { Last_Name: "Lead", Phone: number });
  await zoho.admin.configure({ deletedLingerMs: 10 ** 9, hiddenRecords: { Contacts: [hidden] } });
  await zoho.admin.advance(15_000);
  await zoho.admin.remove("Contacts", gone);
  const converted = await fetch(`${zoho.baseUrl}/crm/v8/Leads/${lead}/actions/convert`, {
    method: "POST",
    headers: { authorization: `Zoho-oauthtoken ${zoho.token}` },
    body: JSON.stringify({ data: [{}] }),
  });
  const { data }: any = await converted.json();
  const found = (await find(number)).get(number) ?? [];
  expect(found.map(({ id }) => id)).toEqual([data[0].details.Contacts.id]);
});

test("many numbers are looked up at once", async () => {
  const numbers = Array.from({ length: 10 }, (_, n) => `+4420794601${String(n).padStart(2, "0")}`);
  for (const each of numbers) await add("Contacts", { Last_Name: each, Phone: each });
  const found = await find(...numbers);
  expect(numbers.every((each) => found.get(each)?.length === 1)).toBe(true);
  expect(session.sent.map(({ request }) => request.path.split("?")[0])).toEqual([
    "/crm/v8/settings/fields",
    "/crm/v8/coql",
  ]);
});

test("a person is made for a number that nobody has: a contact, or a lead", async () => {
  const make = (as: "contact" | "lead", name: string | null) => zoho.open().createPerson(session, { number, as, name });
  expect(await make("contact", null)).toMatchObject({
    ok: true,
    value: { object: "Contacts", field: "Phone", also: [] },
  });
  expect(await zoho.admin.records("Contacts")).toMatchObject([{ Last_Name: number, Phone: number }]);
  expect(await make("lead", "Alice Example")).toMatchObject({
    ok: true,
    value: { object: "Leads", name: "Alice Example" },
  });
  expect(await zoho.admin.records("Leads")).toMatchObject([
    { Last_Name: "Alice Example", Company: number, Phone: number },
  ]);
});

test("a person whom Zoho's own duplicate check knows is used, not made again", async () => {
  await zoho.admin.configure({
    customFields: { Contacts: [{ api_name: "Line", data_type: "text", unique: { case_sensitive: false } }] },
  });
  const id = await add("Contacts", { Last_Name: "Known", Line: number });
  const contract = {
    ...zoho.contract,
    objects: {
      ...zoho.contract.objects,
      Contacts: {
        fields: {
          Last_Name: { own: "fill-blank", value: { const: "New" } },
          Line: { own: "fill-blank", value: { from: "otherParty" } },
        },
      },
    },
  } as const;
  const made = await zoho.open({ contract }).createPerson(session, { number, as: "contact", name: null });
  expect(made).toMatchObject({ ok: true, value: { id, name: "Known" } });
  expect(await zoho.admin.records("Contacts")).toHaveLength(1);
});

test("a contract without a phone number for people makes nobody", async () => {
  const contract = { ...zoho.contract, objects: { Calls: zoho.contract.objects["Calls"] ?? { fields: {} } } };
  expect(await zoho.open({ contract }).createPerson(session, { number, as: "contact", name: null })).toMatchObject({
    fault: { kind: "rejected", reason: "mapping_error" },
  });
});
