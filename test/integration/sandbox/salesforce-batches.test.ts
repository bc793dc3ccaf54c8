import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  base,
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

const upsertAll = (records: object[], allOrNone = false) =>
  client.org("PATCH", `/composite/sobjects/Task/${keyField}`, { allOrNone, records });
const account = (Name: string) => ({ attributes: { type: "Account" }, Name });
const lead = (LastName: string) => ({ attributes: { type: "Lead" }, LastName, Company: "Test" });

test("a collection is upserted row by row, in order and for one call", async () => {
  const before = (await client.stats()).dailyUsed;
  const reply = await upsertAll([taskRow("a"), taskRow("b", { WhoId: "003000000000000AAA" }), taskRow("c")]);
  expect(reply.status).toBe(200);
  expect(reply.body[0]).toEqual({ id: expect.stringMatching(/^00T/), success: true, errors: [], created: true });
  expect(reply.body[1]).toEqual({
    success: false,
    errors: [{ statusCode: "INVALID_CROSS_REFERENCE_KEY", message: "invalid cross reference id", fields: ["WhoId"] }],
  });
  expect((await client.stats()).dailyUsed - before).toBe(1);
  const again = await upsertAll([{ attributes: { type: "Task" }, [keyField]: key("a"), CallDisposition: "x" }]);
  expect(again.body).toEqual([{ id: reply.body[0].id, success: true, errors: [], created: false }]);
  expect(await client.records("Task")).toHaveLength(2);
});

test("with all or none one bad row labels the others as innocent and nothing stays", async () => {
  const reply = await upsertAll(
    [taskRow("a"), taskRow("b", { CallType: "Sideways" }), taskRow("c", { WhoId: "003000000000000AAA" })],
    true,
  );
  expect(rowCodes(reply)).toEqual([
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_CROSS_REFERENCE_KEY",
  ]);
  expect(await client.records("Task")).toEqual([]);
  expect(rowCodes(await upsertAll([taskRow("a"), taskRow("b")], true))).toEqual(["ok", "ok"]);
});

test("rolled back changes leave a record as it was", async () => {
  await upsertAll([taskRow("a", { CallDisposition: "Before" })]);
  await upsertAll(
    [
      { attributes: { type: "Task" }, [keyField]: key("a"), CallDisposition: "After" },
      taskRow("b", { CallType: "Sideways" }),
    ],
    true,
  );
  expect(await client.records("Task")).toMatchObject([{ CallDisposition: "Before" }]);
});

test("a key that stands twice in a collection is refused in each of its rows", async () => {
  expect(rowCodes(await upsertAll([taskRow("a"), taskRow("a"), taskRow("b")]))).toEqual([
    "DUPLICATE_VALUE",
    "DUPLICATE_VALUE",
    "ok",
  ]);
});

test("a collection takes 200 rows of one type; what cannot be read fails it as a whole", async () => {
  const rows = Array.from({ length: 201 }, (_, n) => taskRow(`n${n}`));
  expect((await upsertAll(rows)).status).toBe(400);
  expect(rowCodes(await upsertAll(rows.slice(1))).every((code) => code === "ok")).toBe(true);
  expect((await upsertAll([taskRow("x"), { ...account("Test"), [keyField]: "y" }])).status).toBe(400);
  expect(refusal(await upsertAll([taskRow("x", { CallDurationInSeconds: "long" })]))).toBe("400 JSON_PARSER_ERROR");
  expect(refusal(await client.org("PATCH", "/composite/sobjects/Task/Nope__c", { records: [] }))).toBe("404 NOT_FOUND");
});

test("mixed types are inserted and updated in runs, of which so many are taken as configured", async () => {
  const mixed = [account("A"), lead("B"), account("C"), lead("D")];
  expect(rowCodes(await client.org("POST", "/composite/sobjects", { records: mixed }))).toEqual([
    "ok",
    "ok",
    "ok",
    "ok",
  ]);
  await client.config({ collectionsMaxTypeChunks: 3 });
  expect((await client.org("POST", "/composite/sobjects", { records: mixed })).status).toBe(400);
  expect(
    rowCodes(await client.org("POST", "/composite/sobjects", { records: [mixed[0], mixed[2], mixed[1], mixed[3]] })),
  ).toEqual(["ok", "ok", "ok", "ok"]);
});

