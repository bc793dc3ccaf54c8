import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, companies, contacts, openSandbox, type Client, type Reply } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
  await client.config({ searchLagMs: 0, searchPerSecondLimit: 1_000_000, tenSecondLimit: 1_000_000 });
});

type Filter = {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: unknown;
  readonly highValue?: unknown;
  readonly values?: readonly unknown[];
};
const search = (body: object, path = contacts): Promise<Reply> => client.hub("POST", `${path}/search`, body);
const ids = (reply: Reply): string[] => reply.body.results.map((record: any) => record.id);
const found = async (filters: readonly Filter[], path = contacts): Promise<string[]> =>
  ids(await search({ filterGroups: [{ filters }], limit: 200 }, path));
const by = (propertyName: string, operator: string, value?: unknown): Filter => ({
  propertyName,
  operator,
  ...(value === undefined ? {} : { value }),
});

test("searchLagMs: a write shows only after it, a change and a deletion as well", async () => {
  await client.config({ searchLagMs: 8000 });
  const { id } = (await client.hub("POST", contacts, { properties: { firstname: "Alice" } })).body;
  const alices = () => found([by("firstname", "EQ", "Alice")]);
  expect(await alices()).toEqual([]);
  await client.advance(7000);
  expect(await alices()).toEqual([]);
  await client.advance(1000);
  expect(await alices()).toEqual([id]);
  await client.hub("PATCH", `${contacts}/${id}`, { properties: { firstname: "Bob" } });
  expect(await alices()).toEqual([id]);
  await client.advance(8000);
  expect(await alices()).toEqual([]);
  await client.hub("DELETE", `${contacts}/${id}`);
  expect(await found([by("firstname", "EQ", "Bob")])).toEqual([id]);
  await client.config({ searchLagMs: 0 });
  expect(await found([by("firstname", "EQ", "Bob")])).toEqual([]);
});

test("the calculated phone properties hold the number without country code, however it was typed", async () => {
  const typed = [
    "+44 7700 900134",
    "0044 7700 900134",
    "07700 900134",
    "(07700) 900-134",
    "+44 (0)7700 900134",
    "7700900134",
    "+447700900134 ext 12",
  ];
  await client.seed(
    "contacts",
    typed.map((phone) => ({ phone })),
  );
  expect(await found([by("hs_searchable_calculated_phone_number", "EQ", "7700900134")])).toHaveLength(typed.length);
  expect(await found([by("hs_searchable_calculated_phone_number", "EQ", "+447700900134")])).toEqual([]);
  expect(await found([by("phone", "EQ", "+44 7700 900134")])).toHaveLength(1);
});

test("North American numbers, mobile numbers and those with country code", async () => {
  await client.seed("contacts", [
    { id: "1", phone: "(415) 555-1212" },
    { id: "2", mobilephone: "+1 415 555 1212" },
    { id: "3", phone: "1-415-555-1212" },
  ]);
  expect(await found([by("hs_searchable_calculated_phone_number", "EQ", "4155551212")])).toEqual(["1", "3"]);
  expect(await found([by("hs_searchable_calculated_mobile_number", "EQ", "4155551212")])).toEqual(["2"]);
  expect(await found([by("hs_searchable_calculated_international_mobile_number", "EQ", "+14155551212")])).toEqual([
    "2",
  ]);
  expect(await found([by("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", "*4155551212")])).toEqual([
    "1",
    "3",
  ]);
  expect(await found([by("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", "*5551212")])).toEqual(["1", "3"]);
  const { properties } = (await client.hub("GET", `${contacts}/2?properties=hs_calculated_mobile_number`)).body;
  expect(properties.hs_calculated_mobile_number).toBe("+14155551212");
});

test("searchKeepsTrunkZero leaves a typed trunk zero in the calculated number", async () => {
  await client.seed("contacts", { id: "1", phone: "07700 900134" });
  const both = async () => [
    await found([by("hs_searchable_calculated_phone_number", "EQ", "7700900134")]),
    await found([by("hs_searchable_calculated_phone_number", "EQ", "07700900134")]),
  ];
  expect(await both()).toEqual([["1"], []]);
  await client.config({ searchKeepsTrunkZero: true });
  expect(await both()).toEqual([[], ["1"]]);
});

