import { useState } from "react";
import { useApp } from "../../app.ts";
import type { ContractView } from "../../../src-shared/ipc/ownership-views.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { type ModeChange, modeMeanings, modeWords, nameOf } from "./contract-draft.ts";

type ReviewProps = Readonly<{
  integrationId: number;
  crm: string;
  contract: ContractView;
  changes: readonly ModeChange[];
  onClose: () => void;
  onDone: (contract: ContractView) => void;
}>;

/** What would be other from now on, before it is: a contract decides what is written into a CRM. */
export function ReviewSheet({ integrationId, crm, changes, onClose, onDone }: ReviewProps) {
  const { bridge } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const apply = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call("ownership:change", {
      id: integrationId,
      changes: changes.map(({ field: { object, field }, own }) => ({ object, field, own })),
    });
    setBusy(false);
    if (answer.ok) onDone(answer.value);
    else setProblem(answer.fault.message);
  };
  return (
    <Sheet
      title={say("ownership.reviewTitle", { count: changes.length, crm })}
      onClose={onClose}
      footer={
        <>
          <Button look="primary" disabled={isBusy} onPress={() => void apply()}>
            {say("ownership.apply")}
          </Button>
          <Button onPress={onClose}>{say("ownership.notYet")}</Button>
        </>
      }
    >
      <p className="dim">{say("ownership.reviewText", { crm })}</p>
      <ul className="checks">
        {changes.map(({ field, own }) => (
          <li key={nameOf(field)}>
            <StateMark state="queued" name={say("ownership.unsaved")} />
            <div>
              <p>
                <b>{field.field}</b>:{" "}
                {say("ownership.fromTo", { from: say(modeWords[field.own]), to: say(modeWords[own]) })}
              </p>
              <p>{say(modeMeanings[own], { crm })}</p>
            </div>
          </li>
        ))}
      </ul>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </Sheet>
  );
}
