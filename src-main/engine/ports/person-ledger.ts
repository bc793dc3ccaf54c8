import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Link } from "./connector.ts";

/** Whose ledger: one account of a tenant at a CRM. */
export type LedgerPlace = Readonly<{ tenant: string; crm: CrmType; accountId: string }>;

/**
 * A person that was made, or is being made, for a number. `begunAt`: by the CRM's time, epoch ms. `person` null: nobody
 * knows yet whether the CRM did it.
 */
export type LedgerEntry = Readonly<{ id: number; begunAt: number; missingReads: number; person: Link | null }>;

/** People that CallLedger makes, one for each number, written down before the CRM is asked. */
export interface PersonLedger {
  find(place: LedgerPlace, number: string): LedgerEntry | null;
  /** Durable before it returns. Throws when the number has an entry. `at`: by the CRM's time. */
  begin(place: LedgerPlace, number: string, at: number): LedgerEntry;
  settle(id: number, person: Link, at: number): void;
  /** A look for the person found nobody. */
  countMissing(id: number): void;
  /** Provably nobody was made. */
  drop(id: number): void;
}
