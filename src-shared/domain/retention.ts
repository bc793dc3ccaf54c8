import { z } from "zod";

/** Shorter would take from people what they may still need: a week has a weekend and a holiday in it. */
export const fewestDays = 7;
const days = z.int().min(fewestDays).max(36_500);

/**
 * What is kept how long. Calls, the state of their deliveries and the counts of what was read stay for good: by them a log
 * that is read again writes nothing twice, and the statement of an old day still adds up.
 */
export const retentionSettings = z.strictObject({
  /** Days for which the audit log is kept, by whole sealed days; null: for good. Seals always stay. */
  auditDays: days.nullable(),
  /**
   * Days for which the details of finished work are kept: each try of a call, replaced versions, the text of skipped rows,
   * what looks into the CRMs found. Null: for good.
   */
  detailDays: days.nullable(),
  /** How many daily backups are kept. */
  backups: z.int().min(1).max(365),
});
export type RetentionSettings = Readonly<z.infer<typeof retentionSettings>>;

/** Thirteen months: last year's month can still be compared. */
export const defaultRetention: RetentionSettings = { auditDays: 396, detailDays: 90, backups: 7 };
