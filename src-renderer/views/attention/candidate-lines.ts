import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { MatchCandidate } from "../../../src-shared/ipc/match-views.ts";
import type { Formats } from "../../words/formats.ts";
import { say } from "../../words/say.ts";

/** One thing that speaks for somebody, or against. */
export type CandidateLine = Readonly<{ isFor: boolean; text: string }>;

type Ask = Readonly<{ formats: Pick<Formats, "list" | "when">; now: number; agent: string | null }>;

/** What speaks for somebody and against, the strongest first; what is not known is left out. */
export function toCandidateLines(candidate: MatchCandidate, { formats, now, agent }: Ask): readonly CandidateLine[] {
  const { kind, sameIn, otherIn, deal, lastActivityAt, owner, isOwnedByAgent, calls } = candidate;
  const names = (crms: MatchCandidate["sameIn"]): string => formats.list(crms.map((crm) => crmNames[crm]));
  const lines: (CandidateLine | null)[] = [
    kind === "company" ? { isFor: true, text: say("choice.office") } : null,
    sameIn.length > 0 ? { isFor: true, text: say("choice.sameIn", { crms: names(sameIn) }) } : null,
    sameIn.length === 0 && otherIn.length > 0
      ? { isFor: false, text: say("choice.otherIn", { crms: names(otherIn) }) }
      : null,
    deal === null ? null : { isFor: true, text: say("choice.deal", { deal }) },
    isOwnedByAgent ? { isFor: true, text: say("choice.ownedByAgent") } : null,
    !isOwnedByAgent && owner !== null && agent !== null ? { isFor: false, text: say("choice.owner", { owner }) } : null,
    calls > 0 ? { isFor: true, text: say("choice.calls", { calls }) } : null,
    lastActivityAt === null
      ? { isFor: false, text: say("choice.noActivity") }
      : { isFor: true, text: say("choice.activity", { time: formats.when(lastActivityAt, now) }) },
    kind === "company" ? { isFor: false, text: say("choice.noPerson") } : null,
  ];
  return lines.filter((line) => line !== null);
}
