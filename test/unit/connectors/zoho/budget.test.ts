import { describe, expect, test } from "vitest";
import { createCreditWatch, creditsOf, listWindows, toPlan } from "../../../../src-main/connectors/zoho/budget.ts";
import type { CrmAnswer } from "../../../../src-main/engine/ports/connector.ts";
import { tokenCost, writeCost } from "../../../../src-main/connectors/zoho/wire.ts";

type Answer = Extract<CrmAnswer, { kind: "answer" }>;
const answer = (status: number, headers: Record<string, string> = {}): Answer => ({
  kind: "answer",
  status,
  headers,
  body: "",
  json: undefined,
});

function startWatch() {
  let at = 0;
  const clock = { now: () => at, monotonic: () => at, sleep: () => Promise.resolve() };
  return { watch: createCreditWatch(clock), pass: (ms: number) => (at += ms) };
}

describe("windows", () => {
  test.each([
    ["free", 3, 5_000],
    ["standard", 10, 52_500],
    ["standard", 300, 100_000],
    ["professional", 10, 55_000],
    ["enterprise", 10, 60_000],
    ["enterprise", 100_000, 5_000_000],
    ["ultimate", 1_000, 2_050_000],
  ])("the %s edition with %i users has %i credits", (edition, users, credits) => {
    expect(creditsOf(toPlan(edition, users))).toBe(credits);
  });

  test("an org that is not known has the smallest edition's", () => {
    expect(creditsOf(undefined)).toBe(5_000);
    expect(creditsOf("mystery, 10 users")).toBe(5_000);
  });

  test("our own cap by the minute is a setting", () => {
    const limit = (perMinute?: number) => listWindows(null, perMinute).find(({ name }) => name === "minute");
    expect(limit()).toMatchObject({ limit: 150, share: 0.98, daily: false });
    expect(limit(60)).toMatchObject({ limit: 60 });
    expect(limit(0)?.limit).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("credits are a rolling day with reserves, sign-ins ten in ten minutes", () => {
    const [credits, , tokens] = listWindows({ accountId: "1", name: "x", plan: "enterprise, 10 users" }, 150);
    expect(credits).toMatchObject({
      name: "credits",
      lengthMs: 86_400_000,
      limit: 60_000,
      daily: true,
      reset: { kind: "rolling" },
    });
    expect(tokens).toMatchObject({ name: "tokens", lengthMs: 600_000, limit: 10 });
    expect(tokenCost).toEqual({ tokens: 1 });
  });

  test.each([
    [1, 1],
    [10, 1],
    [11, 2],
    [100, 10],
  ])("%i records cost %i credits", (records, credits) => {
    expect(writeCost(records)).toEqual({ credits, minute: 1 });
  });
});

describe("what an answer tells", () => {
  test("nothing without the header, what is left with it", () => {
    const { watch } = startWatch();
    expect(watch.observe(answer(200))).toEqual([]);
    expect(watch.observe(answer(200, { "x-api-credits-remaining": "123" }))).toEqual([
      { window: "credits", remaining: 123 },
    ]);
  });

  test("a refusal with credits left is crowding; without any it is the day", () => {
    const { watch } = startWatch();
    expect(watch.observe(answer(429))).toEqual([{ window: "minute", blockedForMs: 5_000 }]);
    expect(watch.observe(answer(429, { "retry-after": "9" }))).toEqual([{ window: "minute", blockedForMs: 9_000 }]);
    expect(watch.observe(answer(429, { "x-api-credits-remaining": "0" }))).toEqual([
      { window: "credits", remaining: 0, blockedForMs: 900_000 },
    ]);
  });

  test("refusals that go on for a quarter of an hour mean the day, too; one good answer forgets them", () => {
    const { watch, pass } = startWatch();
    expect(watch.areSpent(answer(429))).toBe(false);
    pass(14 * 60_000);
    expect(watch.areSpent(answer(429))).toBe(false);
    pass(60_000);
    expect(watch.areSpent(answer(429))).toBe(true);
    expect(watch.areSpent(answer(200))).toBe(false);
    pass(60_000);
    expect(watch.areSpent(answer(429))).toBe(false);
  });
});
