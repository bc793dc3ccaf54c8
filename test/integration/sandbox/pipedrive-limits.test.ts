import { expect, test } from "vitest";
import { openPipedrive, type Reply } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, config, advance, stats, bearer, refresh } = pipedrive;

const read = (): Promise<Reply> => pd("GET", "persons/1");
const search = (): Promise<Reply> => pd("GET", "persons/search?term=ab");
const statuses = async (count: number, ask: () => Promise<Reply> = read): Promise<number[]> => {
  const found = [];
  for (let n = 0; n < count; n++) found.push((await ask()).status);
  return found;
};
const left = (reply: Reply): number => Number(reply.headers.get("x-daily-ratelimit-token-remaining"));

test("burstLimit: the request above it is a 429, and the two seconds roll", async () => {
  await config({ burstLimit: 3 });
  expect(await statuses(2)).toEqual([404, 404]);
  await advance(1000);
  expect(await statuses(2)).toEqual([404, 429]);
  await advance(1000);
  expect(await statuses(3)).toEqual([404, 404, 429]);
});

test("burstText is the text of a burst's 429, which carries the window's headers and no retry-after", async () => {
  await config({ burstLimit: 0 });
  const reply = await read();
  expect([reply.status, reply.body.error, reply.body.errorCode]).toEqual([429, "request over limit", 429]);
  expect(reply.headers.get("x-ratelimit-limit")).toBe("0");
  expect(reply.headers.get("retry-after")).toBeNull();
  await config({ burstText: "slow down" });
  expect((await read()).body.error).toBe("slow down");
});

test("plan, seats and tokenKind give the burst and the day", async () => {
  const limits = async (patch: object): Promise<unknown[]> => {
    await config(patch);
    const { headers } = await read();
    return [headers.get("x-ratelimit-limit"), headers.get("x-daily-ratelimit-token-limit")];
  };
  expect(await limits({})).toEqual(["40", "300000"]);
  expect(await limits({ plan: "lite", seats: 1 })).toEqual(["20", "30000"]);
  expect(await limits({ plan: "professional" })).toEqual(["80", "90000"]);
  expect(await limits({ plan: "premium" })).toEqual(["100", "150000"]);
  expect(await limits({ plan: "ultimate", seats: 2 })).toEqual(["120", "420000"]);
  expect(await limits({ tokenKind: "oauth" })).toEqual(["480", "420000"]);
});

test("an access token has windows of its own and the wider burst", async () => {
  const { body } = await refresh();
  await config({ plan: "lite" });
  const reply = await bearer("GET", "persons/1", body.access_token);
  expect(reply.headers.get("x-ratelimit-limit")).toBe("80");
  expect(reply.headers.get("x-ratelimit-remaining")).toBe("79");
});

test("searchBurstLimit: searches have a window of their own beside the burst", async () => {
  await config({ searchBurstLimit: 2 });
  expect(await statuses(3, search)).toEqual([200, 200, 429]);
  expect((await read()).status).toBe(404);
  await advance(2000);
  expect((await search()).headers.get("x-ratelimit-limit")).toBe("2");
});

test("a limited request executes nothing and is charged in no window, but counts among what arrived", async () => {
  await config({ burstLimit: 1 });
  const before = left(await read());
  const limited = await pd("POST", "persons", { name: "Alice" });
  expect([limited.status, left(limited)]).toEqual([429, before]);
  expect(await pipedrive.records("persons")).toEqual([]);
  const { rateLimited, requests, windows } = await stats();
  expect([rateLimited, requests]).toEqual([1, 2]);
  expect(windows[0]).toMatchObject({ name: "burst", windowMs: 2000, limit: 1, max: 2 });
});

test("each request costs what the vendor's table says", async () => {
  await config({ plan: "ultimate" });
  const person = await pipedrive.ok("POST", "persons", { name: "Alice" });
  const other = await pipedrive.ok("POST", "persons", { name: "Bob" });
  let before = left(await read());
  const spent = async (method: string, path: string, body?: unknown): Promise<number> => {
    const now = left(await pd(method, path, body));
    const cost = before - now;
    before = now;
    return cost;
  };
  expect(await spent("GET", `persons/${person.id}`)).toBe(1);
  expect(await spent("GET", "persons")).toBe(10);
  expect(await spent("GET", "activities?limit=500")).toBe(10);
  expect(await spent("GET", "personFields")).toBe(10);
  expect(await spent("GET", "pipelines")).toBe(5);
  expect(await spent("GET", "stages")).toBe(5);
  expect(await spent("POST", "activities", { subject: "Call" })).toBe(5);
  expect(await spent("PATCH", `persons/${person.id}`, { name: "Alice" })).toBe(5);
  expect(await spent("GET", "persons/search?term=al")).toBe(20);
  expect(await spent("GET", "itemSearch?term=al")).toBe(20);
  expect(await spent("GET", "deals/archived")).toBe(20);
  expect(await spent("GET", "/v1/users/me")).toBe(2);
  expect(await spent("GET", "/v1/users")).toBe(20);
  expect(await spent("GET", "/v1/activityTypes")).toBe(20);
  expect(await spent("GET", "/v1/personFields")).toBe(20);
  expect(await spent("GET", "/v1/recents?since_timestamp=2026-01-01%2000:00:00")).toBe(20);
  expect(await spent("GET", "/v1/callLogs")).toBe(20);
  expect(await spent("GET", "/v1/users/find?term=alice")).toBe(40);
  expect(await spent("GET", "/v1/users/77/permissions")).toBe(10);
  expect(await spent("GET", "/v1/webhooks")).toBe(10);
  expect(await spent("PUT", `/v1/persons/${person.id}/merge`, { merge_with_id: other.id })).toBe(40);
  expect(await spent("DELETE", `persons/${other.id}`)).toBe(3);
  // What is refused for its body has been counted all the same.
  expect(await spent("POST", "persons", { nothing: 1 })).toBe(5);
});

