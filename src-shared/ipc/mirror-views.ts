import { z } from "zod";

const count = z.int().nonnegative();
const at = z.int().nullable();

export const mirrorState = z.enum(["never", "loading", "complete", "stale"]);

/** How far the local copy of an integration's people is. `records`: people, companies and deals; `cursor`: where its reading stands. */
export const mirrorView = z.strictObject({
  integrationId: z.int().positive(),
  label: z.string(),
  state: mirrorState,
  records: count,
  people: count,
  companies: count,
  deals: count,
  owners: count,
  phones: count,
  freshAsOf: at,
  loadedAt: at,
  step: z.string().nullable(),
  cursor: z.string().nullable(),
  stepsDone: count,
  stepsInAll: count,
});
export type MirrorView = Readonly<z.infer<typeof mirrorView>>;
