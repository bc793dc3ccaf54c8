import { z } from "zod";

/**
 * What is looked at in the CRM itself. `read_back`: some of the delivered calls, drawn by chance: they are there, with key and
 * fields as pushed. `copies`: everything written since the last time, by key: no call is there twice.
 */
export const crmCheckKind = z.enum(["read_back", "copies"]);
export type CrmCheckKind = z.infer<typeof crmCheckKind>;

/**
 * `gone`: the record is not there (the call becomes a dead letter, `record_deleted`). `edited`: fields that we wrote hold
 * something else now. `copies`: several records carry the call's key. `moved`: another record than ours carries it.
 */
export const crmFindingKind = z.enum(["gone", "edited", "copies", "moved"]);
export type CrmFindingKind = z.infer<typeof crmFindingKind>;
