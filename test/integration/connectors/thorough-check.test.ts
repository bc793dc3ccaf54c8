import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import { connectorKinds, createConnector } from "../../../src-main/connectors/registry.ts";
import { toFaultSentence } from "../../../src-main/engine/api/fault-sentence.ts";
import { createSetupSession } from "../../../src-main/engine/api/setup-session.ts";
import { parseContract } from "../../../src-main/engine/ownership/contract-file.ts";
import type { Connector } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import type { CrmAccount, CrmType } from "../../../src-shared/domain/integration.ts";
import { createSandboxAdmin } from "../../builders/sandbox-admin.ts";
import { testClock } from "../../builders/zoho-subject.ts";

let sandbox: RunningSandbox;
let http: Http;

beforeAll(async () => {
  sandbox = await startSandbox();
  http = createUndiciHttp();
});
beforeEach(async () => {
  await fetch(`${sandbox.admin}/reset`, { method: "POST" });
});
afterAll(async () => {
  await http.close();
  await sandbox.close();
});

type Settings = Readonly<Record<string, string>>;

function open(crm: CrmType, account: CrmAccount | null, settings: Settings = {}): Connector {
  const contract = parseContract(connectorKinds[crm]?.readDefaultContract(settings) ?? "");
  if (!contract.ok) throw new Error("the default contract is not valid");
  return createConnector(crm, {
    credential: () => Promise.resolve({ ok: true, value: { token: sandbox[crm]?.token ?? "" } }),
    settings,
    contract: contract.value,
    account,
    baseUrl: sandbox[crm]?.baseUrl ?? "",
    clock: testClock,
  });
}

const sessionFor = (connector: Connector) =>
  createSetupSession({
    http,
    connector,
    baseUrl: sandbox[connector.crm]?.baseUrl ?? "",
    requestTimeoutMs: 10_000,
    signal: new AbortController().signal,
  });

/** Set up and connected: what the check then finds is missing since. */
async function connect(crm: CrmType): Promise<CrmAccount> {
  const connector = open(crm, null);
  const session = sessionFor(connector);
  const checked = await connector.check(session, "thorough");
  if (!checked.ok) throw new Error(JSON.stringify(checked.fault));
  const setup = await connector.setup(session);
  if (!setup.ok) throw new Error(JSON.stringify(setup.fault));
  return checked.value;
}

type Row = Readonly<{ missing: string; state: object; reason: string; words: readonly string[]; settings?: Settings }>;

const hubspotScopes = [
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.objects.companies.read",
  "crm.objects.owners.read",
];
const withoutScope = (all: readonly string[], ...gone: readonly string[]) =>
  all.filter((scope) => !gone.includes(scope));
const denied = "permission_denied";

const zohoScopes = [
  "ZohoCRM.modules.ALL",
  "ZohoCRM.coql.READ",
  "ZohoCRM.settings.modules.READ",
  "ZohoCRM.settings.fields.READ",
  "ZohoCRM.org.READ",
  "ZohoCRM.users.READ",
];
const zohoReadOnly = [
  "ZohoCRM.modules.leads.READ",
  "ZohoCRM.modules.contacts.READ",
  "ZohoCRM.modules.accounts.READ",
  "ZohoCRM.modules.calls.READ",
  ...withoutScope(zohoScopes, "ZohoCRM.modules.ALL"),
];
const pipedriveScopes = [
  "base",
  "contacts:full",
  "activities:full",
  "deals:read",
  "users:read",
  "recents:read",
  "phone-integration",
  "admin",
];

