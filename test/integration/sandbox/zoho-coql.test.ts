import { beforeEach, expect, test } from "vitest";
import { call, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
let first: any;
let second: any;

beforeEach(async () => {
  first = await zoho.seed("Contacts", { Last_Name: "O'Neil", Phone: "+44 20 7946 0101", Description: "long" });
  await zoho.advance(5000);
  second = await zoho.seed("Contacts", { Last_Name: "Sample", Mobile: "0113 496 0176" });
});

async function names(query: string): Promise<string[]> {
  const { body } = await zoho.coql(query);
  if (body?.data === undefined) throw new Error(JSON.stringify(body));
  return body.data.map(({ Last_Name }: any) => Last_Name);
}

test("rows come with their columns and id, none with 204", async () => {
  const reply = await zoho.coql("select Last_Name, Phone from Contacts where Phone = '+44 20 7946 0101' limit 0, 200");
  expect(reply.body).toEqual({
    data: [{ Last_Name: "O'Neil", Phone: "+44 20 7946 0101", id: first.id }],
    info: { count: 1, more_records: false },
  });
  expect((await zoho.coql("select id from Contacts where Phone = '+442079460101'")).status).toBe(204);
});

test("quotes are doubled, and every operator works", async () => {
  const of = (where: string) => names(`select Last_Name from Contacts where ${where} order by id asc`);
  expect(await of("Last_Name = 'O''Neil'")).toEqual(["O'Neil"]);
  expect(await of("Last_Name != 'Sample'")).toEqual(["O'Neil"]);
  expect(await of("Phone like '%0101'")).toEqual(["O'Neil"]);
  expect(await of("Last_Name not like 'S%'")).toEqual(["O'Neil"]);
  expect(await of("Last_Name in ('Sample', 'X')")).toEqual(["Sample"]);
  expect(await of("Last_Name not in ('Sample')")).toEqual(["O'Neil"]);
  expect(await of("Phone is null")).toEqual(["Sample"]);
  expect(await of("Phone is not null")).toEqual(["O'Neil"]);
  expect(await of(`id >= ${second.id}`)).toEqual(["Sample"]);
  expect(await of(`Modified_Time > '${first.Modified_Time}'`)).toEqual(["Sample"]);
  expect(await of(`Modified_Time between '${first.Modified_Time}' and '${second.Modified_Time}'`)).toHaveLength(2);
  expect(await of("(Phone = '+44 20 7946 0101' or Mobile = '0113 496 0176')")).toHaveLength(2);
});

test("a delta is read by modified time and id without skips", async () => {
  const after = `(Modified_Time > '${first.Modified_Time}' or (Modified_Time = '${first.Modified_Time}' and id > ${first.id}))`;
  expect(
    await names(`select Last_Name from Contacts where ${after} order by Modified_Time asc, id asc limit 0, 200`),
  ).toEqual(["Sample"]);
});

test("criteria are nested in pairs", async () => {
  const flat = await zoho.coql("select id from Contacts where Phone = '1' or Phone = '2' or Phone = '3'");
  expect([flat.status, flat.body.code]).toEqual([400, "SYNTAX_ERROR"]);
  const nested = "((Phone = '1' or Phone = '2') or Last_Name = 'Sample')";
  expect(await names(`select Last_Name from Contacts where ${nested}`)).toEqual(["Sample"]);
});

test("a query that is none tells where", async () => {
  const reply = await zoho.coql("select id frm Contacts where id is not null");
  expect(reply.body).toMatchObject({ code: "SYNTAX_ERROR", details: { line: 1, column: 11, near: "frm" } });
  expect((await zoho.coql("select id from Contacts")).body.code).toBe("SYNTAX_ERROR");
});

test("unknown and hidden columns, unknown modules and long text cannot be asked for", async () => {
  const unknown = await zoho.coql("select Nothing from Contacts where id is not null");
  expect(unknown.body).toMatchObject({ code: "INVALID_QUERY", details: { column_name: "Nothing" } });
  await zoho.config({ removedFields: { Contacts: ["Phone"] } });
  expect((await zoho.coql("select id from Contacts where Phone = '1'")).body.details.column_name).toBe("Phone");
  expect((await zoho.coql("select id from Nothing where id is not null")).body.code).toBe("INVALID_QUERY");
  const long = await zoho.coql("select id from Contacts where Description = 'long'");
  expect(long.body).toMatchObject({ code: "INVALID_QUERY", details: { data_type: "textarea" } });
  expect((await zoho.coql("select id, id from Contacts where id is not null")).body.code).toBe("DUPLICATE_DATA");
});

test("times need an offset", async () => {
  const reply = await zoho.coql("select id from Contacts where Modified_Time > '2026-01-01 00:00:00'");
  expect(reply.body).toMatchObject({ code: "INVALID_QUERY", details: { expected_data_type: "datetime" } });
});

test("lookups are read with their names, and followed", async () => {
  const account = await zoho.seed("Accounts", { Account_Name: "Acme Example Ltd" });
  await zoho.edit("Contacts", first.id, { Account_Name: account.id });
  await zoho.insert("Calls", call({ Who_Id: first.id, What_Id: account.id, $se_module: "Accounts" }));
  const reply = await zoho.coql("select Who_Id, Who_Id.id, Who_Id.Last_Name from Calls where id is not null");
  expect(reply.body.data[0]).toMatchObject({
    Who_Id: { id: first.id, name: "O'Neil" },
    "Who_Id.id": first.id,
    "Who_Id.Last_Name": "O'Neil",
  });
  expect((await zoho.coql(`select id from Calls where What_Id = '${account.id}'`)).status).toBe(200);
  expect((await zoho.coql("select $se_module from Calls where id is not null")).body.code).toBe("INVALID_QUERY");
});

test("rows and columns are limited, by version and by configuration", async () => {
  const query = (limit: number, path?: string) =>
    zoho.coql(`select id from Contacts where id is not null limit 0, ${limit}`, path);
  expect((await query(2000)).status).toBe(200);
  expect((await query(2001)).body).toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: 2000 } });
  expect((await query(201, "/crm/v5/coql")).body.code).toBe("LIMIT_EXCEEDED");
  await zoho.config({ coqlMaxRows: 200 });
  expect((await query(201)).body.code).toBe("LIMIT_EXCEEDED");
  await zoho.config({ coqlMaxColumns: 2 });
  expect((await zoho.coql("select id, Phone, Mobile from Contacts where id is not null")).body.code).toBe(
    "LIMIT_EXCEEDED",
  );
  const far = await zoho.coql("select id from Contacts where id is not null limit 100000, 1");
  expect(far.body.code).toBe("LIMIT_EXCEEDED");
});

