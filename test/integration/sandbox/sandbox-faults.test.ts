import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, calls, openSandbox, type Client } from "./sandbox-client.ts";

let client: Client;
beforeAll(async () => {
  client = await openSandbox();
});
afterAll(() => client.close());
beforeEach(async () => {
  await client.admin("POST", "/reset");
  await client.createKey();
});

const countCalls = async (): Promise<number> => (await client.records("calls")).length;

test("an injected status is answered before anything is committed", async () => {
  await client.faults([{ match: { method: "POST", path: calls }, kind: "status", status: 503, times: 1 }]);
  const refused = await client.hub("POST", calls, call("cl_a"));
  expect([refused.status, await countCalls()]).toEqual([503, 0]);
  expect((await client.hub("POST", calls, call("cl_a"))).status).toBe(201);
});

test("an injected status carries the body and headers of its rule", async () => {
  await client.faults([
    { kind: "status", status: 429, body: { policyName: "SECONDLY" }, headers: { "retry-after": "7" } },
  ]);
  const refused = await client.hub("GET", calls);
  expect([refused.status, refused.body, refused.headers.get("retry-after")]).toEqual([
    429,
    { policyName: "SECONDLY" },
    "7",
  ]);
  await client.faults([{ kind: "status", status: 502, body: "<h1>Bad gateway</h1>" }]);
  const html = await client.hub("GET", calls);
  expect([html.status, html.text, html.headers.get("content-type")]).toEqual([
    502,
    "<h1>Bad gateway</h1>",
    "text/html;charset=utf-8",
  ]);
});

test("an injected status without a body is worded by the vendor", async () => {
  await client.faults([{ kind: "status", status: 500 }]);
  expect((await client.hub("GET", calls)).body).toMatchObject({ status: "error", category: "INTERNAL_ERROR" });
  await client.config({ internalErrorCategory: "SERVER_TROUBLE" });
  expect((await client.hub("GET", calls)).body).toMatchObject({ category: "SERVER_TROUBLE" });
});

test("drop-before closes the connection and commits nothing", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "drop-before" }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  expect(await countCalls()).toBe(0);
});

test("drop-after commits and closes without an answer", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "drop-after" }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  expect(await countCalls()).toBe(1);
});

test("reset tears the connection down and commits nothing", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "reset" }]);
  const error: any = await client.hub("POST", calls, call("cl_a")).catch((caught: unknown) => caught);
  expect(error.cause.code).toBe("ECONNRESET");
  expect(await countCalls()).toBe(0);
});

test("commit-late closes and commits only once the clock has been moved far enough", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 60_000 }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  expect(await countCalls()).toBe(0);
  await client.advance(50_000);
  expect(await countCalls()).toBe(0);
  await client.advance(10_000);
  const [record] = await client.records("calls");
  expect(record.callledger_key).toBe("cl_a");
});

test("commit-late commits when real time has passed, too", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 80 }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  expect(await countCalls()).toBe(0);
  await expect.poll(countCalls).toBe(1);
});

test("a late commit carries the time at which it came due, not that of the look", async () => {
  const { now } = (await client.admin("GET", "/clock")).body;
  await client.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 10_000 }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  await client.advance(3_600_000);
  const [record] = await client.records("calls");
  const createdAfterMs = Date.parse(record.hs_createdate) - now;
  expect(createdAfterMs).toBeGreaterThanOrEqual(10_000);
  expect(createdAfterMs).toBeLessThan(20_000);
});

test("a late commit that would break a rule by then commits nothing", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 1000, times: 1 }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  expect((await client.hub("POST", calls, call("cl_a"))).status).toBe(201);
  await client.advance(2000);
  expect(await countCalls()).toBe(1);
});

test("delay commits at once and holds the answer back on the sandbox clock", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "delay", delayMs: 600_000 }]);
  let answered = false;
  const pending = client.hub("POST", calls, call("cl_a")).finally(() => {
    answered = true;
  });
  await expect.poll(countCalls).toBe(1);
  expect(answered).toBe(false);
  await client.advance(600_000);
  expect((await pending).status).toBe(201);
});

test("malformed commits and answers with half a body", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "malformed" }]);
  const reply = await client.hub("POST", calls, call("cl_a"));
  expect([reply.status, reply.body, await countCalls()]).toEqual([201, undefined, 1]);
  expect(reply.text.length).toBeGreaterThan(0);
});

