import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate, readVersion, refuseOlder } from "../../../src-main/engine/store/migrate.ts";
import { migrations } from "../../../src-main/engine/store/migrations/list.ts";
import { type Store, openStore, restoreBackup } from "../../../src-main/engine/store/open-store.ts";
import { backupFolderOf, beginSwap, incomingOf } from "../../../src-main/engine/store/restore-mark.ts";
import { swapIn } from "../../../src-main/engine/store/restore.ts";
import {
  DamagedLedgerError,
  NoLedgerError,
  SchemaFromFutureError,
  SchemaTooOldError,
} from "../../../src-main/engine/store/store-errors.ts";
import {
  type Ledger,
  aReadCall,
  anIntegration,
  createCountingRandom,
  createLedger,
  importCalls,
  statesOf,
} from "../../builders/ledger.ts";

let ledger: Ledger;
const now = (): number => ledger.clock.now();
const ask = () => ({ dataDir: ledger.dataDir, clock: ledger.clock, random: createCountingRandom() });
const read = (): Store => openStore({ ...ask(), mode: "read" });
const file = (): string => join(ledger.dataDir, "callledger.db");

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

describe("the schema", () => {
  test("is the committed one", async () => {
    const objects = ledger.raw((db) =>
      db
        .prepare<[], string>(
          "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\' AND name <> 'sqlite_sequence' ORDER BY type DESC, name",
        )
        .pluck()
        .all(),
    );
    await expect(`${objects.join(";\n\n")};\n`).toMatchFileSnapshot("schema.sql");
  });

  test("is the newest version, durable and with foreign keys", () => {
    const pragma = (name: string) => ledger.raw((db) => db.prepare(`PRAGMA ${name}`).pluck().get());
    expect(pragma("user_version")).toBe(migrations.length);
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("foreign_key_check")).toBeUndefined();
    expect(() => importCalls(ledger, [aReadCall("1")], { tenant: "acme" })).not.toThrow();
  });
});

