import { describe, expect, test } from "vitest";
import { listWindows, observe, readLimit } from "../../../../src-main/connectors/pipedrive/budget.ts";
import { wallRestMs } from "../../../../src-main/connectors/pipedrive/faults.ts";
import { costs } from "../../../../src-main/connectors/pipedrive/wire.ts";
import type { CrmRequest } from "../../../../src-main/engine/ports/connector.ts";

const nowMs = Date.UTC(2026, 10, 21, 22, 0, 0);
const place = { nowMs, timeZone: "UTC" };
const request = (cost: CrmRequest["cost"]): CrmRequest => ({ method: "GET", path: "/", cost, intents: [] });
const answer = (status: number, headers: Record<string, string> = {}, json: unknown = {}) =>
  ({ kind: "answer", status, headers, body: "", json }) as const;
const refusal = (error: string) => ({ success: false, error, errorCode: 429 });

test("the windows begin with the smallest plan, and settings say more where no header does", () => {
  const limits = (settings: object) => listWindows(settings).map(({ name, limit }) => [name, limit]);
  expect(limits({})).toEqual([
    ["burst", 20],
    ["search", 10],
    ["day", 30_000],
  ]);
  expect(limits({ dailyTokens: 150_000, burstLimit: 100 })).toContainEqual(["day", 150_000]);
  expect(listWindows({ serverTimeZone: "Europe/Tallinn" })[2]?.reset).toEqual({
    kind: "midnight",
    timeZone: "Europe/Tallinn",
  });
});

test("costs are the vendor's tokens, each request one of the burst", () => {
  expect(costs.readOne).toEqual({ burst: 1, day: 1 });
  expect(costs.list).toEqual({ burst: 1, day: 10 });
  expect(costs.write).toEqual({ burst: 1, day: 5 });
  expect(costs.oldReadOne).toEqual({ burst: 1, day: 2 });
  expect(costs.oldList).toEqual({ burst: 1, day: 20 });
  expect(costs.oldWrite).toEqual({ burst: 1, day: 10 });
  expect(costs.search).toEqual({ burst: 1, day: 20, search: 1 });
});

describe("headers", () => {
  const headers = {
    "x-ratelimit-limit": "40",
    "x-ratelimit-remaining": "39",
    "x-daily-ratelimit-token-limit": "150000",
    "x-daily-ratelimit-token-remaining": "120000",
  };
  test("tell of the burst and of the day", () => {
    expect(observe(request(costs.list), answer(200, headers), place)).toEqual([
      { window: "burst", limit: 40, remaining: 39 },
      { window: "day", limit: 150_000, remaining: 120_000 },
    ]);
  });
  test("of a search tell of the window of searches", () => {
    expect(observe(request(costs.search), answer(200, { "x-ratelimit-limit": "10" }), place)).toEqual([
      { window: "search", limit: 10 },
    ]);
  });
  test("that are missing or broken say nothing", () => {
    expect(observe(request(costs.list), answer(200), place)).toEqual([]);
    expect(observe(request(costs.list), answer(200, { "x-ratelimit-limit": "many" }), place)).toEqual([]);
  });
});

describe("the two 429s", () => {
  test("a burst lasts its reset, its retry-after or two seconds, whichever is longest", () => {
    const wait = (headers: Record<string, string>) =>
      readLimit(answer(429, headers, refusal("request over limit")), place);
    expect(wait({})).toEqual({ isDaily: false, waitMs: 2000 });
    expect(wait({ "x-ratelimit-reset": "5" })).toEqual({ isDaily: false, waitMs: 5000 });
    expect(wait({ "x-ratelimit-reset": "1", "retry-after": "7" })).toEqual({ isDaily: false, waitMs: 7000 });
  });
  test("the day's lasts until the server's midnight, or less where the vendor says so", () => {
    const daily = refusal("daily request budget exceeded");
    expect(readLimit(answer(429, {}, daily), place)).toEqual({ isDaily: true, waitMs: 7_200_000 });
    expect(readLimit(answer(429, { "retry-after": "3939" }, daily), place).waitMs).toBe(3_939_000);
    expect(readLimit(answer(429, { "retry-after": "86000" }, daily), place).waitMs).toBe(7_200_000);
    expect(readLimit(answer(429, {}, daily), { ...place, timeZone: "Etc/GMT-1" }).waitMs).toBe(3_600_000);
  });
  test("shut their own window", () => {
    expect(observe(request(costs.write), answer(429, {}, refusal("over")), place)).toEqual([
      { window: "burst", blockedForMs: 2000 },
    ]);
    expect(observe(request(costs.search), answer(429, {}, refusal("over")), place)).toEqual([
      { window: "search", blockedForMs: 2000 },
    ]);
    const day = observe(
      request(costs.write),
      answer(
        429,
        { "x-daily-ratelimit-token-limit": "30000", "x-daily-ratelimit-token-remaining": "0" },
        refusal("over"),
      ),
      place,
    );
    expect(day).toEqual([{ window: "day", limit: 30_000, remaining: 0, blockedForMs: 7_200_000 }]);
  });

  test("a rest that ends before midnight says nothing of the tokens of the day: they are asked for after it", () => {
    const long = observe(request(costs.write), answer(429, { "retry-after": "300" }, refusal("over")), place);
    expect(long).toEqual([{ window: "day", blockedForMs: 300_000 }]);
  });
});

test("a 403 that is not in the vendor's own words shuts everything for a quarter of an hour; one that is does not", () => {
  expect(observe(request(costs.write), answer(403, {}, undefined), place)).toEqual([
    { window: "burst", blockedForMs: wallRestMs },
  ]);
  expect(observe(request(costs.write), answer(403, {}, refusal("no")), place)).toEqual([]);
});
