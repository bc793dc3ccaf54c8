import { expect, test } from "vitest";
import { call, openZoho, type Reply } from "./zoho-client.ts";

const zoho = await openZoho();
const get = () => zoho.crm("GET", "org");
const dayMs = 86_400_000;

async function usedBy(work: () => Promise<unknown>): Promise<number> {
  const before = (await zoho.stats()).dailyUsed;
  await work();
  return (await zoho.stats()).dailyUsed - before;
}

async function window(name: string): Promise<{ limit: number | null; max: number }> {
  return (await zoho.stats()).windows.find((each: { name: string }) => each.name === name);
}

test("the edition and its users give the credits and the calls at once", async () => {
  expect((await zoho.stats()).dailyLimit).toBe(60_000);
  await zoho.config({ plan: "standard", seats: 300 });
  expect((await zoho.stats()).dailyLimit).toBe(100_000);
  expect((await window("concurrency")).limit).toBe(10);
  await zoho.config({ plan: "free" });
  expect((await zoho.stats()).dailyLimit).toBe(5000);
  await zoho.config({ plan: "ultimate", seats: 1_000_000 });
  expect((await zoho.stats()).dailyLimit).toBe(2_000_050_000);
  expect((await window("concurrency")).limit).toBe(25);
  await zoho.config({ dailyLimit: 7 });
  expect((await zoho.stats()).dailyLimit).toBe(7);
});

test("credits come back a day after they were spent, not at midnight", async () => {
  await zoho.config({ dailyLimit: 2 });
  await get();
  await zoho.advance(dayMs / 2);
  await get();
  expect((await get()).status).toBe(429);
  await zoho.advance(dayMs / 2);
  expect((await get()).status).toBe(200);
  expect((await get()).status).toBe(429);
  await zoho.advance(dayMs / 2);
  expect((await get()).status).toBe(200);
});

test("a refused call names neither the limit in its code nor a time to wait", async () => {
  await zoho.config({ dailyLimit: 0 });
  const reply = await get();
  expect(reply.status).toBe(429);
  expect(reply.body).toMatchObject({ code: "TOO_MANY_REQUESTS", details: {}, status: "error" });
  expect(reply.headers.get("retry-after")).toBeNull();
  expect((await zoho.stats()).rateLimited).toBe(1);
});

test("code and headers of a refused call are switches", async () => {
  await zoho.config({ dailyLimit: 0, rateCode: "RATE_LIMIT_EXCEEDED", retryAfterOn429: true });
  const reply = await get();
  expect(reply.body.code).toBe("RATE_LIMIT_EXCEEDED");
  expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
  await zoho.config({ dailyLimit: null, rateLimitHeaders: true });
  expect((await get()).headers.get("x-ratelimit-remaining")).not.toBeNull();
  await zoho.config({ rateLimitHeaders: false });
  expect((await get()).headers.get("x-ratelimit-remaining")).toBeNull();
});

test("the credits left are told once half of them are used", async () => {
  await zoho.config({ dailyLimit: 4 });
  const left = (reply: Reply) => reply.headers.get("x-api-credits-remaining");
  expect(left(await get())).toBeNull();
  expect(left(await get())).toBe("2");
  expect(left(await get())).toBe("1");
  expect(left(await get())).toBe("0");
  const refused = await get();
  expect([refused.status, left(refused)]).toEqual([429, "0"]);
});

test("from which share on the credits are told is configured", async () => {
  await zoho.config({ creditsHeaderFrom: 0 });
  expect((await get()).headers.get("x-api-credits-remaining")).toBe("59999");
  await zoho.config({ creditsHeaderFrom: null, dailyLimit: 2 });
  expect((await get()).headers.get("x-api-credits-remaining")).toBeNull();
});

test("other applications use up the same credits", async () => {
  await zoho.config({ dailyLimit: 10, otherAppsDailyUsed: 9 });
  expect((await get()).status).toBe(200);
  expect((await get()).status).toBe(429);
  await zoho.advance(dayMs);
  expect((await get()).status).toBe(200);
});

test("other applications go on using credits as the clock runs", async () => {
  await zoho.config({ dailyLimit: 10, otherAppsPerMinute: 3 });
  expect((await get()).status).toBe(200);
  await zoho.advance(180_000);
  expect((await get()).status).toBe(429);
  expect((await zoho.stats()).dailyUsed).toBe(10);
});

test("a write costs a credit for every ten records, other calls what the table says", async () => {
  const rows = (count: number) => Array.from({ length: count }, () => call());
  expect(await usedBy(() => zoho.insert("Calls", call()))).toBe(1);
  expect(await usedBy(() => zoho.insert("Calls", ...rows(11)))).toBe(2);
  expect(await usedBy(() => zoho.insert("Calls", ...rows(100)))).toBe(10);
  expect(await usedBy(() => zoho.crm("GET", "Contacts/deleted"))).toBe(2);
  expect(await usedBy(() => zoho.crm("GET", "Contacts?fields=id&cvid=1"))).toBe(3);
  expect(await usedBy(() => zoho.crm("POST", "Leads/1/actions/convert", { data: [{}] }))).toBe(5);
  expect(await usedBy(() => zoho.crm("POST", "/crm/bulk/v8/read", {}))).toBe(50);
  expect(await usedBy(() => zoho.crm("POST", "/crm/bulk/v8/write", {}))).toBe(500);
});

