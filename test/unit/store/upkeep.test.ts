import { statSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultRetention } from "../../../src-shared/domain/retention.ts";
import type { UpkeepStep } from "../../../src-main/engine/ports/upkeep.ts";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  importCalls,
} from "../../builders/ledger.ts";

const dayMs = 86_400_000;
const theirs = "+447700900947";
let ledger: Ledger;
const now = (): number => ledger.clock.now();
const upkeep = () => ledger.store.upkeep;
const run = (): readonly UpkeepStep[] => [...upkeep().steps(now())];
const countOf = (steps: readonly UpkeepStep[], task: UpkeepStep["task"]): number =>
  steps.filter((step) => step.task === task).reduce((sum, { count }) => sum + count, 0);
const count = (from: string): number =>
  ledger.raw((db) => db.prepare<[], number>(`SELECT count(*) FROM ${from}`).pluck().get() ?? -1);
const keep = (change: Partial<typeof defaultRetention>): void =>
  upkeep().set({ ...defaultRetention, ...change }, { at: now(), actor: "an admin" });
const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };

function tell(summary: string, terms: readonly string[] = []): void {
  ledger.store.audit.append([{ at: now(), ...nothing, operation: "test.note", outcome: "ok", summary, terms }]);
}

/** A day passes, and is sealed. */
function nextDay(days = 1): void {
  ledger.clock.jumpWall(days * dayMs);
  ledger.store.audit.seal(now());
}

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

describe("days of the audit log", () => {
  test("go when they are older than is kept, their seals stay, and what is left verifies", () => {
    keep({ auditDays: 7 });
    for (let day = 0; day < 20; day += 1) {
      tell(`noon of day ${day}`, day === 0 ? [theirs] : []);
      nextDay();
    }
    const steps = run();
    expect(countOf(steps, "audit days")).toBeGreaterThanOrEqual(13);
    expect(upkeep().size()).toMatchObject({ sealedDays: 7, droppedDays: 13 });
    expect(ledger.store.audit.verify()).toMatchObject({ ok: true, seals: 20 });
    const found = (text: string): number => ledger.store.audit.search(text, 50).length;
    expect([found('"day 0"'), found("noon")]).toEqual([0, 7]);
    expect(ledger.store.audit.search("retention", 5)[0]?.summary).toContain("13 sealed days were dropped by retention");
    expect(countOf(run(), "audit days")).toBe(0);
  });

  test("stay for good where that is wanted, and the seven days of a holiday always", () => {
    keep({ auditDays: null });
    for (let day = 0; day < 5; day += 1) {
      tell("something");
      nextDay(100);
    }
    expect(countOf(run(), "audit days")).toBe(0);
    expect(() => upkeep().set({ ...defaultRetention, auditDays: 7 }, { at: now(), actor: "x" })).not.toThrow();
  });

  test("of a million entries go by pieces: in the middle of one everything verifies, and the next run goes on there", () => {
    for (let entry = 0; entry < 30; entry += 1) tell(`entry ${entry}`);
    nextDay(10);
    tell("today");
    const drop = (): number => ledger.store.audit.dropSealed(now() - 7 * dayMs, now(), 12);
    expect(drop()).toBe(12);
    expect(ledger.store.audit.verify()).toMatchObject({ ok: true, entries: 1, problem: null });
    ledger.reopen();
    expect(drop()).toBe(12);
    expect(upkeep().size()).toMatchObject({ sealedDays: 1, droppedDays: 0 });
    expect(drop()).toBe(6);
    expect(upkeep().size()).toMatchObject({ sealedDays: 0, droppedDays: 1 });
    expect(drop()).toBe(0);
    expect(ledger.store.audit.verify()).toMatchObject({ ok: true, entries: 2 });
  });

  test("an entry that comes back into a day that is being dropped is seen", () => {
    for (let entry = 0; entry < 5; entry += 1) tell(`entry ${entry}`);
    nextDay(10);
    const first = ledger.raw((db) => db.prepare("SELECT * FROM audit WHERE id = 1").get());
    ledger.store.audit.dropSealed(now() - dayMs, now(), 3);
    ledger.raw((db) => {
      const columns = Object.keys(first ?? {});
      db.prepare(`INSERT INTO audit VALUES (${columns.map((column) => `@${column}`).join(", ")})`).run(first);
    });
    expect(ledger.store.audit.verify().problem).toBe("Entry 1 is there although it was dropped.");
  });

  test("take the numbers with them that no other day has", () => {
    keep({ auditDays: 7 });
    tell("a call", [theirs, "+447700900555"]);
    nextDay(20);
    tell("another call", ["+447700900555"]);
    expect(count("phone")).toBe(2);
    expect(countOf(run(), "numbers")).toBe(1);
    expect(ledger.raw((db) => db.prepare("SELECT number FROM phone").pluck().all())).toEqual(["+447700900555"]);
    expect(ledger.store.audit.search("900947", 5)).toEqual([]);
    expect(ledger.store.audit.search("900555", 5)).toHaveLength(1);
  });
});

