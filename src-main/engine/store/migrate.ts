import { closeSync, constants, copyFileSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "better-sqlite3";
import { migrations as released, type Migration } from "./migrations/list.ts";
import { SchemaFromFutureError, SchemaTooOldError } from "./store-errors.ts";

/** `CLLG`: tells a ledger from any other SQLite file. */
export const applicationId = 0x434c_4c47;

export function readVersion(db: Database): number {
  return db.prepare<[], { user_version: number }>("PRAGMA user_version").get()?.user_version ?? 0;
}

export function newestVersion(list: readonly Migration[] = released): number {
  return list.at(-1)?.version ?? 0;
}

function checkOrder(list: readonly Migration[]): void {
  for (const [index, { version, name }] of list.entries())
    if (version !== index + 1) throw new Error(`Migration ${name} has version ${version}, ${index + 1} was expected`);
}

/** Refuses a file that a newer CallLedger wrote. */
export function refuseFuture(db: Database, list: readonly Migration[] = released): void {
  const [version, newest] = [readVersion(db), newestVersion(list)];
  if (version > newest)
    throw new SchemaFromFutureError(
      `The ledger was written by a newer CallLedger (schema ${version}, this one knows ${newest}). Install the newer version; nothing was changed.`,
    );
}

/** Refuses a file that needs a migration, for connections that must not write. */
export function refuseOlder(db: Database, list: readonly Migration[] = released): void {
  const [version, newest] = [readVersion(db), newestVersion(list)];
  if (version < newest)
    throw new SchemaTooOldError(
      `The ledger has schema ${version} and this CallLedger needs ${newest}. Start the agent once; it brings the ledger up to date.`,
    );
}

/** Copies the whole database, WAL included, and waits until the copy is on disk. */
function copyBefore(db: Database, version: number, at: number): string {
  db.pragma("wal_checkpoint(TRUNCATE)");
  const day = new Date(at).toISOString().slice(0, 19).replaceAll(":", "");
  const copy = join(dirname(db.name), "backups", `callledger-before-schema-${version}-${day}Z.db`);
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(db.name, copy, constants.COPYFILE_EXCL);
  const handle = openSync(copy, "r+");
  fsyncSync(handle);
  closeSync(handle);
  return copy;
}

/**
 * Brings the file to the newest schema: forward only, each step in one transaction with its `user_version`, after a
 * copy of the file into `backups/` (unless it is new). A failed step is thrown and leaves the last good version.
 * Returns the copy's path, or null where none was needed.
 */
export function migrate(db: Database, at: number, list: readonly Migration[] = released): string | null {
  checkOrder(list);
  refuseFuture(db, list);
  const from = readVersion(db);
  const pending = list.filter(({ version }) => version > from);
  const first = pending[0];
  if (first === undefined) return null;
  const copy = from === 0 ? null : copyBefore(db, first.version, at);
  for (const { version, sql } of pending)
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${version}`);
      // With the first tables: a file that is broken off after them is known as ours.
      db.pragma(`application_id = ${applicationId}`);
    }).exclusive();
  return copy;
}
