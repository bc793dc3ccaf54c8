import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Store, openStore } from "../../../src-main/engine/store/open-store.ts";
import { type Random, createSeededRandom } from "../../../src-main/sandbox/core/seeded-random.ts";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createCountingRandom,
  createLedger,
  firstStart,
  importCalls,
} from "../../builders/ledger.ts";

let ledger: Ledger;
let after: string;
const now = (): number => ledger.clock.now();
const log = (folder: string): string => join(folder, "callledger.db-wal");
const open = (): Store =>
  openStore({ dataDir: after, clock: ledger.clock, random: createCountingRandom(), mode: "write" });

beforeEach(() => {
  ledger = createLedger();
  after = mkdtempSync(join(tmpdir(), "callledger-power-"));
});
afterEach(() => {
  ledger.dispose();
  rmSync(after, { recursive: true });
});

/** What the ledger holds of calls and their deliveries, of tries and of the audit log. */
function holds(folder: string): string {
  const db = new Sqlite(join(folder, "callledger.db"), { readonly: true });
  try {
    const tables = [
      "call",
      "delivery",
      "attempt",
      "budget_entry",
      "file",
      "reading",
      "audit",
      "audit_head",
      "engine_session",
    ];
    return JSON.stringify(tables.map((table) => db.prepare(`SELECT * FROM ${table}`).raw().all()));
  } finally {
    db.close();
  }
}

/** The disk as it is when the power goes: what was written and synced, and what of the rest came through. */
function losePower(): void {
  rmSync(after, { recursive: true });
  cpSync(ledger.dataDir, after, { recursive: true, filter: (path) => !path.endsWith("-shm") });
}

/** One piece of work of an engine, drawn by chance. */
function work(random: Random, step: number): void {
  const { deliveries, budget } = ledger.store;
  const draw = random();
  if (draw < 0.4) {
    const keys = Array.from({ length: 1 + Math.floor(random() * 20) }, (_, at) => step * 100 + at);
    importCalls(
      ledger,
      keys.map((key) => aReadCall(String(key), [aLeg({ at: firstStart + key * 1_000 })])),
    );
    return;
  }
  const ids = deliveries
    .peekDue({ integrationId: 1, lane: 2, now: now(), limit: 1 + Math.floor(random() * 5) })
    .map(({ id }) => id);
  if (ids.length === 0) return;
  const session = deliveries.openSession(now());
  deliveries.claim({ ids, session, now: now() });
  const drafts = ids.map((deliveryId) => ({
    deliveryId,
    steps: ["record"],
    key: `cl_${deliveryId}`,
    revision: 1,
    payloadHash: "ab",
    at: now(),
  }));
  const attempts = deliveries.commitAttempts(drafts, () => {
    budget.reserve(1, { cost: { second: 1 }, lane: 2, at: now(), sessionId: session.id });
  });
  if (draw < 0.6) return;
  deliveries.settleAttempts(attempts, { answeredAt: now(), outcome: "answered", status: 200, correlationId: null });
  deliveries.apply(
    ids.map((id) => ({ id, events: ["accept"] as const, patch: { sentRevision: 1, remoteId: `r${id}` }, audit: [] })),
  );
}

