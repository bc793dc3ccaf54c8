import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CallListAsk } from "../../../src-main/engine/ports/report-store.ts";
import { callOutcomes, toOutcome, worstOutcome } from "../../../src-shared/domain/outcome-order.ts";
import type { DeliveryEvent } from "../../../src-shared/domain/delivery.ts";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  importCalls,
} from "../../builders/ledger.ts";

let ledger: Ledger;
const dayMs = 86_400_000;
const now = (): number => ledger.clock.now();
const list = (ask: Partial<CallListAsk> = {}) =>
  ledger.store.reports.listCalls({ text: "", outcome: null, before: null, limit: 50, ...ask });
const ids = (ask: Partial<CallListAsk> = {}): readonly number[] => list(ask).calls.map(({ rowId }) => rowId);

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

function settle(id: number, event: DeliveryEvent, patch: Record<string, unknown> = {}): void {
  const session = ledger.store.deliveries.openSession(now());
  ledger.store.deliveries.claim({ ids: [id], session, now: now() });
  ledger.store.deliveries.apply([{ id, events: [event], patch, audit: [] }]);
}

describe("the list of calls", () => {
  beforeEach(() => {
    anIntegration(ledger);
    importCalls(ledger, [
      aReadCall("1", [aLeg({ from: "+447700900001" })]),
      aReadCall("2", [aLeg({ from: "+447700900002", talk: 0 })]),
      aReadCall("3", [aLeg({ internal: true })]),
      aReadCall("4"),
    ]);
  });

  test("has every call once, newest first, over pages of any size", () => {
    expect(ids()).toEqual([4, 3, 2, 1]);
    for (const limit of [1, 2, 3, 4, 5]) {
      const seen: number[] = [];
      let before: number | null = null;
      do {
        const page = list({ before, limit });
        expect(page.calls.length).toBeLessThanOrEqual(limit);
        seen.push(...page.calls.map(({ rowId }) => rowId));
        before = page.next;
      } while (before !== null);
      expect(seen).toEqual([4, 3, 2, 1]);
    }
  });

  test("tells each call with its deliveries and where it stands", () => {
    settle(1, "reject", { reason: "value_rejected", detail: "no" });
    settle(2, "defer", { waitWhy: "contact", dueAt: now() + 5_000 });
    const [fourth, third, second, first] = list().calls;
    expect(first).toMatchObject({
      callId: "asterisk-cdr-csv//1/20261120T080000Z",
      tenant: "acme",
      from: "+447700900001",
      startedAt: firstStart,
      durationSeconds: 60,
      outcome: "failed",
      deliveries: [{ integrationId: 1, crm: "hubspot", state: "dead", reason: "value_rejected", waitsUntil: null }],
    });
    expect(second).toMatchObject({
      status: "missed",
      outcome: "held",
      deliveries: [{ state: "waiting", waitWhy: "contact", waitsUntil: now() + 5_000 }],
    });
    expect(third).toMatchObject({ outcome: "skipped", excluded: "internal", deliveries: [] });
    expect(fourth).toMatchObject({ outcome: "queued" });
  });

  test("is narrowed to one outcome", () => {
    settle(1, "reject", { reason: "unknown" });
    expect(ids({ outcome: "failed" })).toEqual([1]);
    expect(ids({ outcome: "skipped" })).toEqual([3]);
    expect(ids({ outcome: "queued" })).toEqual([4, 2]);
    expect(list({ outcome: "queued", limit: 1 })).toMatchObject({ calls: [{ rowId: 4 }], next: 4 });
    expect(ids({ outcome: "queued", before: 4 })).toEqual([2]);
    expect(ids({ outcome: "delivered" })).toEqual([]);
  });

  test("is searched by ids, by numbers and parts of them, and by words", () => {
    ledger.store.audit.append([
      {
        at: now(),
        tenant: "acme",
        callId: 2,
        deliveryId: null,
        integrationId: null,
        operation: "test",
        outcome: "ok",
        summary: "The quarterly greenhouse order",
        terms: ["+447700900002"],
      },
    ]);
    expect(ids({ text: "asterisk-cdr-csv//4/20261120T080000Z" })).toEqual([4]);
    expect(ids({ text: "+44 7700 900001" })).toEqual([1]);
    expect(ids({ text: "07700 900002" })).toEqual([2]);
    expect(ids({ text: "0900002" })).toEqual([2]);
    expect(ids({ text: "greenhouse" })).toEqual([2]);
    expect(ids({ text: "greenhouse", outcome: "failed" })).toEqual([]);
    expect(ids({ text: "'; drop table call --" })).toEqual([]);
  });
});

