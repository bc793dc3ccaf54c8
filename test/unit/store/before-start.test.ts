import { afterEach, beforeEach, expect, test } from "vitest";
import {
  aLeg,
  anIntegration,
  aReadCall,
  createLedger,
  firstStart,
  importCalls,
  type Ledger,
  statesOf,
} from "../../builders/ledger.ts";

let ledger: Ledger;
beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

const old = () => aReadCall("old", [aLeg({ from: "+447700900001" })]);
const later = () => aReadCall("later", [aLeg({ from: "+447700900002", at: firstStart + 86_400_000 })]);
const since = firstStart + 3_600_000;

test("a call that began before every integration's start date is left out as before_start, with no delivery", () => {
  anIntegration(ledger, { since });
  const counts = importCalls(ledger, [old()]);
  expect(Object.entries(counts.excluded)).toEqual([["before_start", 1]]);
  expect(counts.deliveries).toBe(0);
  expect(importCalls(ledger, [later()], { path: "/logs/later.csv" }).excluded).toEqual({});
  expect(statesOf(ledger)).toEqual(["queued"]);
});

test("a call that one integration takes is not left out, and goes to that one alone", () => {
  anIntegration(ledger, { since });
  anIntegration(ledger, { since: null, account: { accountId: "4712", name: "Second" } });
  expect(importCalls(ledger, [old()]).excluded).toEqual({});
  expect(statesOf(ledger)).toEqual(["queued"]);
});