test("records are updated, read and deleted by id in collections", async () => {
  const [a, b] = [await client.seed("Account", { Name: "A" }), await client.seed("Account", { Name: "B" })];
  await client.remove("Account", b.Id);
  const rows = [a.Id, b.Id, "001000000000000AAA", "nonsense"].map((id) => ({
    attributes: { type: "Account" },
    id,
    Phone: "1",
  }));
  const updated = await client.org("PATCH", "/composite/sobjects", { records: rows });
  expect(rowCodes(updated)).toEqual(["ok", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]);
  const read = await client.org("POST", "/composite/sobjects/Account", { ids: [a.Id, b.Id], fields: ["Id", "Phone"] });
  expect(read.body).toMatchObject([{ Id: a.Id, Phone: "1" }, null]);
  expect((await client.org("GET", `/composite/sobjects/Account?ids=${a.Id}&fields=Name`)).body).toMatchObject([
    { Name: "A" },
  ]);
  expect(rowCodes(await client.org("DELETE", `/composite/sobjects?ids=${a.Id},${b.Id}&allOrNone=true`))).toEqual([
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "ENTITY_IS_DELETED",
  ]);
  expect(rowCodes(await client.org("DELETE", `/composite/sobjects?ids=${a.Id},${b.Id}`))).toEqual([
    "ok",
    "ENTITY_IS_DELETED",
  ]);
});

const sub = (referenceId: string, method: string, path: string, body?: object) => ({
  referenceId,
  method,
  url: `${base}${path}`,
  ...(body === undefined ? {} : { body }),
});
const codesOf = (reply: { body: any }) =>
  reply.body.compositeResponse.map((each: any) => [each.referenceId, each.httpStatusCode]);

test("subrequests of a composite use each other's answers", async () => {
  await client.seed("Contact", { LastName: "Example" });
  const before = (await client.stats()).dailyUsed;
  const reply = await client.org("POST", "/composite", {
    allOrNone: true,
    compositeRequest: [
      sub("person", "GET", "/query?q=SELECT+Id+FROM+Contact"),
      sub("task", "PATCH", `/sobjects/Task/${keyField}/${key("a")}`, callTask({ WhoId: "@{person.records[0].Id}" })),
      sub("read", "GET", "/sobjects/Task/@{task.id}?fields=WhoId"),
    ],
  });
  expect(codesOf(reply)).toEqual([
    ["person", 200],
    ["task", 201],
    ["read", 200],
  ]);
  expect(reply.body.compositeResponse[2].body.WhoId).toBe((await client.records("Contact"))[0].Id);
  expect((await client.stats()).dailyUsed - before).toBe(1);
});

test("all or none undoes a composite and names the innocent", async () => {
  const requests = [
    sub("a", "POST", "/sobjects/Account", { Name: "A" }),
    sub("b", "POST", "/sobjects/Contact", { FirstName: "No last name" }),
    sub("c", "POST", "/sobjects/Account", { Name: "C" }),
  ];
  const strict = await client.org("POST", "/composite", { allOrNone: true, compositeRequest: requests });
  expect(strict.status).toBe(200);
  expect(strict.body.compositeResponse.map(({ body }: any) => body[0].errorCode)).toEqual([
    "PROCESSING_HALTED",
    "REQUIRED_FIELD_MISSING",
    "PROCESSING_HALTED",
  ]);
  expect(await client.records("Account")).toEqual([]);
  const loose = await client.org("POST", "/composite", { compositeRequest: requests });
  expect(codesOf(loose)).toEqual([
    ["a", 201],
    ["b", 400],
    ["c", 201],
  ]);
  expect(await client.records("Account")).toHaveLength(2);
});

test("a subrequest that refers to a failed one is halted", async () => {
  const reply = await client.org("POST", "/composite", {
    compositeRequest: [sub("a", "POST", "/sobjects/Contact", {}), sub("b", "GET", "/sobjects/Contact/@{a.id}")],
  });
  expect(reply.body.compositeResponse[1]).toMatchObject({
    httpStatusCode: 400,
    body: [{ errorCode: "PROCESSING_HALTED" }],
  });
});

