import { ArrowRight } from "lucide-react";
import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { MappingProposal } from "../../../src-shared/ipc/mapping-views.ts";
import type { ReadingChoice } from "../../state/reading-store.ts";
import { Button } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateText } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import {
  addAnswer,
  columnMeanings,
  type ColumnRow,
  isColumnMeaning,
  isSure,
  nameColumn,
  toColumnRows,
} from "./mapping-choice.ts";
import { ReadAloud } from "./read-aloud.tsx";

type PanelProps = Readonly<{ path: string; choice: ReadingChoice; onChange: (choice: ReadingChoice) => void }>;

/** Which column is what: the guess, what speaks for it, what has to be asked, and a call read aloud. */
export function MappingPanel({ path, choice, onChange }: PanelProps) {
  const { reading } = useApp();
  const proposed = useStore(reading, (state) => state.proposed);
  const { region, timeZone, answers } = choice;
  useEffect(
    () => void reading.ask(path, { region, timeZone, ...(answers === undefined ? {} : { answers }) }),
    [reading, path, region, timeZone, answers],
  );
  const proposal = proposed?.path === path ? proposed.value : null;
  const fault = proposed?.fault ?? null;
  return (
    <section className="wiz-map" aria-label={say("wizard.columns")}>
      <h3>{say("wizard.columns")}</h3>
      <p className="small dim">{say("wizard.columnsText")}</p>
      {proposal === null && fault === null ? <Skeleton lines={6} /> : null}
      {fault === null ? null : (
        <p className="problem" role="alert">
          {fault.message}
        </p>
      )}
      {proposal === null ? null : (
        <>
          <Questions proposal={proposal} choice={choice} onChange={onChange} />
          <table>
            <thead>
              <tr>
                <th>{say("wizard.column")}</th>
                <th>{say("wizard.rows")}</th>
                <th>
                  <span className="sr">{say("wizard.to")}</span>
                </th>
                <th>{say("wizard.means")}</th>
                <th>{say("wizard.check")}</th>
              </tr>
            </thead>
            <tbody>
              {toColumnRows(proposal).map((row) => (
                <Column key={row.column} row={row} choice={choice} onChange={onChange} />
              ))}
            </tbody>
          </table>
          <ReadAloud key={proposal.file} calls={proposal.calls} />
        </>
      )}
    </section>
  );
}

type Asked = Readonly<{ proposal: MappingProposal }> & Omit<PanelProps, "path">;

function Questions({ proposal: { questions }, choice, onChange }: Asked) {
  if (questions.length === 0) return null;
  return (
    <ul className="fix">
      {questions.map(({ id, question, answers, blocks }) => (
        <li key={`${id} ${question}`} className="question">
          <StateText state={blocks ? "failed" : "waiting"} text={question} />
          <span className="btns">
            {answers.map(({ means, settings }) => (
              <Button
                key={means}
                size="small"
                label={say("wizard.answerTo", { means, question })}
                onPress={() => onChange({ ...choice, answers: addAnswer(choice.answers, settings) })}
              >
                {means}
              </Button>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

type ColumnProps = Readonly<{ row: ColumnRow }> & Omit<PanelProps, "path">;

function Column({ row: { column, mapped }, choice, onChange }: ColumnProps) {
  return (
    <tr>
      <td className="clip" title={column}>
        <b>{column}</b>
      </td>
      <td className="clip mono" title={mapped?.examples.join(", ")}>
        {mapped?.examples.slice(0, 2).join(", ")}
      </td>
      <td>
        <ArrowRight className="i i-s" aria-hidden="true" />
      </td>
      <td>
        <span className="field">
          <select
            aria-label={say("wizard.meansOf", { column })}
            value={mapped?.field ?? ""}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (isColumnMeaning(value)) onChange({ ...choice, answers: nameColumn(choice.answers, column, value) });
            }}
          >
            {/* What was found cannot be unsaid, only given to another column. */}
            {mapped === null ? <option value="">{say("wizard.unused")}</option> : null}
            {Object.entries(columnMeanings).map(([field, key]) => (
              <option key={field} value={field}>
                {say(key)}
              </option>
            ))}
          </select>
        </span>
      </td>
      <td className="clip" title={mapped?.evidence.join("; ")}>
        {mapped === null ? (
          <StateText state="skipped" text={say("wizard.notNeeded")} />
        ) : (
          <StateText
            state={isSure(mapped) ? "delivered" : "waiting"}
            text={mapped.evidence[0] ?? say(isSure(mapped) ? "wizard.sure" : "wizard.unsure")}
          />
        )}
      </td>
    </tr>
  );
}
