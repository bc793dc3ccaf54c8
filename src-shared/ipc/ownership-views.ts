import { z } from "zod";
import { fieldMode } from "../domain/ownership.ts";

/** The field contract of an integration: as its file, as a page to sign off, and field by field. */
export const contractView = z.strictObject({
  integrationId: z.int(),
  label: z.string(),
  /** Whether it is the CRM's default as it came. */
  isDefault: z.boolean(),
  yaml: z.string(),
  markdown: z.string(),
  fields: z.array(
    z.strictObject({ object: z.string(), field: z.string(), own: fieldMode, value: z.string(), note: z.string() }),
  ),
});
export type ContractView = Readonly<z.infer<typeof contractView>>;

/** What a call's record would be made of, and what stays out of it. */
export const payloadPreview = z.strictObject({
  callId: z.string(),
  key: z.string(),
  object: z.string(),
  fields: z.array(z.strictObject({ field: z.string(), value: z.string() })),
  kept: z.array(z.strictObject({ field: z.string(), why: z.string() })),
  links: z.array(z.strictObject({ object: z.string(), id: z.string() })),
});
export type PayloadPreview = Readonly<z.infer<typeof payloadPreview>>;
