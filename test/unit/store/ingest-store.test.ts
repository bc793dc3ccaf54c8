import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FilePosition } from "../../../src-main/engine/ports/ingest-store.ts";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  foldRows,
  importCalls,
  statesOf,
} from "../../builders/ledger.ts";

let ledger: Ledger;
const hourMs = 3_600_000;
const now = (): number => ledger.clock.now();
const get = (id: number) => ledger.store.deliveries.get(id);
const find = (text: string) => ledger.store.reports.findCalls(text, 10);

function deliver(id: number, revision = 1): void {
  const session = ledger.store.deliveries.openSession(now());
  ledger.store.deliveries.claim({ ids: [id], session, now: now() });
  ledger.store.deliveries.apply([
    { id, events: ["accept"], patch: { sentRevision: revision, remoteId: "900" }, audit: [] },
  ]);
}

function reject(id: number): void {
  const session = ledger.store.deliveries.openSession(now());
  ledger.store.deliveries.claim({ ids: [id], session, now: now() });
  ledger.store.deliveries.apply([{ id, events: ["reject"], patch: { reason: "value_rejected" }, audit: [] }]);
}

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

describe("new calls", () => {
  test("get one delivery for each integration of their tenant, in the reading's lane", () => {
    anIntegration(ledger);
    anIntegration(ledger, { account: { accountId: "4712", name: "Second" } });
    anIntegration(ledger, { tenant: "other" });
    const counts = importCalls(ledger, [aReadCall("1"), aReadCall("2")], { lane: 0 });
    expect(counts).toEqual({ rows: 2, legs: 2, calls: 2, revised: 0, skipped: {}, excluded: {}, deliveries: 4 });
    expect(ledger.store.deliveries.counts()).toMatchObject({ queued: 4 });
    expect(ledger.store.deliveries.counts(3)).toMatchObject({ queued: 0 });
    expect(get(1)).toMatchObject({ lane: 0, state: "queued", dueAt: now(), wantedRevision: 1, tenant: "acme" });
  });

  test("that policy leaves out get none, and are counted by reason", () => {
    anIntegration(ledger, { since: firstStart });
    const counts = importCalls(ledger, [
      aReadCall("in"),
      aReadCall("internal", [aLeg({ internal: true })]),
      aReadCall("early", [aLeg({ at: firstStart - 1_000 })]),
    ]);
    expect(counts).toMatchObject({ calls: 3, deliveries: 1, excluded: { internal: 1, before_start: 1 } });
  });

  test("are before the start only when no integration of the tenant takes them", () => {
    anIntegration(ledger, { since: firstStart + 1 });
    anIntegration(ledger, { account: { accountId: "4712", name: "Second" } });
    expect(importCalls(ledger, [aReadCall("1")])).toMatchObject({ deliveries: 1, excluded: {} });
  });

  test("of which more legs may come wait until then", () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1", [aLeg()], { settlesAt: now() + 60_000 }), aReadCall("2")]);
    expect(get(1)).toMatchObject({ state: "queued", callId: expect.stringContaining("/2/") });
    expect(get(2)).toMatchObject({ state: "waiting", waitWhy: "settle", dueAt: now() + 60_000 });
    expect(ledger.store.deliveries.counts()).toMatchObject({ queued: 1, waiting: 1 });
  });

  test("keep what the log says, whether or not the log has an id of its own", () => {
    const legs = [aLeg({ from: "+447700900001" })];
    const record = {
      ...aReadCall("h-1", legs).record,
      logId: null,
      startedAtAlternatives: [1, 2],
      agent: "Alice Example",
    };
    importCalls(ledger, [
      aReadCall("17", legs),
      aReadCall("h-1", legs, { record, node: "pbx1" }),
      aReadCall("18", legs, { record: { ...record, logId: "pbx-18" } }),
    ]);
    expect(find("17")[0]?.record.logId).toBe("17");
    expect(find("h-1")[0]).toMatchObject({
      record,
      callId: "asterisk-cdr-csv/pbx1/h-1/20261120T080000Z",
      revision: 1,
      file: "/logs/Master.csv",
    });
    expect(find("pbx-18")[0]?.record.logId).toBe("pbx-18");
  });

  test("have the same id in another ledger, read in another order from another file", () => {
    const calls = [aReadCall("1"), aReadCall("2", [aLeg({ at: firstStart + 500 })], { node: "b" })];
    importCalls(ledger, calls);
    const ids = calls.map(({ logKey }) => find(logKey)[0]?.callId);
    const other = createLedger();
    importCalls(other, calls.toReversed(), { path: "/elsewhere/copy.csv" });
    expect(calls.map(({ logKey }) => other.store.reports.findCalls(logKey, 1)[0]?.callId)).toEqual(ids);
    other.dispose();
  });
});

