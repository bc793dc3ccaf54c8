import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Conflict } from "../ports/conflict-store.ts";

/** Longest value that is told within a sentence. */
const longestValue = 200;

const quoted = (value: string | null): string => {
  if (value === null || value === "") return "nothing";
  return `"${value.length > longestValue ? `${value.slice(0, longestValue)}…` : value}"`;
};

type Told = Pick<
  Conflict,
  "crm" | "field" | "ours" | "theirs" | "pushed" | "editedBy" | "state" | "settledBy" | "appliedAt"
>;

/** What stands where, and what was decided, in words. */
export function toConflictSentence(conflict: Told): string {
  const { crm, field, ours, theirs, pushed, editedBy } = conflict;
  const before = pushed === null ? "" : ` CallLedger last wrote ${quoted(pushed)}.`;
  const who = editedBy === null ? "" : ` The record was last changed by ${editedBy}.`;
  return `${crmNames[crm]} held ${quoted(theirs)} in ${field}, and CallLedger would write ${quoted(ours)}.${before}${who} ${standing(conflict)}`;
}

function standing({ state, settledBy, appliedAt }: Told): string {
  switch (state) {
    case "open":
      return "Theirs stays until somebody decides.";
    case "kept_theirs":
      return `${settledBy ?? "Somebody"} decided: theirs stays.`;
    case "used_ours":
      return `${settledBy ?? "Somebody"} decided: ours is written${appliedAt === null ? " with the next write of this call" : ", and it was"}.`;
    case "passed":
      return "Nothing is left to decide.";
  }
}

/** What a person can do about it, or null. */
export const nextStepOf = ({ id, state }: Pick<Conflict, "id" | "state">): string | null =>
  state === "open" ? `callledger conflicts settle ${id} --keep-theirs, or --use-ours` : null;
