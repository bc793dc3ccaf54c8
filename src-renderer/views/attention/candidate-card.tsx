import { Check, X } from "lucide-react";
import { useApp } from "../../app.ts";
import type { MatchCandidate } from "../../../src-shared/ipc/match-views.ts";
import { say } from "../../words/say.ts";
import { toCandidateLines } from "./candidate-lines.ts";

type CardProps = Readonly<{
  candidate: MatchCandidate;
  agent: string | null;
  /** The key that chooses it. */
  number: number;
  group: string;
  isChosen: boolean;
  onChoose: () => void;
}>;

/** Somebody whom the call may have been with, with what speaks for them and against. */
export function CandidateCard({ candidate, agent, number, group, isChosen, onChoose }: CardProps) {
  const { formats, now } = useApp();
  const { name, kind, companies, object, id } = candidate;
  return (
    <label className={isChosen ? "cand on" : "cand"}>
      <span className="cand-name">
        <input type="radio" name={group} checked={isChosen} onChange={onChoose} />
        <span>{name}</span>
        <kbd className="kbd push" aria-hidden="true">
          {number}
        </kbd>
      </span>
      <span className="small dim">
        {kind === "company"
          ? say("choice.company")
          : companies.length > 0
            ? formats.list(companies)
            : say("choice.record", { object, id })}
      </span>
      <span className="cand-lines">
        {toCandidateLines(candidate, { formats, now: now(), agent }).map(({ isFor, text }) => (
          <span key={text} className={isFor ? "yes" : "no"}>
            {isFor ? <Check className="i" aria-hidden="true" /> : <X className="i" aria-hidden="true" />}
            <span className="sr">{say(isFor ? "choice.for" : "choice.against")}</span>
            {text}
          </span>
        ))}
      </span>
    </label>
  );
}
