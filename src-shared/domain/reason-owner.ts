import type { Reason } from "./reason.ts";

/** Whose move it is. `team`: who works with the calls. `office`: who looks after CallLedger and its contract. */
export type ReasonOwner = "team" | "office" | "administrator" | "vendor" | "support";

export const ownerNames: Readonly<Record<ReasonOwner, string>> = {
  team: "the sales team",
  office: "whoever looks after CallLedger",
  administrator: "the CRM's administrator",
  vendor: "the CRM's vendor, or who pays for it",
  support: "us, with the support report",
};

export const ownerOf: Readonly<Record<Reason, ReasonOwner>> = {
  auth_revoked: "office",
  permission_denied: "administrator",
  setup_missing: "office",
  record_deleted: "team",
  person_deleted: "team",
  record_locked: "office",
  field_missing: "administrator",
  value_rejected: "administrator",
  rule_rejected: "administrator",
  automation_failed: "administrator",
  duplicate_conflict: "team",
  ambiguous_match: "team",
  no_match: "team",
  mapping_error: "office",
  too_large: "office",
  limit_exhausted: "vendor",
  account_suspended: "vendor",
  outcome_unknown: "team",
  retries_exhausted: "office",
  storage_full: "administrator",
  our_bug: "support",
  unknown: "support",
};
