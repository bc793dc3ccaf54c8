import { z } from "zod";
import { callDirection, callStatus } from "../domain/call-record.ts";
import { crmType } from "../domain/integration.ts";
import { mirrorState } from "./mirror-views.ts";

const record = z.strictObject({ object: z.string(), id: z.string() });

/** What would be decided about a number at one account, and what each rule said. */
export const matchTrialView = z.strictObject({
  integrationId: z.int().positive(),
  crm: crmType,
  label: z.string(),
  copy: mirrorState,
  /** `unlinked`: the call would be logged without a person; `made`: a person would be made for it. */
  outcome: z.enum(["matched", "unlinked", "held", "made", "ask"]),
  rule: z.string().nullable(),
  person: record.extend({ name: z.string() }).nullable(),
  /** In a sentence: what is decided, and why. */
  sentence: z.string(),
  candidates: z.array(record.extend({ name: z.string(), field: z.string() })),
  rules: z.array(z.strictObject({ rule: z.string(), said: z.string(), decided: z.boolean() })),
});
export type MatchTrialView = Readonly<z.infer<typeof matchTrialView>>;

/** What a correction did. `skipped`: calls that are on their way just now, and calls already as wanted. */
export const matchChangeView = z.strictObject({
  changed: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
  ruleId: z.int().positive().nullable(),
  person: record.extend({ name: z.string() }).nullable(),
});
export type MatchChangeView = Readonly<z.infer<typeof matchChangeView>>;

/** Somebody whom a call may have been with, or a company, and what the copy of the CRM's people says of them. */
export const matchCandidate = record.extend({
  name: z.string(),
  kind: z.enum(["person", "company"]),
  /** Companies that they belong to. */
  companies: z.array(z.string()),
  /** CRMs in which the same call is on somebody of this name, and on somebody of another. */
  sameIn: z.array(crmType),
  otherIn: z.array(crmType),
  /** An open deal with them, by its name. */
  deal: z.string().nullable(),
  lastActivityAt: z.int().nullable(),
  owner: z.string().nullable(),
  isOwnedByAgent: z.boolean(),
  /** Earlier calls of the number that were logged on them. */
  calls: z.int().nonnegative(),
});
export type MatchCandidate = Readonly<z.infer<typeof matchCandidate>>;

/** A call whose person somebody has to name. `more`: further candidates; `earlier`: earlier calls of the number at this account. */
export const matchChoice = z.strictObject({
  deliveryId: z.int().positive(),
  callId: z.string(),
  tenant: z.string(),
  integrationId: z.int().positive(),
  crm: crmType,
  label: z.string(),
  /** Null: the call shows none. */
  number: z.string().nullable(),
  agent: z.string().nullable(),
  startedAt: z.int(),
  direction: callDirection,
  status: callStatus,
  durationSeconds: z.int().nonnegative(),
  candidates: z.array(matchCandidate),
  more: z.int().nonnegative(),
  rules: z.array(z.strictObject({ rule: z.string(), said: z.string(), decided: z.boolean() })),
  earlier: z.int().nonnegative(),
});
export type MatchChoice = Readonly<z.infer<typeof matchChoice>>;
