import { expect, test } from "vitest";
import { call, codesOf, openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
const key = (n: number) => `cl_${String(n).padStart(26, "a")}`;
const post = (data: object[], more: object = {}) => zoho.crm("POST", "Calls", { data, ...more });
const upsert = (module: string, data: object[], more: object = {}) =>
  zoho.crm("POST", `${module}/upsert`, { data, ...more });

test("results come in the order of the request, each for itself", async () => {
  const reply = await post([call(), call({ Subject: undefined }), call({ Call_Result: "Nonsense" })]);
  expect(reply.status).toBe(207);
  expect(codesOf(reply)).toEqual(["SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA"]);
  expect(reply.body.data[1].details.json_path).toBe("$.data[1].Subject");
  expect(await zoho.records("Calls")).toHaveLength(1);
});

test("all good is 201, all bad is 400", async () => {
  expect((await post([call(), call()])).status).toBe(201);
  expect((await post([call({ Subject: undefined })])).status).toBe(400);
});

test("the status of a mixed batch is a switch", async () => {
  for (const mixedBatchStatus of [202, 200]) {
    await zoho.config({ mixedBatchStatus });
    expect((await post([call(), {}])).status).toBe(mixedBatchStatus);
  }
});

test("at most a hundred records, with a configured code beyond", async () => {
  const rows = Array.from({ length: 101 }, () => call());
  expect((await post(rows.slice(1))).status).toBe(201);
  const reply = await post(rows);
  expect([reply.status, reply.body.code]).toEqual([400, "LIMIT_EXCEEDED"]);
  await zoho.config({ overBatchCode: "MAX_LIMIT" });
  expect((await post(rows)).body.code).toBe("MAX_LIMIT");
});

test("an empty batch, a broken body and another content type are refused", async () => {
  expect((await post([])).status).toBe(400);
  expect((await zoho.crm("POST", "Calls", "{")).body.code).toBe("INVALID_DATA");
  expect((await zoho.crm("POST", "Calls", {})).body.code).toBe("MANDATORY_NOT_FOUND");
  const xml = await zoho.crm("POST", "Calls", "<a/>", { headers: { "content-type": "text/xml" } });
  expect([xml.status, xml.body.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
});

test("a unique field refuses a second record, and names the first", async () => {
  await zoho.createKey();
  const [first] = await zoho.insert("Calls", call({ Call_Sync_Key: key(1) }));
  const reply = await post([call({ Call_Sync_Key: key(2) }), call({ Call_Sync_Key: key(1) })]);
  expect(codesOf(reply)).toEqual(["SUCCESS", "DUPLICATE_DATA"]);
  expect(reply.body.data[1].details).toMatchObject({
    api_name: "Call_Sync_Key",
    json_path: "$.data[1].Call_Sync_Key",
    duplicate_record: { id: first.details.id, module: { api_name: "Calls" } },
  });
});

test("where the existing id stands is a switch", async () => {
  await zoho.createKey();
  const [first] = await zoho.insert("Calls", call({ Call_Sync_Key: key(1) }));
  await zoho.config({ duplicateIdIn: "details" });
  const [again] = await zoho.insert("Calls", call({ Call_Sync_Key: key(1) }));
  expect(again.details).toMatchObject({ id: first.details.id });
  expect(again.details).not.toHaveProperty("duplicate_record");
});

test("two records with one unique value in one batch: the second is refused", async () => {
  await zoho.createKey();
  expect(codesOf(await post([call({ Call_Sync_Key: key(1) }), call({ Call_Sync_Key: key(1) })]))).toEqual([
    "SUCCESS",
    "DUPLICATE_DATA",
  ]);
});

test("a field that is not unique takes the same value twice", async () => {
  await zoho.createKey(null);
  const same = call({ Call_Sync_Key: key(1) });
  expect(codesOf(await post([same, same]))).toEqual(["SUCCESS", "SUCCESS"]);
});

test("a deleted record no longer holds its unique value, a restored one does", async () => {
  await zoho.createKey();
  const [first] = await zoho.insert("Calls", call({ Call_Sync_Key: key(1) }));
  await zoho.crm("DELETE", `Calls/${first.details.id}`);
  expect((await zoho.insert("Calls", call({ Call_Sync_Key: key(1) })))[0].code).toBe("SUCCESS");
});

test("many records are updated by id; one that is not there is told by its place", async () => {
  const [first] = await zoho.insert("Calls", call());
  const data = [
    { id: first.details.id, Subject: "New" },
    { id: "3652397000009999999", Subject: "x" },
    { Subject: "x" },
  ];
  const reply = await zoho.crm("PUT", "Calls", { data });
  expect(reply.status).toBe(207);
  expect(codesOf(reply)).toEqual(["SUCCESS", "INVALID_DATA", "MANDATORY_NOT_FOUND"]);
  expect(reply.body.data[1]).toMatchObject({
    message: "the id given seems to be invalid",
    details: { api_name: "id" },
  });
});

test("many records are deleted by id", async () => {
  const [first, second] = await zoho.insert("Calls", call(), call());
  const reply = await zoho.crm("DELETE", `Calls?ids=${first.details.id},${second.details.id},1`);
  expect([reply.status, codesOf(reply)]).toEqual([207, ["SUCCESS", "SUCCESS", "INVALID_DATA"]]);
  expect(await zoho.records("Calls")).toEqual([]);
});

test("If-Unmodified-Since refuses a record that was changed since, our own change included", async () => {
  const [made] = await zoho.insert("Calls", call());
  const { id, Modified_Time } = made.details;
  const update = (since: string) =>
    zoho.crm("PUT", `Calls/${id}`, { data: [{ Subject: "x" }] }, { headers: { "if-unmodified-since": since } });
  await zoho.advance(2000);
  expect((await update(Modified_Time)).status).toBe(200);
  const reply = await update(Modified_Time);
  expect([reply.status, reply.body.data[0].code]).toEqual([412, "ALREADY_MODIFIED"]);
  expect(reply.body.data[0].details.Modified_By.name).toBe("Alice Example");
});

test("calls are not upserted unless the switch says so", async () => {
  const reply = await upsert("Calls", [call()]);
  expect([reply.status, reply.body.code]).toEqual([400, "NOT_SUPPORTED"]);
  await zoho.config({ callsUpsert: true });
  await zoho.createKey();
  const send = () => upsert("Calls", [call({ Call_Sync_Key: key(1) })], { duplicate_check_fields: ["Call_Sync_Key"] });
  expect((await send()).body.data[0].action).toBe("insert");
  expect((await send()).body.data[0]).toMatchObject({ action: "update", duplicate_field: "Call_Sync_Key" });
});

test("an upsert looks by the named fields in their order, else by its own", async () => {
  const [made] = await zoho.insert("Contacts", {
    Last_Name: "Muster",
    Email: "a@example.com",
    Phone: "+44 20 7946 0101",
  });
  const byDefault = await upsert("Contacts", [{ Last_Name: "Muster", Email: "A@example.com" }]);
  expect(byDefault.body.data[0]).toMatchObject({
    action: "update",
    duplicate_field: "Email",
    details: { id: made.details.id },
  });
  const literal = await upsert("Contacts", [{ Last_Name: "Muster", Phone: "02079460101" }], {
    duplicate_check_fields: ["Phone"],
  });
  expect(literal.body.data[0]).toMatchObject({ action: "insert", duplicate_field: null, message: "record added" });
  expect((await upsert("Contacts", [{ Last_Name: "X" }], { duplicate_check_fields: ["Nope"] })).body.code).toBe(
    "INVALID_DATA",
  );
});

test("an upsert that fits two records is an error, or takes the first by the switch", async () => {
  await zoho.insert("Contacts", { Last_Name: "One", Phone: "123456" }, { Last_Name: "Two", Phone: "123456" });
  const send = () =>
    upsert("Contacts", [{ Last_Name: "Three", Phone: "123456" }], { duplicate_check_fields: ["Phone"] });
  expect((await send()).body.data[0].code).toBe("DUPLICATE_DATA");
  await zoho.config({ upsertTwoMatchesError: false });
  expect((await send()).body.data[0].action).toBe("update");
  expect((await zoho.records("Contacts")).map(({ Last_Name }) => Last_Name)).toEqual(["Three", "Two"]);
});

/** Two upserts of one number whose answers are both still to come. */
async function raceByPhone(): Promise<number> {
  await zoho.config({ latencyMs: 10_000 });
  const before = (await zoho.stats()).requests;
  const ask = () =>
    upsert("Contacts", [{ Last_Name: "Muster", Phone: "123456" }], { duplicate_check_fields: ["Phone"] });
  const replies = [ask(), ask()];
  for (let seen = 0; seen < 2;) seen = (await zoho.stats()).requests - before;
  await zoho.advance(10_000);
  await Promise.all(replies);
  return (await zoho.records("Contacts")).length;
}

test("concurrent upserts by a field that is not unique both insert", async () => {
  expect(await raceByPhone()).toBe(2);
});

test("concurrent upserts insert once by the switch", async () => {
  await zoho.config({ upsertRaceInsertsBoth: false });
  expect(await raceByPhone()).toBe(1);
});

test("a lost answer is committed all the same, a late commit only after its time", async () => {
  await zoho.faults([{ match: { method: "POST", path: "/crm/v8/Calls" }, kind: "drop-after", times: 1 }]);
  await expect(post([call()])).rejects.toThrow("fetch failed");
  expect(await zoho.records("Calls")).toHaveLength(1);
  await zoho.faults([
    { match: { method: "POST", path: "/crm/v8/Calls" }, kind: "commit-late", delayMs: 20_000, times: 1 },
  ]);
  await expect(post([call()])).rejects.toThrow("fetch failed");
  expect(await zoho.records("Calls")).toHaveLength(1);
  await zoho.advance(20_000);
  expect(await zoho.records("Calls")).toHaveLength(2);
});

test("an injected status has the vendor's own body; gateways answer in HTML", async () => {
  await zoho.faults([
    { kind: "status", status: 500, times: 1 },
    { kind: "status", status: 503, times: 1 },
  ]);
  expect((await post([call()])).body.code).toBe("INTERNAL_ERROR");
  const gateway = await post([call()]);
  expect(gateway.headers.get("content-type")).toContain("text/html");
});
