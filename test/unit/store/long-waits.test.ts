import { afterEach, beforeEach, expect, test } from "vitest";
import { type Ledger, aReadCall, anIntegration, createLedger, importCalls, statesOf } from "../../builders/ledger.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const bounds = { retryMs: 16 * minuteMs, otherMs: 25 * 3_600_000 };
let ledger: Ledger;
beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
});
afterEach(() => ledger.dispose());

/** Claims the one call, and lets it wait as a fault would. */
function letWait(why: "retry" | "pace", dueAt: number): void {
  const { deliveries } = ledger.store;
  const session = deliveries.openSession(ledger.clock.now());
  deliveries.claim({ ids: [1], session, now: ledger.clock.now() });
  deliveries.apply([{ id: 1, events: ["defer"], patch: { waitWhy: why, dueAt }, audit: [] }]);
}
const dueAt = (): number | undefined => ledger.store.deliveries.get(1)?.dueAt;

test("a clock that is set back makes no queued call wait for the time it was before", () => {
  importCalls(ledger, [aReadCall("C-1")]);
  const before = ledger.clock.now() - dayMs;
  expect(ledger.store.deliveries.endLongWaits(before, bounds)).toBe(1);
  expect(dueAt()).toBe(before);
  expect(statesOf(ledger)).toEqual(["queued"]);
});

test("a try that is due within what we ever wait is left alone; one that is due in a day is not", () => {
  importCalls(ledger, [aReadCall("C-1")]);
  const now = ledger.clock.now();
  letWait("retry", now + 15 * minuteMs);
  expect(ledger.store.deliveries.endLongWaits(now, bounds)).toBe(0);
  expect(ledger.store.deliveries.endLongWaits(now - dayMs, bounds)).toBe(1);
  expect(dueAt()).toBe(now - dayMs);
});

test("what waits for the CRM's day waits its day, and no longer", () => {
  importCalls(ledger, [aReadCall("C-1")]);
  const now = ledger.clock.now();
  letWait("pace", now + 20 * 3_600_000);
  ledger.store.integrations.setRest(1, now + 20 * 3_600_000, now);
  expect(ledger.store.deliveries.endLongWaits(now, bounds)).toBe(0);
  expect(ledger.store.deliveries.endLongWaits(now - dayMs, bounds)).toBe(2);
  expect(ledger.store.integrations.get(1)?.restUntil).toBeNull();
});

test("what waits for the CRM since a time that is still to come waits by a clock that was set back: it ends now", () => {
  importCalls(ledger, [aReadCall("C-1")]);
  const now = ledger.clock.now();
  letWait("pace", now + 10_000);
  expect(ledger.store.deliveries.endLongWaits(now, bounds)).toBe(0);
  expect(ledger.store.deliveries.endLongWaits(now - 20 * 3_600_000, bounds)).toBe(1);
  expect(dueAt()).toBe(now - 20 * 3_600_000);
});

test("a read by key that a clock put a day ahead is due now", () => {
  importCalls(ledger, [aReadCall("C-1")]);
  const now = ledger.clock.now();
  const { deliveries } = ledger.store;
  const session = deliveries.openSession(now);
  deliveries.claim({ ids: [1], session, now });
  deliveries.apply([{ id: 1, events: ["lose"], patch: { nextProbeAt: now + 20_000 }, audit: [] }]);
  expect(deliveries.endLongWaits(now, bounds)).toBe(0);
  expect(deliveries.endLongWaits(now - dayMs, bounds)).toBe(1);
  expect(deliveries.peekProbes({ integrationId: 1, now: now - dayMs, limit: 5 })).toHaveLength(1);
});
