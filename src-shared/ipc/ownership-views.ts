import { z } from "zod";
import { fieldMode } from "../domain/ownership.ts";
import { reason } from "../domain/reason.ts";

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

/** A value that a rule of the contract makes fit: cut to the field's length, or by another name of the list. */
const fittedView = z.strictObject({
  field: z.string(),
  how: z.enum(["trim", "alias"]),
  from: z.string(),
  to: z.string(),
});

/** Something that the CRM would refuse: what is wrong, whose move it is, what to do. */
const problemView = z.strictObject({
  field: z.string().nullable(),
  reason,
  says: z.string(),
  mover: z.enum(["contract", "administrator"]),
  fix: z.string(),
});

/** What would be written of a call, after mapping and rules, and what the CRM's description of its fields says of it. */
export const payloadView = z.strictObject({
  key: z.string(),
  object: z.string(),
  fields: z.array(z.strictObject({ field: z.string(), value: z.string() })),
  kept: z.array(z.strictObject({ field: z.string(), why: z.string() })),
  fitted: z.array(fittedView),
  problems: z.array(problemView),
  links: z.array(z.strictObject({ object: z.string(), id: z.string() })),
  /** When the CRM described its fields (epoch ms); null: it never did, and nothing is known of lengths, lists and rights. */
  schemaReadAt: z.int().nullable(),
});
export type PayloadView = Readonly<z.infer<typeof payloadView>>;

/** What a call's record would be made of, and what stays out of it. */
export const payloadPreview = payloadView.extend({ callId: z.string() });
export type PayloadPreview = Readonly<z.infer<typeof payloadPreview>>;
