import { z } from "zod";
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
