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
});
afterEach(async () => {
  await http.close();
  await hub.close();
});

const created = (): unknown =>
  session.sent.find(({ request }) => request.method === "POST" && request.path.endsWith("/properties/2026-09/calls"))
    ?.request.body;

describe("setup", () => {
  test("creates one unique, hidden property in the group of the call's title", async () => {
    expect(await hub.open().setup(session)).toEqual({ ok: true, value: { created: ["callledger_key"], found: [] } });
    expect(created()).toMatchObject({
      name: "callledger_key",
      groupName: "call",
      type: "string",
      fieldType: "text",
      hasUniqueValue: true,
      hidden: true,
      formField: false,
    });
    const posts = session.sent.filter(({ request }) => request.method !== "GET");
    expect(posts).toHaveLength(1);
  });

  test("takes whatever group a portal has, and makes one only where there is none", async () => {
    await hub.admin.configure({ callPropertyGroups: ["activity"] });
    expect(await hub.open().setup(session)).toMatchObject({ ok: true });
    expect(created()).toMatchObject({ groupName: "activity" });
  });

  test("uses the configured name", async () => {
    const connector = hub.open({ settings: { keyProperty: "our_call_key" } });
    expect(await connector.setup(session)).toMatchObject({ ok: true, value: { created: ["our_call_key"] } });
    expect(await connector.setup(session)).toMatchObject({ ok: true, value: { created: [], found: ["our_call_key"] } });
  });

  test("keeps a property that is there with the same definition, also when another PC was faster", async () => {
    await hub.open().setup(session);
    // The look-up says "not there", as it did before the other PC created it.
    await hub.admin.faults([
      {
        match: { method: "GET", path: "/properties/2026-09/calls/callledger_key" },
        kind: "status",
        status: 404,
        body: { status: "error", message: "no such property", category: "OBJECT_NOT_FOUND" },
        times: 1,
      },
    ]);
    expect(await hub.open().setup(session)).toEqual({ ok: true, value: { created: [], found: ["callledger_key"] } });
  });

  test("refuses a property of that name that is not unique", async () => {
    await hub.admin.configure({ customFields: { calls: [{ name: "callledger_key" }] } });
    expect(await hub.open().setup(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "setup_missing", answer: { code: "KEY_PROPERTY" } },
    });
  });

  test("says so where the portal allows no unique property on calls", async () => {
    await hub.admin.configure({ uniqueCallProperty: false });
    const result = await hub.open().setup(session);
    expect(result).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "setup_missing" } });
    expect(JSON.stringify(result)).toContain("callledger_key");
  });

  test.each(["crm.schemas.calls.write", "crm.schemas.contacts.write"])("names the missing scope %s", async (scope) => {
    await hub.admin.configure({
      callPropertyScope: scope,
      scopes: ["crm.objects.contacts.read", "crm.objects.contacts.write"],
    });
    const result = await hub.open().setup(session);
    expect(result).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "permission_denied" } });
    expect(JSON.stringify(result)).toContain(scope);
  });

  test("is safe to repeat after its answer was lost", async () => {
    await hub.admin.faults([
      { match: { method: "POST", path: "/properties/2026-09/calls" }, kind: "drop-after", times: 1 },
    ]);
    expect(await hub.open().setup(session)).toMatchObject({ ok: false, fault: { kind: "response_lost" } });
    expect(await hub.open().setup(session)).toMatchObject({ ok: true, value: { found: ["callledger_key"] } });
  });
});

