import { z } from "zod";
import { fieldMode } from "../domain/ownership.ts";

/** A field of a call's record: whose it is by the contract, what we last wrote into it, and what would be written next. */
export const writtenField = z.strictObject({
  field: z.string(),
  /** Null: the contract of today does not name it. */
  own: fieldMode.nullable(),
  /** Null: we never wrote it. */
  pushed: z.string().nullable(),
  /** Null: nothing would be written into it. */
  planned: z.string().nullable(),
});
export type WrittenField = Readonly<z.infer<typeof writtenField>>;

/** One exchange with the CRM as the audit log has it; secrets were removed before it was written down. */
export const exchange = z.strictObject({
  at: z.int(),
  operation: z.string(),
  summary: z.string(),
  status: z.int().nullable(),
  code: z.string().nullable(),
  /** JSON, set for reading; null: nothing was sent, or it was erased. */
  pushed: z.string().nullable(),
  answered: z.string().nullable(),
  /** Too long to be kept whole: only the beginnings are there. */
  isCut: z.boolean(),
});
export type Exchange = Readonly<z.infer<typeof exchange>>;

/** What a CRM got of a call, or would get: its fields, and the newest exchanges, the newest first. */
export const writtenView = z.strictObject({
  deliveryId: z.int().positive(),
  /** The CRM's object that holds calls. */
  object: z.string(),
  fields: z.array(writtenField),
  /** Fields of the object that the contract names, and those of them that are not the team's. */
  contract: z.strictObject({ fields: z.int().nonnegative(), ours: z.int().nonnegative() }),
  exchanges: z.array(exchange),
  /** Entries of the audit log about this delivery. */
  entries: z.int().nonnegative(),
});
export type WrittenView = Readonly<z.infer<typeof writtenView>>;
