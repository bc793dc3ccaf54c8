import { z } from "zod";

/** A number that the house's own side of calls showed. `isOwn`: whether it counts as the house's; `said`: what a person said of it, or null. */
export const ownNumberView = z.strictObject({
  number: z.string(),
  calls: z.int().nonnegative(),
  isOwn: z.boolean(),
  said: z.boolean().nullable(),
});
export type OwnNumberView = Readonly<z.infer<typeof ownNumberView>>;