test("companySearchablePhone gives companies the calculated property; without it a filter on it is a 400", async () => {
  await client.seed("companies", { id: "1", name: "Test Clinic", phone: "+44 20 7946 0187" });
  const body = { filterGroups: [{ filters: [by("hs_searchable_calculated_phone_number", "EQ", "2079460187")] }] };
  expect((await search(body, companies)).status).toBe(400);
  await client.config({ companySearchablePhone: true });
  expect(ids(await search(body, companies))).toEqual(["1"]);
});

test("maskedPhones masks what comes back, not what is searched", async () => {
  await client.seed("contacts", { id: "1", phone: "+44 7700 900134" });
  const body = {
    filterGroups: [{ filters: [by("hs_searchable_calculated_phone_number", "EQ", "7700900134")] }],
    properties: ["phone", "hs_searchable_calculated_phone_number"],
  };
  expect((await search(body)).body.results[0].properties.phone).toBe("+44 7700 900134");
  await client.config({ maskedPhones: true });
  const { properties } = (await search(body)).body.results[0];
  expect([properties.phone, properties.hs_searchable_calculated_phone_number]).toEqual([
    "+** **** **0134",
    "7700900134",
  ]);
});

test("filters of a group are all needed, groups are alternatives", async () => {
  await client.seed("contacts", [
    { id: "1", firstname: "Alice", city: "Leeds" },
    { id: "2", firstname: "Alice", city: "York" },
    { id: "3", firstname: "Bob", city: "York" },
  ]);
  expect(await found([by("firstname", "EQ", "ALICE"), by("city", "EQ", "york")])).toEqual(["2"]);
  expect(
    ids(
      await search({
        filterGroups: [{ filters: [by("city", "EQ", "Leeds")] }, { filters: [by("firstname", "EQ", "Bob")] }],
      }),
    ),
  ).toEqual(["1", "3"]);
});

test("every operator", async () => {
  await client.seed("companies", [
    { id: "1", name: "Acme Example Ltd", numberofemployees: 5, lifecyclestage: "lead" },
    { id: "2", name: "Test Clinic", numberofemployees: 50, lifecyclestage: "customer" },
    { id: "3", name: "Sample", domain: "sample.example" },
  ]);
  const cases: readonly (readonly [Filter, readonly string[]])[] = [
    [by("numberofemployees", "EQ", "50"), ["2"]],
    [by("numberofemployees", "NEQ", 50), ["1"]],
    [by("numberofemployees", "LT", "50"), ["1"]],
    [by("numberofemployees", "LTE", "50"), ["1", "2"]],
    [by("numberofemployees", "GT", "5"), ["2"]],
    [by("numberofemployees", "GTE", "5"), ["1", "2"]],
    [{ propertyName: "numberofemployees", operator: "BETWEEN", value: "6", highValue: "50" }, ["2"]],
    [{ propertyName: "numberofemployees", operator: "IN", values: ["5", "50"] }, ["1", "2"]],
    [{ propertyName: "numberofemployees", operator: "NOT_IN", values: ["5"] }, ["2"]],
    [by("domain", "HAS_PROPERTY"), ["3"]],
    [by("domain", "NOT_HAS_PROPERTY"), ["1", "2"]],
    [by("name", "CONTAINS_TOKEN", "example"), ["1"]],
    [by("name", "CONTAINS_TOKEN", "exam*"), ["1"]],
    [by("name", "CONTAINS_TOKEN", "*ample"), ["3", "1"].toSorted()],
    [by("name", "CONTAINS_TOKEN", "exam"), []],
    [by("name", "NOT_CONTAINS_TOKEN", "example"), ["2", "3"]],
    [by("name", "EQ", "TEST clinic"), ["2"]],
    [by("name", "NEQ", "test clinic"), ["1", "3"]],
    [by("name", "GT", "sample"), ["2"]],
    [{ propertyName: "name", operator: "BETWEEN", value: "b", highValue: "sz" }, ["3"]],
    [by("lifecyclestage", "EQ", "lead"), ["1"]],
    [by("lifecyclestage", "EQ", "LEAD"), []],
    [{ propertyName: "name", operator: "IN", values: ["test clinic"] }, ["2"]],
    [{ propertyName: "name", operator: "IN", values: ["Test Clinic"] }, []],
    [{ propertyName: "name", operator: "NOT_IN", values: ["test clinic"] }, ["1", "3"]],
    [{ propertyName: "hs_object_id", operator: "IN", values: ["1", "3"] }, ["1", "3"]],
    [by("hs_object_id", "GT", "1"), ["2", "3"]],
  ];
  for (const [filter, expected] of cases)
    expect([filter, await found([filter], companies)]).toEqual([filter, expected]);
});

