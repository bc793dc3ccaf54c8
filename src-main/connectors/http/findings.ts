import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CheckDepth } from "../../engine/ports/connector.ts";

/** What a check finds missing. */
export type Findings = Readonly<{
  /** Takes what one question of the check met; answers as `isOver` then. */
  take(fault: ConnectorFault | null): boolean;
  /** Whether no further question is to be asked. */
  isOver(): boolean;
  /** Everything that was found, as one fault: kind and reason of the first, the words of all; or null. */
  fault(): ConnectorFault | null;
}>;

type Finding = Extract<ConnectorFault, { kind: "blocked" | "rejected" }>;

/** Something that a person has to give or put right; anything else (no sign-in, no answer, no room) ends the check. */
const isFinding = (fault: ConnectorFault): fault is Finding =>
  fault.kind === "rejected" ||
  (fault.kind === "blocked" && (fault.reason === "permission_denied" || fault.reason === "setup_missing"));

/** Collects all that is missing, or the first of it where only a run is to begin. */
export function createFindings(depth: CheckDepth): Findings {
  const found: Finding[] = [];
  let end: ConnectorFault | null = null;
  const isOver = (): boolean => end !== null || (depth === "quick" && found.length > 0);
  return {
    take(fault) {
      if (fault !== null && isFinding(fault)) found.push(fault);
      else if (fault !== null) end = fault;
      return isOver();
    },
    isOver,
    fault() {
      const [first, ...others] = found;
      if (end !== null || first === undefined) return end;
      if (others.length === 0) return first;
      const words = [first, ...others].flatMap(({ answer }) => (answer.message === undefined ? [] : [answer.message]));
      // A cause that blocks weighs more than one that only some calls meet.
      const lead = found.find(({ kind }) => kind === "blocked") ?? first;
      return { ...lead, answer: { message: [...new Set(words)].join(" ") } };
    },
  };
}
