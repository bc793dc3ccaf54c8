import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import { callOutcomes } from "../../../src-shared/domain/outcome-order.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { stateWords } from "../../words/state-words.ts";

/** Where the calls of this search and day stand, with how many stand there; each shows its own alone. */
export function CallFacets() {
  const { calls, ledger, formats } = useApp();
  const chosen = useStore(calls, (state) => state.outcome);
  const counts = useStore(calls, (state) => state.counts);
  const activity = useStore(ledger, (state) => state.activity);
  const isRunning = useStore(ledger, ({ engine }) => engine?.phase === "running");
  useEffect(() => {
    if (isRunning) calls.count();
  }, [calls, activity, isRunning]);
  const numberOf = (outcome: CallOutcome | null): string => {
    if (counts === null) return "";
    const count = outcome === null ? counts.counted : counts.outcomes[outcome];
    return counts.isWhole ? formats.number(count) : say("calls.atLeast", { count });
  };
  const some = counts !== null && !counts.isWhole ? say("calls.countedOnly", { count: counts.counted }) : undefined;
  return (
    <div className="facets" role="group" aria-label={say("calls.states")} title={some}>
      <button
        type="button"
        className={chosen === null ? "facet on" : "facet"}
        aria-pressed={chosen === null}
        onClick={() => calls.filter({ outcome: null })}
      >
        <b>{say("calls.all")}</b> {numberOf(null)}
      </button>
      {callOutcomes.map((outcome) => (
        <button
          key={outcome}
          type="button"
          className={chosen === outcome ? "facet on" : "facet"}
          aria-pressed={chosen === outcome}
          onClick={() => calls.filter({ outcome: chosen === outcome ? null : outcome })}
        >
          <StateMark state={outcome} />
          <b>{say(stateWords[outcome])}</b> {numberOf(outcome)}
        </button>
      ))}
    </div>
  );
}
