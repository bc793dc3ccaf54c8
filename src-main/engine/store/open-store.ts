import type { Database } from "better-sqlite3";
import type { AuditLog } from "../ports/audit-log.ts";
import type { BudgetStore } from "../ports/budget-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import type { SourceStore } from "../ports/ingest-store.ts";
import type { IntegrationStore, TenantStore } from "../ports/integration-store.ts";
import type { Random } from "../ports/random.ts";
import { createAuditWriter } from "./audit-log.ts";
import { createAuditSearch } from "./audit-search.ts";
import { type AuditUpkeep, createAuditUpkeep } from "./audit-seals.ts";
import { createAuditVerify } from "./audit-verify.ts";
import { createBudgetStore } from "./budget-store.ts";
import { type CallSearch, createCallSearch } from "./call-search.ts";
import { findFolderProblem, readFolderFacts } from "./data-folder.ts";
import { closeDatabase, openDatabase } from "./database.ts";
import { createDeliveryUpdater } from "./delivery-columns.ts";
import { createDeliveryMover } from "./delivery-moves.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { createDeliveryTally } from "./delivery-tally.ts";
import { createIntegrationStore } from "./integration-store.ts";
import { createPhoneIndex } from "./phone-index.ts";
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
  tenants: TenantStore;
  integrations: IntegrationStore;
  sources: SourceStore;
  deliveries: DeliveryStore;
  budget: BudgetStore;
  audit: AuditLog & AuditUpkeep;
  close(): void;
}>;

type AuditParts = Readonly<{
  db: Database;
  transact: Transact;
  random: Random;
  calls: CallSearch;
  auditKey: Uint8Array | undefined;
}>;

function createAudit({ db, transact, random, calls, auditKey }: AuditParts): AuditLog & AuditUpkeep {
  const phones = createPhoneIndex(db);
  const writer = createAuditWriter({ db, transact, random, phones, auditKey });
  const search = createAuditSearch(db, phones, calls);
  return {
    append: writer.append,
    ofCall: writer.ofCall,
    entries: writer.entries,
    search: (text, limit) => writer.byIds(search(text, limit)),
    verify: createAuditVerify(db, auditKey),
    ...createAuditUpkeep({ db, transact, writer, auditKey }),
  };
}

/**
 * Opens the ledger. Throws one of the named errors of store-errors.ts where it must not be used: a folder on a share or
 * in a synced folder, a newer schema, damage.
 */
export function openStore({ dataDir, clock, random, mode, auditKey }: StoreAsk): Store {
  const problem = findFolderProblem(readFolderFacts(dataDir));
  if (problem !== undefined) throw new UnsuitableFolderError(problem);
  const db = openDatabase(dataDir, mode, clock.now());
  const transact = createTransact(db);
  const calls = createCallSearch(db);
  const audit = createAudit({ db, transact, random, calls, auditKey });
  const tally = createDeliveryTally(db, transact);
  const updater = createDeliveryUpdater(db);
  const mover = createDeliveryMover(updater, tally, audit);
  const tenants = createTenantStore(db, transact);
  const phoneSystems = createPhoneSystems(db, transact, tenants);
  return {
    tenants,
    integrations: createIntegrationStore({ db, transact, tenants, mover, audit }),
    sources: createSourceStore({ db, transact, phoneSystems, audit }),
    deliveries: createDeliveryStore({ db, transact, clock, audit, updater, tally, mover }),
    budget: createBudgetStore(db, transact),
    audit,
    close: () => closeDatabase(db, mode),
  };
}
