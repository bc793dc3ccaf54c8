import { z } from "zod";
import { crmType } from "../domain/integration.ts";

const count = z.int().nonnegative();

/** What was found of one number, or erased. */
export const erasureView = z.strictObject({
  erased: z.boolean(),
  calls: count,
  /** Calls that were not written and never will be. */
  undelivered: count,
  auditEntries: count,
  /** Records that stay in the CRMs: the first 500, and how many there are. */
  records: z.array(
    z.strictObject({
      integrationId: z.int(),
      crm: crmType,
      label: z.string(),
      remoteId: z.string(),
      url: z.string().nullable(),
    }),
  ),
  recordCount: count,
  /** Names of backups that still have the data. */
  backups: z.array(z.string()),
});
export type ErasureView = Readonly<z.infer<typeof erasureView>>;
