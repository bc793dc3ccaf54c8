import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "better-sqlite3";
import type { AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import { DamagedLedgerError } from "./store-errors.ts";
import { findDamageApart } from "./whole-check.ts";

export type BackupParts = Readonly<{
  db: Database;
  dataDir: string;
  clock: Clock;
  /** Absent beside a running engine, whose log only the engine writes. */
  audit: Pick<AuditLog, "append"> | undefined;
  /**
   * Told when a copy turned out to be damaged: the ledger itself is to be checked at its next start. Absent where copies
   * are thrown away soon and need no check.
   */
  onDamage: (() => void) | undefined;
}>;

export type Backups = Readonly<{
  /**
   * Copies the ledger while it is in use; to `backups/` under the time's name unless a path is given. Returns the path. The
   * copy is checked as a whole: one of a damaged ledger is dropped, and `DamagedLedgerError` thrown.
   */
  backup(to?: string): Promise<string>;
  /** The day's backup, unless there is one, and only the newest `keep` daily ones stay. Returns its path, or null. */
  backupDaily(keep?: number): Promise<string | null>;
  /** Our own backups, by name, what a restore or a migration put aside included. */
  backupNames(): readonly string[];
  /** Makes a new backup and drops all others: what was erased is not kept in them. Returns its path. */
  replaceBackups(): Promise<string>;
}>;

const dailyName = /^callledger-\d{4}-\d\d-\d\d\.db$/;
/** What a restore put aside: it was replaced for a reason. */
const putAside = "before-restore";

/** Backups of a data folder, by the time of writing, the newest first; without what a restore put aside. */
export function listBackups(dataDir: string): readonly string[] {
  const folder = join(dataDir, "backups");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".db") && !name.includes(putAside))
    .map((name) => ({ path: join(folder, name), writtenAt: statSync(join(folder, name)).mtimeMs }));
  return files.toSorted((a, b) => b.writtenAt - a.writtenAt).map(({ path }) => path);
}

const toStamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replaceAll(":", "");

export function createBackups({ db, dataDir, clock, audit, onDamage }: BackupParts): Backups {
  const folder = join(dataDir, "backups");

  /** Under another name until it is whole, so that a cut copy is never taken for a backup. */
  async function copyTo(path: string): Promise<string> {
    if (existsSync(path)) throw new Error(`${path} exists; a backup overwrites nothing.`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const partial = `${path}.partial`;
    rmSync(partial, { force: true });
    await db.backup(partial);
    const finding = onDamage === undefined ? null : await findDamageApart(partial);
    if (finding !== null) {
      rmSync(partial, { force: true });
      onDamage?.();
      throw new DamagedLedgerError(
        `The copy of the data is damaged (${finding}), and so, most likely, are the data: no backup was made, and those of before stay. Restart CallLedger: it checks the data then, and says what to do.`,
      );
    }
    renameSync(partial, path);
    const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };
    const summary = `A backup was made: ${path}`;
    audit?.append([{ at: clock.now(), ...nothing, operation: "store.backup", outcome: "ok", summary }]);
    return path;
  }

  const namesOf = (): readonly string[] =>
    existsSync(folder) ? readdirSync(folder).filter((name) => /\.db(-wal)?$/.test(name)) : [];

  return {
    backupNames: namesOf,
    async replaceBackups() {
      const old = namesOf();
      const path = await copyTo(join(folder, `callledger-${toStamp(clock.now())}Z-after-erasure.db`));
      for (const name of old) rmSync(join(folder, name), { force: true });
      return path;
    },
    backup: (to) => copyTo(to ?? join(folder, `callledger-${toStamp(clock.now())}Z.db`)),
    async backupDaily(keep = 7) {
      const path = join(folder, `callledger-${toStamp(clock.now()).slice(0, 10)}.db`);
      if (existsSync(path)) return null;
      await copyTo(path);
      const daily = readdirSync(folder).filter((name) => dailyName.test(name));
      for (const name of daily.toSorted().slice(0, -keep)) rmSync(join(folder, name));
      return path;
    },
  };
}
