import { z } from "zod";

/**
 * How a conflict stands. `open`: it waits for a person. `kept_theirs`: the field of this record is left to the CRM.
 * `used_ours`: what the CRM held then may be overwritten. `passed`: there is nothing left to decide, as the field changed
 * again, holds what we want, or its record is gone.
 */
export const conflictState = z.enum(["open", "kept_theirs", "used_ours", "passed"]);
export type ConflictState = z.infer<typeof conflictState>;

/** What a person can say about a conflict. */
export const conflictVerdict = z.enum(["keep_theirs", "use_ours"]);
export type ConflictVerdict = z.infer<typeof conflictVerdict>;

/** The state to which a decision leads. */
export const stateOfVerdict = {
  keep_theirs: "kept_theirs",
  use_ours: "used_ours",
} as const satisfies Record<ConflictVerdict, ConflictState>;