describe("a key that is met again", () => {
  test("within a day names the same call, across midnight too", () => {
    const late = Date.UTC(2026, 10, 20, 23, 59, 50);
    importCalls(ledger, [aReadCall("1", [aLeg({ at: late })])]);
    const counts = importCalls(ledger, [aReadCall("1", [aLeg({ at: late + 15_000 })])]);
    expect(counts).toMatchObject({ calls: 0, revised: 1, legs: 1 });
    expect(find("1")).toHaveLength(1);
    expect(find("1")[0]).toMatchObject({
      callId: expect.stringMatching(/20261120T235950Z$/),
      record: { legs: 2, durationSeconds: 120 },
    });
  });

  test("more than a day later is another call: counters of a PBX restart", () => {
    importCalls(ledger, [aReadCall("1")]);
    const counts = importCalls(ledger, [aReadCall("1", [aLeg({ at: firstStart + 24 * hourMs + 1_000 })])]);
    expect(counts).toMatchObject({ calls: 1, revised: 0 });
    expect(find("1").map(({ callId }) => callId)).toEqual([
      expect.stringMatching(/20261121T080001Z$/),
      expect.stringMatching(/20261120T080000Z$/),
    ]);
  });

  test("joins the nearer of two calls", () => {
    importCalls(ledger, [aReadCall("1"), aReadCall("1", [aLeg({ at: firstStart + 30 * hourMs })])]);
    importCalls(ledger, [aReadCall("1", [aLeg({ at: firstStart + 20 * hourMs, talk: 5 })])]);
    expect(find("1").map(({ record }) => record.durationSeconds)).toEqual([65, 60]);
  });

  test("on another node, phone system or tenant is another call", () => {
    importCalls(ledger, [aReadCall("1"), aReadCall("1", [aLeg()], { node: "b" })]);
    importCalls(ledger, [aReadCall("1")], { system: "branch" });
    importCalls(ledger, [aReadCall("1")], { tenant: "other" });
    expect(find("1")).toHaveLength(4);
  });

  test("with a leg that began earlier keeps the id already stored", () => {
    importCalls(ledger, [aReadCall("1", [aLeg({ at: firstStart + 30_000 })])]);
    importCalls(ledger, [aReadCall("1", [aLeg({ from: "+447700900555" })])]);
    expect(find("1")[0]).toMatchObject({
      callId: expect.stringMatching(/20261120T080030Z$/),
      record: { startedAt: firstStart, from: "+447700900555", legs: 2 },
    });
  });
});

