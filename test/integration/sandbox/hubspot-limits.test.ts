import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { contacts, openSandbox, type Client, type Reply } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
});

const read = (token?: string): Promise<Reply> =>
  client.hub("GET", contacts, undefined, token === undefined ? {} : { token });
const search = (): Promise<Reply> => client.hub("POST", `${contacts}/search`, {});
const statuses = async (count: number, ask: () => Promise<Reply> = read): Promise<number[]> => {
  const found = [];
  for (let n = 0; n < count; n++) found.push((await ask()).status);
  return found;
};
const header = (reply: Reply, name: string): string | null => reply.headers.get(`x-hubspot-ratelimit-${name}`);
const oauthToken = async (): Promise<string> => {
  const { clientId, clientSecret, refreshToken } = client.access;
  const reply = await client.form("/oauth/2026-09/token", {
    grant_type: "refresh_token",
    client_id: `${clientId}`,
    client_secret: `${clientSecret}`,
    refresh_token: `${refreshToken}`,
  });
  return reply.body.access_token;
};

test("tenSecondLimit: the request above it is a 429, and the window rolls", async () => {
  await client.config({ tenSecondLimit: 3 });
  expect(await statuses(2)).toEqual([200, 200]);
  await client.advance(5000);
  expect(await statuses(2)).toEqual([200, 429]);
  await client.advance(5000);
  expect(await statuses(3)).toEqual([200, 200, 429]);
});

test("a limited request executes nothing and does not use up the window, but counts among what arrived", async () => {
  await client.config({ tenSecondLimit: 2 });
  await statuses(2);
  const limited = await client.hub("POST", contacts, { properties: { firstname: "Alice" } });
  expect([limited.status, limited.body.policyName]).toEqual([429, "TEN_SECONDLY_ROLLING"]);
  expect(await client.records("contacts")).toEqual([]);
  const stats = await client.stats();
  expect(stats).toMatchObject({ rateLimited: 1, requests: 3 });
  expect(stats.windows[0]).toMatchObject({ limit: 2, max: 3 });
});

test("rateLimitBodyField names the field of the 429 body", async () => {
  await client.config({ tenSecondLimit: 0 });
  const first = await read();
  expect(first.body).toMatchObject({
    status: "error",
    message: "You have reached your ten_secondly_rolling limit.",
    errorType: "RATE_LIMIT",
    policyName: "TEN_SECONDLY_ROLLING",
    groupName: "publicapi:private-apps:api-calls",
  });
  await client.config({ rateLimitBodyField: "category" });
  const second = await read();
  expect([second.body.category, second.body.errorType]).toEqual(["RATE_LIMITS", undefined]);
});

test("retryAfterOn429 sends the seconds until there is room", async () => {
  await client.config({ tenSecondLimit: 1 });
  await read();
  await client.advance(4000);
  expect((await read()).headers.get("retry-after")).toBeNull();
  await client.config({ retryAfterOn429: true });
  expect(Number((await read()).headers.get("retry-after"))).toBe(6);
});

