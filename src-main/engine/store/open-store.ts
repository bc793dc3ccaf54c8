import type { Database } from "better-sqlite3";
import type { AlertStore } from "../ports/alert-store.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { AccountMemory } from "../ports/account-memory.ts";
import type { BudgetStore } from "../ports/budget-store.ts";
import type { ConflictStore } from "../ports/conflict-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { CrmCheckStore } from "../ports/crm-checks.ts";
import type { DeadRunStore } from "../ports/dead-runs.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import type { ErasureStore } from "../ports/erasure.ts";
import type { IngestStore, SourceMemory, SourceStore } from "../ports/ingest-store.ts";
import type { IntegrationStore, TenantStore } from "../ports/integration-store.ts";
import type { MatchRuleStore } from "../ports/match-rules.ts";
import type { MirrorStore } from "../ports/mirror.ts";
import type { OwnNumberStore } from "../ports/own-numbers.ts";
import type { PersonLedger } from "../ports/person-ledger.ts";
import type { Random } from "../ports/random.ts";
import type { ReportStore } from "../ports/report-store.ts";
import type { RequestMemory } from "../ports/request-memory.ts";
import type { SchemaStore } from "../ports/schema-store.ts";
import type { SilenceStore } from "../ports/silence-store.ts";
import { createAccountMemory } from "./account-memory.ts";
import { createAlertStore } from "./alert-store.ts";
import { createAuditKey } from "./audit-key.ts";
import { createAuditWriter } from "./audit-log.ts";
import { createAuditSearch } from "./audit-search.ts";
import { type AuditUpkeep, createAuditUpkeep } from "./audit-seals.ts";
import { createAuditVerify } from "./audit-verify.ts";
import { createBudgetStore } from "./budget-store.ts";
import { createCallChanges } from "./call-changes.ts";
import { type CallSearch, createCallSearch } from "./call-search.ts";
import { createConflictStore } from "./conflict-store.ts";
import { findFolderProblem, readFolderFacts } from "./data-folder.ts";
import { type Backups, createBackups } from "./backup.ts";
import { closeDatabase, openDatabase } from "./database.ts";
import { createCrmCheckStore } from "./crm-checks.ts";
import { createDeadRunStore } from "./dead-runs.ts";
import { type DeliveryUpdater, createDeliveryUpdater } from "./delivery-columns.ts";
import { createDeliveryMover } from "./delivery-moves.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { type DeliveryTally, createDeliveryTally } from "./delivery-tally.ts";
import { createErasureStore } from "./erasure.ts";
import { readIdentity } from "./ledger-identity.ts";
import { createIngestStore } from "./ingest-store.ts";
import { createIntegrationStore } from "./integration-store.ts";
import { createMatchRuleStore } from "./match-rule-store.ts";
import { createMirrorStore } from "./mirror-store.ts";
import { createOwnNumbers } from "./own-numbers.ts";
import { createPersonLedger } from "./person-ledger.ts";
import { type PhoneIndex, createPhoneIndex } from "./phone-index.ts";
import { createReportStore } from "./report-store.ts";
import { createRequestStore } from "./request-store.ts";
import { createRepair, swapIn } from "./restore.ts";
import { createSchemaStore } from "./schema-store.ts";
import { createSilenceStore } from "./silence-store.ts";
import { createSourceMemory } from "./source-memory.ts";
import { createSourceStore } from "./source-store.ts";
import { UnsuitableFolderError } from "./store-errors.ts";
import { createPhoneSystems, createTenantStore } from "./tenant-store.ts";
import { type Transact, createTransact } from "./transaction.ts";

export type StoreAsk = Readonly<{
  dataDir: string;
  clock: Clock;
  random: Random;
  /** `write`: the engine, which holds the data folder's lock. `read`: beside it; nothing can be changed. */
  mode: "write" | "read";
  /** From the keychain; without it the audit chain is plain SHA-256, and `verify` says so. */
  auditKey?: Uint8Array;
}>;

/** The ledger of a data folder. One writer at a time: the caller holds the folder's lock (`acquireLock`). */
export type Store = Readonly<{
  /** Drawn when the ledger was made; its copies and backups have the same. The keychain knows the ledger by it. */
  identity: string;
  tenants: TenantStore;
  integrations: IntegrationStore;
  sources: SourceStore;
  sourceMemory: SourceMemory;
  ingest: IngestStore;
  deliveries: DeliveryStore;
  conflicts: ConflictStore;
  deadRuns: DeadRunStore;
  checks: CrmCheckStore;
  silences: SilenceStore;
  alerts: AlertStore;
  budget: BudgetStore;
  accountMemory: AccountMemory;
  audit: AuditLog & AuditUpkeep & AuditKeyed;
  erasure: ErasureStore;
  reports: ReportStore;
  mirror: MirrorStore;
  ownNumbers: OwnNumberStore;
  matchRules: MatchRuleStore;
  personLedger: PersonLedger;
  requests: RequestMemory;
  schemas: SchemaStore;
  /** Moves the write-ahead log into the file and empties it: after an import, off the busy hours. */
  checkpoint(): void;
  /** Gives free space back to the disk when a quarter of the file is free; needs room for a second copy. Returns whether it did. */
  vacuum(): boolean;
  close(): void;
}> &
  Backups;

/** The audit's key comes from the keychain, after the ledger was opened. */
export type AuditKeyed = Readonly<{
  /** From now on entries are hashed with it. */
  useKey(key: Uint8Array): void;
  /** Whether the log has entries that only that key verifies: another must not be made. */
  hasKeyedEntries(): boolean;
}>;

