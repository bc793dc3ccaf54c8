import { GitCompare, ShieldCheck, TriangleAlert } from "lucide-react";
import { Note } from "../../ui/note.tsx";
import { say } from "../../words/say.ts";
import { type ContractField, type Draft, isLocked, modeMeanings, modeOf, modeWords } from "./contract-draft.ts";
import { type Example, valueIn } from "./use-example.ts";

type AsideProps = Readonly<{ crm: string; field: ContractField; draft: Draft; example: Example }>;

/** One field: what fills it, what that makes of a real call, and what its choice means. */
export function FieldAside({ crm, field, draft, example }: AsideProps) {
  const own = modeOf(field, draft);
  const value = valueIn(example, field.field);
  const fitted = example.value?.fitted.filter((each) => each.field === field.field) ?? [];
  const problems = example.value?.problems.filter((each) => each.field === field.field) ?? [];
  return (
    <aside className="aside" aria-label={field.field}>
      <div>
        <h2 className="wrap-anywhere">{field.field}</h2>
        <p className="small dim">{say("ownership.of", { object: field.object, crm })}</p>
      </div>
      <div>
        <p className="small dim">{say("ownership.filled")}</p>
        <p>{field.value === "" ? say("ownership.nothing") : field.value}</p>
      </div>
      <div>
        <p className="small dim">{say("ownership.onCall")}</p>
        <p className="wrap-anywhere">
          {example.fault !== null
            ? example.fault.message
            : example.hasCall === false
              ? say("ownership.noCall", { crm })
              : own === "crm"
                ? say("ownership.never")
                : (value ?? (example.value === null ? "…" : say("ownership.empty")))}
        </p>
        {fitted.map(({ how, from }) => (
          <p key={how} className="small dim">
            {say("ownership.fitted", { how, from })}
          </p>
        ))}
      </div>
      <Note icon={ShieldCheck} tone="checking">
        <span className="small">
          <b>{say("ownership.mode", { mode: say(modeWords[own]) })}</b> {say(modeMeanings[own], { crm })}
        </span>
      </Note>
      {isLocked(field) ? (
        <Note icon={ShieldCheck}>
          <span className="small">{say("ownership.lockedText")}</span>
        </Note>
      ) : null}
      {field.note === "" ? null : (
        <Note icon={GitCompare}>
          <span className="small">{field.note}</span>
        </Note>
      )}
      {problems.map(({ says, fix }) => (
        <Note key={says} icon={TriangleAlert} tone="failed">
          <span className="small">
            <b>{says}</b> {fix}
          </span>
        </Note>
      ))}
    </aside>
  );
}
