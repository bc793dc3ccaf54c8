import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { CallCounts, CallLine } from "../../../src-shared/ipc/call-views.ts";
import type { MessageKey } from "../../words/en.ts";

/** Examples that are shown: enough for one of each kind. */
const shown = 6;

/** One call of each kind: direction, whether somebody answered, and what is left out why. The newest of each. */
export function toExamples(lines: readonly CallLine[]): readonly CallLine[] {
  const kinds = new Map<string, CallLine>();
  for (const line of lines) {
    const kind = [line.direction, line.status, line.excluded].join(" ");
    if (!kinds.has(kind)) kinds.set(kind, line);
  }
  return [...kinds.values()].slice(0, shown);
}

export type SplitTerm = Readonly<{ mark: CallOutcome; label: MessageKey; count: number }>;

/** What was read in two: what would go out (or did), and what the rules leave out. */
export function toSplit({ counted, outcomes }: CallCounts): readonly SplitTerm[] {
  return [
    { mark: "queued", label: "first.wouldGo", count: counted - outcomes.skipped },
    { mark: "skipped", label: "sum.skipped", count: outcomes.skipped },
  ];
}
