import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { callTask, keyField, openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

test("the versions that are answered are listed without sign-in", async () => {
  const reply = await client.org("GET", "/services/data", undefined, { token: null });
  expect(reply.status).toBe(200);
  expect(reply.body.at(-1)).toEqual({ label: "Summer '26", url: "/services/data/v67.0", version: "67.0" });
  expect(reply.body[0].version).toBe("31.0");
  expect(reply.body).toHaveLength(37);
});

test("every data path answers under each version; older ones are retired, newer ones unknown", async () => {
  const ask = (version: string) => client.org("GET", `/services/data/v${version}/sobjects/Task`);
  expect((await ask("31.0")).status).toBe(200);
  expect((await ask("58.0")).body.objectDescribe.urls.sobject).toBe("/services/data/v58.0/sobjects/Task");
  expect((await ask("30.0")).status).toBe(410);
  expect((await ask("68.0")).status).toBe(404);
  await client.config({ apiVersionMin: "60.0", apiVersionMax: "68.0" });
  expect((await ask("59.0")).status).toBe(410);
  expect((await ask("68.0")).status).toBe(200);
  expect((await client.admin("POST", "/salesforce/config", { apiVersionMin: "new" })).status).toBe(400);
});

test("the global description lists the objects the user may read", async () => {
  const all = (await client.org("GET", "/sobjects/")).body;
  expect(all.maxBatchSize).toBe(200);
  expect(all.sobjects.find(({ name }: any) => name === "Task")).toMatchObject({
    keyPrefix: "00T",
    createable: true,
    custom: false,
  });
  await client.config({ objectPermissions: { Lead: [] } });
  expect((await client.org("GET", "/sobjects/")).body.sobjects.map(({ name }: any) => name)).not.toContain("Lead");
});

test("a describe tells what a field takes", async () => {
  const { fields } = (await client.org("GET", "/sobjects/Task/describe")).body;
  const field = (name: string) => fields.find((each: any) => each.name === name);
  expect(field(keyField)).toMatchObject({
    type: "string",
    length: 255,
    unique: true,
    externalId: true,
    idLookup: true,
    caseSensitive: true,
    createable: true,
    updateable: true,
    custom: true,
  });
  expect(field("TaskSubtype")).toMatchObject({ restrictedPicklist: true, createable: true, updateable: false });
  expect(field("CallType").picklistValues.map(({ value }: any) => value)).toEqual(["Internal", "Inbound", "Outbound"]);
  expect(field("WhoId")).toMatchObject({
    referenceTo: ["Contact", "Lead"],
    relationshipName: "Who",
    polymorphicForeignKey: true,
  });
  expect(field("Status")).toMatchObject({ nillable: false, defaultedOnCreate: true });
  expect(field("CallDurationInSeconds")).toMatchObject({ type: "int", digits: 8 });
  expect(field("AccountId")).toMatchObject({ createable: false, updateable: false });
});

test("an unchanged description answers 304 to who knows it, a changed one comes anew", async () => {
  const first = await client.org("GET", "/sobjects/Task/describe");
  const headers = { "if-modified-since": first.headers.get("last-modified") ?? "" };
  expect((await client.org("GET", "/sobjects/Task/describe", undefined, { headers })).status).toBe(304);
  await client.advance(2_000);
  await client.config({ removedFields: { Task: ["CallObject"] } });
  expect((await client.org("GET", "/sobjects/Task/describe", undefined, { headers })).status).toBe(200);
});

const tooling = (query: string) => client.org("GET", `/tooling/query/?q=${encodeURIComponent(query)}`);

test("validation rules are listed under Task, or under Activity where configured, with their details one at a time", async () => {
  const rule = {
    object: "Task",
    on: ["create"],
    when: { field: "Subject", op: "blank" },
    message: "A subject, please.",
    field: "Subject",
  };
  await client.config({ validationRules: [rule, { ...rule, message: "Again." }] });
  const list = (entity: string) =>
    tooling(
      `SELECT Id, ValidationName, ErrorMessage, EntityDefinition.QualifiedApiName FROM ValidationRule WHERE Active = true AND EntityDefinition.QualifiedApiName = '${entity}'`,
    );
  const listed = (await list("Task")).body;
  expect(listed.records.map(({ ErrorMessage }: any) => ErrorMessage)).toEqual(["A subject, please.", "Again."]);
  expect((await list("Activity")).body.size).toBe(0);
  const details = await tooling(
    `SELECT Id, FullName, Metadata FROM ValidationRule WHERE Id = '${listed.records[0].Id}'`,
  );
  expect(details.body.records[0]).toMatchObject({
    FullName: "Task.Rule_1",
    Metadata: { active: true, errorConditionFormula: "ISBLANK(Subject)" },
  });
  const several = await tooling("SELECT Id, Metadata FROM ValidationRule");
  expect([refusal(several), several.body[0].message]).toEqual([
    "400 MALFORMED_QUERY",
    expect.stringContaining("Result size: 2"),
  ]);
  await client.config({ taskRulesEntity: "Activity" });
  expect((await list("Task")).body.size).toBe(0);
  expect((await list("Activity")).body.size).toBe(2);
});

test("triggers can be asked for", async () => {
  await client.config({ automationFaults: [{ object: "Task", on: "create", kind: "cpu", overRows: 500 }] });
  expect(
    (await tooling("SELECT Name, UsageBeforeInsert FROM ApexTrigger WHERE TableEnumOrId = 'Task'")).body.records,
  ).toMatchObject([{ Name: "TaskTrigger", UsageBeforeInsert: true }]);
});

test("the demo seeds people and companies and one rule", async () => {
  const demo = await openSalesforce({ demo: true });
  try {
    expect((await demo.records("Account")).map(({ Name }) => Name)).toContain("Test Clinic");
    expect((await demo.records("Contact")).find(({ LastName }) => LastName === "Longcall")).toMatchObject({
      MobilePhone: "+44 7700 900947",
      AccountId: expect.stringMatching(/^001/),
    });
    expect((await demo.records("Lead")).length).toBeGreaterThan(5);
    expect(refusal(await demo.upsert("a", callTask({ CallDurationInSeconds: 90_000 })))).toBe(
      "400 FIELD_CUSTOM_VALIDATION_EXCEPTION",
    );
  } finally {
    await demo.close();
  }
});
