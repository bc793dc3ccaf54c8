import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { readZohoContract, startZoho, type ZohoStage } from "../../builders/zoho-subject.ts";

let zoho: ZohoStage;
let http: Http;
let session: UnpacedSession;

beforeEach(async () => {
  zoho = await startZoho();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: zoho.baseUrl });
});
afterEach(async () => {
  await http.close();
  await zoho.close();
});

const account = async () => {
  const checked = await zoho.open().check(session);
  if (!checked.ok) throw new Error(JSON.stringify(checked.fault));
  return checked.value;
};

describe("setup", () => {
  test("makes both fields, the key unique, and finds them the second time", async () => {
    const connector = zoho.open();
    expect(connector.limits.hasUniqueKey).toBe(false);
    expect(await connector.setup(session)).toEqual({
      ok: true,
      value: { created: ["Call_Sync_Key", "Call_Sync_Seconds"], found: [] },
    });
    expect(connector.limits.hasUniqueKey).toBe(true);
    expect(await zoho.open().setup(session)).toEqual({
      ok: true,
      value: { created: [], found: ["Call_Sync_Key", "Call_Sync_Seconds"] },
    });
  });

  test("makes the key without uniqueness where the org does not take it, and then reads missing twice", async () => {
    await zoho.admin.configure({ uniqueOnCalls: false });
    const connector = zoho.open();
    expect(await connector.setup(session)).toMatchObject({
      ok: true,
      value: { created: ["Call_Sync_Key", "Call_Sync_Seconds"] },
    });
    expect(connector.limits.hasUniqueKey).toBe(false);
  });

  test("says what to do where calls have no room for another field", async () => {
    await zoho.admin.configure({
      customFields: {
        Calls: Array.from({ length: 500 }, (_, index) => ({ api_name: `Field_${index}`, data_type: "text" })),
      },
    });
    expect(await zoho.open().setup(session)).toMatchObject({
      fault: { kind: "blocked", answer: { message: expect.stringContaining("administrator") } },
    });
  });

  test("takes a field that an administrator made by hand, unless its type is another", async () => {
    const define = (data_type: string) =>
      zoho.admin.configure({
        customFields: {
          Calls: [
            { api_name: "Call_Sync_Key", data_type },
            { api_name: "Call_Sync_Seconds", data_type: "integer" },
          ],
        },
      });
    await define("text");
    expect(await zoho.open().setup(session)).toMatchObject({
      value: { found: ["Call_Sync_Key", "Call_Sync_Seconds"] },
    });
    for (const type of ["textarea", "integer"]) {
      await define(type);
      expect(await zoho.open().setup(session)).toMatchObject({ fault: { kind: "blocked", reason: "setup_missing" } });
    }
  });

  test("may use another name for the key", async () => {
    const connector = zoho.open({ settings: { keyProperty: "PBX_Call_Key" } });
    expect(await connector.setup(session)).toMatchObject({ value: { created: ["PBX_Call_Key", "Call_Sync_Seconds"] } });
  });

  test("without the right to make fields names the scope's refusal", async () => {
    await zoho.admin.configure({ scopes: ["ZohoCRM.org.READ", "ZohoCRM.settings.fields.READ"] });
    expect(await zoho.open().setup(session)).toMatchObject({ fault: { kind: "blocked", reason: "permission_denied" } });
  });

  test("changes nothing in an org that is not the one connected", async () => {
    const other = zoho.open({ account: { accountId: "999", name: "Other org" } });
    expect(await other.setup(session)).toMatchObject({
      fault: { kind: "blocked", reason: "auth_revoked", answer: { code: "OTHER_ORG" } },
    });
    expect(session.sent.every(({ request }) => request.method === "GET")).toBe(true);
  });
});

describe("check", () => {
  test("names the org, its zone and its edition, and writes nothing", async () => {
    expect(await account()).toEqual({
      accountId: "20064123456",
      name: "Test Clinic",
      timeZone: "Europe/London",
      plan: "enterprise, 10 users",
    });
    expect(session.sent.filter(({ request }) => request.method !== "GET").map(({ request }) => request.path)).toEqual(
      Array.from({ length: 5 }, () => "/crm/v8/coql"),
    );
  });

  test.each([
    ["a scope that is missing", { scopes: ["ZohoCRM.org.READ", "ZohoCRM.coql.READ"] }, "permission_denied"],
    ["a module that the user may not read", { objectPermissions: { Leads: ["create"] } }, "permission_denied"],
    ["a token that is revoked", { plainTokenRevoked: true }, "auth_revoked"],
  ])("finds %s", async (_name, configuration, reason) => {
    await zoho.admin.configure(configuration);
    expect(await zoho.open().check(session)).toMatchObject({ ok: false, fault: { kind: "blocked", reason } });
  });

  test("finds a key field that is gone, and one that may only be read", async () => {
    const known = await account();
    await zoho.open().setup(session);
    const check = () => zoho.open({ account: known }).check(session);
    expect((await check()).ok).toBe(true);
    await zoho.admin.configure({ fieldPermissions: { Calls: { Call_Sync_Key: "read" } } });
    expect(await check()).toMatchObject({ fault: { kind: "blocked", reason: "setup_missing" } });
    await zoho.admin.configure({ fieldPermissions: {}, removedFields: { Calls: ["Call_Sync_Key"] } });
    expect(await check()).toMatchObject({ fault: { kind: "blocked", reason: "setup_missing" } });
  });

  test("finds fields of the contract that are gone, hidden or not ours to change", async () => {
    const known = await account();
    await zoho.open().setup(session);
    const check = (contract = readZohoContract()) => zoho.open({ account: known, contract }).check(session);
    await zoho.admin.configure({ fieldPermissions: { Calls: { Description: "none" } } });
    expect(await check()).toMatchObject({ fault: { reason: "field_missing", field: "Description" } });
    await zoho.admin.configure({ fieldPermissions: { Calls: { Description: "read" } } });
    expect(await check()).toMatchObject({ fault: { reason: "mapping_error", field: "Description" } });
    await zoho.admin.configure({ fieldPermissions: {} });
    const contract = readZohoContract();
    const fields = contract.objects["Calls"]?.fields ?? {};
    const owned = {
      ...contract,
      objects: {
        ...contract.objects,
        Calls: { fields: { ...fields, Call_Type: { own: "agent", value: { const: "Inbound" } } as const } },
      },
    };
    expect(await check(owned)).toMatchObject({ fault: { reason: "mapping_error", field: "Call_Type" } });
  });
});

test("owners are the active users", async () => {
  await zoho.admin.configure({
    users: [
      { id: "1", name: "Alice Example", email: "alice@example.com", active: true },
      { id: "2", name: "Gone Sample", email: "gone@example.com", active: false },
      { id: "3", name: "", email: "third@example.com", active: true },
    ],
  });
  expect(await zoho.open().owners(session)).toEqual({
    ok: true,
    value: [
      { id: "1", name: "Alice Example", email: "alice@example.com" },
      { id: "3", name: "third@example.com", email: "third@example.com" },
    ],
  });
});