/** What the parts of an open ledger share. */
type Parts = Readonly<{
  db: Database;
  transact: Transact;
  calls: CallSearch;
  phones: PhoneIndex;
  audit: AuditLog & AuditUpkeep & AuditKeyed;
  tally: DeliveryTally;
  updater: DeliveryUpdater;
}>;

const freeShareForVacuum = 0.25;

function createAudit(
  parts: Pick<Parts, "db" | "transact" | "calls" | "phones">,
  ask: StoreAsk,
): AuditLog & AuditUpkeep & AuditKeyed {
  const { db, transact, phones } = parts;
  const hasKeyed = db.prepare(`
    SELECT 1 FROM audit_head WHERE is_keyed = 1
    UNION ALL SELECT 1 FROM audit_seal WHERE is_keyed = 1
    UNION ALL SELECT 1 FROM audit WHERE id > (SELECT coalesce(max(last_id), 0) FROM audit_seal) AND is_keyed = 1
    LIMIT 1`);
  const { random } = ask;
  const key = createAuditKey(ask.auditKey);
  const writer = createAuditWriter({ db, transact, random, phones, key });
  const search = createAuditSearch(db, phones, parts.calls);
  return {
    append: writer.append,
    ofCall: writer.ofCall,
    entries: writer.entries,
    search: (text, limit) => writer.byIds(search(text, limit)),
    verify: createAuditVerify(db, key),
    useKey: (found) => key.use(found),
    hasKeyedEntries: () => hasKeyed.get() !== undefined,
    ...createAuditUpkeep({ db, transact, writer, key }),
  };
}

function openParts(ask: StoreAsk): Parts {
  const problem = findFolderProblem(readFolderFacts(ask.dataDir));
  if (problem !== undefined) throw new UnsuitableFolderError(problem);
  const db = openDatabase(ask.dataDir, ask.mode, ask.clock.now());
  const transact = createTransact(db);
  const calls = createCallSearch(db);
  const phones = createPhoneIndex(db);
  const audit = createAudit({ db, transact, calls, phones }, ask);
  const tally = createDeliveryTally(db, transact);
  return { db, transact, calls, phones, audit, tally, updater: createDeliveryUpdater(db) };
}

function vacuum(db: Database): boolean {
  const count = (pragma: string): number => db.prepare<[], number>(`PRAGMA ${pragma}`).pluck().get() ?? 0;
  if (count("freelist_count") < count("page_count") * freeShareForVacuum) return false;
  db.exec("VACUUM");
  return true;
}

function toStore(parts: Parts, { dataDir, clock, mode }: StoreAsk): Store {
  const { db, transact, calls, phones, audit, tally, updater } = parts;
  const mover = createDeliveryMover(updater, tally, audit);
  const own = createOwnNumbers(db, transact);
  const tenants = createTenantStore(db, transact);
  const phoneSystems = createPhoneSystems(db, transact, tenants);
  return {
    identity: readIdentity(db),
    tenants,
    integrations: createIntegrationStore({ db, transact, tenants, mover, audit }),
    sources: createSourceStore({ db, transact, phoneSystems, audit }),
    sourceMemory: createSourceMemory({ db, transact, audit }),
    ingest: createIngestStore({ db, transact, phoneSystems, audit, mover, updater, tally }),
    deliveries: createDeliveryStore({ db, transact, clock, audit, updater, tally, mover }),
    conflicts: createConflictStore(db, transact),
    budget: createBudgetStore(db, transact),
    accountMemory: createAccountMemory(db, transact),
    audit,
    erasure: createErasureStore({ db, transact, mover, audit }),
    deadRuns: createDeadRunStore(db, transact),
    checks: createCrmCheckStore(db, transact),
    silences: createSilenceStore(db, transact),
    alerts: createAlertStore(db, transact),
    reports: createReportStore({ db, calls, phones, changes: mode === "write" ? createCallChanges(db) : undefined }),
    mirror: createMirrorStore(db, transact, own),
    ownNumbers: own.settled,
    matchRules: createMatchRuleStore(db, transact),
    personLedger: createPersonLedger(db, transact),
    requests: createRequestStore(db, transact),
    schemas: createSchemaStore(db, transact),
    ...createBackups({ db, dataDir, clock, audit: mode === "write" ? audit : undefined }),
    checkpoint: () => void db.pragma("wal_checkpoint(TRUNCATE)"),
    vacuum: () => vacuum(db),
    close: () => closeDatabase(db, mode),
  };
}

/**
 * Opens the ledger. Throws one of the named errors of store-errors.ts where it must not be used: a folder on a share or
 * in a synced folder, a newer schema, damage.
 */
export function openStore(ask: StoreAsk): Store {
  return toStore(openParts(ask), ask);
}

/**
 * Puts a backup in the ledger's place, brings it up to date and marks every delivery that is neither delivered nor
 * acknowledged `uncertain`. The caller holds the folder's lock and has no store open. The ledger that was there is kept
 * (`keptAs`, null when there was none).
 */
export function restoreBackup(
  ask: Omit<StoreAsk, "mode">,
  file: string,
): Readonly<{ uncertain: number; keptAs: string | null }> {
  const now = ask.clock.now();
  const problem = findFolderProblem(readFolderFacts(ask.dataDir));
  if (problem !== undefined) throw new UnsuitableFolderError(problem);
  const keptAs = swapIn(ask.dataDir, file, now);
  const parts = openParts({ ...ask, mode: "write" });
  try {
    return { uncertain: createRepair(parts)(now), keptAs };
  } finally {
    closeDatabase(parts.db, "write");
  }
}
