import { useAnswer } from "../../bridge/use-answer.ts";
import { useApp } from "../../app.ts";
import { Empty } from "../../ui/empty.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

/** Conflicts of an account that are shown here. */
const shown = 50;

/** Fields of ours that somebody changed in the CRM; each is settled under what needs attention. */
export function ConflictList({ integrationId, crm }: Readonly<{ integrationId: number; crm: string }>) {
  const { formats, now } = useApp();
  const { value, fault, pull } = useAnswer("conflicts:list", {
    id: integrationId,
    all: false,
    before: null,
    limit: shown,
  });
  if (value?.conflicts.length === 0)
    return <Empty title={say("ownership.noConflicts", { crm })} text={say("ownership.noConflictsText")} />;
  return (
    <div className="scroll padded">
      {fault === null ? null : <LoadFault fault={fault} onRetry={() => void pull()} />}
      {value === null && fault === null ? <Skeleton lines={4} /> : null}
      <ul className="checks">
        {value?.conflicts.map(({ id, field, sentence, nextStep, seenAt }) => (
          <li key={id}>
            <StateMark state="held" name={say("ownership.conflict")} />
            <div>
              <p>
                <b>{field}</b> <span className="faint">{formats.when(seenAt, now())}</span>
              </p>
              <p>
                {sentence} {nextStep}
              </p>
            </div>
            <a className="btn sm" href="#/attention" aria-label={say("ownership.settleOf", { field })}>
              {say("overview.settleShort")}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
