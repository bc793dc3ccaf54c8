import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ledger, anIntegration, createLedger } from "../../builders/ledger.ts";

const hourMs = 3_600_000;
const start = Date.UTC(2026, 10, 20, 9, 30);
let ledger: Ledger;
const budget = () => ledger.store.budget;

beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  anIntegration(ledger, { account: { accountId: "4712", name: "Second" } });
  ledger.store.deliveries.openSession(start);
});
afterEach(() => ledger.dispose());

function spend(at: number, units = 1, answered: number | null = at, sessionId = 1): number {
  const id = budget().reserve(1, { cost: { second: 1, day: units }, lane: 1, at, sessionId });
  if (answered !== null) budget().answer(id, answered);
  return id;
}
const rowCount = (): unknown => ledger.raw((db) => db.prepare("SELECT count(*) FROM budget_entry").pluck().get());

test("reservations come back with what they cost and when they were answered", () => {
  const open = spend(start, 2, null);
  const done = spend(start + 10, 3, start + 60);
  const common = { lane: 1, sessionId: 1 };
  expect(budget().load(1, start)).toEqual([
    { ...common, id: open, cost: { second: 1, day: 2 }, reservedAt: start, answeredAt: null },
    { ...common, id: done, cost: { second: 1, day: 3 }, reservedAt: start + 10, answeredAt: start + 60 },
  ]);
  expect(
    budget()
      .load(1, start + 50)
      .map(({ id }) => id),
  ).toEqual([done]);
  expect(budget().load(2, 0)).toEqual([]);
});

test("totals are the same before and after folding, hour by hour", () => {
  for (let minute = 0; minute < 180; minute += 1) spend(start + minute * 60_000, 2);
  const since = [start, start + hourMs, start + 2 * hourMs].map((at) => Math.floor(at / hourMs) * hourMs);
  const totals = () => since.map((at) => budget().total(1, "day", at));
  const before = totals();
  expect(before).toEqual([360, 300, 180]);
  budget().compact(1, 29 * 60_000 + 1);
  expect(rowCount()).toBe(30);
  expect(totals()).toEqual(before);
  budget().compact(1, 0);
  expect(rowCount()).toBe(1);
  expect(totals()).toEqual(before);
  expect(budget().total(1, "second", 0)).toBe(180);
  expect(budget().total(1, "other", 0)).toBe(0);
  expect(budget().total(2, "day", 0)).toBe(0);
});

test("an hour that straddles the asked time counts whole, so that the wall is never underestimated", () => {
  spend(start, 5);
  spend(start + 2 * hourMs, 0);
  budget().compact(1, hourMs);
  expect(rowCount()).toBe(1);
  expect(budget().total(1, "day", start + 10 * 60_000)).toBe(5);
  expect(budget().total(1, "day", start + 30 * 60_000)).toBe(0);
});

test("a running request is never folded; one of a session that is over is, at its reservation's hour", () => {
  spend(start, 4, null);
  spend(start + 2 * hourMs, 0);
  budget().compact(1, hourMs);
  expect(rowCount()).toBe(2);
  ledger.store.deliveries.openSession(start + hourMs);
  budget().compact(1, hourMs);
  expect(rowCount()).toBe(1);
  expect(budget().total(1, "day", start)).toBe(4);
});

test("what was just answered is not folded, whatever our clock says", () => {
  spend(start - hourMs);
  spend(start);
  budget().compact(1, 10 * 60_000);
  expect(rowCount()).toBe(1);
  expect(budget().load(1, start)).toHaveLength(1);
});

test("a reservation that our own clock stamped a day ahead makes nothing old", () => {
  spend(start);
  spend(start + 24 * hourMs, 1, null);
  budget().compact(1, 10 * 60_000);
  expect(budget().load(1, 0)).toHaveLength(2);
});

describe("what the vendor told of a window", () => {
  const dayMs = 24 * hourMs;
  const hear = (at: number, limit: number | null, others: number, window = "day"): void => {
    const id = budget().reserve(1, { cost: { day: 1 }, lane: 1, at, sessionId: 1 });
    budget().answer(id, at, () => [{ window, limit, others, at }]);
  };

  test("is kept with the answer that told it, the newest word for each window", () => {
    hear(start, 1_000, 5);
    hear(start + 10, null, 7);
    hear(start, 190, 0, "ten_seconds");
    expect(budget().words(1)).toEqual([
      { window: "day", limit: 1_000, others: 7, at: start + 10 },
      { window: "ten_seconds", limit: 190, others: 0, at: start },
    ]);
    expect(budget().words(2)).toEqual([]);
  });

  test("is the last word of each day", () => {
    hear(start - dayMs, 900, 40);
    hear(start - dayMs + 1, 900, 44);
    hear(start, 1_000, 5);
    expect(budget().wordsBetween(1, start - dayMs, start)).toEqual([
      { window: "day", limit: 900, others: 44, at: start - dayMs + 1 },
    ]);
    expect(budget().words(1)).toMatchObject([{ limit: 1_000, others: 5 }]);
  });

  test("goes when nobody asks for it any more", () => {
    hear(start - 500 * dayMs, 900, 40);
    hear(start, 1_000, 5);
    expect(budget().wordsBetween(1, 0, start + 1)).toHaveLength(1);
  });
});