/** A transaction that is under way, so large that its pages are in the log before it ends; the power goes in it. */
function losePowerWithin(random: Random): void {
  ledger.raw((db) => {
    db.pragma("cache_size = 5");
    db.pragma("wal_autocheckpoint = 0");
    db.exec("BEGIN IMMEDIATE");
    db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${50 + Math.floor(random() * 200)})
      INSERT INTO phone (number) SELECT '+44' || hex(randomblob(200)) || i FROM n; UPDATE delivery SET note = hex(randomblob(300))`);
    losePower();
    db.exec("ROLLBACK");
  });
}

/** What was written since the last commit came through in part, or as nonsense. */
function tearAfter(random: Random, committed: number): void {
  const size = statSync(log(after)).size;
  truncateSync(log(after), committed + Math.floor(random() * (size - committed + 1)));
  if (random() < 0.5)
    appendFileSync(
      log(after),
      Buffer.from(Array.from({ length: Math.floor(random() * 9_000) }, () => Math.floor(random() * 256))),
    );
}

const countTries = (db: Database): number => db.prepare<[], number>("SELECT count(*) FROM attempt").pluck().get() ?? 0;

describe("power that goes", () => {
  test("with writes that were not synced takes none of what was committed, and what was under way is looked for first", () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = createSeededRandom(seed);
      anIntegration(ledger);
      const steps = 3 + Math.floor(random() * 12);
      for (let step = 0; step < steps; step += 1) work(random, step);
      const committed = statSync(log(ledger.dataDir)).size;
      const before = holds(ledger.dataDir);
      const { sending, uncertain } = ledger.store.deliveries.counts();
      losePowerWithin(random);
      expect(statSync(log(after)).size, `seed ${seed}: pages of the open transaction are in the log`).toBeGreaterThan(
        committed,
      );
      tearAfter(random, committed);
      const store = open();
      expect(store.lostEntries, `seed ${seed}`).toBe(0);
      expect(holds(after), `seed ${seed}`).toBe(before);
      expect(store.audit.verify()).toMatchObject({ ok: true });
      // Nobody knows whether what was on its way arrived: none of it is sent again before it was looked for.
      store.deliveries.openSession(now());
      expect(store.deliveries.counts()).toMatchObject({ sending: 0, uncertain: uncertain + sending });
      store.close();
      ledger.dispose();
      ledger = createLedger();
    }
  });

  test("on a disk that lied about its syncs is noticed: what is undelivered is looked for, and files are read from where they stand", () => {
    let noticed = 0;
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = createSeededRandom(1_000 + seed);
      anIntegration(ledger);
      importCalls(
        ledger,
        Array.from({ length: 30 }, (_, key) => aReadCall(`first ${key}`, [aLeg({ at: firstStart + key })])),
      );
      const kept = statSync(log(ledger.dataDir)).size;
      for (let step = 0; step < 8; step += 1) work(random, step);
      losePower();
      const tries = ledger.raw(countTries);
      tearAfter(random, kept);
      const left = new Sqlite(join(after, "callledger.db"), { readonly: true });
      const triesLeft = countTries(left);
      const position = left.prepare("SELECT path, row_count FROM file JOIN reading ON reading.file_id = file.id").all();
      left.close();
      const store = open();
      // A request follows a try: none is forgotten unnoticed.
      if (triesLeft < tries) expect(store.lostEntries, `seed ${seed}`).toBeGreaterThan(0);
      expect(store.audit.verify()).toMatchObject({ ok: true });
      expect(position.length).toBeGreaterThan(0);
      if (store.lostEntries > 0) {
        noticed += 1;
        expect(store.deliveries.counts()).toMatchObject({ queued: 0, waiting: 0, sending: 0, dead: 0 });
        const [said] = store.audit.search("store.restore", 1);
        expect(said?.summary).toMatch(
          /The newest entries of the ledger are lost \(\d+ or a few more\)\. \d+ undelivered calls are looked for/,
        );
      }
      store.close();
      const again = open();
      expect(again.lostEntries).toBe(0);
      again.close();
      ledger.dispose();
      ledger = createLedger();
    }
    expect(noticed).toBeGreaterThan(1);
  });
});

describe("a write-ahead log that is gone", () => {
  beforeEach(() => {
    anIntegration(ledger);
    ledger.store.close();
    ledger.reopen();
    importCalls(
      ledger,
      ["1", "2", "3"].map((key) => aReadCall(key)),
    );
    const { deliveries } = ledger.store;
    const session = deliveries.openSession(now());
    deliveries.claim({ ids: [1], session, now: now() });
    deliveries.commitAttempts(
      [{ deliveryId: 1, steps: ["record"], key: "cl_1", revision: 1, payloadHash: "ab", at: now() }],
      () => undefined,
    );
  });

  test("after a stop that was not clean is noticed, also where a piece of it is left", () => {
    for (const bytes of [null, 0, 31, 500]) {
      losePower();
      if (bytes === null) rmSync(log(after));
      else truncateSync(log(after), bytes);
      const store = open();
      expect(store.lostEntries).toBeGreaterThan(0);
      expect(store.audit.verify()).toMatchObject({ ok: true });
      store.close();
    }
  });

  test("is noticed as well where an older copy of the file was put in its place by hand", async () => {
    const copy = await ledger.store.backup();
    importCalls(ledger, [aReadCall("4")]);
    ledger.store.close();
    cpSync(ledger.dataDir, after, { recursive: true });
    cpSync(copy, join(after, "callledger.db"));
    const store = open();
    expect(store.lostEntries).toBeGreaterThan(0);
    expect(store.deliveries.counts()).toMatchObject({ uncertain: 3, queued: 0 });
    store.close();
    ledger.reopen();
  });

  test("is no loss after a clean stop, nor for a ledger of another name", () => {
    ledger.store.close();
    losePower();
    rmSync(log(after), { force: true });
    const store = open();
    expect(store.lostEntries).toBe(0);
    store.close();
    const other = createLedger();
    other.store.close();
    cpSync(join(other.dataDir, "callledger.db"), join(after, "callledger.db"));
    const foreign = open();
    expect(foreign.lostEntries).toBe(0);
    foreign.close();
    other.reopen();
    other.dispose();
    ledger.reopen();
    expect(readFileSync(join(ledger.dataDir, "callledger.tail"), "utf8")).toMatch(/^[0-9a-f]{32} \d{16}\n$/);
  });
});