/** A call that was sent, changed, sent again, with a skipped row and a look into the CRM beside it. */
function aDayOfWork(day: number): void {
  const at = firstStart + day * dayMs;
  const before = count("delivery");
  importCalls(ledger, [aReadCall(`${day}`, [aLeg({ at })])], {
    skipped: [{ line: 2, reason: "malformed", detail: `row of day ${day}` }],
  });
  const { deliveries, checks } = ledger.store;
  const session = deliveries.openSession(now());
  const send = (revision: number): void => {
    deliveries.claim({ ids: [before + 1], session, now: now() });
    const draft = {
      deliveryId: before + 1,
      steps: ["record"],
      key: `cl_${day}`,
      revision,
      payloadHash: "ab",
      at: now(),
    };
    const ids = deliveries.commitAttempts([draft], () => undefined);
    deliveries.settleAttempts(ids, { answeredAt: now(), outcome: "answered", status: 200, correlationId: null });
    const patch = { sentRevision: revision, remoteId: `9${day}` };
    deliveries.apply([{ id: before + 1, events: ["accept"], patch, audit: [] }]);
  };
  send(1);
  importCalls(ledger, [aReadCall(`${day}`, [aLeg({ at }), aLeg({ at: at + 60_000, leg: "b", talk: 30 })])]);
  send(2);
  const id = checks.ask(
    { integrationId: 1, kind: "read_back", askedBy: "CallLedger", at: now() },
    { size: 5, deliveredBefore: now() + 1, random: () => 0.5 },
  );
  checks.end(id, now(), null);
  deliveries.closeSession(session, now());
}

describe("details of finished work", () => {
  test("go when they are older than is kept; the statements of the old days say what they said", () => {
    keep({ detailDays: 7 });
    anIntegration(ledger);
    const begin = now();
    for (let day = 0; day < 20; day += 1) {
      aDayOfWork(day);
      ledger.clock.jumpWall(dayMs);
    }
    const statements = () =>
      Array.from({ length: 20 }, (_, day) =>
        ledger.store.reports.statement(
          `day ${day}`,
          begin + day * dayMs - 3_600_000,
          begin + (day + 1) * dayMs - 3_600_000,
        ),
      );
    const before = statements();
    expect(before[3]).toMatchObject({ calls: 1, skipped: { malformed: 1 }, balanced: true });
    const steps = run();
    expect(statements()).toEqual(before);
    expect(
      ["attempts", "skipped rows", "replaced versions", "looks into the CRMs"].map((task) =>
        countOf(steps, task as UpkeepStep["task"]),
      ),
    ).toEqual([26, 26, 13, 13]);
    expect(["attempt", "skipped_row", "call_revision", "crm_check"].map(count)).toEqual([14, 14, 7, 7]);
    expect([count("call"), count("delivery"), count("reading_skip")]).toEqual([20, 20, 40]);
    expect(ledger.raw((db) => db.prepare("PRAGMA foreign_key_check").all())).toEqual([]);
    const again = importCalls(ledger, [aReadCall("3", [aLeg({ at: firstStart + 3 * dayMs })])]);
    expect(again).toMatchObject({ calls: 0, revised: 0, deliveries: 0 });
  });

  test("stay with a call that waits, failed, or is not accounted for", () => {
    keep({ detailDays: 7 });
    anIntegration(ledger);
    importCalls(
      ledger,
      ["1", "2", "3"].map((key) => aReadCall(key)),
    );
    const { deliveries } = ledger.store;
    const session = deliveries.openSession(now());
    deliveries.claim({ ids: [1, 2, 3], session, now: now() });
    deliveries.commitAttempts(
      [1, 2, 3].map((deliveryId) => ({
        deliveryId,
        steps: ["record"],
        key: `cl_${deliveryId}`,
        revision: 1,
        payloadHash: "ab",
        at: now(),
      })),
      () => undefined,
    );
    deliveries.apply([
      { id: 1, events: ["reject"], patch: { reason: "value_rejected" }, audit: [] },
      { id: 2, events: ["lose"], patch: { nextProbeAt: now() }, audit: [] },
      { id: 3, events: ["accept"], patch: { sentRevision: 1, remoteId: "903" }, audit: [] },
    ]);
    ledger.clock.jumpWall(30 * dayMs);
    expect(countOf(run(), "attempts")).toBe(1);
    expect(ledger.raw((db) => db.prepare("SELECT delivery_id FROM attempt").pluck().all())).toEqual([1, 2]);
  });

  test("the newest look into each CRM stays, however old: it tells how far was looked", () => {
    keep({ detailDays: 7 });
    anIntegration(ledger);
    const { checks } = ledger.store;
    const sample = { size: 1, deliveredBefore: now(), random: () => 0.5 };
    for (const kind of ["copies", "copies", "read_back"] as const) {
      const id = checks.ask({ integrationId: 1, kind, askedBy: "CallLedger", at: now() }, sample);
      checks.advance(id, { cursor: id * 10, checked: 1, findings: [] }, () => undefined);
      checks.end(id, now(), null);
    }
    ledger.clock.jumpWall(30 * dayMs);
    expect(countOf(run(), "looks into the CRMs")).toBe(1);
    const next = checks.ask({ integrationId: 1, kind: "copies", askedBy: "CallLedger", at: now() }, sample);
    expect(checks.get(next)?.cursor).toBe(20);
  });

  test("hours of budgets go when no window looks back so far", () => {
    anIntegration(ledger);
    const { budget } = ledger.store;
    for (const days of [0, 100]) {
      ledger.clock.jumpWall(days * dayMs);
      const id = budget.reserve(1, { cost: { day: 5 }, lane: 2, at: now(), sessionId: 0 });
      budget.answer(id, now());
      budget.compact(1, -1);
    }
    expect(count("budget_hour")).toBe(2);
    expect(countOf(run(), "hours of budgets")).toBe(1);
    expect(budget.total(1, "day", 0)).toBe(5);
  });
});