test("dailyLimit, otherAppsDailyUsed: the day's wall answers in words of its own until midnight", async () => {
  await config({ dailyLimit: 100, otherAppsDailyUsed: 89 });
  expect(left(await pd("GET", "persons"))).toBe(1);
  const reply = await pd("GET", "persons");
  expect([reply.status, reply.body.error, left(reply)]).toEqual([429, "daily request budget exceeded", 1]);
  expect((await read()).status).toBe(404);
  const untilMidnight = 86_400_000 - ((await pipedrive.now()) % 86_400_000);
  expect(Number(reply.headers.get("retry-after"))).toBeCloseTo(untilMidnight / 1000, -1);
  await advance(untilMidnight);
  expect(left(await read())).toBe(99);
});

test("serverTimeZone: the day ends at that zone's midnight", async () => {
  const wait = async (serverTimeZone: string): Promise<number> => {
    await config({ serverTimeZone, dailyLimit: 0 });
    return Number((await read()).headers.get("retry-after"));
  };
  const here = await wait("UTC");
  const there = await wait("Etc/GMT-5");
  const apart = (((here - there) % 86_400) + 86_400) % 86_400;
  expect(Math.abs(apart - 5 * 3600)).toBeLessThan(5);
});

test("dailyRetryAfter false: the daily 429 says nothing of when", async () => {
  await config({ dailyLimit: 0, dailyRetryAfter: false });
  const reply = await read();
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, null]);
});

test("dailyHeaders false: the daily headers are gone, those of the burst are not", async () => {
  await config({ dailyHeaders: false });
  const { headers } = await read();
  expect(headers.get("x-daily-ratelimit-token-remaining")).toBeNull();
  expect(headers.get("x-ratelimit-remaining")).toBe("39");
  await config({ dailyHeaders: true });
  expect((await read()).headers.get("x-daily-ratelimit-token-remaining")).not.toBeNull();
});

test("otherAppsPerMinute uses up the day and the bursts as time goes on", async () => {
  await config({ otherAppsPerMinute: 600 });
  await advance(60_000);
  const reply = await read();
  expect(left(reply)).toBeLessThanOrEqual(300_000 - 600 - 1);
  expect(reply.headers.get("x-ratelimit-remaining")).toBe("19");
});

test("cloudflareAfter: who ignores so many 429s in a row meets a page for cloudflareBlockMs, whatever the limit", async () => {
  await config({ burstLimit: 0, cloudflareAfter: 3, cloudflareBlockMs: 10_000 });
  expect(await statuses(4)).toEqual([429, 429, 429, 403]);
  await config({ burstLimit: null });
  const page = await read();
  expect([page.status, page.headers.get("content-type")]).toEqual([403, "text/html; charset=UTF-8"]);
  expect(page.text).toContain("<html>");
  await advance(10_000);
  expect((await read()).status).toBe(404);
});

test("refusals that are not in a row, or a minute old, raise no wall; null never does", async () => {
  await config({ cloudflareAfter: 2, burstLimit: 1 });
  expect(await statuses(2)).toEqual([404, 429]);
  await advance(2000);
  expect(await statuses(2)).toEqual([404, 429]);
  await config({ burstLimit: 0 });
  await advance(60_000);
  expect(await statuses(1)).toEqual([429]);
  await config({ cloudflareAfter: null });
  expect(await statuses(40)).toEqual(Array.from({ length: 40 }, () => 429));
});

test("latencyMs and latencyJitterMs hold answers back on the sandbox's clock", async () => {
  await config({ latencyMs: 60_000, latencyJitterMs: 1000 });
  let done = false;
  const waiting = read().finally(() => {
    done = true;
  });
  while ((await stats()).requests === 0);
  expect(done).toBe(false);
  await advance(61_000);
  expect((await waiting).status).toBe(404);
});

test("a reset forgets what was used, the wall and every setting", async () => {
  await config({ burstLimit: 0, cloudflareAfter: 1, seats: 1 });
  await statuses(2);
  await pipedrive.admin("POST", "/reset");
  expect((await read()).status).toBe(404);
  expect(await stats()).toMatchObject({ requests: 1, rateLimited: 0, dailyUsed: 1, dailyLimit: 300_000 });
});
