import { z } from "zod";
import { crmAccount, integration } from "../domain/integration.ts";

/** An integration as a person sees it. It names where the credential comes from, never the credential. */
export const integrationView = integration.omit({ contract: true });
export type IntegrationView = Readonly<z.infer<typeof integrationView>>;

/** A field of the contract that was changed in the CRM, and what to do about it. */
export const driftView = z.strictObject({
  object: z.string(),
  field: z.string(),
  kind: z.enum(["renamed", "removed", "type_changed", "value_retired", "closed"]),
  says: z.string(),
  fix: z.string(),
});

/** A limit of the CRM, and what of it is used. */
export const limitView = z.strictObject({
  name: z.string(),
  lengthMs: z.int(),
  limit: z.number(),
  used: z.number(),
  usedByOthers: z.number(),
});

/** `updated`: the account was connected before and keeps its id. `created` and `found`: what setup put into the CRM and what was there. */
export const connectedView = z.strictObject({
  integrationId: z.int().positive(),
  updated: z.boolean(),
  account: z.string(),
  details: crmAccount,
  limits: z.array(limitView),
  created: z.array(z.string()),
  found: z.array(z.string()),
  /** Deliveries made for calls that were read before. */
  backfilled: z.int().nonnegative(),
  /** What is left for a person to do, or null. */
  note: z.string().nullable(),
});

/** `problem`: a sentence with what is wrong and what to do, or null. `details`: who we are signed in as, where that is known. */
export const checkView = z.strictObject({
  integrationId: z.int().positive(),
  ok: z.boolean(),
  account: z.string().nullable(),
  problem: z.string().nullable(),
  details: crmAccount.nullable(),
  limits: z.array(limitView),
  settings: z.record(z.string(), z.string()),
  /** How fields of the contract changed in the CRM since the contract was made. */
  drift: z.array(driftView),
});