describe("check", () => {
  test("names the portal, its zone and its pages, and passes before setup while connecting", async () => {
    expect(await hub.open().check(session)).toEqual({
      ok: true,
      value: {
        accountId: "1234567",
        name: "HubSpot portal 1234567",
        timeZone: "US/Eastern",
        uiUrl: "https://app.hubspot.com",
      },
    });
    expect(session.sent.every(({ request }) => request.method === "GET")).toBe(true);
  });

  test("finds that the key property of a connected portal is gone", async () => {
    const account = { accountId: "1234567", name: "HubSpot portal 1234567" };
    const connector = hub.open({ account });
    expect(await connector.check(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "setup_missing" },
    });
    await connector.setup(session);
    expect(await connector.check(session)).toMatchObject({ ok: true });
    await hub.admin.configure({ removedFields: { calls: ["callledger_key"] } });
    expect(await connector.check(session)).toMatchObject({ ok: false, fault: { reason: "setup_missing" } });
  });

  test("refuses any other portal, and nothing is written there", async () => {
    const connector = hub.open({ account: { accountId: "42", name: "HubSpot portal 42" } });
    const refused = { kind: "blocked", reason: "auth_revoked", answer: { code: "OTHER_PORTAL" } };
    expect(await connector.check(session)).toMatchObject({ ok: false, fault: refused });
    expect(await connector.setup(session)).toMatchObject({ ok: false, fault: refused });
    expect(await connector.createPerson(session, { number: "+442079460958", as: "contact", name: null })).toMatchObject(
      {
        ok: false,
        fault: refused,
      },
    );
    expect(session.sent.every(({ request }) => request.method === "GET")).toBe(true);
    expect(await hub.admin.records("contacts")).toEqual([]);
  });

  test.each(["crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.owners.read"])(
    "names the missing scope %s",
    async (missing) => {
      const all = ["crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.owners.read"];
      await hub.admin.configure({ scopes: all.filter((scope) => scope !== missing) });
      const result = await hub.open().check(session);
      expect(result).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "permission_denied" } });
      expect(JSON.stringify(result)).toContain(missing);
    },
  );

  test("finds fields of the contract that are gone or cannot be written", async () => {
    await hub.admin.configure({ removedFields: { calls: ["hs_call_to_number"] } });
    expect(await hub.open().check(session)).toMatchObject({
      ok: false,
      fault: { kind: "rejected", reason: "field_missing", field: "hs_call_to_number" },
    });
    const fields = {
      ...hub.contract.objects["calls"]?.fields,
      hs_createdate: { own: "agent", value: { const: "1" } },
    } as const;
    const contract = { ...hub.contract, objects: { calls: { fields } } };
    await hub.admin.configure({ removedFields: {} });
    expect(await hub.open({ contract }).check(session)).toMatchObject({
      ok: false,
      fault: { kind: "rejected", reason: "mapping_error", field: "hs_createdate" },
    });
  });

  test.each([
    [{ accountSuspended: true }, "account_suspended"],
    [{ paymentRequired: true }, "permission_denied"],
    [{ plainTokenRevoked: true }, "auth_revoked"],
    [{ plainTokenTtlMs: 0 }, "auth_revoked"],
  ])("%j is told as %s", async (config, reason) => {
    await hub.admin.configure(config);
    expect(await hub.open().check(session)).toMatchObject({ ok: false, fault: { kind: "blocked", reason } });
  });

  test("a credential that the vault cannot give blocks with the vault's words", async () => {
    const fault = { kind: "missing", message: "The environment variable X is not set." } as const;
    const connector = hub.open({ credential: () => Promise.resolve({ ok: false, fault }) });
    expect(await connector.check(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "auth_revoked", answer: { message: fault.message } },
    });
    const strange = hub.open({ credential: () => Promise.resolve({ ok: true, value: { password: "x" } }) });
    expect(await strange.check(session)).toMatchObject({ ok: false, fault: { reason: "auth_revoked" } });
    expect(session.sent).toEqual([]);
  });
});

describe("owners", () => {
  test("are everybody who can own a record, page by page", async () => {
    const users = Array.from({ length: 230 }, (_, index) => ({
      id: String(1000 + index),
      name: `Agent Number${index}`,
      email: `agent${index}@test-clinic.example`,
      active: index !== 7,
    }));
    await hub.admin.configure({ users });
    const owners = await hub.open().owners(session);
    if (!owners.ok) throw new Error("no owners");
    expect(owners.value).toHaveLength(229);
    expect(owners.value[0]).toEqual({ id: "1000", name: "Agent Number0", email: "agent0@test-clinic.example" });
    expect(new Set(owners.value.map(({ id }) => id)).size).toBe(229);
  });
});

test("pages of records are found under the portal's own address only", () => {
  const connector = hub.open();
  const account = { accountId: "1234567", name: "x", uiUrl: "https://app-eu1.hubspot.com" };
  expect(connector.recordUrl(account, "calls", "9")).toBe("https://app-eu1.hubspot.com/contacts/1234567/record/0-48/9");
  expect(connector.recordUrl(account, "constructor", "9")).toBeNull();
  expect(connector.recordUrl({ accountId: "1", name: "x" }, "calls", "9")).toBeNull();
  expect(connector.recordUrl(null, "calls", "9")).toBeNull();
});