test("times are epoch milliseconds in a filter", async () => {
  await client.seed("calls", [
    { id: "1", hs_timestamp: "2026-11-20T09:00:00Z" },
    { id: "2", hs_timestamp: "2026-11-20T10:00:00Z" },
  ]);
  const nine = Date.parse("2026-11-20T09:00:00Z");
  expect(
    await found(
      [{ propertyName: "hs_timestamp", operator: "BETWEEN", value: String(nine), highValue: String(nine + 1000) }],
      calls,
    ),
  ).toEqual(["1"]);
  const { id } = (await client.hub("POST", calls, call(undefined))).body;
  expect(await found([by("hs_lastmodifieddate", "GTE", String(Date.parse("2026-11-20")))], calls)).toContain(id);
});

test("query looks in the default text properties, and finds a number by its digits", async () => {
  await client.seed("contacts", [
    { id: "1", firstname: "Alice", lastname: "Example" },
    { id: "2", phone: "(415) 555-1212" },
    { id: "3", jobtitle: "Alice" },
  ]);
  const query = async (text: string) => ids(await search({ query: text }));
  expect([await query("alice exam"), await query("4155551212"), await query("nobody")]).toEqual([["1"], ["2"], []]);
});

test("limits of a search: groups, filters, sorts, page, characters", async () => {
  const filter = by("firstname", "HAS_PROPERTY");
  const group = (count: number): object => ({ filters: Array.from({ length: count }, () => filter) });
  const cases: readonly (readonly [string, object, number])[] = [
    ["5 groups", { filterGroups: Array.from({ length: 5 }, () => group(1)) }, 200],
    ["6 groups", { filterGroups: Array.from({ length: 6 }, () => group(1)) }, 400],
    ["6 filters", { filterGroups: [group(6)] }, 200],
    ["7 filters", { filterGroups: [group(7)] }, 400],
    ["18 filters", { filterGroups: [group(6), group(6), group(6)] }, 200],
    ["19 filters", { filterGroups: [group(6), group(6), group(6), group(1)] }, 400],
    ["a page of 200", { limit: 200 }, 200],
    ["a page of 201", { limit: 201 }, 400],
    ["one sort", { sorts: [{ propertyName: "firstname", direction: "DESCENDING" }] }, 200],
    ["two sorts", { sorts: ["firstname", "lastname"] }, 400],
    ["a sort on nothing", { sorts: ["nonsense"] }, 400],
    ["a filter on nothing", { filterGroups: [{ filters: [by("nonsense", "EQ", "x")] }] }, 400],
    ["an unknown operator", { filterGroups: [{ filters: [by("firstname", "LIKE", "x")] }] }, 400],
    ["a filter without a value", { filterGroups: [{ filters: [by("firstname", "EQ")] }] }, 400],
    ["BETWEEN without an end", { filterGroups: [{ filters: [by("createdate", "BETWEEN", "1")] }] }, 400],
    ["IN without values", { filterGroups: [{ filters: [by("firstname", "IN", "x")] }] }, 400],
    ["a cursor that is no number", { after: "abc" }, 400],
    ["3000 characters", { query: "x".repeat(3000 - '{"query":""}'.length) }, 200],
    ["3001 characters", { query: "x".repeat(3001 - '{"query":""}'.length) }, 400],
  ];
  for (const [name, body, status] of cases) expect([name, (await search(body)).status]).toEqual([name, status]);
});

