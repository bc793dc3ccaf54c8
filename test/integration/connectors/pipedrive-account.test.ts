import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type PipedriveStage, readPipedriveContract, startPipedrive } from "../../builders/pipedrive-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let stage: PipedriveStage;
let http: Http;
let session: UnpacedSession;
let connector: Connector;

beforeEach(async () => {
  stage = await startPipedrive();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: stage.baseUrl });
  connector = stage.open();
});
afterEach(async () => {
  await http.close();
  await stage.close();
});

const number = "+447700900134";
const find = async (asked = number) => {
  const found = await connector.people(session, [asked]);
  if (!found.ok) throw new Error(JSON.stringify(found.fault));
  return found.value.get(asked) ?? [];
};
const count = (part: string): number => session.sent.filter(({ request }) => request.path.includes(part)).length;

describe("check", () => {
  test("names the company, its zone and its address for people", async () => {
    const checked = await connector.check(session);
    expect(checked).toEqual({
      ok: true,
      value: {
        accountId: "66660666",
        name: "CallLedger Sandbox",
        timeZone: "Europe/London",
        uiUrl: "https://callledger-sandbox.pipedrive.com",
      },
    });
    expect(session.sent.every(({ request }) => request.method === "GET" && request.intents.length === 0)).toBe(true);
  });

  test.each([
    [
      "no activity type for calls",
      { activityTypes: [{ id: 1, key_string: "meeting", name: "Meeting", active_flag: true }] },
      { kind: "blocked", reason: "setup_missing" },
    ],
    [
      "a field of the contract that is gone",
      { removedFields: { activities: ["note"] } },
      { kind: "rejected", reason: "field_missing", field: "note" },
    ],
    [
      "a scope that is missing",
      { scopes: ["base", "activities:full"] },
      { kind: "blocked", reason: "permission_denied" },
    ],
    [
      "a right that is missing",
      { objectPermissions: { persons: [] } },
      { kind: "blocked", reason: "permission_denied" },
    ],
    ["a revoked token", { plainTokenRevoked: true }, { kind: "blocked", reason: "auth_revoked" }],
  ])("finds %s", async (_name, config, expected) => {
    await stage.admin.configure(config);
    expect(await connector.check(session)).toMatchObject({ ok: false, fault: expected });
  });

  test("does without the list of fields where the token has no admin's scope", async () => {
    await stage.admin.configure({ scopes: ["base", "activities:full", "contacts:full"] });
    expect(await connector.check(session)).toMatchObject({ ok: true });
  });

  test("refuses a contract with a field that nobody can write", async () => {
    const contract = readPipedriveContract();
    const fields = {
      ...contract.objects["activities"]?.fields,
      ["f".repeat(40)]: { own: "agent", value: { const: "x" } } as const,
    };
    const strange = stage.open({ contract: { ...contract, objects: { ...contract.objects, activities: { fields } } } });
    expect(await strange.check(session)).toMatchObject({ ok: false, fault: { reason: "mapping_error" } });
  });

  test("another company's token writes nothing", async () => {
    const other = stage.open({ account: { accountId: "1", name: "Other" } });
    expect(await other.check(session)).toMatchObject({ ok: false, fault: { answer: { code: "OTHER_COMPANY" } } });
    const person = await other.createPerson(session, { number, as: "contact", name: null });
    expect(person).toMatchObject({ ok: false, fault: { kind: "blocked" } });
    expect(await stage.admin.records("persons")).toEqual([]);
  });
});

test("setup puts nothing into Pipedrive, and says what is missing", async () => {
  expect(await connector.setup(session)).toEqual({ ok: true, value: { created: [], found: ["activity type Call"] } });
  await stage.admin.configure({ activityTypes: [] });
  expect(await connector.setup(session)).toMatchObject({ ok: false, fault: { reason: "setup_missing" } });
  expect(await stage.open({ settings: { activityType: "phone_call" } }).setup(session)).toMatchObject({ ok: false });
});

