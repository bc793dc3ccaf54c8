import { z } from "zod";

/**
 * What can be wrong with a file before anything of it is stored. `stop`: nothing of it would be read; `warning`: calls may
 * be missing or wrong; `note`: worth knowing, nothing is lost.
 */
export const findingCode = z.enum([
  // Nothing can be read.
  "empty",
  "binary",
  "not_a_log",
  "question",
  "unusable_settings",
  "unreadable",
  // The file is not all there.
  "half_written",
  "cut_tail",
  "partial_export",
  // A spreadsheet or a mail program changed it.
  "scientific_numbers",
  "hidden_cells",
  "lost_zeros",
  "lost_plus",
  "mixed_dates",
  "mixed_encoding",
  // The clock.
  "future_calls",
  "newer_than_file",
  "odd_hours",
  "clock_jump",
  // Rows.
  "bad_rows",
  "totals_rows",
  "repeated_headers",
  "double_rows",
  "unfinished_calls",
  "no_call_ids",
  "seen_before",
  "other_sheets",
]);
export type FindingCode = z.infer<typeof findingCode>;

export const finding = z.strictObject({
  code: findingCode,
  level: z.enum(["stop", "warning", "note"]),
  file: z.string(),
  /** Where it shows first: physical line and column, as far as it has them. */
  line: z.int().positive().nullable(),
  field: z.string().nullable(),
  /** How many rows it concerns; 0 where it is about the whole file. */
  count: z.int().nonnegative(),
  /** What was found, in plain words, with the value. */
  says: z.string(),
  /** What would be done with it, and what a person can do. */
  does: z.string(),
});
export type Finding = Readonly<z.infer<typeof finding>>;

export const examination = z.strictObject({
  file: z.string(),
  format: z.string().nullable(),
  /** Rows that were looked at, and whether these were all. */
  rows: z.int().nonnegative(),
  isWhole: z.boolean(),
  findings: z.array(finding),
});
export type Examination = Readonly<z.infer<typeof examination>>;
