import { z } from "zod";
import { deliveryState } from "../domain/delivery.ts";
import { crmType, integrationState } from "../domain/integration.ts";
import { reason } from "../domain/reason.ts";

const count = z.int().nonnegative();

/** What those who help need to know of an installation: no credential, no number, no name of a person or a company. */
export const supportReport = z.strictObject({
  versions: z.record(z.string(), z.string()),
  platform: z.string(),
  ledger: z.string(),
  deliveries: z.record(deliveryState, count),
  sources: z.array(z.strictObject({ id: z.int(), format: z.string() })),
  integrations: z.array(
    z.strictObject({
      id: z.int(),
      crm: crmType,
      state: integrationState,
      blockedReason: reason.nullable(),
      /** Where the credential lies; never the credential. */
      secret: z.enum(["keychain", "env"]),
      ownAddress: z.boolean(),
      plan: z.string().nullable(),
      unknownCaller: z.string(),
      settings: z.record(z.string(), z.string()),
      budget: z.array(z.strictObject({ name: z.string(), limit: z.number(), used: z.number() })),
      deliveries: z.record(deliveryState, count),
    }),
  ),
  audit: z.strictObject({ entries: count, problem: z.string().nullable(), chain: z.string(), unkeyed: count }),
  /** The newest failures of the audit, by what they were, not by whom they concern. */
  failures: z.array(
    z.strictObject({
      at: z.int(),
      operation: z.string(),
      integrationId: z.int().nullable(),
      reason: reason.nullable(),
      status: z.int().nullable(),
      code: z.string().nullable(),
    }),
  ),
  log: z.array(z.string()),
});
export type SupportReport = Readonly<z.infer<typeof supportReport>>;