describe("people", () => {
  test.each([
    "+44 7700 900134",
    "07700 900134",
    "(07700) 900-134",
    "0044 7700 900134",
    "+44 (0)7700 900134",
    "7700 900134",
    "+44-7700-900134",
  ])("a number typed as %s is found", async (typed) => {
    const organization = await stage.admin.create("organizations", { name: "Test Clinic" });
    const person = await stage.admin.create("persons", {
      name: "Alice Example",
      phones: ["020 7946 0187", typed],
      org_id: organization["id"],
      owner_id: 78,
    });
    expect(await find()).toMatchObject([
      {
        object: "persons",
        id: String(person["id"]),
        name: "Alice Example",
        field: "phones",
        ownerId: "78",
        also: [{ object: "organizations", id: String(organization["id"]) }],
      },
    ]);
  });

  test("everybody who has the number, nobody who has another, and an empty list for a number nobody has", async () => {
    const one = await stage.addPerson("07700 900134");
    const two = await stage.addPerson("+447700900134");
    await stage.addPerson("+447701900134");
    expect((await find()).map(({ id }) => id).toSorted()).toEqual([one.id, two.id]);
    expect(await find("+447700900999")).toEqual([]);
    expect(await find("ext:204")).toEqual([]);
  });

  test("many numbers cost one list, then ten tokens for what changed and ten for the hits", async () => {
    for (let n = 0; n < 20; n++) await stage.addPerson(`+4477009001${String(n).padStart(2, "0")}`);
    const numbers = Array.from({ length: 20 }, (_, n) => `+4477009001${String(n).padStart(2, "0")}`);
    const found = await connector.people(session, numbers);
    expect(found.ok && [...found.value.values()].every((each) => each.length === 1)).toBe(true);
    const before = session.sent.length;
    await connector.people(session, numbers);
    expect(session.sent.slice(before).reduce((sum, { request }) => sum + (request.cost["day"] ?? 0), 0)).toBe(20);
    expect(count("earch")).toBe(0);
  });

  test("who is added, changed, merged or deleted meanwhile is seen as they are now", async () => {
    expect(await find()).toEqual([]);
    const person = await stage.addPerson("07700 900134");
    expect(await find()).toMatchObject([{ id: person.id }]);
    await stage.admin.update("persons", person.id, { phones: ["07700 900777"] });
    expect(await find()).toEqual([]);
    expect(await find("+447700900777")).toMatchObject([{ id: person.id }]);
    const other = await stage.addPerson("07700 900888");
    await stage.admin.merge("persons", other.id, person.id);
    expect(await find("+447700900777")).toMatchObject([{ id: other.id }]);
    await stage.admin.remove("persons", other.id);
    expect(await find("+447700900777")).toEqual([]);
  });

  test("a number in a custom phone field counts; an organization's where no person has it", async () => {
    const field = { field_code: "e".repeat(40), field_name: "Line", field_type: "phone" };
    await stage.admin.configure({ customFields: { persons: [field], organizations: [field] } });
    const organization = await stage.admin.create("organizations", {
      name: "Test Clinic",
      [field.field_code]: "07700 900134",
    });
    expect(await find()).toMatchObject([
      { object: "organizations", id: String(organization["id"]), field: field.field_code },
    ]);
    const person = await stage.admin.create("persons", { name: "Alice", [field.field_code]: "07700 900134" });
    expect(await find()).toMatchObject([{ object: "persons", id: String(person["id"]) }]);
  });

  test("a list that a full budget stops goes on where it stood", async () => {
    for (let n = 0; n < 3; n++)
      await stage.admin.create("persons", { name: `Person ${n}`, phones: [`07700 90010${n}`] });
    await find();
    connector = stage.open();
    await stage.admin.create("persons", { name: "Alice", phones: ["07700 900134"] });
    session.allow(2);
    expect(await connector.people(session, [number])).toMatchObject({ ok: false, fault: { kind: "paced" } });
    session.allow(undefined);
    expect(await find()).toMatchObject([{ name: "Alice" }]);
  });
});

test("a person is made for a number that nobody has, and found at once", async () => {
  const made = await connector.createPerson(session, { number, as: "lead", name: "Alice Example" });
  expect(made).toMatchObject({ ok: true, value: { object: "persons", name: "Alice Example", field: "phones" } });
  expect(await stage.admin.records("persons")).toMatchObject([
    { name: "Alice Example", phones: [{ value: number, primary: true, label: "work" }] },
  ]);
  expect(await find()).toHaveLength(1);
  const bare = await connector.createPerson(session, { number: "+447700900201", as: "contact", name: null });
  expect(bare).toMatchObject({ ok: true, value: { name: "+447700900201" } });
});

test("owners are the active users", async () => {
  await stage.admin.configure({
    users: [
      { id: "5", name: "Alice Example", email: "alice@example.com", active: true },
      { id: "6", name: "Bob Sample", email: "bob@example.com", active: false },
    ],
  });
  expect(await connector.owners(session)).toEqual({
    ok: true,
    value: [{ id: "5", name: "Alice Example", email: "alice@example.com" }],
  });
});

test("records of the web app have an address where the company's is known", () => {
  const account = { accountId: "1", name: "Acme", uiUrl: "https://acme.pipedrive.com" };
  expect(connector.recordUrl(account, "persons", "7")).toBe("https://acme.pipedrive.com/person/7");
  expect(connector.recordUrl(account, "deals", "7")).toBe("https://acme.pipedrive.com/deal/7");
  expect(connector.recordUrl(account, "activities", "7")).toBeNull();
  expect(connector.recordUrl(null, "persons", "7")).toBeNull();
});

test("what the connector thinks it spends is what the vendor charges, and no request is limited", async () => {
  const person = await stage.addPerson("07700 900134");
  await connector.check(session);
  await connector.owners(session);
  await connector.people(session, [number]);
  await connector.createPerson(session, { number: "+447700900201", as: "contact", name: null });
  await connector.probe(session, [`cl_${"a".repeat(26)}`], 0);
  const spent = session.sent.reduce((sum, { request }) => sum + (request.cost["day"] ?? 0), 0);
  const answer = session.sent.at(-1)?.answer;
  const left = answer?.kind === "answer" ? Number(answer.headers["x-daily-ratelimit-token-remaining"]) : 0;
  expect(person.id).toBe("1");
  expect(300_000 - left).toBe(spent);
});
