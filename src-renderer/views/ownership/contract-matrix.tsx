import { Lock } from "lucide-react";
import type { KeyboardEvent } from "react";
import type { FieldMode } from "../../../src-shared/domain/ownership.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { type ContractField, type Draft, isLocked, modeOf, modes, modeWords, nameOf } from "./contract-draft.ts";
import { type Example, valueIn } from "./use-example.ts";

type MatrixProps = Readonly<{
  crm: string;
  fields: readonly ContractField[];
  draft: Draft;
  selected: ContractField | undefined;
  example: Example;
  onSelect: (field: ContractField) => void;
  onChoose: (field: ContractField, own: FieldMode) => void;
}>;

/** A group of choices for each field: arrows to the sides choose within the row, up and down go to the next row. */
export function ContractMatrix(props: MatrixProps) {
  const { crm, fields, example } = props;
  return (
    <div className="matrix" tabIndex={-1}>
      <table>
        <colgroup>
          <col className="o-f" />
          <col className="o-m" />
          {modes.map((mode) => (
            <col key={mode} className="o-p" />
          ))}
          <col />
          <col className="o-h" />
        </colgroup>
        <thead>
          <tr>
            <th>{say("ownership.field", { crm })}</th>
            <th>{say("ownership.filled")}</th>
            {modes.map((mode) => (
              <th key={mode} className="c">
                {say(modeWords[mode])}
              </th>
            ))}
            <th>{say("ownership.example")}</th>
            <th>
              <span className="sr">{say("ownership.marks")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <Row key={nameOf(field)} {...props} field={field} value={valueIn(example, field.field)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function toRow(event: KeyboardEvent<HTMLElement>): void {
  const step =
    event.key === "ArrowDown" ? "nextElementSibling" : event.key === "ArrowUp" ? "previousElementSibling" : null;
  if (step === null) return;
  event.preventDefault();
  let row = event.currentTarget[step];
  while (row !== null) {
    const chosen = row.querySelector<HTMLElement>("input:checked:not(:disabled)");
    if (chosen !== null) {
      chosen.focus();
      return;
    }
    row = row[step];
  }
}

type RowProps = MatrixProps & Readonly<{ field: ContractField; value: string | null }>;

function Row({ field, value, draft, selected, example, onSelect, onChoose }: RowProps) {
  const own = modeOf(field, draft);
  const isOpen = selected !== undefined && nameOf(field) === nameOf(selected);
  const locked = isLocked(field);
  return (
    <tr className={isOpen ? "sel" : undefined} onClick={() => onSelect(field)} onKeyDown={toRow}>
      <th scope="row">
        <button type="button" className="plain" aria-pressed={isOpen} onClick={() => onSelect(field)}>
          {field.field}
        </button>
      </th>
      <td className="dim clip" title={field.value}>
        {field.value}
      </td>
      {modes.map((mode) => (
        <td key={mode} className={mode === own ? "c hit" : "c"}>
          <label className="cell">
            <input
              type="radio"
              className="radio"
              name={nameOf(field)}
              checked={mode === own}
              disabled={locked}
              aria-label={say("ownership.choice", { field: field.field, mode: say(modeWords[mode]) })}
              onFocus={() => onSelect(field)}
              onChange={() => onChoose(field, mode)}
            />
          </label>
        </td>
      ))}
      <td className="clip" title={value ?? undefined}>
        {own === "crm" ? (
          <span className="faint">{say("ownership.never")}</span>
        ) : (
          (value ?? <span className="faint">{example.value === null ? "" : say("ownership.empty")}</span>)
        )}
      </td>
      <td>
        {locked ? (
          <span title={say("ownership.locked")}>
            <Lock className="i i-s" aria-hidden="true" />
            <span className="sr">{say("ownership.locked")}</span>
          </span>
        ) : own === field.own ? null : (
          <StateMark state="queued" name={say("ownership.unsaved")} />
        )}
      </td>
    </tr>
  );
}