test("rate headers tell what is left of both windows; rateHeaders false sends none", async () => {
  await client.config({ plan: "enterprise" });
  await read();
  const reply = await read();
  const values = [
    "max",
    "remaining",
    "interval-milliseconds",
    "daily",
    "daily-remaining",
    "secondly",
    "secondly-remaining",
  ].map((name) => header(reply, name));
  expect(values).toEqual(["190", "188", "10000", "1000000", "999998", "19", "17"]);
  expect(reply.headers.get("x-hubspot-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
  await client.config({ rateHeaders: false });
  expect(header(await read(), "max")).toBeNull();
});

test("errors carry the rate headers too", async () => {
  const missing = await client.hub("GET", `${contacts}/1`);
  expect([missing.status, header(missing, "remaining")]).toEqual([404, "189"]);
});

test("a search answers without rate headers and stands outside the ten seconds, but counts for the day", async () => {
  await client.config({ tenSecondLimit: 0 });
  const reply = await search();
  expect([reply.status, header(reply, "max"), header(reply, "daily")]).toEqual([200, null, null]);
  expect((await client.stats()).dailyUsed).toBe(1);
});

test("searchPerSecondLimit: five searches a second by default, and the sixth is SECONDLY", async () => {
  expect(await statuses(5, search)).toEqual([200, 200, 200, 200, 200]);
  const limited = await search();
  expect([limited.status, limited.body.policyName, limited.body.message]).toEqual([
    429,
    "SECONDLY",
    "You have reached your secondly limit.",
  ]);
  await client.advance(1000);
  expect(await statuses(1, search)).toEqual([200]);
  await client.config({ searchPerSecondLimit: 1 });
  await client.advance(1000);
  expect(await statuses(2, search)).toEqual([200, 429]);
});

test("OAuth tokens have a window of their own and no daily headers", async () => {
  await client.config({ tenSecondLimit: 1 });
  const token = await oauthToken();
  expect(await statuses(2)).toEqual([200, 429]);
  const reply = await read(token);
  expect([reply.status, header(reply, "max"), header(reply, "daily"), header(reply, "daily-remaining")]).toEqual([
    200,
    "1",
    null,
    null,
  ]);
  expect((await read(token)).status).toBe(429);
});

test("plan, appType and apiLimitIncreases give the limits of the vendor's table", async () => {
  const cases: readonly (readonly [object, string, string])[] = [
    [{ plan: "free" }, "100", "250000"],
    [{ plan: "starter" }, "100", "250000"],
    [{ plan: "professional" }, "190", "625000"],
    [{ plan: "enterprise" }, "190", "1000000"],
    [{ apiLimitIncreases: 1 }, "250", "2000000"],
    [{ apiLimitIncreases: 2 }, "250", "3000000"],
    [{ appType: "marketplace" }, "110", "3000000"],
  ];
  for (const [patch, tenSeconds, day] of cases) {
    await client.config(patch);
    const reply = await read();
    expect([patch, header(reply, "max"), header(reply, "daily")]).toEqual([patch, tenSeconds, day]);
  }
});

test("dailyLimit: the day ends at midnight of portalTimeZone", async () => {
  await client.config({ dailyLimit: 2, portalTimeZone: "Asia/Tokyo" });
  expect(await statuses(3)).toEqual([200, 200, 429]);
  expect((await read()).body).toMatchObject({
    policyName: "DAILY",
    message: "You have reached your daily limit.",
    requestId: expect.any(String),
  });
  const usage = (await client.admin("GET", "/clock")).body.now;
  const tokyo = 9 * 3_600_000;
  const untilMidnight = 86_400_000 - ((usage + tokyo) % 86_400_000);
  await client.advance(untilMidnight - 2000);
  expect((await read()).status).toBe(429);
  await client.advance(3000);
  expect(await statuses(3)).toEqual([200, 200, 429]);
});

test("searches fail with DAILY as well when the day is used up", async () => {
  await client.config({ dailyLimit: 1 });
  await search();
  expect((await search()).body.policyName).toBe("DAILY");
});

test("otherAppsDailyUsed counts for the day it is set on", async () => {
  await client.config({ dailyLimit: 1000, otherAppsDailyUsed: 998 });
  const reply = await read();
  expect(header(reply, "daily-remaining")).toBe("1");
  expect(await statuses(2)).toEqual([200, 429]);
  expect((await client.stats()).dailyUsed).toBe(1000);
  await client.advance(86_400_000);
  expect(header(await read(), "daily-remaining")).toBe("999");
});

test("otherAppsPerMinute goes on using every window as the clock runs", async () => {
  await client.config({ otherAppsPerMinute: 600, tenSecondLimit: 101 });
  await client.advance(60_000);
  const reply = await read();
  expect([reply.status, header(reply, "remaining")]).toEqual([200, "0"]);
  expect((await read()).status).toBe(429);
  const { dailyUsed } = await client.stats();
  expect(dailyUsed).toBeGreaterThanOrEqual(601);
  expect(dailyUsed).toBeLessThan(620);
  await client.config({ otherAppsPerMinute: 0 });
  await client.advance(10_000);
  expect(header(await read(), "remaining")).toBe("100");
});

test("usageApiCoversServiceKeys: the usage API tells the day's calls, or nothing", async () => {
  await client.config({ dailyLimit: 500, otherAppsDailyUsed: 40 });
  await read();
  const path = "/account-info/2026-09/api-usage/daily/private-apps";
  const [usage] = (await client.hub("GET", path)).body.results;
  expect(usage).toMatchObject({
    name: "private-apps-api-calls-daily",
    usageLimit: 500,
    currentUsage: 42,
    fetchStatus: "SUCCESS",
  });
  expect(Date.parse(usage.resetsAt)).toBeGreaterThan(Date.parse(usage.collectedAt));
  await client.config({ usageApiCoversServiceKeys: false });
  expect((await client.hub("GET", path)).body).toEqual({ results: [] });
});

test("refused sign-ins use nothing up", async () => {
  await client.config({ tenSecondLimit: 1 });
  await client.hub("GET", contacts, undefined, { token: "wrong" });
  expect((await read()).status).toBe(200);
});
