import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, companies, contacts, openSandbox, type Client, type Reply } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
  await client.config({ tenSecondLimit: 1_000_000 });
  await client.createKey();
});

const traced = (key: string, more: object = {}): object => ({ ...call(key, more), objectWriteTraceId: `trace-${key}` });
const batch = (operation: string, body: object, path = calls): Promise<Reply> =>
  client.hub("POST", `${path}/batch/${operation}`, body);
const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => `cl_${n}`);
const stored = async (): Promise<string[]> => (await client.records("calls")).map(({ callledger_key: key }) => key);

test("a clean batch of 100 is one request, answers 201 in no order, and carries the trace ids", async () => {
  const reply = await batch("create", { inputs: keys(100).map((key) => traced(key)) });
  expect([reply.status, reply.body.status, reply.body.errors]).toEqual([201, "COMPLETE", undefined]);
  const answered: string[] = reply.body.results.map((record: any) => record.properties.callledger_key);
  expect(answered.toSorted()).toEqual(keys(100).toSorted());
  expect(answered).not.toEqual(keys(100));
  for (const record of reply.body.results)
    expect(record.objectWriteTraceId).toBe(`trace-${record.properties.callledger_key}`);
  expect((await client.stats()).byEndpoint[`POST ${calls}/batch/create`]).toBe(1);
});

test("every batch refuses 101 inputs and none at all", async () => {
  const inputs = keys(101).map((key) => ({ ...call(key), id: key, idProperty: "callledger_key" }));
  for (const operation of ["create", "read", "update", "upsert", "archive"]) {
    const body = operation === "read" ? { idProperty: "callledger_key", inputs } : { inputs };
    expect([operation, (await batch(operation, body)).status]).toEqual([operation, 400]);
    expect([operation, (await batch(operation, { inputs: [] })).status]).toEqual([operation, 400]);
  }
  expect(await stored()).toEqual([]);
});

test("with a trace id on every input one bad row is a 207, and the others are written", async () => {
  const reply = await batch("create", { inputs: [traced("cl_a"), traced("cl_b", { nonsense: "x" }), traced("cl_c")] });
  expect([reply.status, reply.body.status, reply.body.numErrors, reply.body.results.length]).toEqual([
    207,
    "COMPLETE",
    1,
    2,
  ]);
  expect(reply.body.errors).toMatchObject([
    { status: "error", category: "VALIDATION_ERROR", context: { objectWriteTraceId: ["trace-cl_b"] } },
  ]);
  expect(reply.body.errors[0].message).toContain("PROPERTY_DOESNT_EXIST");
  expect(await stored()).toEqual(["cl_a", "cl_c"]);
});

test("when one input lacks a trace id, one bad row fails all of them", async () => {
  const reply = await batch("create", { inputs: [traced("cl_a"), call("cl_b", { nonsense: "x" })] });
  expect([reply.status, reply.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  expect(await stored()).toEqual([]);
});

test("a key that exists is refused in a batch: alone with trace ids, the whole batch without", async () => {
  await client.hub("POST", calls, call("cl_a"));
  const partial = await batch("create", { inputs: [traced("cl_a"), traced("cl_b")] });
  expect([partial.status, partial.body.errors[0].context.objectWriteTraceId]).toEqual([207, ["trace-cl_a"]]);
  expect(partial.body.errors[0].message).toContain("CONFLICTING_UNIQUE_VALUE");
  expect((await batch("create", { inputs: [call("cl_b"), call("cl_c")] })).status).toBe(400);
  expect(await stored()).toEqual(["cl_a", "cl_b"]);
});

test("a batch creates links, and an input whose target is gone fails alone", async () => {
  const { id } = await client.seed("contacts", { firstname: "Alice" });
  const link = (to: string): object => ({
    associations: [{ to: { id: to }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 194 }] }],
  });
  const reply = await batch("create", {
    inputs: [
      { ...traced("cl_a"), ...link(id) },
      { ...traced("cl_b"), ...link("999") },
    ],
  });
  expect([reply.status, reply.body.errors[0].context.objectWriteTraceId]).toEqual([207, ["trace-cl_b"]]);
  expect(await client.records("calls")).toMatchObject([{ callledger_key: "cl_a", associations: { contacts: [id] } }]);
});

test("duplicateKeysInBatch error: the same key twice is refused, alone where rows stand for themselves", async () => {
  expect((await batch("create", { inputs: [call("cl_a"), call("cl_a")] })).status).toBe(400);
  const partial = await batch("create", { inputs: [traced("cl_a"), traced("cl_a")] });
  expect([partial.status, partial.body.results.length, partial.body.numErrors]).toEqual([207, 1, 1]);
  const upsert = await batch("upsert", {
    inputs: [1, 2].map(() => ({ id: "cl_b", idProperty: "callledger_key", ...call("cl_b") })),
  });
  expect([upsert.status, upsert.body.message]).toEqual([400, expect.stringContaining("Duplicate IDs")]);
  expect((await batch("read", { idProperty: "callledger_key", inputs: [{ id: "cl_a" }, { id: "cl_a" }] })).status).toBe(
    400,
  );
});

test("duplicateKeysInBatch lastWins: the last row of a key counts", async () => {
  await client.config({ duplicateKeysInBatch: "lastWins" });
  const created = await batch("create", {
    inputs: [call("cl_a", { hs_call_title: "first" }), call("cl_a", { hs_call_title: "last" })],
  });
  expect([created.status, created.body.results.length, created.body.results[0].properties.hs_call_title]).toEqual([
    201,
    1,
    "last",
  ]);
  const row = (title: string): object => ({
    id: "cl_b",
    idProperty: "callledger_key",
    ...call("cl_b", { hs_call_title: title }),
  });
  const upserted = await batch("upsert", { inputs: [row("first"), row("last")] });
  expect([upserted.status, upserted.body.results.length, upserted.body.results[0].properties.hs_call_title]).toEqual([
    200,
    1,
    "last",
  ]);
});

