import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
const reports = () => ledger.store.reports;

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

function fail(id: number, causeKey: string | null, detail: string): void {
  const session = ledger.store.deliveries.openSession(now());
  ledger.store.deliveries.claim({ ids: [id], session, now: now() });
  const patch = { reason: "value_rejected", causeKey, detail } as const;
  ledger.store.deliveries.apply([{ id, events: ["reject"], patch, audit: [] }]);
}

describe("finding calls", () => {
  beforeEach(() => {
    importCalls(ledger, [
      aReadCall("17", [aLeg({ from: "+447700900001" })]),
      aReadCall("18", [aLeg({ from: "+447700900001", at: firstStart + 3 * dayMs })]),
      aReadCall("17", [aLeg({ from: "+447700900002", to: "ext:204", at: firstStart + 6 * dayMs })]),
    ]);
  });
  const keys = (text: string, limit = 10): readonly string[] =>
    reports()
      .findCalls(text, limit)
      .map(({ callId }) => callId);
  const [first, second, third] = ["17/20261120T080000Z", "18/20261123T080000Z", "17/20261126T080000Z"].map(
    (rest) => `asterisk-cdr-csv//${rest}`,
  );

  test("by the log's id gives every call that has it, newest first", () => {
    expect(keys("17")).toEqual([third, first]);
    expect(keys(" 17 ", 1)).toEqual([third]);
    expect(keys("1")).toEqual([]);
    expect(keys("")).toEqual([]);
  });

  test("by our id gives that one", () => {
    expect(keys(first ?? "")).toEqual([first]);
    expect(keys("asterisk-cdr-csv//17/20261121T080000Z")).toEqual([]);
    expect(keys("other//17/20261120T080000Z")).toEqual([]);
  });

  test("by a number gives the calls of that party, other or own", () => {
    expect(keys("+447700900001")).toEqual([second, first]);
    expect(keys("+44 7700 900001")).toEqual([second, first]);
    expect(keys("ext:204")).toEqual([third]);
    expect(keys("+442079460011")).toEqual([second, first]);
    expect(keys("+447700900009")).toEqual([]);
  });

  test("by a national number finds what the audit log knows in E.164", () => {
    const nothing = { tenant: "acme", callId: null, deliveryId: null, integrationId: null };
    ledger.store.audit.append([
      { at: now(), ...nothing, operation: "test", outcome: "ok", summary: "sent", terms: ["+447700900002"] },
    ]);
    expect(keys("07700 900002")).toEqual([third]);
  });
});

describe("dead letters", () => {
  beforeEach(() => {
    anIntegration(ledger);
    importCalls(
      ledger,
      ["1", "2", "3", "4"].map((key) => aReadCall(key)),
    );
    fail(1, "value_rejected:hs_call_title", "older");
    ledger.clock.jumpWall(1_000);
    fail(2, "value_rejected:hs_call_title", "newer");
    fail(3, "value_rejected", "no cause");
  });

  test("are grouped by cause, newest first, with the newest words", () => {
    const common = { integrationId: 1, tenant: "acme", crm: "hubspot", reason: "value_rejected" };
    const groups = reports().deadGroups();
    expect(groups).toHaveLength(2);
    expect(groups).toContainEqual({
      ...common,
      id: expect.any(String),
      cause: "hs_call_title",
      detail: "newer",
      count: 2,
      firstAt: now() - 1_000,
      lastAt: now(),
    });
    expect(groups).toContainEqual({
      ...common,
      id: expect.any(String),
      cause: null,
      detail: "no cause",
      count: 1,
      firstAt: now(),
      lastAt: now(),
    });
  });

  test("are listed by group or by delivery, and a group keeps its id", () => {
    const id =
      reports()
        .deadGroups()
        .find(({ cause }) => cause === "hs_call_title")?.id ?? "";
    expect(
      reports()
        .deadOf(id, 10)
        .map(({ row, detail }) => [row.id, detail]),
    ).toEqual([
      [2, "newer"],
      [1, "older"],
    ]);
    expect(reports().deadOf(id, 1)).toHaveLength(1);
    expect(
      reports()
        .deadOf("3", 10)
        .map(({ row }) => row.id),
    ).toEqual([3]);
    expect(reports().deadOf("4", 10)).toEqual([]);
    expect(reports().deadOf("nonsense", 10)).toEqual([]);
    ledger.store.deliveries.apply([{ id: 2, events: ["replay"], audit: [] }]);
    expect(
      reports()
        .deadGroups()
        .map((group) => group.id),
    ).toContain(id);
    expect(
      reports()
        .deadOf(id, 10)
        .map(({ row }) => row.id),
    ).toEqual([1]);
  });
});

