import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { ZohoOptions } from "../../../src-main/connectors/zoho/connector.ts";
import type { Connector, Link, WriteItem } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import { filterBody } from "../../../src-shared/domain/ownership.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { startZoho, type ZohoStage } from "../../builders/zoho-subject.ts";
import { toUpdateItem } from "../../builders/update-item.ts";

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

async function connect(options: Partial<ZohoOptions> = {}): Promise<Connector> {
  const set = await zoho.open(options).setup(session);
  if (!set.ok) throw new Error(JSON.stringify(set.fault));
  const account = await zoho.open(options).check(session);
  if (!account.ok) throw new Error(JSON.stringify(account.fault));
  return zoho.open({ ...options, account: account.value });
}

const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;
function item(
  call: number,
  facts: Record<string, string> = {},
  links: readonly Link[] = [],
  more: Record<string, string> = {},
): Extract<WriteItem, { operation: "create" }> {
  const { contract } = zoho;
  const known = {
    key: keyOf(call),
    system: "pbx",
    direction: "inbound",
    status: "answered",
    startedAt: String(Date.UTC(2026, 10, 20, 9, 15, call % 60)),
    durationSeconds: "183",
    ...facts,
  };
  const wanted = { ...valuesOf(contract.objects["Calls"]?.fields ?? {}, known), ...more };
  const { body } = filterBody({ contract, object: "Calls", operation: "create", wanted });
  return { key: keyOf(call), operation: "create", body, remoteId: null, links };
}
const records = () => zoho.admin.records("Calls");
const sentPaths = (from = 0) =>
  session.sent.slice(from).map(({ request }) => `${request.method} ${request.path.split("?")[0]}`);
const byHand = (fields: object = {}) =>
  zoho.admin.create("Calls", {
    Subject: "By hand",
    Call_Type: "Outbound",
    Call_Start_Time: "2026-11-02T10:00:00+00:00",
    Call_Duration: "00:05",
    ...fields,
  });

describe("the unit of durations", () => {
  test.each([
    ["hh:mm", "00:04"],
    ["mm:ss", "03:03"],
  ])("is read from calls that are there: %s", async (callDurationUnit, text) => {
    await zoho.admin.configure({ callDurationUnit });
    await byHand();
    const connector = await connect();
    await connector.write(session, [item(1)]);
    expect((await records()).at(-1)).toMatchObject({ Call_Duration: text, Call_Sync_Seconds: 183 });
    expect(await records()).toHaveLength(2);
  });

  test("in an org without calls the first real call tells it, and is corrected where the guess was wrong", async () => {
    await zoho.admin.configure({ callDurationUnit: "mm:ss" });
    const connector = await connect();
    const outcomes = await connector.write(session, [
      item(1, { durationSeconds: "0", status: "missed" }),
      item(2),
      item(3),
    ]);
    for (const { fault } of outcomes.values()) expect(fault).toBeNull();
    const durations = new Map((await records()).map((each) => [each["Call_Sync_Key"], each["Call_Duration"]]));
    expect([1, 2, 3].map((call) => durations.get(keyOf(call)))).toEqual([null, "03:03", "03:03"]);
  });

  test("where the guess was right nothing is written twice", async () => {
    const connector = await connect();
    const before = session.sent.length;
    await connector.write(session, [item(1), item(2)]);
    expect(sentPaths(before)).toEqual([
      "GET /crm/v8/org",
      "GET /crm/v8/settings/fields",
      "POST /crm/v8/coql",
      "POST /crm/v8/coql",
      "POST /crm/v8/Calls",
      "POST /crm/v8/coql",
      "POST /crm/v8/Calls",
    ]);
  });

  test("several first writes at once teach each other", async () => {
    await zoho.admin.configure({ callDurationUnit: "mm:ss" });
    const connector = await connect();
    await Promise.all([1, 2, 3, 4].map((call) => connector.write(session, [item(call)])));
    expect((await records()).map((each) => each["Call_Duration"])).toEqual(["03:03", "03:03", "03:03", "03:03"]);
  });
});