describe("calls of a day, and how many stand where", () => {
  const at = (days: number, hours = 0): number => firstStart + days * dayMs + hours * 3_600_000;
  const spanOf = (days: number) => ({ from: at(days, -8), to: at(days + 1, -8) });
  const count = (ask: Parameters<Ledger["store"]["reports"]["countCalls"]>[0] = { text: "" }) =>
    ledger.store.reports.countCalls(ask);

  beforeEach(() => {
    anIntegration(ledger);
    importCalls(ledger, [
      aReadCall("1", [aLeg({ at: at(0) })]),
      aReadCall("2", [aLeg({ at: at(0, 15.9), from: "+447700900002" })]),
      aReadCall("3", [aLeg({ at: at(1, -7.9) })]),
      aReadCall("4", [aLeg({ at: at(1), internal: true })]),
      aReadCall("5", [aLeg({ at: at(-9) })]),
    ]);
    settle(1, "reject", { reason: "unknown" });
  });

  test("are those that began in it, over pages, and with an outcome, too", () => {
    expect(ids({ span: spanOf(0) })).toEqual([2, 1]);
    expect(ids({ span: spanOf(1) })).toEqual([4, 3]);
    expect(ids({ span: spanOf(2) })).toEqual([]);
    expect(ids({ span: { from: at(-9), to: at(0) } })).toEqual([5]);
    const page = list({ span: spanOf(0), limit: 1 });
    expect(page).toMatchObject({ calls: [{ rowId: 2 }], next: 2 });
    expect(ids({ span: spanOf(0), before: page.next })).toEqual([1]);
    expect(ids({ span: spanOf(0), outcome: "failed" })).toEqual([1]);
    expect(ids({ span: spanOf(1), outcome: "failed" })).toEqual([]);
    expect(ids({ span: spanOf(0), text: "+44 7700 900002" })).toEqual([2]);
    expect(ids({ span: spanOf(1), text: "+44 7700 900002" })).toEqual([]);
  });

  test("are counted as the list would show them", () => {
    for (const span of [null, spanOf(0), spanOf(1), spanOf(2)]) {
      const { outcomes, counted, isWhole } = count({ text: "", span });
      expect(counted).toBe(ids({ span }).length);
      expect(isWhole).toBe(true);
      for (const outcome of callOutcomes) expect(outcomes[outcome]).toBe(ids({ span, outcome }).length);
    }
    expect(count({ text: "+44 7700 900002" })).toMatchObject({ counted: 1, outcomes: { queued: 1, failed: 0 } });
  });

  test("are counted up to a bound, which is said", () => {
    const more = Array.from({ length: 6_000 }, (_, index) => aReadCall(`m${index}`, [aLeg({ at: at(3) })]));
    importCalls(ledger, more);
    expect(count()).toMatchObject({ counted: 5_000, isWhole: false, outcomes: { queued: 5_000, failed: 0 } });
    expect(count({ text: "", span: spanOf(0) })).toMatchObject({ counted: 2, isWhole: true });
  });

  test("are drawn by week, newest first, and others are let in between", async () => {
    let pauses = 0;
    const pause = async (): Promise<void> => void (pauses += 1);
    const weeks = (most: number) => ledger.store.reports.callWeeks({ now: at(4), weeks: most, pause });
    expect(await weeks(10)).toEqual([
      { monday: "2026-11-16", calls: 4 },
      { monday: "2026-11-09", calls: 1 },
    ]);
    expect(pauses).toBe(2);
    expect(await weeks(1)).toEqual([]);
    expect(await weeks(2)).toEqual([{ monday: "2026-11-16", calls: 4 }]);
  });
});

describe("outcomes of the daily statement", () => {
  const outcomes = () => ledger.store.reports.statement("day", 0, now() + dayMs).outcomes;
  const sum = (): number => Object.values(outcomes()).reduce((total, count) => total + count, 0);

  test("count each call once by the worst of its deliveries", () => {
    anIntegration(ledger);
    anIntegration(ledger, { label: "Second", account: { accountId: "2", name: "Second" } });
    importCalls(
      ledger,
      ["1", "2", "3"].map((key) => aReadCall(key)).concat(aReadCall("4", [aLeg({ internal: true })])),
    );
    settle(1, "accept", { remoteId: "r1", sentRevision: 1 });
    settle(2, "reject", { reason: "unknown" });
    settle(3, "defer", { waitWhy: "retry" });
    expect(outcomes()).toMatchObject({ failed: 1, waiting: 1, queued: 1, skipped: 1, delivered: 0 });
    expect(sum()).toBe(4);
    expect(ids({ outcome: "failed" })).toHaveLength(1);
  });

  test("leave out a call that an account takes and that has no delivery there: it is not accounted for", () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1"), aReadCall("2")]);
    ledger.raw((db) => {
      db.exec("PRAGMA foreign_keys = OFF; DELETE FROM delivery WHERE id = 2");
    });
    expect(sum()).toBe(1);
  });

  test("skip calls that no connected CRM takes", () => {
    anIntegration(ledger, { since: firstStart + dayMs });
    importCalls(ledger, [aReadCall("1")]);
    expect(outcomes()).toMatchObject({ skipped: 1 });
  });
});

test("the worst outcome is the first in the order of outcomes", () => {
  expect(worstOutcome([])).toBeUndefined();
  expect(worstOutcome([...callOutcomes].toReversed())).toBe("failed");
  expect(worstOutcome(["delivered", toOutcome("waiting", "contact"), toOutcome("sending", null)])).toBe("held");
  expect(toOutcome("waiting", "retry")).toBe("waiting");
  expect(toOutcome("uncertain", null)).toBe("checking");
});
