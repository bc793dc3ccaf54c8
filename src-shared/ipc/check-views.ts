import { z } from "zod";
import { crmCheckKind, crmFindingKind } from "../domain/crm-check.ts";
import { crmType } from "../domain/integration.ts";

const at = z.int();

/** A look into a CRM and what it found; `trouble`: why it could not be done to its end. `endedAt` null: under way. */
export const crmCheckView = z.strictObject({
  id: z.int().positive(),
  integrationId: z.int().positive(),
  label: z.string(),
  crm: crmType,
  kind: crmCheckKind,
  askedAt: at,
  askedBy: z.string(),
  endedAt: at.nullable(),
  trouble: z.string().nullable(),
  /** Calls that were looked at. */
  checked: z.int().nonnegative(),
  findings: z.array(
    z.strictObject({
      deliveryId: z.int().positive(),
      /** Null where the call was erased since. */
      callId: z.string().nullable(),
      kind: crmFindingKind,
      detail: z.string(),
      remoteIds: z.array(z.string()),
      /** Pages of the CRM that show these records. */
      links: z.array(z.string()),
    }),
  ),
});
export type CrmCheckView = Readonly<z.infer<typeof crmCheckView>>;