test("a rule fires as often as it says and then lets requests through", async () => {
  await client.faults([{ kind: "status", status: 500, times: 2 }]);
  const statuses = [];
  for (let n = 0; n < 4; n++) statuses.push((await client.hub("GET", calls)).status);
  expect(statuses).toEqual([500, 500, 200, 200]);
});

test("the first rule that fires wins, and one that does not fire lets the next one decide", async () => {
  await client.faults([
    { match: { method: "DELETE" }, kind: "status", status: 501 },
    { kind: "status", status: 504, rate: 0 },
    { kind: "status", status: 500 },
    { kind: "status", status: 503 },
  ]);
  expect((await client.hub("GET", calls)).status).toBe(500);
  expect((await client.hub("DELETE", `${calls}/1`)).status).toBe(501);
});

test("a rate hits its share of requests, the same ones for the same seed", async () => {
  const run = async (): Promise<number[]> => {
    const seeded = await openSandbox({ seed: 7 });
    await seeded.faults([{ kind: "status", status: 500, rate: 0.3 }]);
    const statuses = [];
    for (let n = 0; n < 100; n++) statuses.push((await seeded.hub("GET", calls)).status);
    await seeded.close();
    return statuses;
  };
  const first = await run();
  const hits = first.filter((status) => status === 500).length;
  expect(hits).toBeGreaterThan(15);
  expect(hits).toBeLessThan(45);
  expect(await run()).toEqual(first);
});

test("a path matches literally, with a star, or as an expression", async () => {
  for (const path of ["/calls/batch", "/crm/*/calls", "^/crm/objects/[^/]+/calls$"]) {
    await client.faults([{ match: { path }, kind: "status", status: 500 }]);
    const hit = path.includes("batch") ? `${calls}/batch/read` : calls;
    expect([
      path,
      (await client.hub("GET", hit)).status,
      (await client.hub("GET", "/crm/owners/2026-09")).status,
    ]).toEqual([path, 500, 200]);
  }
});

test("sign-in is left alone unless a rule names its path", async () => {
  const { clientId, clientSecret, refreshToken } = client.access;
  const signIn = {
    grant_type: "refresh_token",
    client_id: `${clientId}`,
    client_secret: `${clientSecret}`,
    refresh_token: `${refreshToken}`,
  };
  await client.faults([{ kind: "status", status: 500 }]);
  expect((await client.form("/oauth/2026-09/token", signIn)).status).toBe(200);
  await client.faults([{ match: { path: "/oauth/" }, kind: "status", status: 500 }]);
  expect((await client.form("/oauth/2026-09/token", signIn)).status).toBe(500);
});

test("DELETE clears the rules, and a rule that makes no sense is refused and changes nothing", async () => {
  await client.faults([{ kind: "status", status: 500 }]);
  const refused = await client.admin("POST", "/hubspot/faults", [{ kind: "delay" }]);
  expect([refused.status, refused.body.error]).toEqual([400, expect.stringContaining("delayMs")]);
  expect((await client.admin("POST", "/hubspot/faults", [{ kind: "explode" }])).status).toBe(400);
  expect((await client.hub("GET", calls)).status).toBe(500);
  expect((await client.admin("DELETE", "/hubspot/faults")).status).toBe(204);
  expect((await client.hub("GET", calls)).status).toBe(200);
});

test("a reset drops a commit that is still to come", async () => {
  await client.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 1000 }]);
  await expect(client.hub("POST", calls, call("cl_a"))).rejects.toThrow("fetch failed");
  await client.admin("POST", "/reset");
  await client.advance(5000);
  expect(await countCalls()).toBe(0);
});

test("latency holds every answer back on the sandbox clock, with jitter on top", async () => {
  await client.config({ latencyMs: 100_000, latencyJitterMs: 50_000 });
  let answered = false;
  const pending = client.hub("GET", calls).finally(() => {
    answered = true;
  });
  await expect.poll(async () => (await client.stats()).byEndpoint[`GET ${calls}`]).toBe(1);
  await client.advance(99_000);
  expect(answered).toBe(false);
  await client.advance(60_000);
  expect((await pending).status).toBe(200);
  await client.config({ latencyMs: 0, latencyJitterMs: 0 });
  expect((await client.hub("GET", calls)).status).toBe(200);
});
