import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { SetupFiles } from "../../../src-main/connectors/salesforce/metadata-package.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type SalesforceStage, startSalesforce } from "../../builders/salesforce-subject.ts";
import { toItem } from "../../builders/salesforce-writes.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let org: SalesforceStage;
let http: Http;
let session: UnpacedSession;

beforeAll(async () => {
  org = await startSalesforce();
  http = createUndiciHttp();
});
beforeEach(async () => {
  await org.reset();
  session = createUnpacedSession({ http, baseUrl: org.baseUrl });
});
afterAll(async () => {
  await http.close();
  await org.close();
});

const message = (answer: { ok: boolean; fault?: unknown }): string => JSON.stringify(answer);
const accountOf = async () => {
  const account = await org.open().check(session);
  if (!account.ok) throw new Error(message(account));
  return account.value;
};

describe("setup", () => {
  test("finds the field that is deployed and writes nothing", async () => {
    expect(await org.open().setup(session)).toEqual({ ok: true, value: { created: [], found: ["CallLedger_Key__c"] } });
    expect(session.sent.every(({ request }) => request.method === "GET")).toBe(true);
  });

  test("takes another unique external id field by its name", async () => {
    await org.admin.configure({
      keyField: null,
      customFields: { Task: [{ name: "Our_Key__c", externalId: true, unique: true }] },
    });
    const connector = org.open({ settings: { keyField: "Our_Key__c" } });
    expect(await connector.setup(session)).toMatchObject({ ok: true, value: { found: ["Our_Key__c"] } });
  });

  test("writes the folder to deploy where the field is missing, and tells the steps", async () => {
    await org.admin.configure({ keyField: null });
    const saved: SetupFiles[] = [];
    const connector = org.open({
      saveSetupFiles: (folder, files) => {
        saved.push(files);
        return Promise.resolve(`/home/alice/callledger/setup/${folder}`);
      },
    });
    const answer = await connector.setup(session);
    expect(answer).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "setup_missing" } });
    expect(message(answer)).toContain("/home/alice/callledger/setup/salesforce-key-field");
    expect([...(saved[0]?.keys() ?? [])]).toContain(
      "force-app/main/default/objects/Activity/fields/CallLedger_Key__c.field-meta.xml",
    );
    expect(message(await org.open().setup(session))).toContain("Object Manager, Activity");
  });

  test("tells a hidden field from a missing one, and one that is not unique", async () => {
    await org.admin.configure({ fieldPermissions: { Task: { CallLedger_Key__c: "none" } } });
    expect(message(await org.open().setup(session))).toContain("hidden from this user");
    await org.admin.configure({ fieldPermissions: { Task: { CallLedger_Key__c: "read" } } });
    expect(message(await org.open().setup(session))).toContain("only read it");
    await org.admin.configure({ fieldPermissions: {}, keyUnique: false });
    expect(message(await org.open().setup(session))).toContain("unique values");
  });
});

describe("check", () => {
  test("names the org, its edition and time zone, and learns the day's calls", async () => {
    await org.admin.configure({ plan: "unlimited" });
    expect(await accountOf()).toEqual({
      accountId: "00D5g000000AbCDEA0",
      name: "Test Org",
      timeZone: "Europe/London",
      plan: "Unlimited Edition",
    });
    const limits = session.sent.find(({ request }) => request.path.endsWith("/composite/batch"));
    expect(limits?.answer).toMatchObject({ kind: "answer", status: 200 });
    const connector = org.open();
    if (limits?.answer.kind !== "answer") throw new Error("no answer");
    expect(connector.observe(limits.request, limits.answer)).toMatchObject([{ window: "day", limit: 150_000 }]);
    await org.admin.configure({ plan: "sandbox" });
    expect((await accountOf()).name).toBe("Test Org (sandbox)");
  });

  test("is one call, and the first write and look-up after it ask for nothing again", async () => {
    const account = await accountOf();
    const connector = org.open({ account });
    const before = session.sent.length;
    expect(await connector.check(session)).toMatchObject({ ok: true });
    expect(session.sent).toHaveLength(before + 1);
    await connector.write(session, [toItem(org.contract, 1)]);
    expect(session.sent).toHaveLength(before + 2);
    await connector.people(session, ["+442079460958"]);
    expect(session.sent.slice(before + 2).map(({ request }) => request.path.split(/[?]/)[0])).toEqual([
      "/services/data/v67.0/search/",
      "/services/data/v67.0/composite",
    ]);
  });

  test("while connecting a missing key field is setup's matter, later it blocks", async () => {
    const account = await accountOf();
    await org.admin.configure({ keyField: null });
    expect(await org.open().check(session)).toMatchObject({ ok: true });
    expect(await org.open({ account }).check(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "setup_missing" },
    });
  });

  test("names a field of the contract that is gone, hidden or read-only", async () => {
    await org.admin.configure({ removedFields: { Task: ["CallType"] } });
    expect(await org.open().check(session)).toMatchObject({
      ok: false,
      fault: { kind: "rejected", reason: "field_missing", field: "CallType" },
    });
    await org.admin.configure({ removedFields: {}, fieldPermissions: { Task: { CallType: "read" } } });
    expect(await org.open().check(session)).toMatchObject({
      ok: false,
      fault: { reason: "permission_denied", field: "CallType" },
    });
  });

  test("names missing access to tasks or contacts", async () => {
    for (const objectPermissions of [{ Task: ["read"] }, { Task: [] }, { Contact: [] }]) {
      await org.admin.configure({ objectPermissions });
      const answer = await org.open().check(session);
      expect(answer).toMatchObject({ ok: false, fault: { kind: "blocked", reason: "permission_denied" } });
      expect(message(answer)).toContain("Give the user");
    }
  });

  test("another org than the one connected is refused, and nothing is written there", async () => {
    const account = { ...(await accountOf()), accountId: "00D5g000000OtheEAA" };
    const connector = org.open({ account });
    expect(await connector.check(session)).toMatchObject({
      ok: false,
      fault: { kind: "blocked", reason: "auth_revoked" },
    });
    const outcomes = await connector.write(session, [toItem(org.contract, 1)]);
    expect([...outcomes.values()]).toMatchObject([{ done: [], fault: { kind: "blocked" } }]);
    expect(await org.admin.records("Task")).toEqual([]);
  });

  test("a used-up day, a revoked token and an API that is off are told as what they are", async () => {
    await org.admin.configure({ dailyLimit: 1, otherAppsDailyUsed: 1 });
    expect(await org.open().check(session)).toMatchObject({
      ok: false,
      fault: { kind: "rate_limited", window: "day" },
    });
    await org.admin.configure({ dailyLimit: null, otherAppsDailyUsed: 0, apiDisabled: "user" });
    expect(await org.open().check(session)).toMatchObject({ ok: false, fault: { reason: "permission_denied" } });
    await org.admin.configure({ apiDisabled: "none", plainTokenRevoked: true });
    expect(await org.open().check(session)).toMatchObject({ ok: false, fault: { reason: "auth_revoked" } });
  });
});