describe("migrations", () => {
  const last = migrations.length;
  const next = { version: last + 1, name: "next", sql: "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT" };
  const backups = (): readonly string[] =>
    readdirSync(join(ledger.dataDir, "backups")).filter((name) => name.endsWith(".db"));

  test("copy the file first, with everything in it, and only when there is something to do", () => {
    anIntegration(ledger);
    expect(existsSync(join(ledger.dataDir, "backups"))).toBe(false);
    const copy = ledger.raw((db) => migrate(db, now(), [...migrations, next])) ?? "";
    expect(backups()).toEqual([`callledger-before-schema-${last + 1}-2026-11-20T090000Z.db`]);
    const kept = new Sqlite(copy, { readonly: true });
    expect(readVersion(kept)).toBe(last);
    expect(kept.prepare("SELECT label FROM integration").pluck().all()).toEqual(["Acme HubSpot"]);
    kept.close();
    expect(ledger.raw((db) => [readVersion(db), migrate(db, now(), [...migrations, next])])).toEqual([last + 1, null]);
    expect(backups()).toHaveLength(1);
  });

  test("stop at a step that fails, which leaves nothing behind", () => {
    const broken = {
      version: last + 1,
      name: "broken",
      sql: "CREATE TABLE half (id INTEGER PRIMARY KEY); CREATE TABLE tenant (id INTEGER)",
    };
    expect(() => ledger.raw((db) => migrate(db, now(), [...migrations, broken]))).toThrow(/tenant already exists/);
    expect(
      ledger.raw((db) => [readVersion(db), db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()]),
    ).toEqual([last, undefined]);
  });

  test("keep what was written of each delivery, of a ledger that has a row for every field", () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1"), aReadCall("2"), aReadCall("3")]);
    ledger.raw((db) =>
      db.exec(`DROP TABLE delivery_written;
        CREATE TABLE delivery_step (delivery_id INTEGER, step TEXT, done_at INTEGER);
        CREATE TABLE pushed_field (delivery_id INTEGER, field TEXT, value TEXT, pushed_at INTEGER);
        INSERT INTO delivery_step VALUES (1, 'record', 5), (1, 'link:contacts:7', 6), (2, 'record', 7);
        INSERT INTO pushed_field VALUES (1, 'title', 'It''s "so"', 5), (1, 'body', '', 6);
        INSERT INTO field_conflict (delivery_id, integration_id, field, ours, theirs, seen_at, state)
        VALUES (1, 1, 'title', 'x', 'y', 8, 'open'), (1, 1, 'body', 'x', 'y', 8, 'open');
        ALTER TABLE attempt RENAME COLUMN steps TO step;
        PRAGMA user_version = 16`),
    );
    const { deliveries, conflicts } = ledger.reopen();
    expect(conflicts.ofDelivery(1).map(({ field, pushed, pushedAt }) => [field, pushed, pushedAt])).toEqual([
      ["title", 'It\'s "so"', 5],
      ["body", "", 6],
    ]);
    expect(deliveries.rows([1, 2, 3])).toMatchObject([
      { stepsDone: ["record", "link:contacts:7"], pushed: { title: 'It\'s "so"', body: "" } },
      { stepsDone: ["record"], pushed: {} },
      { stepsDone: [], pushed: {} },
    ]);
  });

  test("are numbered without gaps", () => {
    expect(() => ledger.raw((db) => migrate(db, now(), [...migrations, { ...next, version: last + 2 }]))).toThrow(
      `version ${last + 2}, ${last + 1} was expected`,
    );
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test("give every ledger an identity, which its copies have too", () => {
    const other = createLedger();
    expect(ledger.store.identity).toMatch(/^[0-9a-f]{32}$/);
    expect(other.store.identity).not.toBe(ledger.store.identity);
    const reader = read();
    expect(reader.identity).toBe(ledger.store.identity);
    reader.close();
    other.dispose();
  });

  test("are left to the agent: a reader refuses an older ledger", () => {
    expect(() => ledger.raw((db) => refuseOlder(db, [...migrations, next]))).toThrow(SchemaTooOldError);
  });

  test("of a newer CallLedger are refused and nothing is changed", () => {
    ledger.store.close();
    ledger.raw((db) => db.pragma("user_version = 99"));
    const before = readFileSync(file());
    expect(() => openStore({ ...ask(), mode: "write" })).toThrow(SchemaFromFutureError);
    expect(read).toThrow(SchemaFromFutureError);
    expect(readFileSync(file())).toEqual(before);
    ledger.raw((db) => db.pragma(`user_version = ${migrations.length}`));
  });
});

describe("opening", () => {
  test("beside a running engine sees what it commits and can change nothing", () => {
    const beside = read();
    anIntegration(ledger);
    expect(beside.integrations.list()).toHaveLength(1);
    expect(() => beside.tenants.ensure("other", now())).toThrow(/readonly/);
    beside.close();
    expect(ledger.store.tenants.list()).toHaveLength(1);
  });

  test("for reading needs a ledger", () => {
    const empty = mkdtempSync(join(tmpdir(), "callledger-empty-"));
    expect(() => openStore({ ...ask(), dataDir: empty, mode: "read" })).toThrow(NoLedgerError);
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });

  test("refuses a SQLite file of another program", () => {
    const other = mkdtempSync(join(tmpdir(), "callledger-other-"));
    const db = new Sqlite(join(other, "callledger.db"));
    db.exec("CREATE TABLE notes (text)");
    db.close();
    expect(() => openStore({ ...ask(), dataDir: other, mode: "write" })).toThrow(/is not a ledger/);
    rmSync(other, { recursive: true });
  });

  test("checks the file only after a stop that was not clean, and names the newest backup when it is damaged", async () => {
    importCalls(
      ledger,
      Array.from({ length: 500 }, (_, index) => aReadCall(String(index))),
    );
    await ledger.store.backup();
    ledger.store.close();
    const isClean = (): unknown => ledger.raw((db) => db.prepare("SELECT is_clean FROM store_mark").pluck().get());
    expect(isClean()).toBe(1);
    ledger.raw((db) => db.prepare("UPDATE store_mark SET is_clean = 0").run());
    openStore({ ...ask(), mode: "write" }).close();
    ledger.raw((db) => {
      db.prepare("UPDATE store_mark SET is_clean = 0").run();
      db.pragma("wal_checkpoint(TRUNCATE)");
    });
    const bytes = readFileSync(file());
    const page =
      ledger.raw((db) =>
        db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'call_identity'").pluck().get(),
      ) ?? 1;
    bytes.fill(0xff, (page - 1) * 4_096, page * 4_096);
    writeFileSync(file(), bytes);
    expect(() => openStore({ ...ask(), mode: "write" })).toThrow(DamagedLedgerError);
    expect(() => openStore({ ...ask(), mode: "write" })).toThrow(/backups\/callledger-2026-11-20T090000Z\.db.*restore/);
  });

  test("says that a file without a head is damaged", () => {
    ledger.store.close();
    rmSync(`${file()}-wal`, { force: true });
    writeFileSync(file(), "this is no database, whatever its name says ".repeat(50));
    expect(() => openStore({ ...ask(), mode: "write" })).toThrow(DamagedLedgerError);
  });
});

describe("backups", () => {
  test("are whole, taken while the ledger is in use, and overwrite nothing", async () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1")]);
    const path = await ledger.store.backup();
    expect(path).toBe(join(ledger.dataDir, "backups", "callledger-2026-11-20T090000Z.db"));
    const copy = new Sqlite(path);
    expect(copy.prepare("SELECT count(*) FROM delivery").pluck().get()).toBe(1);
    expect(copy.prepare("PRAGMA integrity_check").pluck().get()).toBe("ok");
    copy.close();
    await expect(ledger.store.backup(path)).rejects.toThrow(/overwrites nothing/);
    expect(ledger.store.audit.search("backup", 1)[0]).toMatchObject({ operation: "store.backup" });
  });

  test("daily ones are made once a day and the oldest go", async () => {
    const names: (string | null)[] = [];
    for (let day = 0; day < 5; day += 1) {
      names.push(await ledger.store.backupDaily(3), await ledger.store.backupDaily(3));
      ledger.clock.jumpWall(86_400_000);
    }
    expect(names.filter((name) => name !== null)).toHaveLength(5);
    expect(readdirSync(join(ledger.dataDir, "backups")).toSorted()).toEqual(
      ["22", "23", "24"].map((day) => `callledger-2026-11-${day}.db`),
    );
  });

  test("can be made beside a running engine, whose log they leave alone", async () => {
    const beside = read();
    const to = join(ledger.dataDir, "copy.db");
    expect(await beside.backup(to)).toBe(to);
    beside.close();
    expect(ledger.store.audit.search("backup", 1)).toEqual([]);
  });
});

