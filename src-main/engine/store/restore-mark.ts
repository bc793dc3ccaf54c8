import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ledgerName } from "./database.ts";
import { forgetTail } from "./ledger-tail.ts";

/**
 * Beside the ledger from before a backup is put in its place until what is undelivered is marked to be looked for: a restore that
 * is cut short half-way is finished by the next start. It holds the name under which the ledger of before is kept, if any.
 */
const markName = "callledger.restoring";

/** Our copy of the backup, before it takes the ledger's place. */
export const incomingOf = (dataDir: string): string => join(dataDir, `${ledgerName}.restore`);
export const backupFolderOf = (dataDir: string): string => join(dataDir, "backups");

export const isRestoring = (dataDir: string): boolean => existsSync(join(dataDir, markName));
export const endRestore = (dataDir: string): void => rmSync(join(dataDir, markName), { force: true });

/** From now on the copy beside the ledger is to be the ledger. `keptName`: of the file in the backups' folder that is the one of before. */
export function beginSwap(dataDir: string, keptName: string | null): void {
  const mark = join(dataDir, markName);
  const handle = openSync(`${mark}.new`, "w", 0o600);
  try {
    writeSync(handle, keptName ?? "");
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${mark}.new`, mark);
}

/** Puts the ledger aside, with its write-ahead log, and the copy in its place; what was done of it before is not done again. */
export function finishSwap(dataDir: string): void {
  const incoming = incomingOf(dataDir);
  if (!isRestoring(dataDir) || !existsSync(incoming)) return;
  const keptName = readFileSync(join(dataDir, markName), "utf8");
  const kept = keptName === "" ? null : join(backupFolderOf(dataDir), keptName);
  const ledger = join(dataDir, ledgerName);
  for (const suffix of ["-wal", "-shm", ""]) {
    if (!existsSync(ledger + suffix)) continue;
    if (kept !== null && suffix !== "-shm") renameSync(ledger + suffix, kept + suffix);
    else rmSync(ledger + suffix);
  }
  renameSync(incoming, ledger);
  forgetTail(dataDir);
}
