import { z } from "zod";
import { readVendorError, type VendorError } from "./error-body.ts";

/** What every write of records answers: one element for each record, in the order of the request. */
export const batchAnswer = z.looseObject({ data: z.array(z.unknown()).min(1) });

const done = z.looseObject({
  code: z.string(),
  status: z.literal("success"),
  details: z.looseObject({ id: z.string().min(1) }),
});

/** What Zoho said of one record. `silent`: nothing that we can read. */
export type RecordVerdict =
  | Readonly<{ kind: "done"; id: string }>
  | Readonly<{ kind: "refused"; error: VendorError }>
  | Readonly<{ kind: "silent" }>;

function readVerdict(element: unknown): RecordVerdict {
  const good = done.safeParse(element);
  if (good.success) return { kind: "done", id: good.data.details.id };
  const error = readVendorError(element);
  return error === undefined ? { kind: "silent" } : { kind: "refused", error };
}

/**
 * Zoho gives back nothing of ours, only the order: so an answer counts only where it has exactly as many elements as
 * were sent and where no error names another place than its own. Otherwise every verdict is silent.
 */
export function readVerdicts({ data }: z.infer<typeof batchAnswer>, sent: number): readonly RecordVerdict[] {
  const verdicts = data.map(readVerdict);
  const isInOrder = verdicts.every(
    (verdict, index) =>
      verdict.kind !== "refused" || verdict.error.position === undefined || verdict.error.position === index,
  );
  if (verdicts.length === sent && isInOrder) return verdicts;
  return Array.from({ length: sent }, () => ({ kind: "silent" as const }));
}