test("properties that do not exist are left out of the results", async () => {
  await client.seed("contacts", { firstname: "Alice" });
  expect((await search({ properties: ["firstname", "nonsense"] })).body.results[0].properties).not.toHaveProperty(
    "nonsense",
  );
});

test("pages of up to 200 lead to the 10,000th result and not beyond; a keyset on the id gets around the wall", async () => {
  const time = "2026-01-02T03:04:05Z";
  await client.seed(
    "companies",
    Array.from({ length: 10_450 }, (_, n) => ({ id: String(n + 1), name: `C${n}`, hs_lastmodifieddate: time })),
  );
  const window = {
    propertyName: "hs_lastmodifieddate",
    operator: "BETWEEN",
    value: String(Date.parse(time)),
    highValue: String(Date.parse(time)),
  };
  const page = (after: number, above = "0") =>
    search(
      {
        filterGroups: [{ filters: [window, by("hs_object_id", "GT", above)] }],
        sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
        limit: 200,
        after: String(after),
      },
      companies,
    );
  const first = await page(0);
  expect([first.body.total, first.body.results.length, first.body.paging.next.after]).toEqual([10_450, 200, "200"]);
  const last = await page(9800);
  expect([ids(last).at(-1), last.body.paging.next.after]).toEqual(["10000", "10000"]);
  const wall = await page(10_000);
  expect([wall.status, wall.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  expect(ids(await page(9900))).toHaveLength(100);
  const beyond = await page(0, "10000");
  expect([beyond.body.total, ids(beyond)[0]]).toEqual([450, "10001"]);
  expect((await page(400, "10000")).body.paging).toBeUndefined();
});

test("sorting by a property, both ways, with empty ones last", async () => {
  await client.seed("contacts", [{ id: "1", city: "York" }, { id: "2", city: "leeds" }, { id: "3" }]);
  expect(ids(await search({ sorts: [{ propertyName: "city" }] }))).toEqual(["2", "1", "3"]);
  expect(ids(await search({ sorts: ["-city"] }))).toEqual(["1", "2", "3"]);
  expect(ids(await search({ sorts: ["-hs_object_id"] }))).toEqual(["3", "2", "1"]);
});

test("hiddenRecords are in no result, list or read", async () => {
  await client.seed("contacts", [{ id: "1", email: "a@example.com" }, { id: "2" }]);
  const seen = async () => [
    ids(await search({})),
    ids(await client.hub("GET", contacts)),
    (await client.hub("GET", `${contacts}/1`)).status,
    (await client.hub("PATCH", `${contacts}/1`, { properties: {} })).status,
    (await client.hub("GET", `${contacts}/a@example.com?idProperty=email`)).status,
  ];
  expect(await seen()).toEqual([["1", "2"], ["1", "2"], 200, 200, 200]);
  await client.config({ hiddenRecords: { contacts: ["1"] } });
  expect(await seen()).toEqual([["2"], ["2"], 404, 404, 404]);
});

test("among many contacts a number and an address find their one", async () => {
  const many = Array.from({ length: 20_000 }, (_, n) => ({
    phone: `+44 20 ${70_000_000 + n}`,
    email: `p${n}@example.com`,
  }));
  await client.seed("contacts", many);
  for (let n = 0; n < 50; n++) {
    const filterGroups = [
      { filters: [by("hs_searchable_calculated_phone_number", "EQ", `20${70_000_000 + n * 7}`)] },
      { filters: [by("email", "EQ", `p${n * 7}@example.com`)] },
    ];
    expect((await search({ filterGroups })).body.total).toBe(1);
  }
});
