import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { z } from "zod";

const holder = z.object({ pid: z.int().positive(), since: z.int() });

/** Who holds a folder, for the message only; null where that is not known (it is just starting). */
export type LockHolder = Readonly<{ pid: number | null; since: number | null }>;
export type LockOutcome = Readonly<{ release(): void }> | Readonly<{ heldBy: LockHolder }>;

const lockName = "engine.lock";
/** Beside the lock: a file that is locked cannot be read on Windows. */
const holderName = "engine.lock.json";

/** A handle that nobody refers to is collected, and its lock with it: these are referred to until they are released. */
const held = new Set<Database>();

function readHolder(dataDir: string): LockHolder {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dataDir, holderName), "utf8"));
    return holder.parse(value);
  } catch {
    // Not yet written, or half-written: the lock itself is what counts.
    return { pid: null, since: null };
  }
}

/**
 * Takes the data folder for this process: an EXCLUSIVE transaction held open on a SQLite file. The system gives it up
 * when the process ends, however it ends; a check of process ids would be wrong (zombies, reuse). `now`: epoch ms.
 */
export function acquireLock(dataDir: string, now: number): LockOutcome {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new Sqlite(join(dataDir, lockName), { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE");
    writeFileSync(join(dataDir, holderName), JSON.stringify({ pid: process.pid, since: now }), { mode: 0o600 });
  } catch (error) {
    db.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY"))
      return { heldBy: readHolder(dataDir) };
    throw error;
  }
  held.add(db);
  return {
    release() {
      if (!db.open) return;
      rmSync(join(dataDir, holderName), { force: true });
      held.delete(db);
      db.close();
    },
  };
}
