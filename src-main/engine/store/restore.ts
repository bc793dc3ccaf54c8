import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import type { AuditDraft, AuditLog } from "../ports/audit-log.ts";
import { ledgerName } from "./database.ts";
import type { DeliveryUpdater } from "./delivery-columns.ts";
import { type MovableRow, movableSelect } from "./delivery-moves.ts";
import type { DeliveryTally } from "./delivery-tally.ts";
import { applicationId, refuseFuture } from "./migrate.ts";
import { DamagedLedgerError, NoLedgerError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

/** Refuses what is no ledger, is damaged, or comes from a newer CallLedger. Looks at our copy: the backup stays as it is. */
function checkCopy(copy: string, file: string): void {
  const db = new Sqlite(copy, { fileMustExist: true });
  try {
    if (db.prepare<[], number>("PRAGMA application_id").pluck().get() !== applicationId)
      throw new NoLedgerError(`${file} is not a ledger of CallLedger.`);
    refuseFuture(db);
    const finding = db.prepare<[], string>("PRAGMA quick_check(1)").pluck().get();
    if (finding !== "ok") throw new DamagedLedgerError(`The backup ${file} is damaged (${finding}).`);
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    throw new NoLedgerError(`${file} cannot be read as a ledger (${error.code}).`, { cause: error });
  } finally {
    db.close();
  }
}

/** A checked copy of the backup beside the ledger. */
function bringIn(dataDir: string, file: string): string {
  if (!existsSync(file)) throw new NoLedgerError(`There is no file ${file}.`);
  const incoming = join(dataDir, `${ledgerName}.restore`);
  copyFileSync(file, incoming);
  try {
    checkCopy(incoming, file);
    return incoming;
  } catch (error) {
    rmSync(incoming, { force: true });
    throw error;
  }
}

/**
 * Puts a backup in the ledger's place. The ledger that was there is kept beside the backups, with its write-ahead log.
 * The caller holds the folder's lock and has no store open. Returns where the old one is, or null if there was none.
 */
export function swapIn(dataDir: string, file: string, at: number): string | null {
  const incoming = bringIn(dataDir, file);
  const ledger = join(dataDir, ledgerName);
  const folder = join(dataDir, "backups");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(":", "");
  const kept = existsSync(ledger) ? join(folder, `callledger-before-restore-${stamp}Z.db`) : null;
  for (const suffix of ["-wal", "-shm", ""]) {
    if (!existsSync(ledger + suffix)) continue;
    if (kept !== null && suffix !== "-shm") renameSync(ledger + suffix, kept + suffix);
    else rmSync(ledger + suffix);
  }
  renameSync(incoming, ledger);
  return kept;
}

export type RepairParts = Readonly<{
  db: Database;
  transact: Transact;
  updater: DeliveryUpdater;
  tally: DeliveryTally;
  audit: Pick<AuditLog, "append">;
}>;

/** Probes begin this long after a restore: the last request of the engine that was stopped may still arrive, ms. */
const quietMs = 120_000;
const repairRows = 2_000;

/**
 * After a restore nobody knows what was sent since the backup: every delivery that is neither delivered nor
 * acknowledged becomes `uncertain`, so that it is looked for in the CRM before anything is sent. A repair, not a move
 * of the state table, with an audit entry for each delivery. Returns how many.
 */
export function createRepair({ db, transact, updater, tally, audit }: RepairParts): (at: number) => number {
  const undelivered = db.prepare<[number], MovableRow>(
    `${movableSelect} WHERE d.state IN ('queued', 'waiting', 'sending', 'dead') ORDER BY d.id LIMIT ?`,
  );
  const lastEntry = db.prepare<[], number | null>("SELECT max(at) FROM audit").pluck();
  const markSent = db.prepare<[number | null, string]>(`
    UPDATE delivery SET last_sent_at = coalesce(last_sent_at, ?) WHERE id IN (SELECT value FROM json_each(?))`);
  const summary = "A backup was put in place: looked for in the CRM before anything is sent.";

  function repairPage(at: number, backupAt: number): number {
    const rows = undelivered.all(repairRows);
    const ids = rows.map(({ id }) => id);
    const gone = { wait_why: null, session_id: null, reason: null, cause_key: null, detail: null, missing_reads: 0 };
    const columns = { ...gone, state: "uncertain", state_since: at, next_probe_at: at + quietMs };
    updater.update(ids, columns);
    // Look-ups by time begin when the backup was made: what was sent since then is what may be found.
    markSent.run(backupAt, JSON.stringify(ids));
    for (const row of rows) tally.move(row, columns, at);
    const said = { operation: "delivery.restore", outcome: "waiting", summary } as const;
    audit.append(
      rows.map(({ id, callId, integrationId, tenant }): AuditDraft => ({
        at,
        tenant,
        callId,
        deliveryId: id,
        integrationId,
        ...said,
      })),
    );
    return rows.length;
  }

  return (at) =>
    transact.run(() => {
      const backupAt = lastEntry.get() ?? at;
      let repaired = 0;
      for (let page = repairPage(at, backupAt); page > 0; page = repairPage(at, backupAt)) repaired += page;
      const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };
      const text = `A backup was put in place. ${repaired} undelivered calls are looked for in the CRMs first.`;
      audit.append([{ at, ...nothing, operation: "store.restore", outcome: "info", summary: text }]);
      return repaired;
    });
}