describe("repeated rows", () => {
  test("of a stored call add nothing and are skipped as duplicates, with their line", () => {
    anIntegration(ledger);
    const call = aReadCall("1", [aLeg({}, 1), aLeg({ talk: 5 }, 2)]);
    importCalls(ledger, [call]);
    const counts = importCalls(ledger, [call], { path: "/logs/copy.csv" });
    expect(counts).toEqual({
      rows: 2,
      legs: 0,
      calls: 0,
      revised: 0,
      skipped: { duplicate: 2 },
      excluded: {},
      deliveries: 0,
    });
    const skipped = ledger.store.reports.skippedRows(0, now() + 1, 10);
    expect(skipped).toEqual(
      [1, 2].map((line) => ({ file: "/logs/copy.csv", line, reason: "duplicate", detail: null })),
    );
    expect(get(1)).toMatchObject({ wantedRevision: 1 });
  });

  test("inside one batch count once, in one call or in two of the same key", () => {
    const counts = importCalls(ledger, [aReadCall("1", [aLeg(), aLeg()]), aReadCall("1", [aLeg(), aLeg({ talk: 7 })])]);
    expect(counts).toMatchObject({ rows: 4, legs: 2, calls: 1, skipped: { duplicate: 2 } });
    expect(find("1")[0]?.record).toMatchObject({ legs: 2, durationSeconds: 67 });
  });

  test("stay what they are beside other skipped rows", () => {
    const skipped = [{ reason: "malformed", line: 9, detail: "start: no date" }] as const;
    const counts = importCalls(ledger, [aReadCall("1")], { skipped });
    expect(counts).toMatchObject({ rows: 2, legs: 1, skipped: { malformed: 1 } });
    expect(ledger.store.reports.skippedRows(0, now() + 1, 10)).toEqual([
      { file: "/logs/Master.csv", line: 9, reason: "malformed", detail: "start: no date" },
    ]);
  });
});

describe("a leg with an identity", () => {
  test("is replaced by a later, more complete row of the same leg", () => {
    importCalls(ledger, [aReadCall("1", [aLeg({ leg: "a", talk: 0 })])]);
    expect(importCalls(ledger, [aReadCall("1", [aLeg({ leg: "a", talk: 42 })])])).toMatchObject({
      legs: 1,
      revised: 1,
    });
    expect(find("1")[0]).toMatchObject({ revision: 2, record: { legs: 1, durationSeconds: 42, status: "answered" } });
  });

  test("is not overwritten by a truncated row, and either row met again is a duplicate", () => {
    const full = aReadCall("1", [aLeg({ leg: "a", talk: 42 })]);
    const cut = aReadCall("1", [aLeg({ leg: "a", talk: 0 })]);
    importCalls(ledger, [full]);
    expect(importCalls(ledger, [cut])).toMatchObject({ legs: 1, revised: 0 });
    expect(importCalls(ledger, [cut])).toMatchObject({ legs: 0, skipped: { duplicate: 1 } });
    expect(find("1")[0]).toMatchObject({ revision: 1, record: { durationSeconds: 42 } });
  });

  test("does not go back to the older export when that one is read again", () => {
    const [first, second] = [60, 50].map((talk) => aReadCall("1", [aLeg({ leg: "a", talk })]));
    if (first === undefined || second === undefined) throw new Error("two exports");
    importCalls(ledger, [first]);
    importCalls(ledger, [second]);
    expect(importCalls(ledger, [first])).toMatchObject({ skipped: { duplicate: 1 }, revised: 0 });
    expect(find("1")[0]?.record.durationSeconds).toBe(50);
  });
});

