import { describe, expect, test } from "vitest";
import { isUsedUp, listWindows, observe, readUsage } from "../../../../src-main/connectors/salesforce/budget.ts";
import type { CrmRequest } from "../../../../src-main/engine/ports/connector.ts";

const request = (path: string): CrmRequest => ({ method: "GET", path, cost: { day: 1 }, intents: [] });
const answer = (headers: Record<string, string>, json: unknown = {}, status = 200) =>
  ({ kind: "answer", status, headers, body: "", json }) as const;
const any = request("/services/data/v67.0/query");

describe("windows", () => {
  test("the day rolls, and starts with what the edition allows without licences", () => {
    const limitOf = (plan?: string) =>
      listWindows({ accountId: "00D", name: "Org", ...(plan === undefined ? {} : { plan }) })[0]?.limit;
    expect(listWindows(null)).toEqual([
      { name: "day", lengthMs: 86_400_000, limit: 15_000, share: 1, daily: true, reset: { kind: "rolling" } },
    ]);
    expect(limitOf("Enterprise Edition")).toBe(100_000);
    expect(limitOf("Unlimited Edition")).toBe(100_000);
    expect(limitOf("Developer Edition")).toBe(15_000);
    expect(limitOf()).toBe(15_000);
  });
});

describe("what answers tell", () => {
  test("the header tells the use of the whole org, in whatever order its parts come", () => {
    for (const text of [
      "api-usage=25/5000",
      "api-bursts=1/750; api-usage=25/5000",
      "api-usage=25/5000; per-app-api-usage=17/250(appName=x)",
    ])
      expect(observe(any, answer({ "sforce-limit-info": text }))).toEqual([
        { window: "day", limit: 5_000, remaining: 4_975 },
      ]);
  });

  test("a header that is missing or in another form tells nothing", () => {
    for (const text of ["", "per-app-api-usage=17/250", "api-usage=x/5000"])
      expect(observe(any, answer({ "sforce-limit-info": text }))).toEqual([]);
    expect(observe(any, answer({}))).toEqual([]);
  });

  test("use above the limit leaves nothing", () => {
    expect(observe(any, answer({ "sforce-limit-info": "api-usage=5010/5000" }))).toEqual([
      { window: "day", limit: 5_000, remaining: 0 },
    ]);
    expect(isUsedUp(readUsage({ "sforce-limit-info": "api-usage=5000/5000" }))).toBe(true);
    expect(isUsedUp(readUsage({ "sforce-limit-info": "api-usage=4999/5000" }))).toBe(false);
    expect(isUsedUp(undefined)).toBe(false);
  });

  test("the limits resource tells the day where the header is missing", () => {
    const limits = { DailyApiRequests: { Max: 100_000, Remaining: 89_982 } };
    const path = "/services/data/v67.0/limits";
    expect(observe(request(path), answer({}, limits))).toEqual([{ window: "day", limit: 100_000, remaining: 89_982 }]);
    const batch = {
      results: [
        { statusCode: 200, result: { records: [] } },
        { statusCode: 200, result: limits },
      ],
    };
    const inBatch = request("/services/data/v67.0/composite/batch");
    expect(observe(inBatch, answer({}, batch))).toEqual([{ window: "day", limit: 100_000, remaining: 89_982 }]);
    expect(observe(any, answer({}, limits))).toEqual([]);
    expect(observe(request(path), answer({}, []))).toEqual([]);
  });

  test("a refusal for the day shuts the window for a while, one for concurrency does not", () => {
    const refused = (message: string) => [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message }];
    expect(observe(any, answer({}, refused("TotalRequests Limit exceeded."), 403))).toEqual([
      { window: "day", remaining: 0, blockedForMs: 1_200_000 },
    ]);
    expect(
      observe(any, answer({ "sforce-limit-info": "api-usage=9/9" }, refused("TotalRequests Limit exceeded."), 403)),
    ).toEqual([{ window: "day", limit: 9, remaining: 0, blockedForMs: 1_200_000 }]);
    expect(observe(any, answer({}, refused("ConcurrentRequests Limit exceeded."), 403))).toEqual([]);
  });
});
