import { z } from "zod";
import { callDirection, callStatus } from "../domain/call-record.ts";
import { deadRunKind } from "../domain/dead-run.ts";
import { crmType } from "../domain/integration.ts";
import { reason } from "../domain/reason.ts";

const at = z.int();

/** Dead letters of one cause. `sentence` and `nextStep` are for people; `detail` is what the CRM said last. */
export const deadGroupView = z.strictObject({
  id: z.string(),
  integrationId: z.int(),
  tenant: z.string(),
  crm: crmType,
  reason,
  cause: z.string().nullable(),
  detail: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  count: z.int().nonnegative(),
  firstAt: at,
  lastAt: at,
});
export type DeadGroupView = Readonly<z.infer<typeof deadGroupView>>;

export const deadLetterView = z.strictObject({
  id: z.int().positive(),
  callId: z.string(),
  tenant: z.string(),
  crm: crmType,
  reason: reason.nullable(),
  detail: z.string().nullable(),
  /** The call in one line, times in the asked zone. */
  call: z.string(),
  startedAt: at,
  direction: callDirection,
  status: callStatus,
  from: z.string().nullable(),
  to: z.string().nullable(),
  agent: z.string().nullable(),
  remoteId: z.string().nullable(),
});
export type DeadLetterView = Readonly<z.infer<typeof deadLetterView>>;

const count = z.int().nonnegative();

/**
 * What was done with dead letters, by whom and when, and what came of it: where its calls stand now. `failed`: failed again,
 * also where they were taken up by something later. `undoes`, `undoneBy`: numbers of other entries.
 */
export const deadRunView = z.strictObject({
  id: z.int().positive(),
  kind: deadRunKind,
  /** The group or delivery that was named. */
  target: z.string(),
  integrationId: z.int().nullable(),
  tenant: z.string().nullable(),
  crm: crmType.nullable(),
  reason: reason.nullable(),
  actor: z.string(),
  note: z.string(),
  at,
  /** Null: under way. */
  endedAt: at.nullable(),
  moved: count,
  delivered: count,
  failed: count,
  acknowledged: count,
  open: count,
  undoes: z.int().nullable(),
  undoneBy: z.int().nullable(),
});
export type DeadRunView = Readonly<z.infer<typeof deadRunView>>;
