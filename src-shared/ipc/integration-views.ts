import { z } from "zod";
import { integration } from "../domain/integration.ts";

/** An integration as a person sees it. It names where the credential comes from, never the credential. */
export const integrationView = integration.omit({ contract: true, settings: true });
export type IntegrationView = Readonly<z.infer<typeof integrationView>>;

/** `updated`: the account was connected before and keeps its id. `created` and `found`: what setup put into the CRM and what was there. */
export const connectedView = z.strictObject({
  integrationId: z.int().positive(),
  updated: z.boolean(),
  account: z.string(),
  created: z.array(z.string()),
  found: z.array(z.string()),
  /** Deliveries made for calls that were read before. */
  backfilled: z.int().nonnegative(),
});

/** `problem`: a sentence with what is wrong and what to do, or null. */
export const checkView = z.strictObject({
  integrationId: z.int().positive(),
  ok: z.boolean(),
  account: z.string().nullable(),
  problem: z.string().nullable(),
});
