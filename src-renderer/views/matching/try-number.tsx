import { Phone } from "lucide-react";
import { useId, useState } from "react";
import { useApp } from "../../app.ts";
import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { WindowCallOutput } from "../../../src-shared/ipc/window-contract.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

type Trials = WindowCallOutput<"match:test">;
type Trial = Trials["trials"][number];

const marks: Readonly<Record<Trial["outcome"], CallOutcome>> = {
  matched: "delivered",
  unlinked: "delivered",
  made: "delivered",
  held: "held",
  ask: "failed",
};

/** What would be decided about a number, at every account. Nothing is written or asked for. */
export function TryNumber() {
  const { bridge } = useApp();
  const id = useId();
  const [number, setNumber] = useState("");
  const [agent, setAgent] = useState("");
  const [found, setFound] = useState<Trials | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const tryOut = async (): Promise<void> => {
    setBusy(true);
    const who = agent.trim();
    const answer = await bridge.call("match:test", { number: number.trim(), id: null, agent: who === "" ? null : who });
    setBusy(false);
    setFound(answer.ok ? answer.value : null);
    setProblem(answer.ok ? null : answer.fault.message);
  };
  return (
    <aside className="aside" aria-label={say("matching.try")}>
      <div>
        <h2>{say("matching.try")}</h2>
        <p className="small dim">{say("matching.tryText")}</p>
      </div>
      <form
        className="form-grid"
        onSubmit={(event) => {
          event.preventDefault();
          if (number.trim() !== "") void tryOut();
        }}
      >
        <div className="try-row">
          <label htmlFor={`${id}-number`} className="small dim">
            {say("calls.number")}
          </label>
          <span className="field wide">
            <Phone className="i i-s" aria-hidden="true" />
            <input
              id={`${id}-number`}
              type="tel"
              value={number}
              placeholder="+44 20 7946 0312"
              aria-invalid={problem !== null}
              aria-describedby={problem === null ? undefined : `${id}-problem`}
              onChange={(event) => setNumber(event.currentTarget.value)}
            />
          </span>
        </div>
        <div className="try-row">
          <label htmlFor={`${id}-agent`} className="small dim">
            {say("matching.agent")}
          </label>
          <span className="field wide">
            <input
              id={`${id}-agent`}
              value={agent}
              placeholder={say("matching.agentHint")}
              onChange={(event) => setAgent(event.currentTarget.value)}
            />
          </span>
        </div>
        {problem === null ? null : (
          <p id={`${id}-problem`} className="small problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="btn" disabled={number.trim() === "" || isBusy}>
          {say("matching.tryButton")}
        </button>
      </form>
      <ul className="checks" aria-live="polite" aria-busy={isBusy}>
        {found?.trials.map((trial) => (
          <TrialRow key={trial.integrationId} trial={trial} />
        ))}
      </ul>
    </aside>
  );
}

function TrialRow({ trial: { crm, label, outcome, person, sentence, rules, copy } }: Readonly<{ trial: Trial }>) {
  const name = label === "" ? crmNames[crm] : label;
  const asked = rules.filter(({ said }) => said !== "");
  return (
    <li>
      <StateMark state={marks[outcome]} name={say("matching.outcome", { outcome })} />
      <div>
        <p>
          <b>{say("matching.of", { crm: name })}</b> {person?.name ?? say("matching.outcome", { outcome })}
        </p>
        <p>{sentence}</p>
        {copy === "complete" ? null : <p>{say("matching.copy", { state: copy })}</p>}
        {asked.length === 0 ? null : (
          <details>
            <summary className="small">{say("matching.why")}</summary>
            <ul className="small dim said">
              {asked.map(({ rule, said, decided }) => (
                <li key={rule}>{decided ? <b>{said}</b> : said}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <span />
    </li>
  );
}