describe("look up, then insert", () => {
  test("costs one query beside the insert once the org is known, in batches of a hundred", async () => {
    await byHand();
    const connector = await connect();
    await connector.write(session, [item(0)]);
    const before = session.sent.length;
    const outcomes = await connector.write(
      session,
      Array.from({ length: 150 }, (_, n) => item(n + 1)),
    );
    expect([...outcomes.values()].every(({ fault }) => fault === null)).toBe(true);
    expect(sentPaths(before)).toEqual([
      "POST /crm/v8/coql",
      "POST /crm/v8/Calls",
      "POST /crm/v8/coql",
      "POST /crm/v8/Calls",
    ]);
    expect(session.sent.slice(before).map(({ request }) => request.cost["credits"])).toEqual([1, 10, 1, 5]);
    expect(await records()).toHaveLength(152);
  });

  test.each([true, false])(
    "never writes a key twice, whether the field is unique (%s) or not",
    async (uniqueOnCalls) => {
      await zoho.admin.configure({ uniqueOnCalls });
      const connector = await connect();
      await connector.write(session, [item(1), item(2)]);
      const again = await (await connect()).write(session, [item(1), item(2), item(3)]);
      expect([...again.values()].map(({ fault }) => fault?.kind)).toEqual([
        "already_written",
        "already_written",
        undefined,
      ]);
      expect(await records()).toHaveLength(3);
    },
  );

  test("a record that reads do not show yet is refused by a unique field and found later", async () => {
    const connector = await connect();
    await connector.write(session, [item(1)]);
    await zoho.admin.configure({ readLagMs: 60_000 });
    await connector.write(session, [item(2)]);
    const again = await connector.write(session, [item(2)]);
    expect(again.get(keyOf(2))?.fault?.kind).toBe("already_written");
    expect(await records()).toHaveLength(2);
  });

  test("two records with one key are told, not chosen from", async () => {
    await zoho.admin.configure({ uniqueOnCalls: false });
    const connector = await connect();
    for (let turn = 0; turn < 2; turn += 1) await byHand({ Call_Sync_Key: keyOf(1) });
    const found = await connector.probe(session, [keyOf(1)], 0);
    expect(found.ok && found.value.get(keyOf(1))).toMatchObject({
      kind: "unclear",
      detail: expect.stringContaining("several calls"),
    });
  });

  test("a hundred keys are read by one query, and the search is never asked", async () => {
    const connector = await connect();
    await connector.write(session, [item(1)]);
    const before = session.sent.length;
    const found = await connector.probe(
      session,
      Array.from({ length: 100 }, (_, n) => keyOf(n + 1)),
      0,
    );
    expect(found.ok && [...found.value.values()].filter(({ kind }) => kind === "found")).toHaveLength(1);
    expect(sentPaths(before)).toEqual(["POST /crm/v8/coql"]);
    expect(sentPaths().some((path) => path.includes("search"))).toBe(false);
  });
});

describe("our key", () => {
  test("that Zoho does not keep is noticed with the first call, and stops the others", async () => {
    await byHand();
    await connect();
    // The field is there for reading and for queries, but what is written to it is lost.
    await zoho.admin.configure({
      automationEdits: [{ object: "Calls", on: "create", set: { Call_Sync_Key: null }, afterMs: 0 }],
    });
    const noisy = zoho.open({
      account: { accountId: "20064123456", name: "Test Clinic" },
      settings: { trigger: "all" },
    });
    expect((await noisy.write(session, [item(1)])).get(keyOf(1))?.fault).toBeNull();
    expect((await noisy.write(session, [item(2)])).get(keyOf(2))?.fault).toMatchObject({
      kind: "blocked",
      reason: "setup_missing",
      answer: { code: "KEY_NOT_KEPT" },
    });
    expect(await noisy.check(session)).toMatchObject({ fault: { answer: { code: "KEY_NOT_KEPT" } } });
    expect(await records()).toHaveLength(2);
  });

  test("whose field goes away in the middle of a run stops the integration before anything is written", async () => {
    const connector = await connect();
    await connector.write(session, [item(1)]);
    await zoho.admin.configure({ removedFields: { Calls: ["Call_Sync_Key"] } });
    const outcomes = await connector.write(session, [item(2)]);
    expect(outcomes.get(keyOf(2))?.fault).toMatchObject({ kind: "blocked", reason: "setup_missing" });
    expect(await records()).toHaveLength(1);
  });

  test("that the contract does not write is our own mistake, and nothing is sent", async () => {
    const connector = await connect();
    const before = session.sent.length;
    const { body, ...rest } = item(1);
    const others = Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => name !== "Call_Sync_Key"));
    const without = filterBody({ contract: zoho.contract, object: "Calls", operation: "create", wanted: others }).body;
    const outcomes = await connector.write(session, [{ ...rest, body: without }]);
    expect(outcomes.get(keyOf(1))?.fault).toMatchObject({ kind: "rejected", reason: "mapping_error" });
    expect(session.sent).toHaveLength(before);
  });
});

