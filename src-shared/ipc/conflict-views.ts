import { z } from "zod";
import { conflictState } from "../domain/conflict.ts";
import { crmType } from "../domain/integration.ts";

const at = z.int();

/** A field of ours that somebody changed in the CRM. `sentence`: what stands where, in words; `nextStep`: what a person can do, where something is to be done. */
export const conflictView = z.strictObject({
  id: z.int().positive(),
  integrationId: z.int().positive(),
  crm: crmType,
  label: z.string(),
  tenant: z.string(),
  callId: z.string(),
  remoteId: z.string().nullable(),
  recordUrl: z.string().nullable(),
  field: z.string(),
  /** What we would write. */
  ours: z.string(),
  /** What the CRM held when it was read; null: nothing. */
  theirs: z.string().nullable(),
  /** What we last wrote, and when; null where we never did. */
  pushed: z.string().nullable(),
  pushedAt: at.nullable(),
  seenAt: at,
  /** When the record was changed last, and by whom (name or id), where the CRM tells. */
  editedAt: at.nullable(),
  editedBy: z.string().nullable(),
  state: conflictState,
  settledAt: at.nullable(),
  settledBy: z.string().nullable(),
  note: z.string().nullable(),
  /** When the decision to use ours was carried out. */
  appliedAt: at.nullable(),
  sentence: z.string(),
  nextStep: z.string().nullable(),
});
export type ConflictView = Readonly<z.infer<typeof conflictView>>;

/** A page of conflicts, newest first; `next` is the `before` of the one after it, null at the end. */
export const conflictPage = z.strictObject({ conflicts: z.array(conflictView), next: z.int().positive().nullable() });
