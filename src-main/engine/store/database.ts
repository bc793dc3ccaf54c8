import { existsSync, mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { listBackups } from "./backup.ts";
import { tailName } from "./ledger-tail.ts";
import { applicationId, migrate, readVersion, refuseFuture, refuseOlder } from "./migrate.ts";
import { DamagedLedgerError, NoLedgerError } from "./store-errors.ts";

export const ledgerName = "callledger.db";
/** How long a statement waits for whoever writes, ms. */
export const busyTimeoutMs = 10_000;

/**
 * Pages of the file that SQLite keeps, kB: few at rest, where the system keeps them as well and others need the memory, and
 * more while an import writes all over its indexes.
 */
export const cacheKb: Readonly<{ daily: number; bulk: number }> = { daily: 4_000, bulk: 16_000 };

/**
 * WAL pages before a checkpoint: 16 MB in daily work, so that a page which every batch changes is written to the file once for
 * many; many more while an import writes in bulk. `most`: where the import's own checkpoints did not come.
 */
export const checkpointPages: Readonly<{ daily: number; bulk: number; most: number }> = {
  daily: 4_000,
  bulk: 16_384,
  most: 65_536,
};

/** The value of `auto_vacuum` that lets free pages be given back by steps. */
const incremental = "2";

function readText(db: Database, pragma: string): string {
  return String(db.prepare<[], string | number>(`PRAGMA ${pragma}`).pluck().get() ?? "");
}

function setPragmas(db: Database): void {
  db.pragma("foreign_keys = ON");
  db.pragma("synchronous = FULL");
  db.pragma(`cache_size = -${cacheKb.daily}`);
  db.pragma("temp_store = MEMORY");
  db.pragma("journal_size_limit = 67108864");
  db.pragma(`wal_autocheckpoint = ${checkpointPages.daily}`);
}

/** A file that was a ledger and lost its content, or is gone: an empty one in its place would be made in silence. */
function refuseLost(dataDir: string): void {
  const path = join(dataDir, ledgerName);
  const isThere = existsSync(path);
  if ((isThere && statSync(path).size > 0) || !existsSync(join(dataDir, tailName))) return;
  const begin = `To begin anew, move ${tailName} away as well.`;
  throw toDamage(dataDir, isThere ? "the file is empty" : "the file is gone", begin);
}

/** The head of a file names its program. One that has our tables under another name has a damaged head. */
const hasOurTables = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'store_mark'").get() !== undefined;

/** No version of CallLedger has had so many: a higher number is a damaged one. */
const mostVersions = 10_000;

/** Whether the file is a ledger, or still empty. */
function isLedger(db: Database): boolean {
  const id = db.prepare<[], number>("PRAGMA application_id").pluck().get();
  if (id === applicationId) return true;
  return readVersion(db) === 0 && db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

/** What SQLite's check says when it is not content, with the way out. */
function toDamage(dataDir: string, finding: string, more = "", cause?: unknown): DamagedLedgerError {
  const [newest] = listBackups(dataDir);
  const next =
    newest === undefined
      ? `There is no backup in the data folder. Move the file away, ${tailName} too, and start again: connect the accounts and import the logs once more. Calls that are in a CRM already are found there and not written twice.`
      : `The newest backup is backups/${basename(newest)}. "callledger restore" puts the newest whole backup in place; the damaged file is kept.`;
  const said = finding
    .split("\n")
    .filter((line) => !line.startsWith("***"))
    .join("; ");
  return new DamagedLedgerError(
    `The ledger ${join(dataDir, ledgerName)} is damaged (${said}). ${next}${more === "" ? "" : ` ${more}`}`,
    { cause },
  );
}

function isClean(db: Database): boolean {
  return db.prepare<[], number>("SELECT is_clean FROM store_mark WHERE id = 1").pluck().get() === 1;
}

/** Files up to this size are checked as a whole at a bad start (a second or so); larger ones page by page: the night's backup is checked as a whole. */
const wholeCheckPages = 65_536;

/** Runs SQLite's check. Throws `DamagedLedgerError` with its first finding. */
function checkIntegrity(db: Database, dataDir: string): void {
  const isSmall = Number(readText(db, "page_count")) <= wholeCheckPages;
  const finding = readText(db, isSmall ? "integrity_check(1)" : "quick_check(1)");
  if (finding !== "ok") throw toDamage(dataDir, finding);
}

function connect(dataDir: string, fileMustExist: boolean): Database {
  const path = join(dataDir, ledgerName);
  if (fileMustExist && !existsSync(path))
    throw new NoLedgerError(`There is no ledger in ${dataDir}. "callledger connect" or "callledger import" makes one.`);
  return new Sqlite(path, { timeout: busyTimeoutMs, fileMustExist });
}

/** With the map of its pages a file can be made smaller by steps. One that was made without is written anew, once. */
function mapPages(db: Database): void {
  if (readText(db, "auto_vacuum") === incremental) return;
  db.pragma(`auto_vacuum = ${incremental}`);
  if (readVersion(db) === 0) return;
  try {
    db.exec("VACUUM");
  } catch (error) {
    // It takes room for a second copy, and the file for itself: where it has not got them, free pages stay in the file.
    const mayWait = error instanceof Sqlite.SqliteError && /^SQLITE_(FULL|BUSY)/.test(error.code);
    if (!mayWait) throw error;
  }
}

function prepareForWriting(db: Database, dataDir: string, at: number): void {
  if (readVersion(db) === 0) mapPages(db);
  const mode = readText(db, "journal_mode = WAL");
  if (mode !== "wal")
    throw new NoLedgerError(`The ledger in ${dataDir} cannot use write-ahead logging (it says "${mode}").`);
  if (readVersion(db) > 0 && !isClean(db)) checkIntegrity(db, dataDir);
  migrate(db, at);
  mapPages(db);
  db.prepare("UPDATE store_mark SET is_clean = 0 WHERE id = 1").run();
}

/**
 * Opens the ledger of a data folder. `write`: makes and migrates it, and checks it when the last stop was no clean one.
 * `read`: beside a running engine; every write on the connection is refused.
 */
export function openDatabase(dataDir: string, mode: "write" | "read", at: number): Database {
  if (mode === "write") mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  refuseLost(dataDir);
  const db = connect(dataDir, mode === "read");
  try {
    setPragmas(db);
    const version = readVersion(db);
    if ((!isLedger(db) && hasOurTables(db)) || version < 0 || version > mostVersions)
      throw toDamage(dataDir, "its head names another program or version");
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
    if (error instanceof Sqlite.SqliteError && isDamage(error)) throw toDamage(dataDir, error.code, "", error);
    throw error;
  }
}

/** A second connection to the file of an open ledger, for reading only: a transaction on it sees one moment while others write. */
export function openView(db: Database): Database {
  const view = new Sqlite(db.name, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  view.pragma("cache_size = -2000");
  return view;
}

const suspects = new WeakSet<Database>();

/** Something of the file could not be read, or a copy of it is damaged: it stops without the mark, and is checked at its next start. */
export const suspect = (db: Database): void => void suspects.add(db);

/** Whether an error says that the file is damaged. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError && (error.code === "SQLITE_NOTADB" || error.code.startsWith("SQLITE_CORRUPT"));

/** Leaves the mark of a clean stop and closes. */
export function closeDatabase(db: Database, mode: "write" | "read"): void {
  if (!db.open) return;
  if (mode === "write" && !suspects.has(db)) {
    db.prepare("UPDATE store_mark SET is_clean = 1 WHERE id = 1").run();
    db.pragma("wal_checkpoint(PASSIVE)");
  }
  db.close();
}
