import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  callTask,
  keyField,
  openSalesforce,
  refusal,
  rowCodes,
  taskRow,
  type SalesforceClient,
} from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const fieldNames = async () =>
  (await client.org("GET", "/sobjects/Task/describe")).body.fields.map(({ name }: any) => name);

test("validation rules refuse creates and updates with the admin's text and field", async () => {
  await client.config({
    validationRules: [
      {
        object: "Task",
        on: ["create", "update"],
        when: { field: "CallDurationInSeconds", op: "gt", value: 3600 },
        message: "Too long.",
        field: "CallDurationInSeconds",
      },
    ],
  });
  const refused = await client.upsert("a", callTask({ CallDurationInSeconds: 4000 }));
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual([
    { message: "Too long.", errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", fields: ["CallDurationInSeconds"] },
  ]);
  expect((await client.upsert("a", callTask())).status).toBe(201);
  expect(refusal(await client.upsert("a", { CallDurationInSeconds: 4000 }))).toBe(
    "400 FIELD_CUSTOM_VALIDATION_EXCEPTION",
  );
});

test("admins can require a field, shorten it and replace a list", async () => {
  await client.config({ requiredFields: { Task: ["CallDisposition"] } });
  expect((await client.upsert("a", callTask())).body[0]).toMatchObject({
    errorCode: "REQUIRED_FIELD_MISSING",
    fields: ["CallDisposition"],
  });
  await client.config({ requiredFields: {}, fieldMaxLength: { Task: { CallDisposition: 5 } } });
  expect(refusal(await client.upsert("a", callTask({ CallDisposition: "Connected" })))).toBe("400 STRING_TOO_LONG");
  await client.config({ picklistValues: { Task: { CallType: ["Inbound"] } } });
  expect(refusal(await client.upsert("a", callTask()))).toBe("400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
  expect((await client.upsert("a", callTask({ CallType: "Inbound" }))).status).toBe(201);
});

test("a removed field is gone from describe, queries and writes, and comes back with its values", async () => {
  await client.upsert("a", callTask({ CallDisposition: "Connected" }));
  await client.config({ removedFields: { Task: ["CallDisposition"] } });
  expect(await fieldNames()).not.toContain("CallDisposition");
  expect(refusal(await client.upsert("a", { CallDisposition: "x" }))).toBe("400 INVALID_FIELD");
  expect(refusal(await client.org("GET", "/query?q=SELECT+CallDisposition+FROM+Task"))).toBe("400 INVALID_FIELD");
  await client.config({ removedFields: {} });
  expect((await client.soql("SELECT CallDisposition FROM Task")).records[0].CallDisposition).toBe("Connected");
});

test("field permissions hide a field or make it read-only; administrators still see it", async () => {
  await client.config({ fieldPermissions: { Task: { CallDisposition: "none", CallObject: "read" } } });
  const names = await fieldNames();
  expect(names).not.toContain("CallDisposition");
  expect(names).toContain("CallObject");
  expect(refusal(await client.upsert("a", callTask({ CallDisposition: "x" })))).toBe("400 INVALID_FIELD");
  const readOnly = await client.upsert("a", callTask({ CallObject: "x" }));
  expect([refusal(readOnly), readOnly.body[0].fields]).toEqual(["400 INVALID_FIELD_FOR_INSERT_UPDATE", ["CallObject"]]);
  const tooling = await client.org(
    "GET",
    `/tooling/query?q=${encodeURIComponent("SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Task' AND QualifiedApiName = 'CallDisposition'")}`,
  );
  expect(tooling.body.size).toBe(1);
  await client.config({ fieldPermissions: { Task: { [keyField]: "none" } } });
  expect(refusal(await client.upsert("a", callTask()))).toBe("404 NOT_FOUND");
});

test("object permissions are checked for each kind of access", async () => {
  const { body } = await client.upsert("a", callTask());
  await client.config({ objectPermissions: { Task: ["read"] } });
  expect(refusal(await client.upsert("b", callTask()))).toBe("403 INSUFFICIENT_ACCESS");
  expect(refusal(await client.upsert("a", { CallDisposition: "x" }))).toBe("400 INSUFFICIENT_ACCESS_OR_READONLY");
  expect(refusal(await client.org("DELETE", `/sobjects/Task/${body.id}`))).toBe("400 INSUFFICIENT_ACCESS_OR_READONLY");
  await client.config({ objectPermissions: { Task: [] } });
  expect(refusal(await client.org("GET", "/query?q=SELECT+Id+FROM+Task"))).toBe("400 INVALID_TYPE");
  expect(refusal(await client.org("GET", "/sobjects/Task/describe"))).toBe("404 NOT_FOUND");
});

test("a locked record takes no write and no link", async () => {
  const { Id } = await client.seed("Contact", { LastName: "Example" });
  await client.config({ lockedRecords: { Contact: [Id] } });
  const linked = await client.upsert("a", callTask({ WhoId: Id }));
  expect(linked.status).toBe(400);
  expect(linked.body).toEqual([
    {
      message: `unable to obtain exclusive access to this record or 1 records: ${Id}`,
      errorCode: "UNABLE_TO_LOCK_ROW",
      fields: [],
    },
  ]);
  expect(refusal(await client.org("PATCH", `/sobjects/Contact/${Id}`, { Title: "x" }))).toBe("400 UNABLE_TO_LOCK_ROW");
  await client.config({ lockedRecords: {} });
  expect((await client.upsert("a", callTask({ WhoId: Id }))).status).toBe(201);
});

test("automation edits the record afterwards as another user", async () => {
  await client.config({
    automationEdits: [{ object: "Task", on: "create", set: { CallDisposition: "Stamped" }, afterMs: 2_000 }],
  });
  await client.upsert("a", callTask());
  expect((await client.records("Task"))[0].CallDisposition).toBeNull();
  await client.advance(2_000);
  const [task] = await client.records("Task");
  expect(task.CallDisposition).toBe("Stamped");
  expect(task.LastModifiedById).not.toBe(task.CreatedById);
});

test("a failing trigger refuses the record; a slow one only larger chunks", async () => {
  await client.config({ automationFaults: [{ object: "Task", on: "create", kind: "error", message: "Boom" }] });
  const refused = await client.upsert("a", callTask());
  expect(refusal(refused)).toBe("400 CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
  expect(refused.body[0].message).toContain("Boom");
  await client.config({ automationFaults: [{ object: "Task", on: "create", kind: "cpu", overRows: 2 }] });
  const collection = (names: string[]) =>
    client.org("PATCH", `/composite/sobjects/Task/${keyField}`, { records: names.map((name) => taskRow(name)) });
  const three = await collection(["a", "b", "c"]);
  expect(new Set(rowCodes(three))).toEqual(new Set(["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"]));
  expect(three.body[0].errors[0].message).toContain("Apex CPU time limit exceeded");
  expect(rowCodes(await collection(["a", "b"]))).toEqual(["ok", "ok"]);
  await client.config({ automationFaults: [{ object: "Task", on: "create", kind: "flow", message: "No owner" }] });
  const byFlow = await client.upsert("c", callTask());
  expect([refusal(byFlow), byFlow.body[0].message]).toEqual([
    "400 CANNOT_EXECUTE_FLOW_TRIGGER",
    expect.stringContaining("No owner"),
  ]);
});

test("a full storage refuses creates, not updates", async () => {
  await client.upsert("a", callTask());
  await client.config({ storageFull: true });
  expect(refusal(await client.upsert("b", callTask()))).toBe("400 STORAGE_LIMIT_EXCEEDED");
  expect((await client.upsert("a", { CallDisposition: "x" })).status).toBe(200);
});

test("the API can be off for the org or for the user", async () => {
  await client.config({ apiDisabled: "org" });
  const off = await client.org("GET", "/sobjects");
  expect([off.status, off.body]).toEqual([
    403,
    [{ message: "The REST API is not enabled for this Organization.", errorCode: "API_DISABLED_FOR_ORG" }],
  ]);
  await client.config({ apiDisabled: "user" });
  expect(refusal(await client.org("GET", "/sobjects"))).toBe("403 API_CURRENTLY_DISABLED");
  await client.config({ apiDisabled: "none" });
  expect((await client.org("GET", "/sobjects")).status).toBe(200);
});

test("a duplicate rule names the other record, and lets it be saved where it only warns", async () => {
  const first = await client.seed("Contact", { LastName: "Example", Phone: "(415) 555-1212" });
  await client.config({ duplicateRules: [{ object: "Contact", fields: ["LastName", "Phone"], allowSave: true }] });
  const create = (headers = {}) =>
    client.org("POST", "/sobjects/Contact", { LastName: "example", Phone: "+1 415 555 1212" }, { headers });
  const refused = await create();
  expect(refusal(refused)).toBe("400 DUPLICATES_DETECTED");
  expect(refused.body[0].duplicateResut.matchResults[0].matchRecords[0].record.Id).toBe(first.Id);
  await client.config({ duplicateResultKey: "duplicateResult" });
  expect((await create()).body[0].duplicateResult.allowSave).toBe(true);
  const allow = { "Sforce-Duplicate-Rule-Header": "allowSave=true" };
  expect((await create(allow)).status).toBe(201);
  await client.config({ duplicateRules: [{ object: "Contact", fields: ["LastName"], allowSave: false }] });
  expect(refusal(await create(allow))).toBe("400 DUPLICATES_DETECTED");
});

test("custom fields are described, written and found by, with or without regard to case", async () => {
  await client.config({
    customFields: {
      Contact: [
        { name: "Ext__c", externalId: true, unique: true },
        { name: "Score__c", type: "double" },
        { name: "Vip__c", type: "boolean" },
      ],
    },
  });
  const path = (value: string) => `/sobjects/Contact/Ext__c/${value}`;
  expect((await client.org("PATCH", path("Abc"), { LastName: "Example", Score__c: 1.5, Vip__c: true })).status).toBe(
    201,
  );
  expect((await client.org("PATCH", path("aBC"), { Score__c: 2 })).body.created).toBe(false);
  expect(
    (await client.soql("SELECT Score__c, Vip__c FROM Contact WHERE Score__c > 1 AND Vip__c = true")).records,
  ).toMatchObject([{ Score__c: 2, Vip__c: true }]);
});
