import { useEffect, useId, useState } from "react";
import { useStore } from "zustand";
import { type App, useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { MatchChoice } from "../../../src-shared/ipc/match-views.ts";
import { Button } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";
import { CandidateCard } from "./candidate-card.tsx";
import { RuleList } from "./rule-list.tsx";

type PanelProps = Readonly<{ deliveryId: number; onSettled: () => void }>;

/** Who was it? Candidates with their evidence, what is to hold from now on, and how the rules decided. */
export function MatchPanel({ deliveryId, onSettled }: PanelProps) {
  const { choices } = useApp();
  const { choice, fault } = useStore(choices);
  useEffect(() => void choices.open(deliveryId), [choices, deliveryId]);
  if (choice === null || choice.deliveryId !== deliveryId)
    return fault === null ? <Skeleton lines={5} /> : <p className="problem">{fault.message}</p>;
  return (
    <>
      {choice.candidates.length === 0 ? (
        <p className="dim">{say("choice.nobody", { crm: crmNames[choice.crm] })}</p>
      ) : (
        <Choice key={deliveryId} choice={choice} onSettled={onSettled} />
      )}
      {fault === null ? null : (
        <p className="problem" role="alert">
          {fault.message}
        </p>
      )}
      <RuleList choice={choice} />
    </>
  );
}

/** Says what became of it, and offers to take it back as long as the message stands. */
async function settle(app: App, choice: MatchChoice, at: number, also: Readonly<{ rule: boolean; past: boolean }>) {
  const person = choice.candidates[at];
  if (person === undefined) return false;
  const { object, id, name } = person;
  const answer = await app.choices.tell({ person: { object, id }, ...also });
  if (answer === undefined || !answer.ok) return false;
  const undo = async (): Promise<void> => {
    const back = await app.choices.undo(choice);
    app.notices.show(back.ok ? say("choice.undone") : back.fault.message);
  };
  app.notices.show(say("choice.done", { name, changed: answer.value.changed }), () => void undo());
  return true;
}

function Choice({ choice, onSettled }: Readonly<{ choice: MatchChoice; onSettled: () => void }>) {
  const app = useApp();
  const isBusy = useStore(app.choices, (state) => state.isBusy);
  const group = useId();
  const [at, choose] = useState(0);
  const [rule, setRule] = useState(false);
  const [past, setPast] = useState(false);
  const { candidates, number, earlier, agent, crm, more } = choice;
  const name = candidates[at]?.name ?? "";
  const tell = async (): Promise<void> => {
    if (await settle(app, choice, at, { rule, past })) onSettled();
  };
  return (
    <div
      className="choice"
      onKeyDown={(event) => {
        const wanted = Number(event.key) - 1;
        if (event.ctrlKey || event.metaKey || event.altKey || candidates[wanted] === undefined) return;
        choose(wanted);
        event.preventDefault();
      }}
    >
      <div className="cands" role="radiogroup" aria-label={say("choice.title")}>
        {candidates.map((candidate, index) => (
          <CandidateCard
            key={`${candidate.object} ${candidate.id}`}
            candidate={candidate}
            agent={agent}
            number={index + 1}
            group={group}
            isChosen={index === at}
            onChoose={() => choose(index)}
          />
        ))}
      </div>
      {more > 0 ? <p className="small dim">{say("choice.more", { more })}</p> : null}
      {number === null ? null : (
        <ul className="fix">
          <li>
            <input id={`${group}-rule`} type="checkbox" checked={rule} onChange={() => setRule(!rule)} />
            <label htmlFor={`${group}-rule`}>
              <b>{say("choice.always", { number: toPartyText(number) })}</b>
              <span>{say("choice.alwaysText")}</span>
            </label>
          </li>
          {earlier === 0 ? null : (
            <li>
              <input id={`${group}-past`} type="checkbox" checked={past} onChange={() => setPast(!past)} />
              <label htmlFor={`${group}-past`}>
                <b>{say("choice.past", { earlier })}</b>
                <span>{say("choice.pastText", { name })}</span>
              </label>
            </li>
          )}
        </ul>
      )}
      <div className="btns">
        <Button look="primary" disabled={isBusy} onPress={() => void tell()}>
          {say("choice.log", { name })}
        </Button>
        <span className="push small dim">{say("choice.undoable", { crm: crmNames[crm] })}</span>
      </div>
    </div>
  );
}
