import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openZoho } from "../integration/sandbox/zoho-client.ts";

const {
  BulkRead,
  Choice,
  Coql,
  DataCenter,
  Fields,
  FileStore,
  HeaderMap,
  InitializeBuilder,
  Layouts,
  Levels,
  LogBuilder,
  Modules,
  OAuthBuilder,
  Org,
  ParameterMap,
  Record: Records,
  Users,
} = sdk;

// A reset would revoke the client's token, so the tests of this file share one org.
const zoho = await openZoho({ resets: false });
// The client joins some of its own file names to it without a separator.
const folder = `${mkdtempSync(join(tmpdir(), "zoho-client-"))}/`;

/** The client signs in by a multipart form, and reads users, modules and fields before it writes a record. */
beforeAll(async () => {
  const { clientId, clientSecret, refreshToken } = zoho.access;
  const builder = await new InitializeBuilder();
  await builder
    .environment(DataCenter.setEnvironment(zoho.baseUrl, `${zoho.baseUrl}/oauth/v2/token`, zoho.baseUrl))
    .token(new OAuthBuilder().clientId(clientId).clientSecret(clientSecret).refreshToken(refreshToken).build())
    .store(new FileStore(join(folder, "tokens.txt")))
    .logger(new LogBuilder().level(Levels.OFF).filePath(join(folder, "client.log")).build())
    .resourcePath(folder)
    .initialize();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const records = (module: string) => new Records.RecordOperations(module);
async function params(values: readonly (readonly [any, string | number])[]): Promise<any> {
  const map = new ParameterMap();
  for (const [name, value] of values) await map.add(name, value);
  return map;
}
function record(values: Record<string, unknown>): any {
  const made = new Records.Record();
  for (const [name, value] of Object.entries(values)) made.addKeyValue(name, value);
  return made;
}
function body(...all: any[]): any {
  const made = new Records.BodyWrapper();
  made.setData(all);
  made.setTrigger([]);
  return made;
}
const rows = (answer: any): any[] => answer.getObject().getData();
const codes = (answer: any): string[] => rows(answer).map((row) => row.getCode().getValue());
const idOf = (row: any): bigint => BigInt(row.getDetails().get("id"));

const contact = { Last_Name: "Muster", Phone: "+44 20 7946 0101" };
const call = {
  Subject: "Inbound call",
  Call_Type: new Choice("Inbound"),
  Call_Start_Time: new Date("2026-11-20T09:15:00Z"),
  Call_Duration: "00:03",
};

test("reads the org, its users, modules, fields and layouts", async () => {
  const org = await new Org.OrgOperations().getOrganization();
  expect(org.getObject().getOrg()[0].getCompanyName()).toBe("Test Clinic");
  const users = await new Users.UsersOperations().getUsers(await params([[Users.GetUsersParam.TYPE, "ActiveUsers"]]));
  expect(
    users
      .getObject()
      .getUsers()
      .map((user: any) => user.getEmail()),
  ).toEqual(["alice@example.com", "bob@example.com"]);
  const modules = await new Modules.ModulesOperations().getModules();
  expect(modules.getObject().getModules()).toHaveLength(7);
  const fields = await new Fields.FieldsOperations().getFields(await params([[Fields.GetFieldsParam.MODULE, "Calls"]]));
  expect(
    fields
      .getObject()
      .getFields()
      .map((field: any) => field.getAPIName()),
  ).toContain("Call_Start_Time");
  const layouts = await new Layouts.LayoutsOperations().getLayouts(
    await params([[Layouts.GetLayoutsParam.MODULE, "Calls"]]),
  );
  expect(layouts.getObject().getLayouts()[0].getName()).toBe("Standard");
});

test("creates, reads, changes, lists, finds and deletes records", async () => {
  const made = await records("Contacts").createRecords(body(record(contact), record({ Phone: "1" })));
  expect([made.getStatusCode(), codes(made)]).toEqual([207, ["SUCCESS", "MANDATORY_NOT_FOUND"]]);
  const id = idOf(rows(made)[0]);
  const read = await records("Contacts").getRecord(id);
  expect(rows(read)[0].getKeyValue("Full_Name")).toBe("Muster");
  const updated = await records("Contacts").updateRecord(id, body(record({ Mobile: "0113 496 0101" })));
  expect(codes(updated)).toEqual(["SUCCESS"]);
  const list = await records("Contacts").getRecords(
    await params([[Records.GetRecordsParam.FIELDS, "Last_Name,Mobile"]]),
  );
  expect(rows(list)[0].getKeyValue("Mobile")).toBe("0113 496 0101");
  await zoho.advance(15_000);
  const found = await records("Contacts").searchRecords(
    await params([[Records.SearchRecordsParam.PHONE, "1134960101"]]),
  );
  expect(rows(found)).toHaveLength(1);
  const count = await records("Contacts").recordCount();
  expect(Number(count.getObject().getCount())).toBe(1);
  expect(codes(await records("Contacts").deleteRecord(id))).toEqual(["SUCCESS"]);
  const deleted = await records("Contacts").getDeletedRecords(
    await params([[Records.GetDeletedRecordsParam.TYPE, "all"]]),
  );
  expect(rows(deleted)[0].getDisplayName()).toBe("Muster");
});

test("writes calls, and finds them by query", async () => {
  const made = await records("Calls").createRecords(body(record(call), record({ ...call, Call_Duration: "x" })));
  expect(codes(made)).toEqual(["SUCCESS", "PATTERN_NOT_MATCHED"]);
  const query = new Coql.BodyWrapper();
  query.setSelectQuery(
    "select Subject, Call_Start_Time, Who_Id from Calls where Subject = 'Inbound call' limit 0, 200",
  );
  const found = await new Coql.CoqlOperations().getRecords(query);
  expect(found.getStatusCode()).toBe(200);
  expect(rows(found)[0].getKeyValue("Subject")).toBe("Inbound call");
  query.setSelectQuery("select Nothing from Calls where id is not null");
  const wrong = await new Coql.CoqlOperations().getRecords(query);
  expect([wrong.getStatusCode(), wrong.getObject().getCode().getValue()]).toEqual([400, "INVALID_QUERY"]);
});

test("works with accounts, leads and deals, many at once and page by page", async () => {
  const made = await records("Accounts").createRecords(
    body(...Array.from({ length: 60 }, (_, n) => record({ Account_Name: `Account ${n}` }))),
  );
  expect(new Set(codes(made))).toEqual(new Set(["SUCCESS"]));
  const ask: readonly (readonly [any, string | number])[] = [
    [Records.GetRecordsParam.FIELDS, "Account_Name"],
    [Records.GetRecordsParam.PER_PAGE, 50],
  ];
  const first = await records("Accounts").getRecords(await params(ask));
  const token: string = first.getObject().getInfo().getNextPageToken();
  const second = await records("Accounts").getRecords(
    await params([...ask, [Records.GetRecordsParam.PAGE_TOKEN, token]]),
  );
  expect([rows(first).length, rows(second).length]).toEqual([50, 10]);
  const changed = record({ Phone: "020 7946 0101" });
  changed.setId(idOf(rows(made)[0]));
  expect(codes(await records("Accounts").updateRecords(body(changed)))).toEqual(["SUCCESS"]);
  const lead = idOf(rows(await records("Leads").createRecords(body(record({ Last_Name: "Muster", Company: "x" }))))[0]);
  expect(
    codes(await records("Leads").deleteRecords(await params([[Records.DeleteRecordsParam.IDS, String(lead)]]))),
  ).toEqual(["SUCCESS"]);
  const deal = record({ Deal_Name: "Order", Stage: new Choice("Qualification"), Closing_Date: new Date("2026-12-31") });
  const dealId = idOf(rows(await records("Deals").createRecords(body(deal)))[0]);
  expect(rows(await records("Deals").getRecord(dealId))[0].getKeyValue("Deal_Name")).toBe("Order");
  await zoho.advance(20_000);
  const found = await records("Accounts").searchRecords(
    await params([[Records.SearchRecordsParam.CRITERIA, "(Account_Name:equals:Account 7)"]]),
  );
  expect(rows(found)).toHaveLength(1);
});

test("upserts people, and is refused for calls", async () => {
  const wanted = body(record({ Last_Name: "Sample", Email: "s@example.com" }));
  wanted.setDuplicateCheckFields(["Email"]);
  const actions = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = await records("Contacts").upsertRecords(wanted, new HeaderMap());
    actions.push(rows(answer)[0].getAction().getValue());
  }
  expect(actions).toEqual(["insert", "update"]);
  const refused = await records("Calls").upsertRecords(body(record(call)), new HeaderMap());
  expect(refused.getObject().getCode().getValue()).toBe("NOT_SUPPORTED");
});

test("writes notes and tasks, reads what is related, tags, and counts by groups", async () => {
  const { Notes, RelatedRecords, Tags } = sdk;
  const person = idOf(rows(await records("Contacts").createRecords(body(record({ Last_Name: "Noted" }))))[0]);
  const note = new Notes.Note();
  note.setNoteContent("Asked for an offer");
  const parent = new Notes.ParentId();
  parent.setId(person);
  const module = new Modules.MinifiedModule();
  module.setAPIName("Contacts");
  await parent.setModule(module);
  await note.setParentId(parent);
  const notes = new Notes.BodyWrapper();
  notes.setData([note]);
  expect(codes(await new Notes.NotesOperations().createNotes(notes))).toEqual(["SUCCESS"]);
  const who = new Records.Record();
  who.setId(person);
  const task = record({ Subject: "Call back", Due_Date: new Date("2026-12-31"), Status: new Choice("Completed") });
  task.addKeyValue("Who_Id", who);
  expect(codes(await records("Tasks").createRecords(body(task)))).toEqual(["SUCCESS"]);
  const related = async (list: string, ...fields: string[]) =>
    rows(
      await new RelatedRecords.RelatedRecordsOperations(list, "Contacts").getRelatedRecords(
        person,
        await params([[RelatedRecords.GetRelatedRecordsParam.FIELDS, fields.join()]]),
        new HeaderMap(),
      ),
    );
  expect((await related("Tasks_History", "Subject"))[0].getKeyValue("Subject")).toBe("Call back");
  expect(await related("Notes", "Note_Content")).toHaveLength(1);
  const tag = new Tags.Tag();
  tag.setName("Warm");
  const tags = new Tags.NewTagRequestWrapper();
  tags.setTags([tag]);
  expect(codes(await new Tags.TagsOperations().addTags("Contacts", person, tags))).toEqual(["SUCCESS"]);
  const [tagged] = rows(await records("Contacts").getRecord(person));
  expect(tagged.getTag().map((each: any) => each.getName())).toEqual(["Warm"]);
  const query = new Coql.BodyWrapper();
  query.setSelectQuery("select Status, COUNT(id) as tasks from Tasks where id is not null group by Status");
  const [group] = rows(await new Coql.CoqlOperations().getRecords(query));
  expect([group.getKeyValue("Status"), group.getKeyValue("tasks")]).toEqual(["Completed", 1]);
  const change = new Records.MassUpdateBodyWrapper();
  change.setData([record({ Title: "Owner" })]);
  change.setIds([String(person)]);
  expect(codes(await records("Contacts").massUpdateRecords(change))).toEqual(["SUCCESS"]);
});

test("starts a bulk read and sees it through", async () => {
  const wrapper = new BulkRead.BodyWrapper();
  const query = new BulkRead.Query();
  const module = new Modules.MinifiedModule();
  module.setAPIName("Contacts");
  query.setModule(module);
  query.setFields(["Last_Name"]);
  wrapper.setQuery(query);
  const operations = new BulkRead.BulkReadOperations();
  const made = await operations.createBulkReadJob(wrapper);
  expect(made.getStatusCode()).toBe(201);
  const id = idOf(rows(made)[0]);
  await zoho.advance(2_000);
  const job = await operations.getBulkReadJobDetails(id);
  expect(rows(job)[0].getState().getValue()).toBe("COMPLETED");
});

test("attaches a file to a person, and takes it back", async () => {
  const { Attachments, StreamWrapper } = sdk;
  const person = idOf(rows(await records("Contacts").createRecords(body(record({ Last_Name: "Attached" }))))[0]);
  const attachments = new Attachments.AttachmentsOperations();
  const path = join(folder, "offer.txt");
  writeFileSync(path, "An offer");
  const wrapper = new Attachments.FileBodyWrapper();
  wrapper.setFile(new StreamWrapper(null, null, path));
  const made = await attachments.uploadAttachments(person, "Contacts", wrapper);
  expect(codes(made)).toEqual(["SUCCESS"]);
  const listed = await attachments.getAttachments(
    person,
    "Contacts",
    await params([[Attachments.GetAttachmentsParam.FIELDS, "File_Name,Size"]]),
  );
  expect(rows(listed).map((each) => [each.getFileName(), each.getSize()])).toEqual([["offer.txt", "8"]]);
  expect(codes(await attachments.deleteAttachment(idOf(rows(made)[0]), person, "Contacts"))).toEqual(["SUCCESS"]);
});

test("uploads rows, has them written in bulk, and sees the job through", async () => {
  const { BulkWrite, StreamWrapper } = sdk;
  const path = join(folder, "people.zip");
  writeFileSync(path, zipSync({ "people.csv": Buffer.from("Last_Name,Phone\nBulk,020 7946 0101\n,1\n") }));
  const file = new BulkWrite.FileBodyWrapper();
  file.setFile(new StreamWrapper(null, null, path));
  const headers = new HeaderMap();
  await headers.add(BulkWrite.UploadFileHeader.FEATURE, "bulk-write");
  await headers.add(BulkWrite.UploadFileHeader.X_CRM_ORG, "20064123456");
  const operations = new BulkWrite.BulkWriteOperations();
  const uploaded = await operations.uploadFile(file, headers);
  const wrapper = new BulkWrite.RequestWrapper();
  wrapper.setOperation(new Choice("insert"));
  const module = new Modules.MinifiedModule();
  module.setAPIName("Contacts");
  const resource = new BulkWrite.Resource();
  resource.setType(new Choice("data"));
  resource.setModule(module);
  resource.setFileId(String(uploaded.getObject().getDetails().get("file_id")));
  resource.setFieldMappings(
    ["Last_Name", "Phone"].map((name, index) => {
      const mapping = new BulkWrite.FieldMapping();
      mapping.setAPIName(name);
      mapping.setIndex(index);
      return mapping;
    }),
  );
  wrapper.setResource([resource]);
  const made = await operations.createBulkWriteJob(wrapper);
  expect(made.getStatusCode()).toBe(201);
  await zoho.advance(2_000);
  const job = (await operations.getBulkWriteJobDetails(made.getObject().getDetails().get("id"))).getObject();
  expect(job.getStatus()).toBe("COMPLETED");
  const counts = job.getResource()[0].getFile();
  expect([counts.getAddedCount(), counts.getSkippedCount()]).toEqual([1, 1]);
});
