import { describe, expect, test } from "vitest";
import { listWindows, observe, untilMidnight } from "../../../../src-main/connectors/hubspot/budget.ts";
import { callCost, searchCost } from "../../../../src-main/connectors/hubspot/wire.ts";
import type { CrmRequest } from "../../../../src-main/engine/ports/connector.ts";

const now = Date.UTC(2026, 10, 20, 9, 0);
const place = { nowMs: now, timeZone: "US/Eastern" };
const hour = 3_600_000;

const request = (cost: CrmRequest["cost"]): CrmRequest => ({ method: "POST", path: "/x", cost, intents: [] });
const answer = (status: number, headers: Record<string, string> = {}, json?: unknown) =>
  ({ kind: "answer", status, headers, body: "", json }) as const;
const refusal = (policyName?: string) => ({ status: "error", message: "limit", errorType: "RATE_LIMIT", policyName });

const headers = {
  "x-hubspot-ratelimit-max": "190",
  "x-hubspot-ratelimit-remaining": "187",
  "x-hubspot-ratelimit-interval-milliseconds": "10000",
  "x-hubspot-ratelimit-daily": "1000000",
  "x-hubspot-ratelimit-daily-remaining": "998877",
  "x-hubspot-ratelimit-secondly": "19",
  "x-hubspot-ratelimit-secondly-remaining": "18",
};

describe("what an answer tells about the windows", () => {
  test("limits and what is left, all applications of the portal included; the outdated second is not used", () => {
    expect(observe(request(callCost), answer(200, headers), place)).toEqual([
      { window: "ten_seconds", limit: 190, remaining: 187, lengthMs: 10_000 },
      { window: "day", limit: 1_000_000, remaining: 998_877 },
    ]);
  });

  test("nothing where it is silent, as searches are, and of the day where OAuth answers are", () => {
    expect(observe(request(searchCost), answer(200), place)).toEqual([]);
    const { "x-hubspot-ratelimit-daily": _daily, "x-hubspot-ratelimit-daily-remaining": _left, ...oauth } = headers;
    expect(observe(request(callCost), answer(200, oauth), place).map(({ window }) => window)).toEqual(["ten_seconds"]);
  });

  test("nothing of headers that are no numbers", () => {
    expect(observe(request(callCost), answer(200, { "x-hubspot-ratelimit-max": "many" }), place)).toEqual([]);
  });

  test.each([
    ["TEN_SECONDLY_ROLLING", callCost, { window: "ten_seconds", blockedForMs: 10_000 }],
    ["SECONDLY", callCost, { window: "ten_seconds", blockedForMs: 1_000 }],
    ["SECONDLY", searchCost, { window: "search_second", blockedForMs: 1_000 }],
    [undefined, callCost, { window: "ten_seconds", blockedForMs: 10_000 }],
    ["DAILY", searchCost, { window: "day", remaining: 0, blockedForMs: 20 * hour }],
  ])("a 429 of policy %s shuts its window", (policy, cost, expected) => {
    expect(observe(request(cost), answer(429, {}, refusal(policy)), place)).toEqual([expected]);
  });

  test("Retry-After wins over our own times, and headers of a refusal still count", () => {
    const told = observe(
      request(callCost),
      answer(429, { ...headers, "retry-after": "4" }, refusal("TEN_SECONDLY_ROLLING")),
      place,
    );
    expect(told).toEqual([
      { window: "ten_seconds", limit: 190, remaining: 187, lengthMs: 10_000, blockedForMs: 4_000 },
      { window: "day", limit: 1_000_000, remaining: 998_877 },
    ]);
  });

  test("the server's time counts, not ours", () => {
    const late = { ...answer(429, {}, refusal("DAILY")), serverTimeMs: now + hour };
    expect(observe(request(callCost), late, place)).toMatchObject([{ blockedForMs: 19 * hour }]);
  });
});

describe("the portal's midnight", () => {
  test.each([
    ["UTC", Date.UTC(2026, 10, 20, 9, 0), 15 * hour],
    ["UTC", Date.UTC(2026, 10, 20, 0, 0), 24 * hour],
    ["UTC", Date.UTC(2026, 10, 20, 23, 59, 59, 999), 1],
    ["Asia/Kolkata", Date.UTC(2026, 10, 20, 18, 0), hour / 2],
    ["Europe/London", Date.UTC(2026, 2, 29, 0, 0), 23 * hour],
    ["Europe/London", Date.UTC(2026, 9, 24, 23, 0), 25 * hour],
    ["No/Where", Date.UTC(2026, 10, 20, 9, 0), 15 * hour],
  ])("in %s", (zone, at, expected) => {
    expect(untilMidnight(zone, at)).toBe(expected);
  });
});

test("windows start with the smallest plan's limits, and the day ends at the portal's midnight", () => {
  const windows = listWindows({ accountId: "1", name: "x", timeZone: "Europe/London" });
  expect(windows.map(({ name, limit, lengthMs }) => [name, limit, lengthMs])).toEqual([
    ["ten_seconds", 100, 10_000],
    ["day", 250_000, 86_400_000],
    ["search_second", 5, 1_000],
  ]);
  expect(windows[1]).toMatchObject({ daily: true, reset: { kind: "midnight", timeZone: "Europe/London" } });
  expect(listWindows(null)[1]).toMatchObject({ reset: { timeZone: "UTC" } });
});