test("reading by key answers what is there, and a 207 that lists what is not", async () => {
  await batch("create", { inputs: [call("cl_a"), call("cl_b")] });
  const body = {
    idProperty: "callledger_key",
    properties: ["callledger_key"],
    inputs: [{ id: "cl_a" }, { id: "cl_x" }, { id: "cl_y" }],
  };
  const reply = await batch("read", body);
  expect([reply.status, reply.body.numErrors]).toEqual([207, 1]);
  expect(reply.body.results[0].properties.callledger_key).toBe("cl_a");
  expect(reply.body.errors).toMatchObject([{ category: "OBJECT_NOT_FOUND", context: { ids: ["cl_x", "cl_y"] } }]);
  const clean = await batch("read", { ...body, inputs: [{ id: "cl_b" }] });
  expect([clean.status, clean.body.errors]).toEqual([200, undefined]);
});

test("batchReadHistoryMax caps a batch read with history", async () => {
  const body = (count: number): object => ({
    idProperty: "callledger_key",
    propertiesWithHistory: ["hs_call_title"],
    inputs: keys(count).map((id) => ({ id })),
  });
  expect((await batch("read", body(51))).status).toBe(400);
  expect((await batch("read", body(50))).status).toBe(207);
  await client.config({ batchReadHistoryMax: 60 });
  expect((await batch("read", body(51))).status).toBe(207);
  await batch("create", { inputs: [call("cl_0")] });
  const read = await batch("read", body(1));
  expect(read.body.results[0].propertiesWithHistory.hs_call_title).toMatchObject([{ value: "Call" }]);
});

test("an upsert creates or overwrites by a unique property, and says which", async () => {
  const row = { id: "cl_a", idProperty: "callledger_key", objectWriteTraceId: "t1", ...call("cl_a") };
  const first = await batch("upsert", { inputs: [row] });
  expect([first.status, first.body.results[0].new, first.body.results[0].objectWriteTraceId]).toEqual([
    200,
    true,
    "t1",
  ]);
  const second = await batch("upsert", { inputs: [row] });
  expect([second.body.results[0].new, second.body.results[0].id]).toEqual([false, first.body.results[0].id]);
  await client.hub("DELETE", `${calls}/${first.body.results[0].id}`);
  expect((await batch("upsert", { inputs: [row] })).body.results[0].new).toBe(true);
});

test("an upsert row that fails is a 207 of its own", async () => {
  const row = (key: string, more: object): object => ({
    id: key,
    idProperty: "callledger_key",
    objectWriteTraceId: `trace-${key}`,
    ...call(key, more),
  });
  const reply = await batch("upsert", { inputs: [row("cl_a", {}), row("cl_b", { hs_call_status: "nonsense" })] });
  expect([reply.status, reply.body.errors[0].context]).toEqual([
    207,
    { ids: ["cl_b"], objectWriteTraceId: ["trace-cl_b"] },
  ]);
});

test("update and upsert want a unique property: hs_object_id is refused, record ids need none", async () => {
  const { id } = await client.seed("companies", { name: "Test Clinic" });
  for (const operation of ["update", "upsert"]) {
    const reply = await batch(
      operation,
      { inputs: [{ id, idProperty: "hs_object_id", properties: { city: "Leeds" } }] },
      companies,
    );
    expect([reply.status, reply.body.message]).toEqual([
      400,
      `Unable to perform ${operation} by non-unique 0-2 property hs_object_id.`,
    ]);
  }
  const updated = await batch("update", { inputs: [{ id, properties: { city: "Leeds" } }] }, companies);
  expect([updated.status, updated.body.results[0].properties.city]).toEqual([200, "Leeds"]);
});

test("contacts are not upserted by email without the email among the properties", async () => {
  const row = { id: "a@example.com", idProperty: "email" };
  const refused = await batch("upsert", { inputs: [{ ...row, properties: { firstname: "Alice" } }] }, contacts);
  expect([refused.status, refused.body.errors[0].message]).toEqual([207, expect.stringContaining("Partial upserts")]);
  expect(
    (await batch("upsert", { inputs: [{ ...row, properties: { email: "a@example.com" } }] }, contacts)).body.results[0]
      .new,
  ).toBe(true);
});

test("an update of what is not there is a 207, the other rows are written", async () => {
  const { body } = await client.hub("POST", calls, call("cl_a"));
  const reply = await batch("update", {
    inputs: [
      { id: body.id, properties: { hs_call_title: "New" } },
      { id: "cl_x", idProperty: "callledger_key", properties: {} },
    ],
  });
  expect([reply.status, reply.body.results[0].properties.hs_call_title, reply.body.errors[0].category]).toEqual([
    207,
    "New",
    "OBJECT_NOT_FOUND",
  ]);
  expect(reply.body.errors[0].context.ids).toEqual(["cl_x"]);
});

test("archiving answers 204 whatever is there", async () => {
  const { body } = await client.hub("POST", calls, call("cl_a"));
  expect((await batch("archive", { inputs: [{ id: body.id }, { id: "999" }] })).status).toBe(204);
  expect((await batch("archive", { inputs: [{ id: body.id }] })).status).toBe(204);
  expect(await stored()).toEqual([]);
});
