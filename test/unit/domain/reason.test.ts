import { expect, test } from "vitest";
import { reason, reasonTexts } from "../../../src-shared/domain/reason.ts";

/** Every reason, and a word without which its sentence would not name the cause. */
const causes: Readonly<Record<string, RegExp>> = {
  auth_revoked: /sign-in/,
  permission_denied: /may not/,
  setup_missing: /set up/,
  record_deleted: /deleted/,
  person_deleted: /person/,
  record_locked: /locked/,
  field_missing: /field/,
  value_rejected: /value/,
  rule_rejected: /rule/,
  automation_failed: /automation/,
  duplicate_conflict: /unique/,
  ambiguous_match: /several/i,
  no_match: /nobody/i,
  mapping_error: /field contract/,
  too_large: /larger/,
  limit_exhausted: /limit/,
  account_suspended: /suspended/,
  outcome_unknown: /find out/,
  retries_exhausted: /each time/,
  storage_full: /full/,
  our_bug: /our mistake/,
  unknown: /don't know/,
};

test("the reasons are closed: a new one needs its sentence here as well", () => {
  expect([...reason.options].toSorted()).toEqual(Object.keys(causes).toSorted());
});

test.each(reason.options)("%s says what happened and what to do next, in whole sentences without jargon", (name) => {
  const { sentence, nextStep } = reasonTexts[name];
  expect(sentence).toMatch(causes[name] ?? /$^/);
  for (const text of [sentence, nextStep]) {
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toMatch(/\b(?:API|HTTP|JSON|null|undefined|exception|payload|\d{3})\b|_/);
  }
});
