import { z } from "zod";
import { exclusionReason, skipReason } from "../domain/call-record.ts";
import { sourceSettings } from "../domain/source-settings.ts";
import { finding } from "./doctor-views.ts";

const count = z.int().nonnegative();

/** How a watched folder stood when the agent looked last. `unseen`: no agent has looked at it yet. */
export const folderState = z.enum(["unseen", "watched", "missing", "unreadable", "refused"]);

export const folderView = z.strictObject({
  state: folderState,
  /** Why it cannot be read, with the way out. */
  problem: z.string().nullable(),
  /** Epoch ms since when; null while unseen. */
  since: z.int().nullable(),
  /** Files in it that could not be read, and the first of them. */
  troubleCount: count,
  troubles: z.array(z.strictObject({ path: z.string(), problem: z.string() })),
});

export type FolderView = Readonly<z.infer<typeof folderView>>;

export const sourceView = z.strictObject({
  id: z.int().positive(),
  tenant: z.string(),
  system: z.string(),
  path: z.string(),
  format: z.string(),
  settings: sourceSettings,
  folder: folderView,
});
export type SourceView = Readonly<z.infer<typeof sourceView>>;

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
  /** What was found wrong or worth knowing in the files, before any of them was read into the ledger. */
  findings: z.array(finding),
  formats: z.array(z.string()),
  /** Files that are no call log. `named`: asked for by name, not found in a folder. */
  refused: z.array(z.strictObject({ file: z.string(), reason: z.string(), named: z.boolean() })),
  /** The first skipped rows other than duplicates, for people; counts above are complete. */
  skippedRows: z.array(
    z.strictObject({ file: z.string(), line: z.int().nullable(), reason: skipReason, detail: z.string().nullable() }),
  ),
});
export type ImportSummary = Readonly<z.infer<typeof importSummary>>;

/** `rows`, `bytes` and the rate are of all files together. */
export const importProgress = z.strictObject({
  file: z.string(),
  filesDone: count,
  files: count,
  rows: count,
  bytes: count,
  totalBytes: count,
  rowsPerSecond: count,
  /** At the rate so far; null until there is one. */
  secondsLeft: count.nullable(),
});
export type ImportProgress = Readonly<z.infer<typeof importProgress>>;
