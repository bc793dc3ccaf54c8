import { z } from "zod";
import { exclusionReason, skipReason } from "../domain/call-record.ts";
import { sourceSettings } from "../domain/source-settings.ts";

export const sourceView = z.strictObject({
  id: z.int().positive(),
  tenant: z.string(),
  system: z.string(),
  path: z.string(),
  format: z.string(),
  settings: sourceSettings,
});
export type SourceView = Readonly<z.infer<typeof sourceView>>;

const count = z.int().nonnegative();

/** rows = legs + skipped. `alreadyRead`: files that were read to their end before, and have not grown. */
export const importSummary = z.strictObject({
  files: count,
  alreadyRead: count,
  rows: count,
  legs: count,
  calls: count,
  revised: count,
  skipped: z.partialRecord(skipReason, count),
  excluded: z.partialRecord(exclusionReason, count),
  deliveries: count,
  formats: z.array(z.string()),
  /** Files that are no call log. `named`: asked for by name, not found in a folder. */
  refused: z.array(z.strictObject({ file: z.string(), reason: z.string(), named: z.boolean() })),
  /** The first skipped rows other than duplicates, for people; counts above are complete. */
  skippedRows: z.array(
    z.strictObject({ file: z.string(), line: z.int().nullable(), reason: skipReason, detail: z.string().nullable() }),
  ),
});
export type ImportSummary = Readonly<z.infer<typeof importSummary>>;

export const importProgress = z.strictObject({ file: z.string(), filesDone: count, files: count, rows: count });
export type ImportProgress = Readonly<z.infer<typeof importProgress>>;
