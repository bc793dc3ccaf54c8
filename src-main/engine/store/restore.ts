import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import type { AuditDraft, AuditLog } from "../ports/audit-log.ts";
import { listBackups } from "./backup.ts";
import { ledgerName } from "./database.ts";
import type { DeliveryUpdater } from "./delivery-columns.ts";
import { type MovableRow, movableSelect } from "./delivery-moves.ts";
import type { DeliveryTally } from "./delivery-tally.ts";
import { applicationId, refuseFuture } from "./migrate.ts";
import { backupFolderOf, beginSwap, finishSwap, incomingOf } from "./restore-mark.ts";
import { DamagedLedgerError, NoLedgerError, SchemaFromFutureError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

/** Refuses what is no ledger, is damaged, or comes from a newer CallLedger. Looks at our copy: the backup stays as it is. */
function checkCopy(copy: string, file: string): void {
  const db = new Sqlite(copy, { fileMustExist: true });
  try {
    if (db.prepare<[], number>("PRAGMA application_id").pluck().get() !== applicationId)
      throw new NoLedgerError(`${file} is not a ledger of CallLedger.`);
    refuseFuture(db);
    const finding = db.prepare<[], string>("PRAGMA integrity_check(1)").pluck().get();
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
  const incoming = incomingOf(dataDir);
  copyFileSync(file, incoming);
  try {
    checkCopy(incoming, file);
    return incoming;
  } catch (error) {
    rmSync(incoming, { force: true });
    throw error;
  }
}

/** A backup that was checked: our copy of it beside the ledger. `passedOver`: newer ones that are no good, with why. */
type Chosen = Readonly<{ file: string; incoming: string; passedOver: readonly string[] }>;

/** The newest backup of the folder that is whole. */
function bringNewest(dataDir: string): Chosen {
  const passedOver: string[] = [];
  for (const file of listBackups(dataDir)) {
    try {
      return { file, incoming: bringIn(dataDir, file), passedOver };
    } catch (error) {
      const isNoGood = [DamagedLedgerError, NoLedgerError, SchemaFromFutureError].some((kind) => error instanceof kind);
      if (!isNoGood || !(error instanceof Error)) throw error;
      passedOver.push(error.message);
    }
  }
  const why = passedOver.length === 0 ? "" : ` ${passedOver.join(" ")}`;
  throw new NoLedgerError(`There is no whole backup in ${join(dataDir, "backups")}.${why} Name another file.`);
}

/** A log that was read from outside of watched folders since a backup was made: nobody reads it again by itself. */
export type UnreadLog = Readonly<{ path: string; readAt: number }>;

const mostUnread = 1_000;

/** What a ledger that is put aside read since by a person's hand, as far as it can still be read. Null: it cannot. */
function listUnread(kept: string, since: number): readonly UnreadLog[] | null {
  try {
    const db = new Sqlite(kept, { readonly: true, fileMustExist: true });
    try {
      return db
        .prepare<[number, number], UnreadLog>(
          `SELECT f.path, max(r.started_at) AS readAt FROM reading r JOIN file f ON f.id = r.file_id
           WHERE r.started_at > ? AND r.source_id IS NULL AND r.row_count > 0 GROUP BY f.path ORDER BY readAt LIMIT ?`,
        )
        .all(since, mostUnread);
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) return null;
    throw error;
  }
}

export type SwappedIn = Readonly<{
  file: string;
  /** Where the ledger is that was there, or null if there was none. */
  keptAs: string | null;
  passedOver: readonly string[];
  /** The newest entry of the backup's audit log, epoch ms; null for one without any. */
  backupAt: number | null;
  unread: readonly UnreadLog[] | null;
}>;

function lastEntryOf(file: string): number | null {
  const db = new Sqlite(file, { fileMustExist: true });
  try {
    return db.prepare<[], number | null>("SELECT max(at) FROM audit").pluck().get() ?? null;
  } finally {
    db.close();
  }
}

/**
 * Puts a backup in the ledger's place: a file, or (null) the newest one of the folder that is whole. The ledger that was
 * there is kept beside the backups, with its write-ahead log. The caller holds the folder's lock and has no store open; once
 * what is undelivered is marked, it says so by `endRestore`. Whoever is killed before that leaves it to the next start.
 */
export function swapIn(dataDir: string, given: string | null, at: number): SwappedIn {
  const chosen: Chosen =
    given === null ? bringNewest(dataDir) : { file: given, incoming: bringIn(dataDir, given), passedOver: [] };
  const { file, incoming, passedOver } = chosen;
  const backupAt = lastEntryOf(incoming);
  const ledger = join(dataDir, ledgerName);
  const folder = backupFolderOf(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(":", "");
  const kept = existsSync(ledger) ? freeName(join(folder, `callledger-before-restore-${stamp}Z`)) : null;
  beginSwap(dataDir, kept === null ? null : basename(kept));
  finishSwap(dataDir);
  const unread = kept === null ? [] : listUnread(kept, backupAt ?? 0);
  return { file, keptAs: kept, passedOver, backupAt, unread };
}

/** Two restores within a second overwrite nothing. */
function freeName(path: string, count = 1): string {
  const name = count === 1 ? `${path}.db` : `${path}-${count}.db`;
  return existsSync(name) ? freeName(path, count + 1) : name;
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
 * After a restore, or where the end of the ledger is lost, nobody knows what was sent since: every delivery that is neither
 * delivered nor acknowledged becomes `uncertain`, so that it is looked for in the CRM before anything is sent. A repair, not a move
 * of the state table, with an audit entry for each delivery. Returns how many.
 */
export function createRepair(
  { db, transact, updater, tally, audit }: RepairParts,
  cause = "A backup was put in place",
): (at: number) => number {
  const undelivered = db.prepare<[number], MovableRow>(
    `${movableSelect} WHERE d.state IN ('queued', 'waiting', 'sending', 'dead') ORDER BY d.id LIMIT ?`,
  );
  const lastEntry = db.prepare<[], number | null>("SELECT max(at) FROM audit").pluck();
  const markSent = db.prepare<[number | null, string]>(`
    UPDATE delivery SET last_sent_at = coalesce(last_sent_at, ?) WHERE id IN (SELECT value FROM json_each(?))`);
  const summary = `${cause}: looked for in the CRM before anything is sent.`;

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
      const text = `${cause}. ${repaired} undelivered calls are looked for in the CRMs first.`;
      audit.append([{ at, ...nothing, operation: "store.restore", outcome: "info", summary: text }]);
      return repaired;
    });
}