describe("a revision", () => {
  const later = (): ReturnType<typeof aReadCall> => aReadCall("1", [aLeg({ talk: 9, at: firstStart + 5_000 })]);
  beforeEach(() => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1")]);
  });

  test("keeps the old record and sends a delivered call again", () => {
    deliver(1);
    importCalls(ledger, [later()], { lane: 1 });
    expect(get(1)).toMatchObject({
      state: "queued",
      wantedRevision: 2,
      sentRevision: 1,
      remoteId: "900",
      lane: 1,
      dueAt: now(),
    });
    expect(get(1)?.call).toMatchObject({ legs: 2, durationSeconds: 69 });
    const old = ledger.raw((db) =>
      db.prepare<[], string>("SELECT record FROM call_revision WHERE call_id = 1 AND revision = 1").pluck().get(),
    );
    expect(JSON.parse(old ?? "{}")).toMatchObject({ legs: 1, durationSeconds: 60 });
    expect(ledger.store.audit.ofCall(1).at(-1)?.operation).toBe("delivery.revise");
  });

  test("gives a dead call a new chance, without its old failure", () => {
    reject(1);
    importCalls(ledger, [later()]);
    expect(get(1)).toMatchObject({ state: "queued", reason: null, attempts: 0, wantedRevision: 2 });
  });

  test("moves nothing in the other states; the next send takes the newest", () => {
    const session = ledger.store.deliveries.openSession(now());
    ledger.store.deliveries.claim({ ids: [1], session, now: now() });
    importCalls(ledger, [later()]);
    expect(get(1)).toMatchObject({ state: "sending", wantedRevision: 2 });
    ledger.store.deliveries.apply([{ id: 1, events: ["lose"], patch: { nextProbeAt: now() }, audit: [] }]);
    importCalls(ledger, [aReadCall("1", [aLeg({ talk: 3, at: firstStart + 9_000 })])]);
    expect(get(1)).toMatchObject({ state: "uncertain", wantedRevision: 3 });
  });

  test("of a call that may still get more legs waits until it is settled", () => {
    deliver(1);
    const legs = [aLeg({ talk: 9, at: firstStart + 5_000 })];
    importCalls(ledger, [aReadCall("1", legs, { settlesAt: now() + 60_000 })]);
    expect(get(1)).toMatchObject({ state: "waiting", waitWhy: "settle", dueAt: now() + 60_000, wantedRevision: 2 });
  });

  test("that policy leaves out takes an unsent delivery back, and a further one brings it again", () => {
    const asInternal = (talk: number) => aReadCall("2", [aLeg({ talk, leg: "a", internal: true })]);
    importCalls(ledger, [aReadCall("2", [aLeg({ talk: 5, leg: "a" })])]);
    importCalls(ledger, [asInternal(6)]);
    expect(get(2)?.state).toBe("acknowledged");
    expect(find("2")[0]).toMatchObject({ excluded: "internal", revision: 2 });
    importCalls(ledger, [aReadCall("2", [aLeg({ talk: 7, leg: "a" })])]);
    expect(get(2)).toMatchObject({ state: "queued", wantedRevision: 3 });
  });

  test("that makes an excluded call a wanted one creates its delivery", () => {
    importCalls(ledger, [aReadCall("3", [aLeg({ internal: true })])]);
    const counts = importCalls(ledger, [aReadCall("3", [aLeg({ talk: 8, at: firstStart + 5_000 })])]);
    expect(counts).toMatchObject({ calls: 0, revised: 1, deliveries: 1 });
    expect(get(2)).toMatchObject({ state: "queued", wantedRevision: 2 });
  });
});

describe("settling", () => {
  beforeEach(() => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1", [aLeg()], { settlesAt: now() + 60_000 })]);
  });

  test("is put off by a further leg", () => {
    importCalls(ledger, [aReadCall("1", [aLeg({ talk: 1, at: firstStart + 9_000 })], { settlesAt: now() + 90_000 })]);
    expect(get(1)).toMatchObject({ state: "waiting", dueAt: now() + 90_000, wantedRevision: 2 });
  });

  test("ends at once when the call is ended by a further leg, or by reading the same rows to their end", () => {
    importCalls(ledger, [aReadCall("2", [aLeg()], { settlesAt: now() + 60_000 })]);
    importCalls(ledger, [aReadCall("1")]);
    importCalls(ledger, [aReadCall("2", [aLeg({ talk: 1, at: firstStart + 9_000 })])]);
    expect(statesOf(ledger)).toEqual(["queued", "queued"]);
  });
});