describe("room", () => {
  /** Three thousand pages that are free again. */
  const addBallast = (db: Database): void => {
    db.exec(`CREATE TABLE ballast (text); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO ballast SELECT hex(randomblob(2000)) FROM n; DROP TABLE ballast`);
  };
  const bytes = (suffix = ""): number => statSync(join(ledger.dataDir, `callledger.db${suffix}`)).size;

  test("that is free goes back to the disk by steps of a megabyte, and a little stays for the next day", () => {
    ledger.raw(addBallast);
    const full = upkeep().size().bytes;
    const steps = run().filter(({ task }) => task === "free space");
    expect(steps.length).toBeGreaterThan(8);
    expect(Math.max(...steps.map((step) => step.count))).toBeLessThanOrEqual(256);
    expect(upkeep().size().bytes).toBeLessThan(full / 4);
    expect(bytes()).toBe(upkeep().size().bytes);
    expect(bytes("-wal")).toBe(0);
    expect(run().filter(({ task }) => task === "free space")).toEqual([]);
    expect(ledger.raw((db) => db.prepare("PRAGMA integrity_check").pluck().get())).toBe("ok");
  });

  test("is given back by a ledger that was made without the map of its pages, from its next start on", () => {
    ledger.store.close();
    ledger.raw((db) => {
      db.pragma("auto_vacuum = 0");
      db.exec("VACUUM");
      addBallast(db);
    });
    const full = bytes();
    ledger.reopen();
    expect(ledger.raw((db) => db.prepare("PRAGMA auto_vacuum").pluck().get())).toBe(2);
    run();
    expect(bytes()).toBeLessThan(full / 4);
  });

  test("in the log is given back when nobody reads from it any more", () => {
    ledger.raw((db) => {
      db.exec("BEGIN");
      db.prepare("SELECT count(*) FROM tenant").get();
      for (let entry = 0; entry < 50; entry += 1) tell(`entry ${entry}`);
      run();
      db.exec("COMMIT");
    });
    expect(bytes("-wal")).toBeGreaterThan(0);
    run();
    expect(bytes("-wal")).toBe(0);
  });

  test("of words that are gone is merged away, by bounded steps that come to an end", () => {
    for (let part = 0; part < 40; part += 1) tell(`entry ${part} ${"word ".repeat(part)}`, [`+4477009000${10 + part}`]);
    const parts = (): number =>
      ledger.raw((db) => db.prepare<[], number>("SELECT count(DISTINCT segid) FROM audit_fts_idx").pluck().get() ?? 0);
    const before = parts();
    run();
    expect(parts()).toBeLessThan(before);
    expect(run().filter(({ task }) => task === "search index")).toEqual([]);
    expect(ledger.store.audit.search("entry", 50)).toHaveLength(40);
  });
});

test("a run that is broken off anywhere leaves everything in order, and the next one comes to the same", () => {
  keep({ auditDays: 7, detailDays: 7 });
  anIntegration(ledger);
  for (let day = 0; day < 12; day += 1) {
    aDayOfWork(day);
    nextDay();
  }
  let steps = 0;
  for (;;) {
    const [step] = upkeep().steps(now());
    expect(ledger.store.audit.verify().ok).toBe(true);
    steps += 1;
    if (step === undefined || step.task === "write-ahead log" || steps > 200 || step.count === 0) break;
  }
  run();
  expect(ledger.store.audit.verify().ok).toBe(true);
  expect(count("attempt")).toBe(14);
});

test("what is kept how long is told in the audit log, and stays over a start", () => {
  expect(upkeep().settings()).toEqual(defaultRetention);
  keep({ auditDays: null, backups: 3 });
  expect(ledger.store.audit.search("retention.set", 1)[0]?.summary).toBe(
    "What is kept how long was set by an admin: the audit log for good, details 90 days, 3 daily backups.",
  );
  ledger.reopen();
  expect(upkeep().settings()).toMatchObject({ auditDays: null, backups: 3 });
  expect(upkeep().lastRunAt()).toBeNull();
  upkeep().markRun(now());
  expect(upkeep().lastRunAt()).toBe(now());
});