test("a COQL query costs by its limit, in configured steps", async () => {
  const query = (limit: number) => () => zoho.coql(`select id from Calls where id is not null limit 0, ${limit}`);
  expect(await usedBy(query(200))).toBe(1);
  expect(await usedBy(query(201))).toBe(2);
  expect(await usedBy(query(2000))).toBe(3);
  await zoho.config({ coqlCreditSteps: [[2000, 1]] });
  expect(await usedBy(query(2000))).toBe(1);
});

test("a composite costs itself and its parts, or 1 where the switch says so", async () => {
  const body = {
    __composite_requests: [1, 2].map((n) => ({ sub_request_id: `${n}`, method: "GET", uri: "/crm/v8/org" })),
  };
  const send = () => zoho.crm("POST", "__composite_requests", body);
  expect(await usedBy(send)).toBe(3);
  await zoho.config({ compositeCreditsAdd: false });
  expect(await usedBy(send)).toBe(1);
});

test("a call that is not signed in costs nothing", async () => {
  expect(await usedBy(() => zoho.crm("GET", "org", undefined, { token: "1000.x.y" }))).toBe(0);
});

/** Sends all at once while every answer is held back, and lets time pass until they are there. */
async function together(asks: readonly (() => Promise<Reply>)[]): Promise<number[]> {
  await zoho.config({ latencyMs: 60_000 });
  const before = (await zoho.stats()).requests;
  const replies = asks.map((ask) => ask());
  for (let seen = 0; seen < asks.length;) seen = (await zoho.stats()).requests - before;
  await zoho.advance(60_000);
  const statuses = (await Promise.all(replies)).map(({ status }) => status);
  await zoho.config({ latencyMs: 0 });
  return statuses.toSorted((left, right) => left - right);
}

test("more calls at once than the edition allows are refused, and places come free again", async () => {
  await zoho.config({ concurrencyLimit: 2 });
  expect(await together([get, get, get])).toEqual([200, 200, 429]);
  expect(await together([get, get])).toEqual([200, 200]);
  expect((await window("concurrency")).max).toBe(3);
});

test("other applications take places too", async () => {
  await zoho.config({ concurrencyLimit: 3, otherAppsConcurrent: 2 });
  expect(await together([get, get])).toEqual([200, 429]);
});

test("heavy calls have fewer places", async () => {
  await zoho.config({ subConcurrencyLimit: 1 });
  const query = () => zoho.coql("select id from Calls where id is not null");
  expect(await together([query, query, get])).toEqual([200, 204, 429]);
});

test("a write is heavy from eleven records on, or as configured", async () => {
  await zoho.config({ subConcurrencyLimit: 1 });
  const write = (count: number) => () =>
    zoho.crm("POST", "Calls", { data: Array.from({ length: count }, () => call()) });
  expect(await together([write(10), write(10)])).toEqual([201, 201]);
  expect(await together([write(11), write(11)])).toEqual([201, 429]);
  await zoho.config({ heavyFromRecords: 12 });
  expect(await together([write(11), write(11)])).toEqual([201, 201]);
});

test("there is no limit by the minute unless one is set; then any sixty seconds count", async () => {
  for (let n = 0; n < 5; n++) await get();
  await zoho.config({ perMinuteLimit: 6 });
  expect([(await get()).status, (await get()).status]).toEqual([200, 429]);
  await zoho.advance(60_000);
  expect((await get()).status).toBe(200);
  expect((await window("minute")).max).toBe(7);
  await zoho.config({ perMinuteLimit: null });
  expect((await window("minute")).limit).toBeNull();
});

test("answers wait as configured", async () => {
  await zoho.config({ latencyMs: 30_000, latencyJitterMs: 1000 });
  const reply = get();
  let isThere = false;
  void reply.then(() => (isThere = true));
  const before = (await zoho.stats()).requests;
  for (let seen = before; seen < 1;) seen = (await zoho.stats()).requests;
  await zoho.advance(29_000);
  expect(isThere).toBe(false);
  await zoho.advance(2000);
  expect((await reply).status).toBe(200);
});

test("a request that is larger than the org takes is refused, an uploaded file is not", async () => {
  const body = { data: [{ Last_Name: "x".repeat(60) }] };
  expect((await zoho.crm("POST", "Contacts", body)).status).toBe(201);
  await zoho.config({ maxBodyBytes: 50 });
  const large = await zoho.crm("POST", "Contacts", body);
  expect([large.status, large.body.code]).toEqual([413, "REQUEST_ENTITY_TOO_LARGE"]);
  expect((await zoho.crm("POST", "Contacts", { data: [{ Last_Name: "x" }] })).status).toBe(201);
  const upload = await zoho.crm("POST", "upload", Buffer.from("x".repeat(60)), {
    headers: { feature: "bulk-write", "x-crm-org": "20064123456", "content-type": "multipart/form-data; boundary=b" },
  });
  expect(upload.body.code).toBe("FILE_NOT_SUPPORTED");
});
