import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBulkWriting } from "../../../src-main/engine/store/bulk-writing.ts";
import { createCheckpointer } from "../../../src-main/engine/store/checkpointer.ts";

let folder: string;
let db: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callledger-bulk-"));
  db = new Sqlite(join(folder, "callledger.db"));
  db.pragma("journal_mode = WAL");
  db.pragma("wal_autocheckpoint = 0");
  db.exec("CREATE TABLE row (text TEXT) STRICT");
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (pages: number): void =>
  void db
    .prepare(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO row SELECT hex(randomblob(2000)) FROM n`)
    .run(pages);
const lag = (): number => {
  const { log = 0, checkpointed = 0 } =
    db.prepare<[], { log: number; checkpointed: number }>("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
  return log - checkpointed;
};

describe("the thread that moves the log into the file", () => {
  test("moves all of it, again and again, while the ledger is written to", async () => {
    const checkpointer = createCheckpointer(db);
    for (const pages of [50, 80]) {
      write(pages);
      expect(lag()).toBeGreaterThanOrEqual(pages);
      await checkpointer.run();
      expect(lag()).toBe(0);
    }
    await checkpointer.end();
    await checkpointer.end();
    write(20);
    await checkpointer.run();
    expect(lag()).toBe(0);
    await checkpointer.end();
    expect(db.prepare("SELECT count(*) FROM row").pluck().get()).toBe(150);
  });

  test("is done without where no thread can do it", async () => {
    const checkpointer = createCheckpointer(db, () => join(folder, "no-such-module"));
    write(30);
    await checkpointer.run();
    expect(lag()).toBe(0);
    await checkpointer.end();
  });
});

describe("a large reading", () => {
  const pages = { daily: 50, bulk: 100, most: 5_000 };
  const autocheckpoint = (): unknown => db.pragma("wal_autocheckpoint", { simple: true });

  function createRig() {
    const done: string[] = [];
    const checkpointer = {
      run: async () => {
        done.push("run");
        db.pragma("wal_checkpoint(PASSIVE)");
      },
      end: async () => void done.push("end"),
    };
    return { done, bulk: createBulkWriting(db, checkpointer, pages) };
  }

  test("has its log moved whenever it has grown long, and once more at its end", async () => {
    const { done, bulk } = createRig();
    bulk.countBatch(1);
    write(200);
    await bulk.settle();
    expect(done).toEqual([]);
    bulk.countBatch(1);
    expect(autocheckpoint()).toBe(5_000);
    await bulk.settle();
    expect(done).toEqual(["run"]);
    write(10);
    await bulk.settle();
    expect(done).toEqual(["run"]);
    write(60);
    bulk.forget(1);
    await bulk.settle();
    expect(done).toEqual(["run", "run", "end"]);
    expect([autocheckpoint(), lag()]).toEqual([50, 0]);
    await bulk.settle();
    expect(done).toHaveLength(3);
  });

  test("keeps the thread while another one is under way, and a small one never starts it", async () => {
    const { done, bulk } = createRig();
    bulk.countBatch(3);
    bulk.forget(3);
    await bulk.settle();
    expect(done).toEqual([]);
    for (const reading of [1, 1, 2, 2]) bulk.countBatch(reading);
    bulk.forget(1);
    await bulk.settle();
    expect(done).toEqual([]);
    bulk.forget(2);
    write(10);
    await Promise.all([bulk.settle(), bulk.settle()]);
    // So few pages are left to the daily work.
    expect(done).toEqual(["end"]);
    expect(autocheckpoint()).toBe(50);
  });
});