describe("restoring a backup", () => {
  let backup: string;
  beforeEach(async () => {
    anIntegration(ledger);
    importCalls(
      ledger,
      ["1", "2", "3", "4", "5", "6", "7"].map((key) => aReadCall(key)),
    );
    const { deliveries } = ledger.store;
    const session = deliveries.openSession(now());
    deliveries.claim({ ids: [2, 3, 4, 5], session, now: now() });
    deliveries.apply([
      { id: 3, events: ["accept"], patch: { sentRevision: 1 }, audit: [] },
      { id: 4, events: ["reject"], patch: { reason: "value_rejected" }, audit: [] },
      { id: 5, events: ["lose"], patch: { nextProbeAt: now() }, audit: [] },
      { id: 6, events: ["cancel"], audit: [] },
      { id: 7, events: ["hold"], patch: { waitWhy: "retry", dueAt: now() }, audit: [] },
    ]);
    backup = await ledger.store.backup();
    importCalls(ledger, [aReadCall("8")]);
    ledger.store.close();
    ledger.clock.jumpWall(60_000);
  });

  test("marks everything uncertain that is neither delivered nor acknowledged, each with its entry", () => {
    const { uncertain, keptAs } = restoreBackup(ask(), backup);
    expect(uncertain).toBe(4);
    expect(statesOf(ledger)).toEqual([
      "uncertain",
      "uncertain",
      "delivered",
      "uncertain",
      "uncertain",
      "acknowledged",
      "uncertain",
    ]);
    const store = ledger.reopen();
    expect(store.deliveries.counts()).toMatchObject({
      uncertain: 5,
      delivered: 1,
      acknowledged: 1,
      queued: 0,
      dead: 0,
    });
    expect(
      store.deliveries.peekProbes({ integrationId: 1, now: now() + 119_999, limit: 9 }).map(({ id }) => id),
    ).toEqual([5]);
    expect(store.deliveries.peekProbes({ integrationId: 1, now: now() + 120_000, limit: 9 })).toHaveLength(5);
    expect(store.deliveries.get(1)?.lastSentAt).toBe(now() - 60_000);
    expect(store.audit.ofCall(1).at(-1)?.operation).toBe("delivery.restore");
    expect(store.audit.search("", 1)[0]).toMatchObject({ operation: "store.restore" });
    expect(store.audit.verify()).toMatchObject({ ok: true });
    const kept = new Sqlite(keptAs ?? "");
    expect(kept.prepare("SELECT count(*) FROM call").pluck().get()).toBe(8);
    kept.close();
  });

  const cutShort: readonly (readonly [string, (dataDir: string) => void])[] = [
    [
      "before the ledger is put aside",
      (dataDir) => {
        mkdirSync(backupFolderOf(dataDir), { recursive: true });
        copyFileSync(backup, incomingOf(dataDir));
        beginSwap(dataDir, "before.db");
      },
    ],
    [
      "when the ledger is aside and no other in its place",
      (dataDir) => {
        copyFileSync(backup, incomingOf(dataDir));
        beginSwap(dataDir, "before.db");
        renameSync(join(dataDir, "callledger.db"), join(backupFolderOf(dataDir), "before.db"));
      },
    ],
    ["before anything is marked", (dataDir) => void swapIn(dataDir, backup, now())],
  ];
  test.each(cutShort)("is finished by the next start where it was cut short %s", (_where, cut) => {
    cut(ledger.dataDir);
    const store = ledger.reopen();
    expect(store.deliveries.counts()).toMatchObject({ uncertain: 5, delivered: 1, acknowledged: 1, queued: 0 });
    expect(existsSync(incomingOf(ledger.dataDir))).toBe(false);
    const again = ledger.reopen();
    expect(again.audit.verify()).toMatchObject({ ok: true });
    const repairs = "SELECT count(*) FROM audit WHERE operation = 'store.restore'";
    expect(ledger.raw((db) => db.prepare(repairs).pluck().get())).toBe(1);
  });

  test("refuses what is no ledger, and leaves the one there is in place", () => {
    const junk = join(ledger.dataDir, "junk.db");
    writeFileSync(junk, "junk ".repeat(1_000));
    const attempt = (path: string) => () => restoreBackup(ask(), path);
    expect(attempt(junk)).toThrow(NoLedgerError);
    expect(attempt(join(ledger.dataDir, "missing.db"))).toThrow(/There is no file/);
    truncateSync(backup, 8_192);
    expect(attempt(backup)).toThrow(/damaged|cannot be read/);
    expect(ledger.reopen().deliveries.counts().queued).toBe(2);
  });
});
