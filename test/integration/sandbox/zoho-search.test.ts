import { expect, test } from "vitest";
import { openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
const search = (query: Record<string, string>, module = "Contacts") =>
  zoho.crm("GET", `${module}/search?${new URLSearchParams(query).toString()}`);
const names = (reply: { body: any }): string[] => reply.body.data.map(({ Last_Name }: any): string => Last_Name);

async function seed(...people: object[]): Promise<void> {
  for (const person of people) await zoho.seed("Contacts", person);
  await zoho.advance(15_000);
}

test("the index shows a write only after its lag, COQL at once", async () => {
  await zoho.seed("Contacts", { Last_Name: "Muster", Phone: "+44 20 7946 0101" });
  expect((await search({ phone: "+44 20 7946 0101" })).status).toBe(204);
  expect((await zoho.coql("select id from Contacts where Phone = '+44 20 7946 0101'")).status).toBe(200);
  await zoho.advance(15_000);
  expect((await search({ phone: "+44 20 7946 0101" })).status).toBe(200);
});

test("the lag is configured", async () => {
  await zoho.config({ searchLagMs: 0 });
  await zoho.seed("Contacts", { Last_Name: "Muster", Phone: "123456" });
  expect((await search({ phone: "123456" })).status).toBe(200);
});

test("one of four parameters is wanted", async () => {
  const reply = await search({});
  expect(reply.status).toBe(400);
  expect(reply.body).toMatchObject({
    code: "EXPECTED_PARAM_MISSING",
    details: { param_names: ["criteria", "email", "phone", "word"] },
  });
});

test("a phone is looked for in every phone field, in part too, but not in other spellings", async () => {
  await seed(
    { Last_Name: "Spaced", Phone: "+44 20 7946 0101" },
    { Last_Name: "Trunk", Mobile: "(020) 7946 0101" },
    { Last_Name: "Other", Asst_Phone: "+442079460999" },
  );
  expect(names(await search({ phone: "+442079460101" }))).toEqual(["Spaced"]);
  expect(names(await search({ phone: "79460101" }))).toEqual(["Spaced", "Trunk"]);
  expect(names(await search({ phone: "2079460999" }))).toEqual(["Other"]);
  await zoho.config({ searchNormalises: true });
  expect(names(await search({ phone: "+442079460101" }))).toEqual(["Spaced", "Trunk"]);
});

test("a phone that is none is refused; a bare plus is a space and finds nothing else", async () => {
  expect((await search({ phone: "ab" })).body.code).toBe("INVALID_DATA");
  expect((await search({ phone: "12" })).status).toBe(400);
});

test("a custom phone field is searched too", async () => {
  await zoho.config({ customFields: { Contacts: [{ api_name: "Direct_Line", data_type: "phone" }] } });
  await seed({ Last_Name: "Muster", Direct_Line: "0113 496 0101" });
  expect(names(await search({ phone: "01134960101" }))).toEqual(["Muster"]);
});

test("e-mail, words and criteria", async () => {
  await seed(
    { Last_Name: "Muster", Email: "m@example.com", Phone: "(020) 7946,1" },
    { Last_Name: "Sample", First_Name: "Ada", Mobile: "123456" },
  );
  expect(names(await search({ email: "M@example.com" }))).toEqual(["Muster"]);
  expect(names(await search({ word: "Ada" }))).toEqual(["Sample"]);
  expect(names(await search({ criteria: "(Phone:equals:\\(020\\) 7946\\,1)" }))).toEqual(["Muster"]);
  expect(names(await search({ criteria: "((Mobile:equals:123456)or(Last_Name:starts_with:Mus))" }))).toEqual([
    "Muster",
    "Sample",
  ]);
  expect((await search({ criteria: "(Description:equals:x)" })).body.code).toBe("INVALID_QUERY");
  expect((await search({ criteria: "Phone=1" })).body.code).toBe("INVALID_QUERY");
  const many = `(${Array.from({ length: 16 }, () => "(Phone:equals:1)").join("or")})`;
  expect((await search({ criteria: many })).body.code).toBe("CRITERIA_LIMIT_EXCEEDED");
});

test("no more than 2,000 rows can be reached", async () => {
  const reply = await search({ word: "xx", per_page: "200", page: "11" });
  expect(reply.body).toMatchObject({ code: "LIMIT_REACHED", details: { limit: "2000" } });
});

test("deleted records leave the index after the lag, or linger by the switch", async () => {
  const { id } = await zoho.seed("Contacts", { Last_Name: "Muster", Phone: "123456" });
  await zoho.advance(15_000);
  await zoho.drop("Contacts", id);
  expect((await search({ phone: "123456" })).status).toBe(200);
  await zoho.advance(15_000);
  expect((await search({ phone: "123456" })).status).toBe(204);
  await zoho.config({ deletedLingerMs: 60_000 });
  expect((await search({ phone: "123456" })).status).toBe(200);
  await zoho.advance(60_000);
  expect((await search({ phone: "123456" })).status).toBe(204);
});

test("a converted lead is found only when it is asked for", async () => {
  const lead = await zoho.seed("Leads", { Last_Name: "Example", Phone: "123456" });
  await zoho.crm("POST", `Leads/${lead.id}/actions/convert`, { data: [{}] });
  await zoho.advance(15_000);
  expect((await search({ phone: "123456" }, "Leads")).status).toBe(204);
  expect((await search({ phone: "123456", converted: "true" }, "Leads")).status).toBe(200);
});

test("the demo seeds people with their companies and a rule for the longest call", async () => {
  const { startSandbox } = await import("../../../src-main/sandbox/main.ts");
  const demo = await startSandbox({ demo: true });
  const list = async (object: string): Promise<any> => (await fetch(`${demo.admin}/zoho/records/${object}`)).json();
  const contacts = await list("Contacts");
  expect(contacts.find(({ Last_Name }: any) => Last_Name === "Longcall")).toMatchObject({
    Full_Name: "Max Longcall",
    Mobile: "+44 7700 900947",
    Account_Name: { name: "Northwind Test" },
  });
  expect(await list("Accounts")).toHaveLength(4);
  const config: any = await (await fetch(`${demo.admin}/zoho/config`)).json();
  expect(config.validationRules).toHaveLength(1);
  await demo.close();
});