describe("links", () => {
  test("a contact with its account, a lead by its module, and nobody", async () => {
    const account = String((await zoho.admin.create("Accounts", { Account_Name: "Acme Example Ltd" }))["id"]);
    const contact = String((await zoho.admin.create("Contacts", { Last_Name: "Muster" }))["id"]);
    const lead = String((await zoho.admin.create("Leads", { Last_Name: "Example" }))["id"]);
    const connector = await connect();
    const outcomes = await connector.write(session, [
      item(1, {}, [
        { object: "Contacts", id: contact },
        { object: "Accounts", id: account },
      ]),
      item(2, {}, [{ object: "Leads", id: lead }]),
      item(3),
    ]);
    expect(outcomes.get(keyOf(1))?.done).toEqual(["record", `link:Contacts:${contact}`, `link:Accounts:${account}`]);
    const byKey = new Map((await records()).map((each) => [each["Call_Sync_Key"], each]));
    expect(byKey.get(keyOf(1))).toMatchObject({
      Who_Id: { id: contact },
      What_Id: { id: account },
      $se_module: "Accounts",
    });
    expect(byKey.get(keyOf(2))).toMatchObject({ Who_Id: null, What_Id: { id: lead }, $se_module: "Leads" });
    expect(byKey.get(keyOf(3))).toMatchObject({ Who_Id: null, What_Id: null });
  });

  test("what a person linked a call to in the meantime stays", async () => {
    const [ours, theirs] = [
      String((await zoho.admin.create("Contacts", { Last_Name: "Ours" }))["id"]),
      String((await zoho.admin.create("Contacts", { Last_Name: "Theirs" }))["id"]),
    ];
    const connector = await connect();
    const written = await connector.write(session, [item(1)]);
    const remoteId = written.get(keyOf(1))?.remoteId ?? null;
    await zoho.admin.update("Calls", remoteId ?? "", { Who_Id: theirs });
    const links = [{ object: "Contacts", id: ours }];
    const linked = await connector.write(session, [{ key: keyOf(1), operation: "link", body: null, remoteId, links }]);
    expect(linked.get(keyOf(1))).toMatchObject({ fault: null, done: [`link:Contacts:${ours}`] });
    expect(await records()).toMatchObject([{ Who_Id: { id: theirs } }]);
  });

  test("a lead that became a contact in the meantime is matched again", async () => {
    const lead = String((await zoho.admin.create("Leads", { Last_Name: "Example" }))["id"]);
    await fetch(`${zoho.baseUrl}/crm/v8/Leads/${lead}/actions/convert`, {
      method: "POST",
      headers: { authorization: `Zoho-oauthtoken ${zoho.token}` },
      body: JSON.stringify({ data: [{}] }),
    });
    const connector = await connect();
    const outcomes = await connector.write(session, [item(1, {}, [{ object: "Leads", id: lead }])]);
    expect(outcomes.get(keyOf(1))?.fault).toMatchObject({ kind: "rejected", reason: "person_deleted" });
  });
});

describe("the trigger", () => {
  const automationEdits = [{ object: "Calls", on: "create", set: { Call_Agenda: "automated" }, afterMs: 0 }];
  test.each([
    [undefined, null],
    ["none", null],
    ["all", "automated"],
    ["workflow", "automated"],
    ["approval", null],
  ])("set to %s", async (trigger, agenda) => {
    await zoho.admin.configure({ automationEdits });
    const connector = await connect({ settings: trigger === undefined ? {} : { trigger } });
    await connector.write(session, [item(1)]);
    expect(await records()).toMatchObject([{ Call_Agenda: agenda }]);
  });
});

