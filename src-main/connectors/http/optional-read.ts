import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";

/**
 * What a read found that the work can do without. Where the CRM refuses it (a right or an edition that is not there), that
 * is nothing; what may pass another time stays a fault.
 */
export function orNothing<T>(read: Outcome<T, ConnectorFault>, nothing: T): Outcome<T, ConnectorFault> {
  if (read.ok) return read;
  const { fault } = read;
  const isRefused = fault.kind === "rejected" || (fault.kind === "blocked" && fault.reason !== "auth_revoked");
  return isRefused ? { ok: true, value: nothing } : read;
}
