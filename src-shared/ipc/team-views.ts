import { z } from "zod";
import { teamSecret } from "../domain/team.ts";

/** `off`: set, and no sync works now. `shared`: the team's windows count. `alone`: Redis cannot be used, this PC's share counts. */
export const teamMode = z.enum(["off", "shared", "alone"]);

/** The team of this PC. Never the password: only where it lives. */
export const teamView = z.strictObject({
  url: z.string(),
  secret: teamSecret,
  /** Percent of a limit that this PC uses alone. */
  share: z.int(),
  mode: teamMode,
  /** Epoch ms since when it is in this mode, or null where it is off. */
  since: z.int().nullable(),
  /** PCs that share now, as far as they were told, or null. */
  pcs: z.int().nullable(),
  /** All of it in words. */
  sentence: z.string(),
});
export type TeamView = Readonly<z.infer<typeof teamView>>;

/** Null: no team. */
export const teamAnswer = z.strictObject({ team: teamView.nullable() });
