import { z } from "zod";
import { readVendorError, type VendorError } from "./error-body.ts";

export const record = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  properties: z.record(z.string(), z.union([z.string(), z.null()]).catch(null)).catch({}),
  objectWriteTraceId: z.string().optional().catch(undefined),
  updatedAt: z.string().optional().catch(undefined),
});
export type HubspotRecord = z.infer<typeof record>;

/** What every batch endpoint answers. `errors` is there with 207 only. Results come in any order. */
export const batchAnswer = z.looseObject({
  results: z.array(record),
  errors: z.array(z.unknown()).optional().catch(undefined),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;

export const readErrors = (answer: BatchAnswer): readonly VendorError[] =>
  (answer.errors ?? []).map(readVendorError).filter((error) => error !== undefined);

/** Everything an error's context names: trace ids, record ids, keys. */
export const namedIn = (error: VendorError): ReadonlySet<string> => new Set(Object.values(error.context).flat());
