import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { base, openSalesforce, refusal, type SalesforceClient } from "./salesforce-client.ts";

let client: SalesforceClient;
beforeAll(async () => {
  client = await openSalesforce();
});
beforeEach(() => client.reset());
afterAll(() => client.close());

const hour = 3_600_000;
const ask = (path = "/sobjects") => client.org("GET", path);
const usage = async () => (await ask()).headers.get("sforce-limit-info");

test("every answer of the data API tells the use of the day, refusals too; the version list does not", async () => {
  expect(await usage()).toBe("api-usage=1/110000");
  expect((await ask("/sobjects/Task/00T000000000000AAA")).headers.get("sforce-limit-info")).toBe("api-usage=2/110000");
  expect((await client.org("GET", "/services/data/")).headers.get("sforce-limit-info")).toBeNull();
});

test("the daily allocation follows edition and licences", async () => {
  const limit = async () => (await client.stats()).dailyLimit;
  await client.config({ plan: "developer" });
  expect(await limit()).toBe(15_000);
  await client.config({ plan: "enterprise", seats: 50 });
  expect(await limit()).toBe(150_000);
  await client.config({ plan: "unlimited" });
  expect(await limit()).toBe(350_000);
  await client.config({ plan: "sandbox" });
  expect(await limit()).toBe(5_000_000);
  await client.config({ dailyLimit: 7 });
  expect(await limit()).toBe(7);
});

test("the day is the last 24 hours, and its calls come back one by one", async () => {
  await client.config({ dailyLimit: 3 });
  await ask();
  await client.advance(12 * hour);
  await ask();
  await ask();
  const refused = await ask();
  expect(refused.status).toBe(403);
  expect(refused.body).toEqual([{ message: "TotalRequests Limit exceeded.", errorCode: "REQUEST_LIMIT_EXCEEDED" }]);
  expect(refused.headers.get("sforce-limit-info")).toBe("api-usage=3/3");
  expect(refused.headers.get("retry-after")).toBeNull();
  await client.advance(12 * hour);
  expect((await ask()).status).toBe(200);
  expect((await ask()).status).toBe(403);
  expect((await client.stats()).rateLimited).toBe(2);
});

test("calls of other applications count in the same day", async () => {
  await client.config({ dailyLimit: 1000, otherAppsDailyUsed: 400 });
  expect(await usage()).toBe("api-usage=401/1000");
  await client.config({ otherAppsPerMinute: 10 });
  await client.advance(30 * 60_000);
  expect(await usage()).toBe("api-usage=702/1000");
  await client.config({ otherAppsDailyUsed: 1000 });
  expect((await ask()).status).toBe(403);
});

test("the limit is hard, or soft by as many calls as configured", async () => {
  await client.config({ dailyLimit: 1 });
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 403]);
  await client.reset();
  await client.config({ dailyLimit: 1, softLimitCalls: 2 });
  expect([(await ask()).status, (await ask()).status, (await ask()).status, (await ask()).status]).toEqual([
    200, 200, 200, 403,
  ]);
});

test("the header has further parts where configured", async () => {
  await client.config({ apiBurstsHeader: true });
  expect(await usage()).toBe("api-usage=1/110000; api-bursts=1/750");
  await client.config({ apiBurstsHeader: false, perAppUsageHeader: true });
  expect(await usage()).toBe("api-usage=2/110000; per-app-api-usage=2/250(appName=sample-connected-app)");
});

test("the limits resource tells what is left and costs a call", async () => {
  await ask();
  const limits = (await ask("/limits")).body;
  expect(limits.DailyApiRequests).toEqual({ Max: 110_000, Remaining: 109_998 });
  expect(limits.DailyBulkApiBatches.Max).toBe(15_000);
  expect(limits.DataStorageMB.Remaining).toBe(900);
});

async function holdRequests(count: number): Promise<() => Promise<void>> {
  await client.faults([{ kind: "delay", delayMs: 60_000, times: count }]);
  const held = Array.from({ length: count }, () => ask());
  while ((await client.stats()).requests < count) await new Promise((resolve) => setImmediate(resolve));
  return async () => {
    await client.advance(60_000);
    await Promise.all(held);
  };
}

test("only so many requests may run for twenty seconds or more", async () => {
  await client.config({ plan: "developer" });
  const release = await holdRequests(5);
  expect((await ask()).status).toBe(200);
  await client.advance(20_000);
  const refused = await ask();
  expect(refusal(refused)).toBe("403 REQUEST_LIMIT_EXCEEDED");
  expect(refused.body[0].message).toBe("ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
  await release();
  expect((await ask()).status).toBe(200);
});

test("length and number of long requests can be set, and those of others count", async () => {
  await client.config({ longRunningMs: 5_000, longRunningLimit: 2, otherAppsLongRunning: 1 });
  const release = await holdRequests(1);
  expect((await ask()).status).toBe(200);
  await client.advance(5_000);
  expect((await ask()).status).toBe(403);
  await client.config({ longRunningLimit: null });
  expect((await ask()).status).toBe(200);
  await release();
});

test("a body may be as large as configured", async () => {
  await client.config({ maxBodyBytes: 100 });
  expect((await client.org("POST", "/sobjects/Account", { Name: "x".repeat(200) })).status).toBe(413);
  await client.config({ maxBodyBytes: 1000 });
  expect((await client.org("POST", "/sobjects/Account", { Name: "x".repeat(200) })).status).toBe(201);
});

test("address and headers of more than 16,384 bytes are refused", async () => {
  const { hostname, port } = new URL(client.access.baseUrl);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request({ hostname, port, path: `${base}/query?q=${"x".repeat(17_000)}` }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on("error", reject);
    sent.end();
  });
  expect([414, 431]).toContain(status);
});

test("answers wait for the latency that is set", async () => {
  await client.config({ latencyMs: 60_000, latencyJitterMs: 10 });
  let isAnswered = false;
  const slow = ask().then((reply) => {
    isAnswered = true;
    return reply;
  });
  while ((await client.stats()).requests < 1) await new Promise((resolve) => setImmediate(resolve));
  expect(isAnswered).toBe(false);
  await client.advance(60_010);
  expect((await slow).status).toBe(200);
});

test("stats tell the window and the endpoints", async () => {
  await client.config({ dailyLimit: 1 });
  await ask();
  await ask();
  const stats = await client.stats();
  expect(stats).toMatchObject({ requests: 2, rateLimited: 1, dailyUsed: 1, dailyLimit: 1 });
  expect(stats.byEndpoint).toEqual({ "GET /services/data/:version/sobjects": 2 });
  expect(stats.windows[0]).toEqual({ name: "daily", windowMs: 86_400_000, limit: 1, max: 2 });
});
