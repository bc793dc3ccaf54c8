import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSeededRandom } from "../../../src-main/sandbox/core/seeded-random.ts";
import { openStore, restoreBackup } from "../../../src-main/engine/store/open-store.ts";
import { DamagedLedgerError, NoLedgerError } from "../../../src-main/engine/store/store-errors.ts";
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

const pageSize = 4_096;
/** A data folder with a day's backup, work since then, and a stop that was not clean. */
let good: string;
let scratch: string;
let ledger: Ledger;
const file = (): string => join(scratch, "callledger.db");
const ask = () => ({ dataDir: scratch, clock: ledger.clock, random: createCountingRandom() });
const open = () => openStore({ ...ask(), mode: "write" });

function call(key: number) {
  return aReadCall(String(key), [
    aLeg({ at: firstStart + key * 60_000, from: `+4477009${String(key).padStart(5, "0")}` }),
  ]);
}

/** Sends some: the attempts, the answers, and what the audit log says of them. */
function send(ids: readonly number[]): void {
  const { deliveries } = ledger.store;
  const session = deliveries.openSession(ledger.clock.now());
  deliveries.claim({ ids, session, now: ledger.clock.now() });
  const drafts = ids.map((deliveryId) => ({
    deliveryId,
    steps: ["record"],
    key: `cl_${deliveryId}`,
    revision: 1,
    payloadHash: "ab",
    at: 1,
  }));
  const attempts = deliveries.commitAttempts(drafts, () => undefined);
  deliveries.settleAttempts(attempts, { answeredAt: 2, outcome: "answered", status: 200, correlationId: null });
  deliveries.apply(
    ids.map((id) => ({ id, events: ["accept"] as const, patch: { sentRevision: 1, remoteId: `r${id}` }, audit: [] })),
  );
}

beforeAll(async () => {
  ledger = createLedger();
  anIntegration(ledger);
  importCalls(
    ledger,
    Array.from({ length: 600 }, (_, key) => call(key)),
  );
  send([1, 2, 3]);
  await ledger.store.backup();
  ledger.clock.jumpWall(3_600_000);
  importCalls(
    ledger,
    Array.from({ length: 300 }, (_, key) => call(1_000 + key)),
    { path: "/dropped/by-hand.csv" },
  );
  send(Array.from({ length: 100 }, (_, at) => 10 + at));
  // Pages that were in use and are free: the file has a list of them.
  ledger.raw((db) => {
    db.exec(
      "CREATE TABLE ballast (text); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO ballast SELECT hex(randomblob(1500)) FROM n; DROP TABLE ballast",
    );
    db.pragma("wal_checkpoint(TRUNCATE)");
  });
  good = mkdtempSync(join(tmpdir(), "callledger-good-"));
  cpSync(ledger.dataDir, good, { recursive: true });
});
afterAll(() => {
  ledger.dispose();
  rmSync(good, { recursive: true });
});
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "callledger-damage-"));
  refresh();
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** The data folder as the engine left it when it died. */
function refresh(): void {
  rmSync(scratch, { recursive: true });
  cpSync(good, scratch, { recursive: true, filter: (path) => !path.endsWith("-shm") });
}

/** All that the ledger holds, table by table: rows as text. */
function read(path: string): ReadonlyMap<string, readonly string[]> {
  const db = new Sqlite(path, { readonly: true });
  try {
    const names = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name <> 'store_mark'",
      )
      .pluck()
      .all();
    return new Map(
      names.map((name) => [
        name,
        db
          .prepare(`SELECT * FROM "${name}"`)
          .raw()
          .all()
          .map((row) => JSON.stringify(row)),
      ]),
    );
  } finally {
    db.close();
  }
}

type Page = Readonly<{ number: number; kind: string }>;

/** One page of each kind, by what it belongs to. */
function somePages(db: Database): readonly Page[] {
  const found = db
    .prepare<[], Page>(`
    SELECT min(pageno) AS number, name || ' ' || pagetype AS kind FROM dbstat
    WHERE name IN ('call', 'call_identity', 'delivery', 'delivery_call', 'audit', 'audit_payload', 'audit_fts_data', 'phone_fts_data', 'phone_fts_idx', 'sqlite_schema')
    GROUP BY name, pagetype`)
    .all();
  const trunk = readFileSync(db.name).readUInt32BE(32);
  return [
    ...found,
    { number: 1, kind: "head of the file" },
    { number: 2, kind: "map of the pages" },
    { number: trunk, kind: "list of free pages" },
  ];
}

function flip(at: number, mask = 0xff): void {
  const bytes = readFileSync(file());
  bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
  writeFileSync(file(), bytes);
}

/** What a start says of the file: null when it takes it for whole. */
function start(): string | null {
  try {
    open().close();
    return null;
  } catch (error) {
    if (error instanceof DamagedLedgerError) return error.message;
    throw error;
  }
}

/** One command puts the backup in place: the damaged file is kept as it is, and nothing that was sent is sent again. */
function expectRestored(): void {
  const damaged = readFileSync(file());
  const restored = restoreBackup(ask(), null);
  expect(readFileSync(restored.keptAs ?? "")).toEqual(damaged);
  expect(restored).toMatchObject({ uncertain: 597, passedOver: [] });
  const store = open();
  expect(store.audit.verify()).toMatchObject({ ok: true });
  expect(store.deliveries.counts()).toMatchObject({ uncertain: 597, delivered: 3, queued: 0 });
  expect(store.lostEntries).toBe(0);
  store.close();
}

