import { z } from "zod";
import type { Reason } from "./reason.ts";

/**
 * What is done with dead letters. `replay`: a person sends them again. `heal`: their cause is gone, so they go again by
 * themselves. `acknowledge`: a person accepts that they are not written. `undo`: an acknowledgement is taken back, its calls
 * are sent again.
 */
export const deadRunKind = z.enum(["replay", "heal", "acknowledge", "undo"]);
export type DeadRunKind = z.infer<typeof deadRunKind>;

/**
 * How it is found out that a cause is gone. `trial`: one call of the group is sent again now and then; a CRM that still
 * refuses it has done nothing. `people`: the copy of the CRM's people tells, without a request. `never`: a person decides,
 * because another try would do harm (a deleted record comes back, an automation runs again) or could teach nothing.
 */
export type Healing = "trial" | "people" | "never";

export const healingOf: Readonly<Record<Reason, Healing>> = {
  auth_revoked: "trial",
  permission_denied: "trial",
  setup_missing: "trial",
  record_deleted: "never",
  person_deleted: "people",
  record_locked: "trial",
  field_missing: "trial",
  value_rejected: "trial",
  rule_rejected: "trial",
  automation_failed: "never",
  duplicate_conflict: "trial",
  ambiguous_match: "never",
  no_match: "people",
  mapping_error: "trial",
  too_large: "trial",
  limit_exhausted: "trial",
  account_suspended: "trial",
  outcome_unknown: "never",
  retries_exhausted: "trial",
  storage_full: "trial",
  our_bug: "never",
  unknown: "never",
};

const firstTrialMs = 15 * 60_000;
const rarestTrialMs = 6 * 3_600_000;

/** Wait before the next look at a group's cause, ms: longer after each that found it unchanged. */
export const trialDelay = (tries: number): number => Math.min(rarestTrialMs, firstTrialMs * 2 ** Math.min(tries, 10));
