import { z } from "zod";
import { retentionSettings } from "../domain/retention.ts";

/** What is kept how long, and how it stands. */
export const retentionView = z.strictObject({
  settings: retentionSettings,
  /** When what was over was last taken out, epoch ms; null: not yet. */
  lastRunAt: z.int().nullable(),
  /** Days of the audit log that are sealed and kept, and those of which only the seal is left. */
  sealedDays: z.int().nonnegative(),
  droppedDays: z.int().nonnegative(),
  /** Size of the ledger's file. */
  bytes: z.int().nonnegative(),
});
export type RetentionView = Readonly<z.infer<typeof retentionView>>;
