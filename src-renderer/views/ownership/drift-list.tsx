import { Empty } from "../../ui/empty.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

/** Fields of the contract that were renamed, removed or closed in the CRM since, each with what to do. */
export function DriftList({ sentences, crm }: Readonly<{ sentences: readonly string[]; crm: string }>) {
  if (sentences.length === 0)
    return <Empty title={say("ownership.noDrift", { crm })} text={say("ownership.noDriftText", { crm })} />;
  return (
    <div className="scroll padded">
      <ul className="checks">
        {sentences.map((sentence) => (
          <li key={sentence}>
            <StateMark state="waiting" name={say("ownership.drift")} />
            <div>
              <p>{sentence}</p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
