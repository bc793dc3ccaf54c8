import { z } from "zod";
import { readVendorError, type VendorError } from "./error-body.ts";

const id = z.union([z.string(), z.number()]).transform(String);
const objectWriteTraceId = z.string().optional().catch(undefined);
const errors = z.array(z.unknown()).optional().catch(undefined);

export const record = z.looseObject({
  id,
  properties: z.record(z.string(), z.union([z.string(), z.null()]).catch(null)).catch({}),
  objectWriteTraceId,
  updatedAt: z.string().optional().catch(undefined),
});
export type HubspotRecord = z.infer<typeof record>;

/** What every batch endpoint answers. `errors` is there with 207 only. Results come in any order. */
export const batchAnswer = z.looseObject({ results: z.array(record), errors });

/** What a batch of writes answers. It repeats every property of every record, of which one is looked at: they are taken as they are. */
export const writtenBatch = z.object({
  results: z.array(z.object({ id, objectWriteTraceId, properties: z.unknown().optional() })),
  errors,
});
export type WrittenBatch = z.infer<typeof writtenBatch>;
export type WrittenRecord = WrittenBatch["results"][number];

/** The text of a written record's property, where it has one. */
export function textOf({ properties }: WrittenRecord, name: string): string | undefined {
  if (typeof properties !== "object" || properties === null) return undefined;
  const value: unknown = Reflect.get(properties, name);
  return typeof value === "string" ? value : undefined;
}

export const readErrors = (answer: Pick<WrittenBatch, "errors">): readonly VendorError[] =>
  (answer.errors ?? []).map(readVendorError).filter((error) => error !== undefined);

/** Everything an error's context names: trace ids, record ids, keys. */
export const namedIn = (error: VendorError): ReadonlySet<string> => new Set(Object.values(error.context).flat());