const rows: Readonly<Record<CrmType, readonly Row[]>> = {
  hubspot: [
    ...[
      ["crm.objects.contacts.read", "read contacts and calls"],
      ["crm.objects.companies.read", "read companies"],
      ["crm.objects.owners.read", "read owners"],
      ["crm.objects.contacts.write", "create calls"],
    ].map(([scope = "", words = ""]) => ({
      missing: `the scope ${scope}`,
      state: { scopes: withoutScope(hubspotScopes, scope) },
      reason: denied,
      words: [`may not ${words}`, scope, "Service keys"],
    })),
    {
      missing: "several scopes at once",
      state: { scopes: ["crm.objects.contacts.read"] },
      reason: denied,
      words: ["crm.objects.companies.read", "crm.objects.owners.read", "crm.objects.contacts.write"],
    },
    {
      missing: "the right to create calls",
      state: { objectPermissions: { calls: ["read", "edit"] } },
      reason: denied,
      words: ["may not create calls", "Users & Teams"],
    },
    {
      missing: "the right to change calls",
      state: { objectPermissions: { calls: ["read", "create"] } },
      reason: denied,
      words: ["may not change calls"],
    },
    {
      missing: "the key property",
      state: { removedFields: { calls: ["callledger_key"] } },
      reason: "setup_missing",
      words: ["callledger_key does not exist"],
    },
    {
      missing: "two fields of the contract",
      state: { removedFields: { calls: ["hs_call_disposition", "hs_call_from_number"] } },
      reason: "field_missing",
      words: ["hs_call_disposition", "hs_call_from_number", "does not exist in this portal"],
    },
    {
      missing: "a field that is hidden from the key",
      state: { fieldPermissions: { calls: { hs_call_to_number: "none" } } },
      reason: "field_missing",
      words: ["hs_call_to_number"],
    },
  ],
  salesforce: [
    ...(["create", "edit"] as const).map((right) => ({
      missing: `the right to ${right} tasks`,
      state: { objectPermissions: { Task: ["create", "read", "edit"].filter((each) => each !== right) } },
      reason: denied,
      words: [`may not ${right} Task records`, "create and edit access to tasks"],
    })),
    {
      missing: "access to contacts",
      state: { objectPermissions: { Contact: [] } },
      reason: denied,
      words: ["may not see Contact records", "read access to Contact"],
    },
    {
      missing: "the key field",
      state: { keyField: null },
      reason: "setup_missing",
      words: ["CallLedger_Key__c on Activity does not exist"],
    },
    {
      missing: "a key field that demands unique values",
      state: { keyUnique: false },
      reason: "setup_missing",
      words: ["no external id with unique values"],
    },
    {
      missing: "a key field that the user may see",
      state: { fieldPermissions: { Task: { CallLedger_Key__c: "none" } } },
      reason: "setup_missing",
      words: ["CallLedger_Key__c"],
    },
    {
      missing: "a key field that the user may write",
      state: { fieldPermissions: { Task: { CallLedger_Key__c: "read" } } },
      reason: "setup_missing",
      words: ["may only read it"],
    },
    {
      missing: "fields that the user may write",
      state: { fieldPermissions: { Task: { Subject: "read", CallDisposition: "none" } } },
      reason: "permission_denied",
      words: ["Subject of tasks may not be set", "CallDisposition of tasks does not exist or is hidden"],
    },
    {
      missing: "the use of the API",
      state: { apiDisabled: "user" },
      reason: denied,
      words: [],
    },
  ],
  zoho: [
    {
      missing: "the scope of queries",
      state: { scopes: withoutScope(zohoScopes, "ZohoCRM.coql.READ") },
      reason: denied,
      words: ["read contacts", "ZohoCRM.coql.READ"],
    },
    {
      missing: "the scopes to write calls",
      state: { scopes: zohoReadOnly },
      reason: denied,
      words: ["create calls", "ZohoCRM.modules.calls.CREATE", "ZohoCRM.modules.calls.UPDATE"],
    },
    {
      missing: "the scope of users",
      state: { scopes: withoutScope(zohoScopes, "ZohoCRM.users.READ") },
      reason: denied,
      words: ["read users", "ZohoCRM.users.READ"],
    },
    ...(["Contacts", "Leads", "Accounts"] as const).map((module) => ({
      missing: `the right to view ${module.toLowerCase()}`,
      state: { objectPermissions: { [module]: ["create", "edit"] } },
      reason: denied,
      words: [`may not read ${module.toLowerCase()}`, "profile"],
    })),
    {
      missing: "the rights to create and edit calls",
      state: { objectPermissions: { Calls: ["read"] } },
      reason: denied,
      words: ["may not create calls", "may not change calls"],
    },
    {
      missing: "the key field",
      state: { removedFields: { Calls: ["Call_Sync_Key"] } },
      reason: "setup_missing",
      words: ["Call_Sync_Key of calls does not exist"],
    },
    {
      missing: "the exact length and a standard field",
      state: { removedFields: { Calls: ["Call_Sync_Seconds", "Description"] } },
      reason: "field_missing",
      words: ["Call_Sync_Seconds", "Description"],
    },
  ],
  pipedrive: [
    ...[
      ["contacts:full", "read persons"],
      ["deals:read", "read deals"],
      ["recents:read", "read recent changes"],
    ].map(([scope = "", words = ""]) => ({
      missing: `the scope ${scope}`,
      state: { scopes: withoutScope(pipedriveScopes, scope) },
      reason: denied,
      words: [`may not ${words}`, scope, "Developer Hub"],
    })),
    {
      missing: "the scope to change activities",
      state: { scopes: [...withoutScope(pipedriveScopes, "activities:full"), "activities:read"] },
      reason: denied,
      words: ["may not change activities", "activities:full"],
    },
    {
      missing: "the scope of call logs, where they are written",
      state: { scopes: withoutScope(pipedriveScopes, "phone-integration") },
      settings: { callLogs: "on" },
      reason: denied,
      words: ["may not read call logs", "phone-integration"],
    },
    {
      missing: "the right to see persons",
      state: { objectPermissions: { persons: [] } },
      reason: denied,
      words: ["may not read persons", "permission set"],
    },
    {
      missing: "the activity type",
      state: { activityTypes: [{ id: 1, key_string: "call", name: "Call", active_flag: false }] },
      reason: "setup_missing",
      words: ['no active activity type "call"'],
    },
    {
      missing: "a field of the contract",
      state: { removedFields: { activities: ["duration"] } },
      reason: "field_missing",
      words: ["duration"],
    },
  ],
};

describe.each(Object.entries(rows) as [CrmType, readonly Row[]][])("%s, checked as a person asks", (crm, cases) => {
  test("with everything that is needed is well, and names who it is and what it may call", async () => {
    const account = await connect(crm);
    const connector = open(crm, account);
    const session = sessionFor(connector);
    const checked = await connector.check(session, "thorough");
    expect(checked).toMatchObject({
      ok: true,
      value: { accountId: account.accountId, name: expect.stringMatching(/.{3}/) },
    });
    expect(session.spent.length).toBeGreaterThan(0);
    const object = connector.callObject;
    expect(await createSandboxAdmin(sandbox.admin, crm).records(object)).toEqual([]);
  });

  test.each(cases)("without $missing says so, and how to give it", async ({ state, reason, words, settings }) => {
    const account = await connect(crm);
    await createSandboxAdmin(sandbox.admin, crm).configure(state);
    const connector = open(crm, account, settings);
    const checked = await connector.check(sessionFor(connector), "thorough");
    if (checked.ok) throw new Error("all is well");
    expect(checked.fault).toMatchObject({ reason });
    const sentence = toFaultSentence(checked.fault, "The CRM");
    for (const word of words) expect(sentence).toContain(word);
    expect(await createSandboxAdmin(sandbox.admin, crm).records(connector.callObject)).toEqual([]);
  });
});
