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
import type { TeamStore } from "../ports/team-store.ts";
import type { UpkeepStore } from "../ports/upkeep.ts";
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
import { closeDatabase, isDamage, openDatabase, suspect } from "./database.ts";
import { createCrmCheckStore } from "./crm-checks.ts";
import { createDeadRunStore } from "./dead-runs.ts";
import { type DeliveryUpdater, createDeliveryUpdater } from "./delivery-columns.ts";
import { createDeliveryMover } from "./delivery-moves.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { type DeliveryTally, createDeliveryTally } from "./delivery-tally.ts";
import { createErasureStore } from "./erasure.ts";
import { readIdentity } from "./ledger-identity.ts";
import { type LedgerTail, createLedgerTail } from "./ledger-tail.ts";
import { createIngestStore } from "./ingest-store.ts";
import { createIntegrationStore } from "./integration-store.ts";
import { createMatchRuleStore } from "./match-rule-store.ts";
import { createMirrorStore } from "./mirror-store.ts";
import { createOwnNumbers } from "./own-numbers.ts";
import { createPersonLedger } from "./person-ledger.ts";
import { type PhoneIndex, createPhoneIndex } from "./phone-index.ts";
import { createReportStore } from "./report-store.ts";
import { createRequestStore } from "./request-store.ts";
import { endRestore, finishSwap, isRestoring } from "./restore-mark.ts";
import { type SwappedIn, createRepair, swapIn } from "./restore.ts";
import { createSchemaStore } from "./schema-store.ts";
import { createSilenceStore } from "./silence-store.ts";
import { createSourceMemory } from "./source-memory.ts";
import { createSourceStore } from "./source-store.ts";
import { UnsuitableFolderError } from "./store-errors.ts";
import { createTeamStore } from "./team-store.ts";
import { createPhoneSystems, createTenantStore } from "./tenant-store.ts";
import { type Transact, createTransact } from "./transaction.ts";
import { createUpkeepStore } from "./upkeep.ts";

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
  teamStore: TeamStore;
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
  upkeep: UpkeepStore;
  /** Audit entries that were written and are not in the ledger any more, or a few more than that; 0: none is known to be lost (see `createLedgerTail`). */
  lostEntries: number;
  /** Something was thrown while the ledger was used: one that may be damaged is checked at its next start. */
  noteFailure(error: unknown): void;
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
  if (ask.mode === "write") finishSwap(ask.dataDir);
  const db = openDatabase(ask.dataDir, ask.mode, ask.clock.now());
  const transact = createTransact(db);
  const calls = createCallSearch(db);
  const phones = createPhoneIndex(db);
  const audit = createAudit({ db, transact, calls, phones }, ask);
  const tally = createDeliveryTally(db, transact);
  return { db, transact, calls, phones, audit, tally, updater: createDeliveryUpdater(db) };
}

/** How far the ledger has come is noted from now on. Where its end is lost, what is undelivered is looked for first. */
function openTail(parts: Parts, { dataDir, clock, mode }: StoreAsk): Readonly<{ tail?: LedgerTail; lost: number }> {
  if (mode === "read") return { lost: 0 };
  const { db, transact } = parts;
  const tail = createLedgerTail({ db, dataDir, identity: readIdentity(db), clock, transact });
  // A restore was cut short.
  if (isRestoring(dataDir)) createRepair(parts)(clock.now());
  endRestore(dataDir);
  const lost = tail.lost();
  if (lost > 0) createRepair(parts, `The newest entries of the ledger are lost (${lost} or a few more)`)(clock.now());
  tail.note();
  return { tail, lost };
}

/** A request follows an attempt: the ledger's note of itself is never behind it. */
function noteAttempts(deliveries: DeliveryStore, tail: LedgerTail | undefined): DeliveryStore {
  return {
    ...deliveries,
    commitAttempts(drafts, within) {
      tail?.noteNext();
      return deliveries.commitAttempts(drafts, within);
    },
  };
}

function toStore(parts: Parts, ask: StoreAsk): Store {
  const { dataDir, clock, mode } = ask;
  const { tail, lost } = openTail(parts, ask);
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
    deliveries: noteAttempts(createDeliveryStore({ db, transact, clock, audit, updater, tally, mover }), tail),
    conflicts: createConflictStore(db, transact),
    budget: createBudgetStore(db, transact),
    accountMemory: createAccountMemory(db, transact),
    audit,
    erasure: createErasureStore({ db, transact, mover, audit }),
    deadRuns: createDeadRunStore(db, transact),
    checks: createCrmCheckStore(db, transact),
    silences: createSilenceStore(db, transact),
    alerts: createAlertStore(db, transact),
    teamStore: createTeamStore(db, transact),
    reports: createReportStore({ db, calls, phones, changes: mode === "write" ? createCallChanges(db) : undefined }),
    mirror: createMirrorStore(db, transact, own),
    ownNumbers: own.settled,
    matchRules: createMatchRuleStore(db, transact),
    personLedger: createPersonLedger(db, transact),
    requests: createRequestStore(db, transact),
    schemas: createSchemaStore(db, transact),
    ...createBackups({
      db,
      dataDir,
      clock,
      ...(mode === "write" ? { audit, onDamage: () => suspect(db) } : { audit: undefined, onDamage: undefined }),
    }),
    upkeep: createUpkeepStore({ db, transact, audit }),
    lostEntries: lost,
    noteFailure: (error) => {
      if (isDamage(error)) suspect(db);
    },
    close: () => {
      if (db.open) tail?.note();
      closeDatabase(db, mode);
    },
  };
}

/**
 * Opens the ledger. Throws one of the named errors of store-errors.ts where it must not be used: a folder on a share or
 * in a synced folder, a newer schema, damage.
 */
export function openStore(ask: StoreAsk): Store {
  return toStore(openParts(ask), ask);
}

/** What became of a restore. `uncertain`: deliveries that are looked for in the CRMs first. */
export type Restored = SwappedIn & Readonly<{ uncertain: number }>;

/**
 * Puts a backup in the ledger's place (a file, or null: the newest of the folder that is whole), brings it up to date and
 * marks every delivery that is neither delivered nor acknowledged `uncertain`. The caller holds the folder's lock and has
 * no store open. The ledger that was there is kept (`keptAs`, null when there was none).
 */
export function restoreBackup(ask: Omit<StoreAsk, "mode">, file: string | null): Restored {
  const now = ask.clock.now();
  const problem = findFolderProblem(readFolderFacts(ask.dataDir));
  if (problem !== undefined) throw new UnsuitableFolderError(problem);
  const swapped = swapIn(ask.dataDir, file, now);
  const parts = openParts({ ...ask, mode: "write" });
  try {
    const uncertain = createRepair(parts)(now);
    endRestore(ask.dataDir);
    return { uncertain, ...swapped };
  } finally {
    closeDatabase(parts.db, "write");
  }
}
