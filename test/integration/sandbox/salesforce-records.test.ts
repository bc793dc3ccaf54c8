import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  callTask,
  key,
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

const day = 86_400_000;
const person = (more: object = {}) => client.seed("Contact", { LastName: "Example", ...more });

test("a record is created, read, changed and deleted", async () => {
  const created = await client.org("POST", "/sobjects/Contact", {
    FirstName: "Ann",
    LastName: "Example",
    Phone: "(415) 555-1212",
  });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({ id: expect.stringMatching(/^003\w{15}$/), success: true, errors: [] });
  const path = `/sobjects/Contact/${created.body.id}`;
  expect((await client.org("PATCH", path, { Title: "Owner" })).status).toBe(204);
  const read = await client.org("GET", path);
  expect(read.body).toMatchObject({
    Name: "Ann Example",
    Title: "Owner",
    Phone: "(415) 555-1212",
    MobilePhone: null,
    IsDeleted: false,
  });
  expect(read.body.attributes).toEqual({
    type: "Contact",
    url: `/services/data/v67.0/sobjects/Contact/${created.body.id}`,
  });
  expect(read.body.SystemModstamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
  expect((await client.org("GET", `${path}?fields=Id,Title`)).body).toEqual({
    attributes: read.body.attributes,
    Id: created.body.id,
    Title: "Owner",
  });
  expect((await client.org("GET", `/sobjects/Contact/${created.body.id.slice(0, 15)}`)).status).toBe(200);
  expect((await client.org("DELETE", path)).status).toBe(204);
  expect(refusal(await client.org("GET", path))).toBe("400 ENTITY_IS_DELETED");
  expect(await client.records("Contact")).toEqual([]);
});

test("a deleted record's refusal has the status that is configured", async () => {
  const { Id } = await person();
  await client.remove("Contact", Id);
  await client.config({ entityDeletedStatus: 404 });
  expect(refusal(await client.org("GET", `/sobjects/Contact/${Id}`))).toBe("404 ENTITY_IS_DELETED");
  expect(refusal(await client.org("PATCH", `/sobjects/Contact/${Id}`, { Title: "x" }))).toBe("404 ENTITY_IS_DELETED");
});

test("the recycle bin is emptied after fifteen days, or as configured", async () => {
  const { Id } = await person();
  await client.remove("Contact", Id);
  await client.advance(14 * day);
  expect((await client.soql("SELECT Id FROM Contact WHERE IsDeleted = true", true)).totalSize).toBe(1);
  await client.advance(day);
  expect((await client.soql("SELECT Id FROM Contact WHERE IsDeleted = true", true)).totalSize).toBe(0);
  expect(refusal(await client.org("GET", `/sobjects/Contact/${Id}`))).toBe("404 NOT_FOUND");
  const other = await person();
  await client.config({ recycleBinMs: 1_000 });
  await client.remove("Contact", other.Id);
  await client.advance(1_000);
  expect(refusal(await client.org("GET", `/sobjects/Contact/${other.Id}`))).toBe("404 NOT_FOUND");
});

test("an upsert by key creates once and updates afterwards", async () => {
  const first = await client.upsert("a", callTask());
  expect(first.status).toBe(201);
  expect(first.body).toEqual({ id: expect.stringMatching(/^00T/), success: true, errors: [], created: true });
  const again = await client.upsert("a", { CallDisposition: "Connected" });
  expect(again.status).toBe(200);
  expect(again.body).toEqual({ id: first.body.id, success: true, errors: [], created: false });
  expect(await client.records("Task")).toMatchObject([
    { Id: first.body.id, [keyField]: key("a"), CallDisposition: "Connected" },
  ]);
});

test("before version 46.0 an upsert that updates answers nothing", async () => {
  await client.upsert("a", callTask());
  const old = await client.org("PATCH", `/services/data/v45.0/sobjects/Task/${keyField}/${key("a")}`, {
    CallDisposition: "x",
  });
  expect([old.status, old.text]).toEqual([204, ""]);
});

test("updateOnly never creates", async () => {
  const path = `/sobjects/Task/${keyField}/${key("a")}?updateOnly=true`;
  expect(refusal(await client.org("PATCH", path, callTask()))).toBe("404 NOT_FOUND");
  await client.upsert("a", callTask());
  expect((await client.org("PATCH", path, { CallDisposition: "x" })).status).toBe(200);
});

test("key and Id do not belong into the body of an upsert", async () => {
  expect(refusal(await client.upsert("a", callTask({ [keyField]: key("a") })))).toBe("400 INVALID_FIELD");
  expect(refusal(await client.upsert("a", callTask({ Id: "00T5g0000000001AAA" })))).toBe("400 INVALID_FIELD");
});

test("the key is read back with its record, told missing, and told apart by case", async () => {
  const { body } = await client.upsert("a", callTask());
  const read = (name: string) => client.org("GET", `/sobjects/Task/${keyField}/${name}?fields=Id,LastModifiedById`);
  expect((await read(key("a"))).body.Id).toBe(body.id);
  const missing = await read(key("A"));
  expect(missing.status).toBe(404);
  expect(missing.body).toEqual([{ message: "The requested resource does not exist", errorCode: "NOT_FOUND" }]);
});

test("without a unique field several records may have the key: 300 and nothing is written", async () => {
  await client.config({ keyUnique: false });
  const one = await client.seed("Task", { [keyField]: key("a"), Subject: "1" });
  const two = await client.seed("Task", { [keyField]: key("a"), Subject: "2" });
  const addresses = [one, two].map(({ Id }) => `/services/data/v67.0/sobjects/Task/${Id}`);
  const written = await client.upsert("a", { CallDisposition: "x" });
  expect([written.status, written.body]).toEqual([300, addresses]);
  expect((await client.org("GET", `/sobjects/Task/${keyField}/${key("a")}`)).status).toBe(300);
  expect((await client.records("Task")).every(({ CallDisposition }) => CallDisposition === null)).toBe(true);
});

test("a missing key field answers 404 in its own words; another name can be deployed", async () => {
  await client.config({ keyField: null });
  const reply = await client.upsert("a", callTask());
  expect(reply.status).toBe(404);
  expect(reply.body).toEqual([
    { message: `Provided external ID field does not exist or is not accessible: ${keyField}`, errorCode: "NOT_FOUND" },
  ]);
  await client.config({ keyField: "Other_Key__c" });
  expect((await client.org("PATCH", "/sobjects/Task/Other_Key__c/cl_a", callTask())).status).toBe(201);
});

test("a second record with the key is refused and names the first", async () => {
  const first = await client.upsert("a", callTask());
  const second = await client.org("POST", "/sobjects/Task", callTask({ [keyField]: key("a") }));
  expect(second.status).toBe(400);
  expect(second.body).toEqual([
    {
      message: `duplicate value found: ${keyField} duplicates value on record with id: ${first.body.id}`,
      errorCode: "DUPLICATE_VALUE",
      fields: [],
    },
  ]);
});

test("the key is unique across tasks and events, or within each", async () => {
  await client.upsert("a", callTask());
  const event = () => client.org("POST", "/sobjects/Event", { Subject: "Meeting", [keyField]: key("a") });
  expect(refusal(await event())).toBe("400 DUPLICATE_VALUE");
  await client.config({ keyUniqueAcrossActivities: false });
  expect((await event()).status).toBe(201);
});

test("an upsert does not find what lies in the recycle bin, or refuses it where configured", async () => {
  const first = await client.upsert("a", callTask());
  await client.remove("Task", first.body.id);
  const again = await client.upsert("a", callTask());
  expect(again.status).toBe(201);
  expect(again.body.id).not.toBe(first.body.id);
  await client.remove("Task", again.body.id);
  await client.config({ upsertMatchesRecycled: true });
  expect(refusal(await client.upsert("a", callTask()))).toBe("400 ENTITY_IS_DELETED");
});

test("archived tasks are found by an upsert, or not where configured; lists leave them out", async () => {
  const old = new Date((await client.now()) - 400 * day).toISOString().slice(0, 10);
  const first = await client.upsert("a", callTask({ ActivityDate: old }));
  const where = `SELECT Id, IsArchived FROM Task WHERE ${keyField} = '${key("a")}'`;
  expect((await client.soql(where)).totalSize).toBe(0);
  expect((await client.soql(where, true)).records).toMatchObject([{ Id: first.body.id, IsArchived: true }]);
  expect((await client.upsert("a", { CallDisposition: "x" })).body.created).toBe(false);
  await client.config({ upsertMatchesArchived: false });
  expect((await client.upsert("a", callTask({ ActivityDate: old }))).body.created).toBe(true);
});

test("TaskSubtype is set once, or may be changed where configured", async () => {
  await client.upsert("a", callTask());
  expect(refusal(await client.upsert("a", { TaskSubtype: "Email" }))).toBe("400 INVALID_FIELD_FOR_INSERT_UPDATE");
  await client.config({ taskSubtypeUpdateable: true });
  expect((await client.upsert("a", { TaskSubtype: "Email" })).status).toBe(200);
});

test("links are checked: wrong type, unknown, deleted, hidden", async () => {
  const account = await client.seed("Account", { Name: "Test Clinic" });
  const gone = await person();
  const hidden = await person();
  await client.remove("Contact", gone.Id);
  await client.config({ hiddenRecords: { Contact: [hidden.Id] } });
  const link = async (WhoId: string) => {
    const reply = await client.upsert("a", callTask({ WhoId }));
    return [reply.status, reply.body[0].errorCode, reply.body[0].fields];
  };
  expect(await link(account.Id)).toEqual([400, "MALFORMED_ID", ["WhoId"]]);
  expect(await link("nonsense")).toEqual([400, "MALFORMED_ID", ["WhoId"]]);
  expect(await link("003000000000000AAA")).toEqual([400, "INVALID_CROSS_REFERENCE_KEY", ["WhoId"]]);
  expect(await link(gone.Id)).toEqual([400, "ENTITY_IS_DELETED", ["WhoId"]]);
  expect(await link(hidden.Id)).toEqual([400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", ["WhoId"]]);
  expect(refusal(await client.org("GET", `/sobjects/Contact/${hidden.Id}`))).toBe("404 NOT_FOUND");
  expect(refusal(await client.org("PATCH", `/sobjects/Contact/${hidden.Id}`, { Title: "x" }))).toBe(
    "400 INSUFFICIENT_ACCESS_OR_READONLY",
  );
});

test("a task takes a lead or a related record, not both, unless configured", async () => {
  const lead = await client.seed("Lead", { LastName: "Example", Company: "Test" });
  const account = await client.seed("Account", { Name: "Test Clinic" });
  const both = callTask({ WhoId: lead.Id, WhatId: account.Id });
  const refused = await client.upsert("a", both);
  expect([refusal(refused), refused.body[0].fields]).toEqual(["400 FIELD_INTEGRITY_EXCEPTION", ["WhatId"]]);
  await client.config({ leadAllowsWhatId: true });
  expect((await client.upsert("a", both)).status).toBe(201);
});

test("a task takes account and closing time from what it is linked to and its status", async () => {
  const account = await client.seed("Account", { Name: "Test Clinic" });
  const contact = await person({ AccountId: account.Id });
  const deal = await client.seed("Opportunity", {
    Name: "Deal",
    StageName: "Prospecting",
    CloseDate: "2027-01-01",
    AccountId: account.Id,
  });
  const { body } = await client.upsert("a", callTask({ WhoId: contact.Id, WhatId: deal.Id }));
  const read = (await client.org("GET", `/sobjects/Task/${body.id}`)).body;
  expect(read).toMatchObject({ AccountId: account.Id, IsClosed: true, OwnerId: read.CreatedById });
  expect(read.CompletedDateTime).not.toBeNull();
  expect(
    (await client.org("GET", `/sobjects/Contact/${contact.Id}?fields=LastActivityDate`)).body.LastActivityDate,
  ).toBe("2026-11-20");
});

test("owners must exist and be active", async () => {
  await client.config({
    users: [
      { id: "0055g00000CarolAAA", name: "Carol Example", email: "carol@example.com", active: true },
      { id: "0055g00000DavidAAA", name: "David Example", email: "david@example.com", active: false },
    ],
  });
  const own = async (OwnerId: string) => refusal(await client.org("POST", "/sobjects/Task", callTask({ OwnerId })));
  expect(await own("0055g00000CarolAAA")).toBe("201 ");
  expect(await own("0055g00000DavidAAA")).toBe("400 INACTIVE_OWNER_OR_USER");
  expect(await own("0055g00000NobodAAA")).toBe("400 INVALID_CROSS_REFERENCE_KEY");
});

test("parents are found by their external id; a polymorphic one needs its type, unless configured", async () => {
  await client.config({
    customFields: {
      Account: [{ name: "Ext__c", externalId: true, unique: true }],
      Opportunity: [{ name: "Ext__c", externalId: true }],
    },
  });
  const account = await client.seed("Account", { Name: "Test Clinic", Ext__c: "A-1" });
  const deal = await client.seed("Opportunity", {
    Name: "Deal",
    StageName: "Prospecting",
    CloseDate: "2027-01-01",
    Ext__c: "O-17",
  });
  const contact = await client.org("POST", "/sobjects/Contact", { LastName: "Example", Account: { Ext__c: "A-1" } });
  expect((await client.records("Contact"))[0]).toMatchObject({ Id: contact.body.id, AccountId: account.Id });
  expect(
    (await client.upsert("a", callTask({ What: { attributes: { type: "Opportunity" }, Ext__c: "O-17" } }))).status,
  ).toBe(201);
  expect((await client.records("Task"))[0]).toMatchObject({ WhatId: deal.Id });
  const untyped = callTask({ What: { Ext__c: "O-17" } });
  expect(refusal(await client.upsert("b", untyped))).toBe("400 INVALID_FIELD");
  await client.config({ polymorphicParentNeedsType: false });
  expect((await client.upsert("b", untyped)).status).toBe(201);
  expect(
    refusal(await client.upsert("c", callTask({ What: { attributes: { type: "Account" }, Ext__c: "none" } }))),
  ).toBe("400 INVALID_FIELD");
});

test("values are checked by type, length, range and list", async () => {
  const write = async (more: object) => {
    const reply = await client.upsert("a", callTask(more));
    return [reply.status, reply.body[0]?.errorCode, reply.body[0]?.fields];
  };
  expect(await write({ Subject: "x".repeat(256) })).toEqual([400, "STRING_TOO_LONG", ["Subject"]]);
  expect(await write({ CallType: "Sideways" })).toEqual([400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["CallType"]]);
  expect(await write({ CallDurationInSeconds: 100_000_000 })).toEqual([
    400,
    "NUMBER_OUTSIDE_VALID_RANGE",
    ["CallDurationInSeconds"],
  ]);
  expect(await write({ CallDurationInSeconds: "long" })).toEqual([400, "JSON_PARSER_ERROR", undefined]);
  expect(await write({ ActivityDate: "20 November" })).toEqual([400, "JSON_PARSER_ERROR", undefined]);
  expect(await write({ Unknown__c: "x" })).toEqual([400, "INVALID_FIELD", []]);
  expect(await write({ CreatedDate: "2026-01-01T00:00:00Z" })).toEqual([
    400,
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    ["CreatedDate"],
  ]);
  // Lists that are not restricted take any value.
  expect(await write({ Type: "Sideways" })).toEqual([201, undefined, undefined]);
});

test("a missing required value is named", async () => {
  const reply = await client.org("POST", "/sobjects/Contact", { FirstName: "Ann" });
  expect(reply.status).toBe(400);
  expect(reply.body).toEqual([
    { message: "Required fields are missing: [LastName]", errorCode: "REQUIRED_FIELD_MISSING", fields: ["LastName"] },
  ]);
});

test("a merged person lies in the bin and names the winner; the winner takes over the calls", async () => {
  const winner = await person({ Phone: "0113 496 0176" });
  const loser = await person();
  const { body } = await client.upsert("a", callTask({ WhoId: loser.Id }));
  await client.merge("Contact", winner.Id, loser.Id);
  const bin = await client.soql("SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true", true);
  expect(bin.records).toMatchObject([{ Id: loser.Id, MasterRecordId: winner.Id }]);
  expect((await client.org("GET", `/sobjects/Task/${body.id}?fields=WhoId`)).body.WhoId).toBe(winner.Id);
  expect(refusal(await client.upsert("b", callTask({ WhoId: loser.Id })))).toBe("400 ENTITY_IS_DELETED");
});

test("a write that assumes an older state is refused", async () => {
  const { Id } = await person();
  const past = new Date((await client.now()) - 60_000).toUTCString();
  const reply = await client.org(
    "PATCH",
    `/sobjects/Contact/${Id}`,
    { Title: "x" },
    { headers: { "if-unmodified-since": past } },
  );
  expect(reply.status).toBe(412);
  const future = new Date((await client.now()) + 60_000).toUTCString();
  expect(
    (await client.org("GET", `/sobjects/Contact/${Id}`, undefined, { headers: { "if-modified-since": future } }))
      .status,
  ).toBe(304);
});

test("paths, methods and content types that are not taken answer as the vendor's", async () => {
  expect(refusal(await client.org("GET", "/sobjects/Nothing/x"))).toBe("404 NOT_FOUND");
  expect(refusal(await client.org("GET", "/nowhere"))).toBe("404 NOT_FOUND");
  expect(refusal(await client.org("PUT", "/sobjects/Task", {}))).toBe("405 METHOD_NOT_ALLOWED");
  expect(
    refusal(await client.org("POST", "/sobjects/Task", "x=1", { headers: { "content-type": "text/plain" } })),
  ).toBe("415 UNSUPPORTED_MEDIA_TYPE");
  expect(refusal(await client.org("POST", "/sobjects/Task", "{"))).toBe("400 JSON_PARSER_ERROR");
});

test("a write shows in reads by key and in queries only after the configured lag", async () => {
  await client.config({ readLagMs: 5_000 });
  await client.upsert("a", callTask());
  const read = () => client.org("GET", `/sobjects/Task/${keyField}/${key("a")}`);
  const count = async () => (await client.soql(`SELECT COUNT() FROM Task WHERE ${keyField} = '${key("a")}'`)).totalSize;
  expect([(await read()).status, await count()]).toEqual([404, 0]);
  await client.advance(5_000);
  expect([(await read()).status, await count()]).toEqual([200, 1]);
});

test("deletions and changes are listed for a span of time", async () => {
  const one = await person();
  const two = await person();
  await client.remove("Contact", one.Id);
  const now = await client.now();
  const span = (from: number) =>
    `start=${encodeURIComponent(new Date(from).toISOString())}&end=${encodeURIComponent(new Date(now + 1_000).toISOString())}`;
  const deleted = (await client.org("GET", `/sobjects/Contact/deleted/?${span(now - 600_000)}`)).body;
  expect(deleted.deletedRecords).toMatchObject([{ id: one.Id }]);
  expect(deleted).toHaveProperty("earliestDateAvailable");
  expect((await client.org("GET", `/sobjects/Contact/updated/?${span(now - 600_000)}`)).body.ids).toEqual([two.Id]);
  expect((await client.org("GET", `/sobjects/Contact/deleted/?${span(now - 20 * day)}`)).status).toBe(400);
  expect((await client.org("GET", `/sobjects/Contact/deleted/?${span(now - 10_000)}`)).status).toBe(400);
});

test("outside edits name a colleague as the last who changed the record", async () => {
  const { body } = await client.upsert("a", callTask());
  await client.admin("PATCH", `/salesforce/records/Task/${body.id}`, { CallDisposition: "Edited" });
  const [task] = await client.records("Task");
  expect(task.CallDisposition).toBe("Edited");
  expect(task.LastModifiedById).not.toBe(task.CreatedById);
  expect((await client.admin("POST", "/salesforce/records/Task", { Nope__c: 1 })).status).toBe(400);
  expect((await client.admin("POST", `/salesforce/records/Task/${body.id}/merge`, { with: body.id })).status).toBe(409);
});

test("rows of a collection are told apart by their codes", async () => {
  await client.seed("Task", { [keyField]: key("old"), Subject: "x" });
  const reply = await client.org("PATCH", `/composite/sobjects/Task/${keyField}`, {
    records: [taskRow("new"), taskRow("old"), taskRow("bad", { CallType: "Sideways" })],
  });
  expect(rowCodes(reply)).toEqual(["ok", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]);
});