describe("refusals, provoked by the state of the org", () => {
  type Provocation = Readonly<{
    name: string;
    configure?: object;
    facts?: Record<string, string>;
    more?: Record<string, string>;
    fault: object;
  }>;
  const rejected = (reason: string, more: object = {}) => ({ kind: "rejected", reason, ...more });
  const provocations: readonly Provocation[] = [
    {
      name: "a required field",
      configure: { requiredFields: { Calls: ["Call_Agenda"] } },
      fault: rejected("rule_rejected", { field: "Call_Agenda" }),
    },
    {
      name: "a validation rule",
      configure: {
        validationRules: [
          {
            object: "Calls",
            on: ["create"],
            when: { field: "Description", op: "notBlank" },
            message: "No notes",
            field: "Description",
          },
        ],
      },
      fault: rejected("value_rejected", { field: "Description" }),
    },
    {
      name: "an owner who cannot own",
      facts: { ownerId: "3652397000000999999" },
      fault: rejected("value_rejected", { field: "Owner" }),
    },
    {
      name: "a text that is too long",
      configure: { fieldMaxLength: { Calls: { Description: 3 } } },
      fault: rejected("too_large", { field: "Description" }),
    },
    {
      name: "a list without the value",
      configure: { picklistValues: { Calls: { Call_Type: ["Missed"] } } },
      fault: rejected("value_rejected", { field: "Call_Type" }),
    },
    {
      name: "a field that is gone",
      configure: { removedFields: { Calls: ["Description"] } },
      fault: rejected("field_missing", { field: "Description" }),
    },
    {
      name: "a field that may only be read",
      configure: { fieldPermissions: { Calls: { Description: "read" } } },
      fault: rejected("mapping_error", { field: "Description" }),
    },
    {
      name: "no right to create calls",
      configure: { objectPermissions: { Calls: ["read"] } },
      fault: { kind: "blocked", reason: "permission_denied" },
    },
    {
      name: "no scope to create calls",
      configure: {
        scopes: ["ZohoCRM.modules.calls.READ", "ZohoCRM.coql.READ", "ZohoCRM.org.READ", "ZohoCRM.settings.fields.READ"],
      },
      fault: { kind: "blocked", reason: "permission_denied" },
    },
    { name: "no space left", configure: { storageFull: true }, fault: { kind: "blocked", reason: "storage_full" } },
    { name: "no credits left", configure: { dailyLimit: 0 }, fault: { kind: "rate_limited", window: "credits" } },
    {
      name: "too many calls at once",
      configure: { concurrencyLimit: 0 },
      fault: { kind: "rate_limited", retryAfterMs: 5_000 },
    },
    {
      name: "a time to wait",
      configure: { concurrencyLimit: 0, retryAfterOn429: true, rateCode: "RATE_LIMIT_EXCEEDED" },
      fault: { kind: "rate_limited", retryAfterMs: 1_000 },
    },
  ];

  test.each(provocations)("$name", async ({ configure = {}, facts, more, fault }) => {
    await connect();
    // Another run: what is known of the fields is read anew.
    await zoho.admin.configure(configure);
    const connector = zoho.open();
    const outcomes = await connector.write(session, [item(1, facts, [], more)]);
    expect(outcomes.get(keyOf(1))?.fault).toMatchObject(fault);
    expect(await records()).toEqual([]);
  });

  test("a record in use is tried again later", async () => {
    const contact = String((await zoho.admin.create("Contacts", { Last_Name: "Muster" }))["id"]);
    const connector = await connect();
    await zoho.admin.configure({ lockedRecords: { Contacts: [contact] } });
    const outcomes = await connector.write(session, [item(1, {}, [{ object: "Contacts", id: contact }]), item(2)]);
    expect(outcomes.get(keyOf(1))?.fault).toMatchObject({ kind: "transient", proof: "row_locked" });
    expect(outcomes.get(keyOf(2))?.fault).toBeNull();
  });

  test.each(["blueprintRecords", "unapprovedRecords"])(
    "a call that Zoho keeps by %s is tried again later",
    async (setting) => {
      const connector = await connect();
      const first = item(1);
      const remoteId = (await connector.write(session, [first])).get(keyOf(1))?.remoteId ?? "";
      await zoho.admin.configure({ [setting]: { Calls: [remoteId] } });
      const outcomes = await connector.write(session, [
        toUpdateItem({ contract: zoho.contract, object: "Calls" }, first, remoteId),
      ]);
      expect(outcomes.get(keyOf(1))?.fault).toMatchObject({ kind: "transient", proof: "row_locked" });
    },
  );

  test.each([207, 202, 200])("a mixed batch is read call by call, also with status %i", async (mixedBatchStatus) => {
    await byHand();
    const connector = await connect();
    await zoho.admin.configure({ mixedBatchStatus });
    const outcomes = await connector.write(session, [item(1), item(2, { ownerId: "3652397000000999999" }), item(3)]);
    expect([...outcomes.values()].map(({ fault }) => fault?.kind)).toEqual([undefined, "rejected", undefined]);
  });

  test("a batch that is too large goes again in parts, a call of that size is refused", async () => {
    await byHand();
    const connector = await connect();
    const tooLarge = { code: "REQUEST_ENTITY_TOO_LARGE", details: {}, message: "too large", status: "error" };
    await zoho.admin.faults([{ match: { path: "/crm/v8/Calls" }, kind: "status", status: 413, body: tooLarge }]);
    const two = await connector.write(session, [item(1), item(2)]);
    expect([...two.values()].map(({ fault }) => fault?.kind)).toEqual(["batch_too_large", "batch_too_large"]);
    const one = await connector.write(session, [item(1)]);
    expect(one.get(keyOf(1))?.fault).toMatchObject({ kind: "rejected", reason: "too_large" });
  });

  test("an error that comes with status 200 is an error", async () => {
    await byHand();
    const connector = await connect();
    const body = { code: "INTERNAL_ERROR", details: {}, message: "x", status: "error" };
    await zoho.admin.faults([{ match: { path: "/crm/v8/Calls" }, kind: "status", status: 200, body, times: 1 }]);
    expect((await connector.write(session, [item(1)])).get(keyOf(1))?.fault?.kind).toBe("response_lost");
  });
});
