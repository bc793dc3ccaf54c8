import { X } from "lucide-react";
import { useId, useState } from "react";
import { useApp } from "../../app.ts";
import type { OwnNumberView } from "../../../src-shared/ipc/own-number-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { Button } from "../../ui/button.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";

/** Numbers of the house: nobody's in a CRM. The logs propose them, a person confirms or refuses. */
export function OwnNumbers({ tenant, isOnly }: Readonly<{ tenant: string; isOnly: boolean }>) {
  const { bridge, notices } = useApp();
  const { value, fault, pull, put } = useAnswer("ownNumbers:list", { tenant });
  const [problem, setProblem] = useState<string | null>(null);

  async function decide(
    { number, said }: Pick<OwnNumberView, "number" | "said">,
    isOwn: boolean | null,
    isUndo = false,
  ) {
    const answer = await bridge.call("ownNumbers:say", { tenant, number, isOwn });
    setProblem(answer.ok ? null : answer.fault.message);
    if (!answer.ok) return false;
    put(answer.value);
    const words = isOwn === true ? "matching.isOwn" : isOwn === false ? "matching.isNotOwn" : "matching.isForgotten";
    notices.show(
      say(isUndo ? "settings.undone" : words, { number: toPartyText(number) }),
      isUndo ? undefined : () => void decide({ number, said: isOwn }, said, true),
    );
    return true;
  }

  const numbers = value?.numbers ?? [];
  const own = numbers.filter(({ isOwn }) => isOwn);
  const seen = numbers.filter(({ isOwn, said }) => !isOwn && said === null);
  return (
    <Panel
      title={isOnly ? say("matching.own") : say("matching.ownOf", { company: tenant })}
      chip={<span className="small faint">{say("matching.ownText")}</span>}
    >
      {fault === null ? null : <LoadFault fault={fault} onRetry={() => void pull()} />}
      {value === null && fault === null ? <Skeleton lines={2} /> : null}
      {value === null ? null : (
        <>
          {own.length === 0 ? <p className="none dim">{say("matching.noneOwn")}</p> : null}
          {own.length === 0 ? null : (
            <ul className="map" aria-label={say("matching.own")}>
              {own.map((each) => (
                <li key={each.number} className="token">
                  {toPartyText(each.number)}
                  <span className="k">{say("attention.calls", { count: each.calls })}</span>
                  <button
                    type="button"
                    className="x"
                    aria-label={say("matching.notOwn", { number: toPartyText(each.number) })}
                    title={say("matching.notOwn", { number: toPartyText(each.number) })}
                    onClick={() => void decide(each, false)}
                  >
                    <X className="i i-s" aria-hidden="true" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Seen numbers={seen} onOwn={(each) => void decide(each, true)} />
          <AddNumber problem={problem} onAdd={(number) => decide({ number, said: null }, true)} />
        </>
      )}
    </Panel>
  );
}

type SeenProps = Readonly<{ numbers: readonly OwnNumberView[]; onOwn: (number: OwnNumberView) => void }>;

/** Numbers that were on the house's side of too few calls to count by themselves. */
function Seen({ numbers, onOwn }: SeenProps) {
  if (numbers.length === 0) return null;
  return (
    <details className="seen">
      <summary>{say("matching.seen", { count: numbers.length })}</summary>
      <ul className="rows">
        {numbers.slice(0, 50).map((each) => (
          <li key={each.number}>
            <span>{toPartyText(each.number)}</span>
            <span className="small faint">{say("attention.calls", { count: each.calls })}</span>
            <span className="push">
              <Button
                size="small"
                label={say("matching.confirmOf", { number: toPartyText(each.number) })}
                onPress={() => onOwn(each)}
              >
                {say("matching.confirm")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

type AddProps = Readonly<{ problem: string | null; onAdd: (number: string) => Promise<boolean> }>;

function AddNumber({ problem, onAdd }: AddProps) {
  const id = useId();
  const [number, setNumber] = useState("");
  const add = async (): Promise<void> => {
    if (await onAdd(number.trim())) setNumber("");
  };
  return (
    <form
      className="add-number"
      onSubmit={(event) => {
        event.preventDefault();
        if (number.trim() !== "") void add();
      }}
    >
      <label htmlFor={id} className="small dim">
        {say("matching.add")}
      </label>
      <span className="btns">
        <span className="field">
          <input
            id={id}
            type="tel"
            value={number}
            placeholder="+44 20 7946 0000"
            aria-describedby={problem === null ? undefined : `${id}-problem`}
            aria-invalid={problem !== null}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
        </span>
        <button type="submit" className="btn" disabled={number.trim() === ""}>
          {say("matching.addButton")}
        </button>
      </span>
      {problem === null ? null : (
        <p id={`${id}-problem`} className="small problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