test("a page tells whether more comes; offset is first, or named", async () => {
  const page = await zoho.coql("select Last_Name from Contacts where id is not null order by id desc limit 1");
  expect([page.body.data[0].Last_Name, page.body.info]).toEqual(["Sample", { count: 1, more_records: true }]);
  expect(await names("select Last_Name from Contacts where id is not null order by id asc limit 1, 1")).toEqual([
    "Sample",
  ]);
  expect(await names("select Last_Name from Contacts where id is not null order by id asc limit 1 offset 1")).toEqual([
    "Sample",
  ]);
});

test("a hundred keys are looked up at once", async () => {
  await zoho.createKey(null);
  await zoho.insert("Calls", ...Array.from({ length: 100 }, (_, n) => call({ Call_Sync_Key: `cl_${n}` })));
  const list = Array.from({ length: 100 }, (_, n) => `'cl_${n + 50}'`).join(",");
  const reply = await zoho.coql(`select Call_Sync_Key from Calls where Call_Sync_Key in (${list})`);
  expect(reply.body.info.count).toBe(50);
});

test("functions count, add up and compare, over all rows or over groups, under their own names or others", async () => {
  for (const [Stage, Amount] of [
    ["Qualification", 10],
    ["Qualification", 30],
    ["Closed Won", 5],
    ["Closed Won", null],
  ] as const)
    await zoho.seed("Deals", { Deal_Name: `Deal ${String(Amount)}`, Stage, Amount });
  const rows = async (query: string) => (await zoho.coql(query)).body.data;
  expect(await rows("select COUNT(id) from Deals where id is not null")).toEqual([{ "COUNT(id)": 4 }]);
  expect(await rows("select count(Amount) as n, SUM(Amount) as total from Deals where id is not null")).toEqual([
    { n: 3, total: 45 },
  ]);
  expect(
    await rows(
      "select Stage, COUNT(id) as deals, MAX(Amount), AVG(Amount) from Deals where id is not null group by Stage order by deals desc, Stage desc",
    ),
  ).toEqual([
    { Stage: "Qualification", deals: 2, "MAX(Amount)": 30, "AVG(Amount)": 20 },
    { Stage: "Closed Won", deals: 2, "MAX(Amount)": 5, "AVG(Amount)": 5 },
  ]);
  expect(await rows("select MIN(Created_Time) from Deals where Amount > 1000")).toEqual([
    { "MIN(Created_Time)": null },
  ]);
  expect((await zoho.coql("select Stage from Deals where Amount > 1000 group by Stage")).status).toBe(204);
  expect(await rows("select Deal_Name as name from Deals where Amount = 5")).toMatchObject([{ name: "Deal 5" }]);
});

test("groups refuse columns outside of them, sums of words, and an order by what is not selected", async () => {
  const refused = async (query: string) => (await zoho.coql(query)).body.code;
  expect(await refused("select Last_Name, COUNT(id) from Contacts where id is not null")).toBe("INVALID_QUERY");
  expect(await refused("select SUM(Last_Name) from Contacts where id is not null")).toBe("INVALID_QUERY");
  expect(await refused("select Phone from Contacts where id is not null group by Phone order by Mobile")).toBe(
    "INVALID_QUERY",
  );
  expect(await refused("select COUNT(id from Contacts where id is not null")).toBe("SYNTAX_ERROR");
});

test("activities are asked for by a column of what they are about, users by their names", async () => {
  const lead = await zoho.seed("Leads", { Last_Name: "Muster", Company: "Example Ltd" });
  await zoho.insert("Calls", call({ What_Id: lead.id, $se_module: "Leads" }), call({ Who_Id: first.id }));
  const { body } = await zoho.coql(
    "select 'What_Id->Leads.Last_Name', Owner.last_name from Calls where 'What_Id->Leads.id' in ('" + lead.id + "')",
  );
  expect(body.data).toMatchObject([{ "What_Id->Leads.Last_Name": "Muster", "Owner.last_name": "Example" }]);
  expect((await zoho.coql("select What_Id->Calls.Subject from Calls where id is not null")).body.code).toBe(
    "INVALID_QUERY",
  );
});
