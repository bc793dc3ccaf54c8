import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector, Link, WriteItem, WriteOutcome } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { type SalesforceStage, startSalesforce } from "../../builders/salesforce-subject.ts";
import { keyOf, toItem, writeItems } from "../../builders/salesforce-writes.ts";
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
  session = createUnpacedSession({ http, baseUrl: org.baseUrl, timeoutMs: 2_000 });
  connector = org.open();
  const ready = await connector.check(session);
  if (!ready.ok) throw new Error(JSON.stringify(ready.fault));
});
afterAll(async () => {
  await http.close();
  await org.close();
});

const create = (call: number, more?: Record<string, string>, links?: readonly Link[]): WriteItem =>
  toItem(org.contract, call, more, links);
const write = (...items: readonly WriteItem[]): Promise<readonly (WriteOutcome | undefined)[]> =>
  writeItems(connector, session, items);
const writes = () => session.sent.filter(({ request }) => request.intents.length > 0);

describe("one call among others is refused", () => {
  const rule = {
    object: "Task",
    on: ["create"],
    when: { field: "Subject", op: "eq", value: "bad" },
    message: "Not this subject",
    field: "Subject",
  };
  const cases: readonly (readonly [string, object, Record<string, string>, object])[] = [
    [
      "by an admin's rule",
      { validationRules: [rule] },
      { Subject: "bad" },
      { reason: "rule_rejected", field: "Subject" },
    ],
    [
      "for a value that is not in the list",
      {},
      { CallType: "Sideways" },
      { reason: "value_rejected", field: "CallType" },
    ],
    [
      "for a number that is too large",
      {},
      { CallDurationInSeconds: "100000000" },
      { reason: "value_rejected", field: "CallDurationInSeconds" },
    ],
    [
      "for a text that is too long",
      { fieldMaxLength: { Task: { CallObject: 3 } } },
      { CallObject: "12345" },
      { reason: "too_large", field: "CallObject" },
    ],
    ["for an owner who is gone", {}, { OwnerId: "0055g00000NobodAAA" }, { reason: "value_rejected", field: "OwnerId" }],
    [
      "for an owner who is not active",
      { users: [{ id: "0055g00000DavidAAA", name: "David Example", email: "david@example.com", active: false }] },
      { OwnerId: "0055g00000DavidAAA" },
      { reason: "value_rejected", field: "OwnerId" },
    ],
  ];
  test.each(cases)("%s, and the others are written", async (_name, config, bad, fault) => {
    await org.admin.configure(config);
    const outcomes = await write(create(1), create(2, bad), create(3));
    expect(outcomes[1]?.fault).toMatchObject({ kind: "rejected", ...fault });
    expect([outcomes[0]?.fault, outcomes[2]?.fault]).toEqual([null, null]);
    expect((await org.readCalls()).map(({ key }) => key)).toEqual([keyOf(1), keyOf(3)]);
  });

  test("a value that Salesforce cannot read fails the batch: smaller ones show whose it is", async () => {
    const items = [create(1), create(2, { ActivityDate: "someday" })];
    const together = await write(...items);
    for (const outcome of together) expect(outcome?.fault?.kind).toBe("batch_too_large");
    expect((await write(...items.slice(1)))[0]?.fault).toMatchObject({ kind: "rejected", reason: "our_bug" });
    expect((await write(...items.slice(0, 1)))[0]?.fault).toBeNull();
  });
});

describe("every call is refused", () => {
  const cases: readonly (readonly [string, object, object])[] = [
    [
      "a required field that we do not write",
      { requiredFields: { Task: ["Location__c"] }, customFields: { Task: [{ name: "Location__c" }] } },
      { kind: "rejected", reason: "rule_rejected", field: "Location__c" },
    ],
    ["a field that is gone", { removedFields: { Task: ["CallType"] } }, { kind: "rejected", reason: "field_missing" }],
    [
      "a field that is hidden",
      { fieldPermissions: { Task: { CallType: "none" } } },
      { kind: "rejected", reason: "field_missing" },
    ],
    [
      "a field that may only be read",
      { fieldPermissions: { Task: { CallType: "read" } } },
      { kind: "rejected", reason: "permission_denied", field: "CallType" },
    ],
    ["the key field is gone", { keyField: null }, { kind: "blocked", reason: "setup_missing" }],
    [
      "the key field is hidden",
      { fieldPermissions: { Task: { CallLedger_Key__c: "none" } } },
      { kind: "blocked", reason: "setup_missing" },
    ],
    [
      "no right to create tasks",
      { objectPermissions: { Task: ["read"] } },
      { kind: "rejected", reason: "permission_denied" },
    ],
    ["the API is off for the org", { apiDisabled: "org" }, { kind: "blocked", reason: "permission_denied" }],
    ["the API is off for the user", { apiDisabled: "user" }, { kind: "blocked", reason: "permission_denied" }],
    ["the storage is full", { storageFull: true }, { kind: "blocked", reason: "storage_full" }],
    ["the session is not for REST", { scopes: ["id"] }, { kind: "blocked", reason: "setup_missing" }],
    ["the token is revoked", { plainTokenRevoked: true }, { kind: "blocked", reason: "auth_revoked" }],
    [
      "our version is retired",
      { apiVersionMin: "68.0", apiVersionMax: "70.0" },
      { kind: "blocked", reason: "our_bug" },
    ],
    [
      "a trigger fails",
      { automationFaults: [{ object: "Task", on: "create", kind: "error" }] },
      { kind: "rejected", reason: "automation_failed" },
    ],
    ["the day is used up", { dailyLimit: 10, otherAppsDailyUsed: 10 }, { kind: "rate_limited", window: "day" }],
    ["too many long requests", { otherAppsLongRunning: 25 }, { kind: "rate_limited", retryAfterMs: 5_000 }],
  ];
  test.each(cases)("%s", async (_name, config, fault) => {
    await org.admin.configure(config);
    const outcomes = await write(create(1), create(2));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ done: [], fault });
    expect(await org.admin.records("Task")).toEqual([]);
    expect(writes()).toHaveLength(1);
  });

  test("a slow trigger takes smaller batches, and one call alone that is still too slow is dead", async () => {
    await org.admin.configure({ automationFaults: [{ object: "Task", on: "create", kind: "cpu", overRows: 1 }] });
    for (const outcome of await write(create(1), create(2))) expect(outcome?.fault?.kind).toBe("batch_too_large");
    expect((await write(create(1)))[0]?.fault).toBeNull();
    await org.admin.configure({ automationFaults: [{ object: "Task", on: "create", kind: "cpu" }] });
    expect((await write(create(2)))[0]?.fault).toMatchObject({ kind: "rejected", reason: "automation_failed" });
  });
});

