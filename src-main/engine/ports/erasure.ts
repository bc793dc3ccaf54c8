import type { CrmType } from "../../../src-shared/domain/integration.ts";

/** A record that stays in a CRM when its call is erased here. */
export type RecordLeft = Readonly<{ integrationId: number; crm: CrmType; label: string; remoteId: string }>;

/** What is known of one number. */
export type ErasureFindings = Readonly<{
  calls: number;
  /** Calls that were not written yet and, erased, never will be. */
  undelivered: number;
  /** Calls whose write is on its way or not yet accounted for: they hold an erasure up. */
  inFlight: number;
  auditEntries: number;
  /** Records in the CRMs, the first `recordsLeftShown` of them. */
  records: readonly RecordLeft[];
  recordCount: number;
}>;

/** Finds and erases one person's data by E.164 number. */
export interface ErasureStore {
  find(number: string): ErasureFindings;
  /**
   * Takes the number, names and what was sent out of calls, matches and the audit log, whose digests stay. What was not
   * written is acknowledged. Rows of a log that is read again stay known, so nothing comes back. The caller has made
   * sure that nothing is in flight.
   */
  erase(number: string, ask: Readonly<{ at: number; actor: string }>): ErasureFindings;
}