test("a composite takes 25 subrequests, and of queries and collections as many as configured", async () => {
  const many = (count: number, path: string) =>
    client.org("POST", "/composite", {
      compositeRequest: Array.from({ length: count }, (_, n) => sub(`r${n}`, "GET", path)),
    });
  expect((await many(25, "/sobjects/Task")).status).toBe(200);
  expect((await many(26, "/sobjects/Task")).status).toBe(400);
  expect((await many(6, "/query?q=SELECT+Id+FROM+Task")).status).toBe(400);
  await client.config({ compositeMaxQueries: 6 });
  expect((await many(6, "/query?q=SELECT+Id+FROM+Task")).status).toBe(200);
  expect(
    (
      await client.org("POST", "/composite", {
        compositeRequest: [sub("a", "GET", "/limits"), sub("a", "GET", "/limits")],
      })
    ).status,
  ).toBe(400);
});

test("a batch runs requests that know nothing of each other, and costs one call or one each", async () => {
  const ask = (haltOnError: boolean) =>
    client.org("POST", "/composite/batch", {
      haltOnError,
      batchRequests: [
        { method: "POST", url: "v67.0/sobjects/Account", richInput: { Name: "A" } },
        { method: "GET", url: "v67.0/sobjects/Account/001000000000000AAA" },
        { method: "GET", url: "v67.0/limits" },
      ],
    });
  const reply = await ask(false);
  expect(reply.body.hasErrors).toBe(true);
  expect(reply.body.results.map(({ statusCode }: any) => statusCode)).toEqual([201, 404, 200]);
  expect((await client.stats()).dailyUsed).toBe(1);
  await client.config({ batchCountsEach: true });
  expect((await ask(true)).body.results.map(({ statusCode }: any) => statusCode)).toEqual([201, 404, 412]);
  expect((await client.stats()).dailyUsed).toBe(4);
});

const graph = (graphId: string, bad = false) => ({
  graphId,
  compositeRequest: [
    sub("acc", "POST", "/sobjects/Account", { Name: graphId }),
    sub("con", "POST", "/sobjects/Contact", { AccountId: "@{acc.id}", ...(bad ? {} : { LastName: "Example" }) }),
  ],
});
const graphs = (list: object[]) => client.org("POST", "/composite/graph", { graphs: list });

test("each graph is all or nothing, and knows nothing of the others", async () => {
  const reply = await graphs([graph("g1"), graph("g2", true), graph("g3")]);
  expect(reply.body.graphs.map(({ graphId, isSuccessful }: any) => [graphId, isSuccessful])).toEqual([
    ["g1", true],
    ["g2", false],
    ["g3", true],
  ]);
  const failed = reply.body.graphs[1].graphResponse.compositeResponse;
  expect(failed.map(({ body }: any) => body[0].errorCode)).toEqual(["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]);
  expect((await client.records("Account")).map(({ Name }) => Name)).toEqual(["g1", "g3"]);
});

test("after more than fourteen failed graphs the rest is halted", async () => {
  const reply = await graphs([...Array.from({ length: 15 }, (_, n) => graph(`bad${n}`, true)), graph("good")]);
  expect(reply.body.graphs.at(-1)).toMatchObject({ graphId: "good", isSuccessful: false });
  expect(await client.records("Account")).toEqual([]);
});

test("graphs, nodes, kinds and depth have limits", async () => {
  const chain = (length: number) => ({
    graphId: "deep",
    compositeRequest: Array.from({ length }, (_, n) =>
      sub(`a${n}`, "POST", "/sobjects/Account", { Name: "x", ...(n === 0 ? {} : { ParentId: `@{a${n - 1}.id}` }) }),
    ),
  });
  const wide = (count: number) => ({
    graphId: "wide",
    compositeRequest: Array.from({ length: count }, (_, n) => sub(`a${n}`, "POST", "/sobjects/Account", { Name: "x" })),
  });
  expect((await graphs([chain(15)])).status).toBe(200);
  expect((await graphs([chain(16)])).status).toBe(400);
  expect((await graphs([wide(500)])).status).toBe(200);
  expect((await graphs([wide(501)])).status).toBe(400);
  expect((await graphs(Array.from({ length: 76 }, (_, n) => graph(`g${n}`)))).status).toBe(400);
  expect((await graphs([graph("g"), graph("g")])).status).toBe(400);
  const kinds = {
    graphId: "kinds",
    compositeRequest: Array.from({ length: 16 }, (_, n) =>
      sub(`k${n}`, n % 2 === 0 ? "GET" : "POST", `/sobjects/Kind${Math.floor(n / 2)}`),
    ),
  };
  expect((await graphs([kinds])).status).toBe(400);
});