test("what was acknowledged is found again by its group or by itself, and only since the time asked for", () => {
  anIntegration(ledger);
  importCalls(ledger, [aReadCall("1"), aReadCall("2"), aReadCall("3")]);
  fail(1, "field", "no");
  fail(2, "field", "no");
  fail(3, "other", "no");
  const [group = ""] = reports()
    .deadGroups()
    .filter(({ count }) => count === 2)
    .map(({ id }) => id);
  const acknowledge = (id: number) =>
    ledger.store.deliveries.apply([{ id, events: ["acknowledge"], patch: { note: "known" }, audit: [] }]);
  acknowledge(1);
  ledger.clock.jumpWall(1_000);
  const since = now();
  acknowledge(2);
  acknowledge(3);
  const found = (target: string, from: number) =>
    reports()
      .acknowledgedSince(target, from, 10)
      .map(({ row }) => row.id);
  expect(found(group, since)).toEqual([2]);
  expect(found(group, since - 1_000)).toEqual([2, 1]);
  expect(found("3", since)).toEqual([3]);
  expect(found("1", since)).toEqual([]);
  expect(found(group, since + 1)).toEqual([]);
});

describe("the statement", () => {
  const statement = (from = now() - 1, to = now() + 1) => reports().statement("2026-11-20", from, to);

  test("balances rows with legs and skipped, and eligible calls with deliveries, per integration", () => {
    anIntegration(ledger);
    anIntegration(ledger, { label: "Late", since: firstStart + 1, account: { accountId: "4712", name: "Second" } });
    const twice = aReadCall("2", [aLeg(), aLeg({ talk: 5 }), aLeg()]);
    const internal = aReadCall("3", [aLeg({ internal: true })]);
    importCalls(ledger, [aReadCall("1"), twice, internal, aReadCall("4", [aLeg({ at: firstStart + 5 })])], {
      skipped: [{ reason: "malformed", line: 3 }],
    });
    fail(1, null, "refused");
    const session = ledger.store.deliveries.openSession(now());
    ledger.store.deliveries.claim({ ids: [2], session, now: now() });
    ledger.store.deliveries.apply([
      { id: 2, events: ["accept"], patch: { sentRevision: 1 }, audit: [] },
      { id: 3, events: ["hold"], patch: { waitWhy: "contact", dueAt: now() }, audit: [] },
    ]);
    const none = { queued: 0, waiting: 0, sending: 0, uncertain: 0, delivered: 0, dead: 0, acknowledged: 0 };
    expect(statement()).toEqual({
      date: "2026-11-20",
      rows: 7,
      legs: 5,
      calls: 4,
      skipped: { duplicate: 1, malformed: 1 },
      excluded: { internal: 1 },
      outcomes: {
        failed: 1,
        checking: 0,
        waiting: 0,
        held: 1,
        sending: 0,
        queued: 0,
        delivered: 1,
        acknowledged: 0,
        skipped: 1,
      },
      activity: [],
      bySource: [],
      byIntegration: [
        {
          integrationId: 1,
          crm: "hubspot",
          label: "Acme HubSpot",
          eligible: 3,
          beforeStart: 0,
          states: { ...none, delivered: 1, dead: 1, waiting: 1 },
          waitingBy: { contact: 1 },
          deadBy: { value_rejected: 1 },
          balanced: true,
        },
        {
          integrationId: 2,
          crm: "hubspot",
          label: "Late",
          eligible: 1,
          beforeStart: 2,
          states: { ...none, queued: 1 },
          waitingBy: {},
          deadBy: {},
          balanced: true,
        },
      ],
      balanced: true,
    });
  });

  test("by steps it is the same as at once, as of the moment it was asked for, and others are let in between", async () => {
    anIntegration(ledger);
    for (let batch = 0; batch < 6; batch += 1)
      importCalls(
        ledger,
        Array.from({ length: 1_000 }, (_, index) => aReadCall(String(batch * 1_000 + index))),
      );
    const before = statement();
    let pauses = 0;
    const bySteps = await reports().statementBySteps("2026-11-20", now() - 1, now() + 1, async () => {
      pauses += 1;
      importCalls(ledger, [aReadCall(`later ${pauses}`)]);
      ledger.store.deliveries.apply([{ id: pauses, events: ["hold"], patch: { waitWhy: "paused" }, audit: [] }]);
    });
    expect(pauses).toBe(2);
    expect(bySteps).toEqual(before);
    expect(bySteps).toMatchObject({ calls: 6_000, balanced: true, byIntegration: [{ states: { queued: 6_000 } }] });
    expect(statement()).toMatchObject({ calls: 6_002, byIntegration: [{ states: { queued: 6_000, waiting: 2 } }] });
  });

  test("tells when the calls of the day began, by half-hours, and where they stand; calls of other days are not in it", () => {
    anIntegration(ledger);
    const halfHour = 1_800_000;
    importCalls(ledger, [
      aReadCall("1"),
      aReadCall("2", [aLeg({ at: firstStart + 60_000 })]),
      aReadCall("3", [aLeg({ at: firstStart + halfHour, internal: true })]),
      aReadCall("4", [aLeg({ at: firstStart - 2 * dayMs })]),
    ]);
    fail(1, null, "refused");
    const midnight = Date.UTC(2026, 10, 20);
    const none = { delivered: 0, failed: 0, skipped: 0, open: 0 };
    expect(statement(midnight, midnight + dayMs).activity).toEqual([
      { ...none, at: firstStart, failed: 1, open: 1 },
      { ...none, at: firstStart + halfHour, skipped: 1 },
    ]);
  });

  test("tells of each watched source how much was read of it and when last, and of none that brought nothing", () => {
    ledger.store.tenants.ensure("acme", now());
    const [desk, night, quiet] = ["/logs/desk", "/logs/night", "/logs/quiet"].map(
      (path) => ledger.store.sources.add({ tenant: "acme", system: "", path, format: "auto", settings: {} }, now()).id,
    );
    const from = now();
    importCalls(ledger, [aReadCall("1"), aReadCall("2")], { sourceId: desk ?? 0, path: "/logs/desk/a.csv" });
    importCalls(ledger, [aReadCall("3")], { path: "/logs/dropped.csv" });
    ledger.clock.jumpWall(60_000);
    importCalls(ledger, [aReadCall("4")], { sourceId: desk ?? 0, path: "/logs/desk/b.csv" });
    importCalls(ledger, [aReadCall("5")], { sourceId: night ?? 0, path: "/logs/night/a.csv" });
    expect([desk, night, quiet]).toEqual([1, 2, 3]);
    expect(statement(from, now() + 1).bySource).toEqual([
      { sourceId: 1, rows: 3, readAt: now() },
      { sourceId: 2, rows: 1, readAt: now() },
    ]);
    expect(statement(from, from + 1).bySource).toEqual([{ sourceId: 1, rows: 2, readAt: from }]);
  });

  test("holds only what was read in its time, also when two files were read at once", () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1")]);
    ledger.clock.jumpWall(dayMs);
    importCalls(ledger, [aReadCall("2"), aReadCall("3")]);
    expect(statement()).toMatchObject({ rows: 2, calls: 2, byIntegration: [{ eligible: 2 }], balanced: true });
    expect(statement(now() - dayMs - 1, now() - dayMs + 1)).toMatchObject({
      rows: 1,
      calls: 1,
      byIntegration: [{ eligible: 1 }],
    });
    expect(statement(0, 1)).toMatchObject({
      rows: 0,
      calls: 0,
      byIntegration: [{ eligible: 0, balanced: true }],
      balanced: true,
    });
  });

  test("does not balance while an integration has not got the calls it should have", () => {
    importCalls(ledger, [aReadCall("1")]);
    anIntegration(ledger);
    expect(statement()).toMatchObject({ balanced: false, byIntegration: [{ eligible: 1, balanced: false }] });
    ledger.store.ingest.backfill(1, now());
    expect(statement()).toMatchObject({ balanced: true });
  });

  test("counts a call as before the start only when no integration takes it", () => {
    anIntegration(ledger, { since: firstStart + 1 });
    importCalls(ledger, [aReadCall("1")]);
    expect(statement().excluded).toEqual({ before_start: 1 });
    anIntegration(ledger, { account: { accountId: "4712", name: "Second" } });
    expect(statement().excluded).toEqual({});
  });

  test("follows a call that policy leaves out after all", () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1", [aLeg({ leg: "a" })])]);
    importCalls(ledger, [aReadCall("1", [aLeg({ leg: "a", talk: 70, internal: true })])]);
    expect(statement()).toMatchObject({
      calls: 1,
      excluded: { internal: 1 },
      byIntegration: [{ eligible: 0 }],
      balanced: true,
    });
  });
});

test("deliveries of a call come with their words, one for each integration", () => {
  anIntegration(ledger);
  anIntegration(ledger, { account: { accountId: "4712", name: "Second" } });
  importCalls(ledger, [aReadCall("1")]);
  fail(1, null, "refused");
  expect(reports().deliveriesOfCall(1)).toMatchObject([
    { row: { id: 1, integrationId: 1, state: "dead" }, detail: "refused", deliveredAt: null, note: null },
    { row: { id: 2, integrationId: 2, state: "queued" }, detail: null },
  ]);
});