describe("a flipped byte", () => {
  test("in the frame of a page of any kind is told with the way out, or harms nothing", () => {
    const whole = read(file());
    const pages = new Sqlite(file());
    const chosen = somePages(pages);
    pages.close();
    refresh();
    expect(chosen.length).toBeGreaterThan(14);
    const told = new Set<string>();
    for (const { number, kind } of chosen)
      for (const offset of number === 1 ? [3, 16, 39, 60, 71, 103] : [0, 3, 5, 8]) {
        refresh();
        flip((number - 1) * pageSize + offset);
        const said = start();
        if (said === null) expect(read(file()), `${kind}, byte ${offset}`).toEqual(whole);
        else {
          expect(said).toMatch(
            /is damaged \(.+\)\. The newest backup is backups\/callledger-.+\. "callledger restore"/,
          );
          told.add(kind);
        }
      }
    // In each kind of page some byte of the frame matters.
    expect(chosen.map(({ kind }) => kind).filter((kind) => !told.has(kind))).toEqual([]);
    expectRestored();
  });

  test("anywhere takes no row away in silence: it is told, or harms one value at most, which the audit log sees in itself", () => {
    const whole = read(file());
    const size = statSync(file()).size;
    const random = createSeededRandom(11);
    const seen = { told: 0, harmless: 0, value: 0 };
    for (let round = 0; round < 20; round += 1) {
      refresh();
      flip(Math.floor(random() * size), 1 << Math.floor(random() * 8));
      if (start() !== null) {
        seen.told += 1;
        continue;
      }
      const now = read(file());
      const changed = [...whole].flatMap(([name, rows]) => {
        const after = now.get(name) ?? [];
        expect(after.length, name).toBe(rows.length);
        return after.flatMap((row, at) => (row === rows[at] ? [] : [name]));
      });
      expect(changed.length).toBeLessThanOrEqual(1);
      const isAudit = changed.some((name) => /^audit(_payload|_seal|_head)?$/.test(name));
      if (isAudit) {
        const store = open();
        expect(store.audit.verify().ok).toBe(false);
        store.close();
      }
      seen[changed.length === 0 ? "harmless" : "value"] += 1;
    }
    expect(seen.told + seen.harmless + seen.value).toBe(20);
    expect(seen.told).toBeGreaterThan(0);
  });

  test("that work comes by while the engine runs keeps it from being marked as sound: the next start checks it", () => {
    const store = open();
    store.close();
    expect(start()).toBeNull();
    const again = open();
    again.noteFailure(new Sqlite.SqliteError("database disk image is malformed", "SQLITE_CORRUPT"));
    again.close();
    const mark = new Sqlite(file());
    expect(mark.prepare("SELECT is_clean FROM store_mark").pluck().get()).toBe(0);
    mark.close();
    expect(start()).toBeNull();
  });
});

test("the night's backup of a damaged ledger is refused, those of before stay, and the next start checks the file", async () => {
  const store = open();
  store.close();
  const db = new Sqlite(file());
  const root =
    db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'own_number'").pluck().get() ?? 0;
  db.close();
  flip((root - 1) * pageSize + 5);
  // A clean stop: nobody looks at the file before it is opened.
  const running = open();
  const before = readdirSync(join(scratch, "backups"));
  await expect(running.backupDaily()).rejects.toThrow(/no backup was made, and those of before stay/);
  expect(readdirSync(join(scratch, "backups"))).toEqual(before);
  running.close();
  expect(start()).toMatch(/is damaged/);
  expectRestored();
});

describe("a file that is cut", () => {
  test("at any length is told, an empty one and one that is gone as well", () => {
    const size = statSync(file()).size;
    const whole = read(file());
    for (const length of [size - 1, size - pageSize, Math.floor(size / 2), 3 * pageSize, pageSize, 700, 40]) {
      refresh();
      truncateSync(file(), length);
      const said = start();
      // The last page may be a free one.
      if (said === null && length >= size - pageSize) expect(read(file())).toEqual(whole);
      else expect(said, `${length} of ${size} bytes`).toMatch(/is damaged.*"callledger restore"/);
    }
    expectRestored();
    refresh();
    truncateSync(file(), 0);
    expect(start()).toMatch(/is damaged \(the file is empty\).*callledger\.tail/);
    rmSync(file());
    expect(start()).toMatch(/is damaged \(the file is gone\)/);
    expect(existsSync(file())).toBe(false);
    expect(restoreBackup(ask(), null)).toMatchObject({ keptAs: null, uncertain: 597 });
  });
});

describe("restore without a file", () => {
  test("passes over a newer backup that is no good, and says why", () => {
    const junk = join(scratch, "backups", "callledger-2026-11-21.db");
    cpSync(file(), junk);
    truncateSync(junk, 5 * pageSize);
    const restored = restoreBackup(ask(), null);
    expect(restored.passedOver).toEqual([
      expect.stringMatching(/callledger-2026-11-21\.db (is|cannot)|callledger-2026-11-21\.db/),
    ]);
    expect(restored.file).toMatch(/callledger-2026-11-20T090000Z\.db$/);
  });

  test("names what was imported by hand since the backup was made", () => {
    const restored = restoreBackup(ask(), null);
    expect(restored.unread).toEqual([{ path: "/dropped/by-hand.csv", readAt: expect.any(Number) }]);
    expect(restored.backupAt).toBe(ledger.clock.now() - 3_600_000);
  });

  test("says that there is none, and leaves everything as it is", () => {
    rmSync(join(scratch, "backups"), { recursive: true });
    const before = readFileSync(file());
    expect(() => restoreBackup(ask(), null)).toThrow(NoLedgerError);
    expect(readFileSync(file())).toEqual(before);
    flip(5);
    flip(100);
    expect(start()).toMatch(/There is no backup in the data folder\. Move the file away/);
  });
});
