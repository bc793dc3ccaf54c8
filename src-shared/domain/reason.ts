import { z } from "zod";

/** Why a delivery needs a person. Closed: a vendor's code maps to one of these or to `unknown`. */
export const reason = z.enum([
  "auth_revoked",
  "permission_denied",
  "setup_missing",
  "record_deleted",
  "person_deleted",
  "record_locked",
  "field_missing",
  "value_rejected",
  "rule_rejected",
  "automation_failed",
  "duplicate_conflict",
  "ambiguous_match",
  "no_match",
  "mapping_error",
  "too_large",
  "limit_exhausted",
  "account_suspended",
  "outcome_unknown",
  "retries_exhausted",
  "storage_full",
  "our_bug",
  "unknown",
]);
export type Reason = z.infer<typeof reason>;

/** What happened, in words for a sales manager, and what to do next. */
export type ReasonText = Readonly<{ sentence: string; nextStep: string }>;

export const reasonTexts: Readonly<Record<Reason, ReasonText>> = {
  auth_revoked: {
    sentence: "The CRM no longer accepts our sign-in.",
    nextStep: "Connect the CRM again with a valid key; waiting calls go out by themselves.",
  },
  permission_denied: {
    sentence: "The CRM user or key may not do this.",
    nextStep: "Ask the CRM's administrator for the permission named in the answer, then replay.",
  },
  setup_missing: {
    sentence: "Something that CallLedger set up in the CRM is gone.",
    nextStep: "Run the connection check; it says what is missing and puts it back where it may.",
  },
  record_deleted: {
    sentence: "Somebody deleted the call's record in the CRM.",
    nextStep: "Nothing is re-created. Acknowledge it if the deletion was meant, or replay to write the call again.",
  },
  person_deleted: {
    sentence: "The person, company or deal that the call belongs to is gone from the CRM.",
    nextStep: "Restore the record or add the person again, then replay.",
  },
  record_locked: {
    sentence: "The CRM kept the record locked for too long.",
    nextStep: "Replay later, when other programs are done with the record.",
  },
  field_missing: {
    sentence: "A field that we write no longer exists in the CRM, or is hidden from us.",
    nextStep: "Restore the field, or take it out of the field contract, then replay the group.",
  },
  value_rejected: {
    sentence: "The CRM refused a value that we sent.",
    nextStep: "Correct the mapping of the named field or allow the value in the CRM, then replay the group.",
  },
  rule_rejected: {
    sentence: "A rule of the CRM refused the call.",
    nextStep: "Change the rule, or map the value it asks for, then replay the group.",
  },
  automation_failed: {
    sentence: "An automation in the CRM failed while it saved the call.",
    nextStep: "Show the answer to the CRM's administrator, then replay.",
  },
  duplicate_conflict: {
    sentence: "The CRM holds another record with a value that must be unique.",
    nextStep: "Merge or correct the records in the CRM, then replay.",
  },
  ambiguous_match: {
    sentence: "Several people in the CRM have this number.",
    nextStep: "Choose the right person for this call.",
  },
  no_match: {
    sentence: "Nobody in the CRM has this number.",
    nextStep: "Add the number to a contact and replay, or acknowledge the call.",
  },
  mapping_error: {
    sentence: "The field contract writes to a field that cannot be written.",
    nextStep: "Correct the field contract, then replay the group.",
  },
  too_large: {
    sentence: "The call's text is larger than the CRM accepts.",
    nextStep: "Shorten the mapped text, then replay.",
  },
  limit_exhausted: {
    sentence: "The CRM's limit is used up.",
    nextStep: "Wait for the reset, or raise the limit with the vendor, then replay.",
  },
  account_suspended: {
    sentence: "The CRM account is suspended.",
    nextStep: "Settle it with the vendor, then resume the integration.",
  },
  outcome_unknown: {
    sentence: "We could not find out whether the CRM took the call.",
    nextStep: "Look for the call in the CRM. Replay looks once more and writes it only if it is missing.",
  },
  retries_exhausted: {
    sentence: "The CRM failed each time we tried.",
    nextStep: "Check the CRM's status page, then replay.",
  },
  storage_full: {
    sentence: "The CRM's storage is full.",
    nextStep: "Free or buy storage in the CRM, then replay the group.",
  },
  our_bug: {
    sentence: "CallLedger sent something that the CRM could not read. This is our mistake.",
    nextStep: "Send us the support report of this call.",
  },
  unknown: {
    sentence: "The CRM refused the call with a code that we don't know.",
    nextStep: "Read the CRM's answer below; replay, or send us the support report.",
  },
};

/** Why an integration is blocked: what is the matter, what exactly (where it is known), and what to do. */
export function toBlockSentence(cause: Reason, detail: string | undefined): string {
  const { sentence, nextStep } = reasonTexts[cause];
  const said = detail === undefined || detail === "" ? "" : ` ${detail.replace(/[.\s]*$/, "")}.`;
  return `${sentence}${said} ${nextStep}`;
}
