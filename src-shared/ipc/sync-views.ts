import { z } from "zod";

const count = z.int().nonnegative();

/** How far a sync is. `delivered`, `dead`, `apiCalls` and `rateLimited` count from its start; the rest is what stands now. */
export const syncProgressView = z.strictObject({
  delivered: count,
  waiting: count,
  dead: count,
  queued: count,
  uncertain: count,
  apiCalls: count,
  rateLimited: count,
});
export type SyncProgressView = Readonly<z.infer<typeof syncProgressView>>;

/** `waiting` and `dead` are what stands at the end; `delivered`, `apiCalls` and `rateLimited` what this sync did. */
export const syncSummaryView = z.strictObject({
  delivered: count,
  waiting: count,
  dead: count,
  apiCalls: count,
  rateLimited: count,
  reason: z.enum(["idle", "max_seconds", "stopped"]),
});
export type SyncSummaryView = Readonly<z.infer<typeof syncSummaryView>>;