describe("files", () => {
  const position = (offset: number): FilePosition => ({
    offset,
    line: 3,
    size: 500,
    modifiedAt: 7,
    headHash: "h",
    tailHash: `t${offset}`,
    state: '{"delimiter":","}',
  });
  const identity = (path: string, fileId: string | null) => ({
    tenant: "acme",
    system: "asterisk-cdr-csv",
    path,
    fileId,
  });
  const start = (path: string, fileId: string | null): number => {
    ledger.store.tenants.ensure("acme", now());
    return ledger.store.ingest.startReading({
      identity: identity(path, fileId),
      sourceId: null,
      format: "asterisk-cdr-csv",
      startedAt: now(),
      lane: 2,
    });
  };
  const read = (readingId: number, offset: number, done?: { contentHash: string }): unknown =>
    ledger.store.ingest.commitBatch(
      {
        readingId,
        at: now(),
        calls: [],
        skipped: [],
        rows: 0,
        position: position(offset),
        ...(done === undefined ? {} : { done }),
      },
      foldRows,
    );
  const known = (path: string, fileId: string | null, headHash = "other", contentHash?: string) =>
    ledger.store.ingest.findFiles(identity(path, fileId), {
      headHash,
      ...(contentHash === undefined ? {} : { contentHash }),
    });

  test("are known by path, by file id, by their beginning and by their content, with the position reached", () => {
    read(start("/logs/a.csv", "8:1"), 200, { contentHash: "sum" });
    const file = {
      id: 1,
      path: "/logs/a.csv",
      fileId: "8:1",
      format: "asterisk-cdr-csv",
      position: position(200),
      finished: true,
      contentHash: "sum",
    };
    for (const found of [
      known("/logs/a.csv", null),
      known("/x", "8:1"),
      known("/x", null, "h"),
      known("/x", null, "other", "sum"),
    ])
      expect(found).toEqual([file]);
    expect(known("/x", "8:2")).toEqual([]);
    expect(
      ledger.store.ingest.findFiles({ ...identity("/logs/a.csv", null), tenant: "other" }, { headHash: "h" }),
    ).toEqual([]);
  });

  test("that were renamed stay the same; another file under the old name is a new one", () => {
    read(start("/logs/Master.csv", "8:1"), 200);
    read(start("/logs/Master.csv", "8:2"), 50);
    read(start("/logs/Master.csv.1", "8:1"), 300);
    expect(known("/logs/Master.csv.1", null)).toMatchObject([{ id: 1, position: { offset: 300 } }]);
    expect(known("/logs/Master.csv", null)).toMatchObject([{ id: 2, position: { offset: 50 } }]);
  });

  test("without an id are told apart by their path", () => {
    read(start("/logs/a.csv", null), 10);
    read(start("/logs/a.csv", null), 20);
    read(start("/logs/b.csv", null), 5);
    expect(known("/logs/a.csv", null)).toMatchObject([{ id: 1, position: { offset: 20 } }]);
  });

  test("move on together with the calls read from them, or not at all", () => {
    anIntegration(ledger);
    const readingId = start("/logs/a.csv", null);
    read(readingId, 10);
    const batch = { readingId, at: now(), calls: [aReadCall("1")], skipped: [], rows: 7, position: position(99) };
    expect(() => ledger.store.ingest.commitBatch(batch, foldRows)).toThrow(/7 rows has 1 legs and 0 skipped/);
    expect(known("/logs/a.csv", null)[0]?.position.offset).toBe(10);
    expect(find("1")).toEqual([]);
    expect(ledger.store.deliveries.counts().queued).toBe(0);
  });

  test("leave one audit entry for each reading, with what came of it or why it stopped", () => {
    importCalls(ledger, [aReadCall("1")], { skipped: [{ reason: "malformed", line: 2 }] });
    const stopped = start("/logs/b.csv", null);
    ledger.store.ingest.endReading(stopped, now(), "The file is gone.");
    const [second, first] = ledger.store.audit.search("csv", 10);
    expect(first).toMatchObject({
      operation: "import.file",
      outcome: "ok",
      summary: "Master.csv was read: 2 rows, 1 new calls, 0 changed, 1 rows skipped.",
    });
    expect(second).toMatchObject({ outcome: "failed", summary: expect.stringContaining("The file is gone.") });
  });
});

describe("an integration that was connected later", () => {
  test("gets the calls it has none of, in the backfill lane, once", () => {
    importCalls(ledger, [
      aReadCall("1"),
      aReadCall("2", [aLeg({ internal: true })]),
      aReadCall("3", [aLeg({ at: firstStart - 1 })]),
    ]);
    importCalls(ledger, [aReadCall("1")], { tenant: "other" });
    anIntegration(ledger, { since: firstStart });
    expect(ledger.store.ingest.backfill(1, now())).toBe(1);
    expect(ledger.store.ingest.backfill(1, now())).toBe(0);
    expect(get(1)).toMatchObject({ lane: 2, state: "queued", tenant: "acme" });
    expect(() => ledger.store.ingest.backfill(7, now())).toThrow("There is no integration 7.");
  });
});
