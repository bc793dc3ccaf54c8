import { z } from "zod";
import { reason } from "../domain/reason.ts";

export const auditEntryView = z.strictObject({
  id: z.int().positive(),
  at: z.int(),
  tenant: z.string().nullable(),
  callId: z.int().nullable(),
  deliveryId: z.int().nullable(),
  integrationId: z.int().nullable(),
  operation: z.string(),
  outcome: z.enum(["ok", "waiting", "failed", "info"]),
  summary: z.string(),
  status: z.int().nullable(),
  code: z.string().nullable(),
  reason: reason.nullable(),
  nextRetryAt: z.int().nullable(),
  payload: z.string().nullable(),
  hash: z.string(),
});
export type AuditEntryView = Readonly<z.infer<typeof auditEntryView>>;

export const auditVerificationView = z.strictObject({
  ok: z.boolean(),
  entries: z.int().nonnegative(),
  seals: z.int().nonnegative(),
  chain: z.enum(["hmac", "sha256", "mixed"]),
  /** Entries made without the key after others that were made with it. */
  unkeyed: z.int().nonnegative(),
  problem: z.string().nullable(),
});
