import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { applicationId, migrate, readVersion, refuseFuture, refuseOlder } from "./migrate.ts";
import { DamagedLedgerError, NoLedgerError } from "./store-errors.ts";

export const ledgerName = "callledger.db";
const busyTimeoutMs = 10_000;

/**
 * Pages of the file that SQLite keeps, kB: few at rest, where the system keeps them as well and others need the memory, and
 * more while an import writes all over its indexes.
 */
export const cacheKb: Readonly<{ daily: number; bulk: number }> = { daily: 4_000, bulk: 16_000 };

/**
 * WAL pages before a checkpoint: SQLite's own in daily work, many more while an import writes in bulk. `most`: where the
 * import's own checkpoints did not come.
 */
export const checkpointPages: Readonly<{ daily: number; bulk: number; most: number }> = {
  daily: 1_000,
  bulk: 16_384,
  most: 65_536,
};

function readText(db: Database, pragma: string): string {
  return db.prepare<[], string>(`PRAGMA ${pragma}`).pluck().get() ?? "";
}

function setPragmas(db: Database): void {
  db.pragma("foreign_keys = ON");
  db.pragma("synchronous = FULL");
  db.pragma(`cache_size = -${cacheKb.daily}`);
  db.pragma("temp_store = MEMORY");
  db.pragma("journal_size_limit = 67108864");
  db.pragma(`wal_autocheckpoint = ${checkpointPages.daily}`);
}

/** Whether the file is a ledger, or still empty. */
function isLedger(db: Database): boolean {
  const id = db.prepare<[], number>("PRAGMA application_id").pluck().get();
  if (id === applicationId) return true;
  return readVersion(db) === 0 && db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

/** By the time of writing; what a restore put aside is none. */
function newestBackup(dataDir: string): string | undefined {
  const folder = join(dataDir, "backups");
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => name.endsWith(".db") && !name.includes("before-restore"));
  const writtenAt = (name: string): number => statSync(join(folder, name)).mtimeMs;
  return names.toSorted((a, b) => writtenAt(b) - writtenAt(a))[0];
}

/** What SQLite's check says when it is not content, with the way out. */
function toDamage(dataDir: string, finding: string, cause?: unknown): DamagedLedgerError {
  const backup = newestBackup(dataDir);
  const next =
    backup === undefined ? "There is no backup in the data folder." : `The newest backup is backups/${backup}.`;
  return new DamagedLedgerError(
    `The ledger ${join(dataDir, ledgerName)} is damaged (${finding}). ${next} "callledger restore FILE" puts a backup in place; the damaged file is kept.`,
    { cause },
  );
}

function isClean(db: Database): boolean {
  return db.prepare<[], number>("SELECT is_clean FROM store_mark WHERE id = 1").pluck().get() === 1;
}

/** Runs SQLite's quick check. Throws `DamagedLedgerError` with its first finding. */
export function checkIntegrity(db: Database, dataDir: string): void {
  const finding = readText(db, "quick_check(1)");
  if (finding !== "ok") throw toDamage(dataDir, finding);
}

function connect(dataDir: string, fileMustExist: boolean): Database {
  const path = join(dataDir, ledgerName);
  if (fileMustExist && !existsSync(path))
    throw new NoLedgerError(`There is no ledger in ${dataDir}. "callledger connect" or "callledger import" makes one.`);
  return new Sqlite(path, { timeout: busyTimeoutMs, fileMustExist });
}

function prepareForWriting(db: Database, dataDir: string, at: number): void {
  const mode = readText(db, "journal_mode = WAL");
  if (mode !== "wal")
    throw new NoLedgerError(`The ledger in ${dataDir} cannot use write-ahead logging (it says "${mode}").`);
  if (readVersion(db) > 0 && !isClean(db)) checkIntegrity(db, dataDir);
  migrate(db, at);
  db.prepare("UPDATE store_mark SET is_clean = 0 WHERE id = 1").run();
}

/**
 * Opens the ledger of a data folder. `write`: makes and migrates it, and checks it when the last stop was no clean one.
 * `read`: beside a running engine; every write on the connection is refused.
 */
export function openDatabase(dataDir: string, mode: "write" | "read", at: number): Database {
  if (mode === "write") mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = connect(dataDir, mode === "read");
  try {
    setPragmas(db);
    if (!isLedger(db)) throw new NoLedgerError(`${join(dataDir, ledgerName)} is not a ledger of CallLedger.`);
    refuseFuture(db);
    if (mode === "write") prepareForWriting(db, dataDir, at);
    else {
      refuseOlder(db);
      db.pragma("query_only = ON");
    }
    return db;
  } catch (error) {
    db.close();
    const code = error instanceof Sqlite.SqliteError ? error.code : "";
    if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) throw toDamage(dataDir, code, error);
    throw error;
  }
}

/** A second connection to the file of an open ledger, for reading only: a transaction on it sees one moment while others write. */
export function openView(db: Database): Database {
  const view = new Sqlite(db.name, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  view.pragma("cache_size = -2000");
  return view;
}

/** Leaves the mark of a clean stop and closes. */
export function closeDatabase(db: Database, mode: "write" | "read"): void {
  if (!db.open) return;
  if (mode === "write") {
    db.prepare("UPDATE store_mark SET is_clean = 1 WHERE id = 1").run();
    db.pragma("wal_checkpoint(PASSIVE)");
  }
  db.close();
}