describe("a record that is there already", () => {
  test("is told as written, and what people changed stays", async () => {
    await write(create(1));
    const [record] = await org.readCalls();
    await org.admin.update("Task", record?.id ?? "", { Subject: "Edited by a colleague" });
    const again = await write(create(1), create(2));
    expect(again.map((outcome) => outcome?.fault?.kind ?? null)).toEqual(["already_written", null]);
    expect((await org.admin.records("Task"))[0]).toMatchObject({ Subject: "Edited by a colleague" });
  });

  test("is told as written where every field may be changed later, too", async () => {
    await org.admin.configure({ taskSubtypeUpdateable: true });
    connector = org.open();
    await write(create(1));
    const [record] = await org.readCalls();
    await org.admin.update("Task", record?.id ?? "", { Subject: "Edited by a colleague" });
    expect((await write(create(1)))[0]?.fault?.kind).toBe("already_written");
    expect((await org.admin.records("Task"))[0]).toMatchObject({ Subject: "Edited by a colleague" });
    expect(writes().every(({ request }) => request.method === "POST")).toBe(true);
  });

  test("with another unique value that clashes is a conflict, found out by a read by key", async () => {
    await org.admin.configure({
      customFields: { Task: [{ name: "Other__c", unique: true }] },
      taskSubtypeUpdateable: true,
    });
    await org.admin.create("Task", { Subject: "Theirs", Other__c: "x" });
    const task = org.contract.objects["Task"];
    const contract = {
      ...org.contract,
      objects: {
        ...org.contract.objects,
        Task: { fields: { ...task?.fields, Other__c: { own: "agent", value: { const: "x" } } } },
      },
    } as const;
    connector = org.open({ contract });
    const [outcome] = await writeItems(connector, session, [toItem(contract, 1, { Other__c: "x" })]);
    expect(outcome?.fault).toMatchObject({ kind: "rejected", reason: "duplicate_conflict" });
  });

  test("several records with one key are unclear", async () => {
    await org.admin.configure({ keyUnique: false });
    for (const Subject of ["1", "2"]) await org.admin.create("Task", { Subject, CallLedger_Key__c: keyOf(1) });
    expect((await write(create(1)))[0]?.fault).toMatchObject({ kind: "rejected" });
    const found = await connector.probe(session, [keyOf(1)], 0);
    expect(found.ok && found.value.get(keyOf(1))?.kind).toBe("unclear");
  });
});

test("a locked record is a short wait, and others are written", async () => {
  const person = await org.addPerson("+442079460958");
  await org.admin.configure({ lockedRecords: { Contact: [person.id] } });
  const outcomes = await write(create(1, {}, [person]), create(2));
  expect(outcomes[0]?.fault).toMatchObject({ kind: "transient", proof: "row_locked", retryAfterMs: 1_000 });
  expect(outcomes[1]?.fault).toBeNull();
});

test("an archived call is found by its key", async () => {
  await write(create(1, { ActivityDate: "2020-01-01" }));
  const found = await connector.probe(session, [keyOf(1)], 0);
  expect(found.ok && found.value.get(keyOf(1))?.kind).toBe("found");
});

test("a refused call names what Salesforce said", async () => {
  const [outcome] = await write(create(1, { CallType: "Sideways" }));
  expect(outcome?.answer).toMatchObject({
    code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    message: expect.stringContaining("Sideways"),
  });
});

test("two hundred calls are one request", async () => {
  const items = Array.from({ length: 200 }, (_, call) => create(call));
  const outcomes = await write(...items);
  expect(outcomes.every((outcome) => outcome?.fault === null)).toBe(true);
  expect(writes()).toHaveLength(1);
  const found = await connector.probe(
    session,
    items.map(({ key }) => key),
    0,
  );
  expect(found.ok && found.value.size).toBe(200);
});
