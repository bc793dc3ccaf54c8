import { ShieldCheck } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CallLine } from "../../../src-shared/ipc/call-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Note } from "../../ui/note.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark, StateText } from "../../ui/state-mark.tsx";
import { toPartyText } from "../../words/party.ts";
import { say } from "../../words/say.ts";
import { otherParty, toDirection, toHappened } from "../calls/what-happened.ts";
import { toExamples, toSplit } from "./examples.ts";

/** What was read, and what would become of it: counted by the engine, with one call of each kind. */
export function LookStep() {
  const { formats, ledger } = useApp();
  const activity = useStore(ledger, (state) => state.activity);
  const connections = useStore(ledger, (state) => state.connections) ?? [];
  const counted = useAnswer("calls:count", { text: "", span: null }, String(activity));
  const listed = useAnswer(
    "calls:list",
    { text: "", outcome: null, before: null, limit: 200, span: null },
    String(activity),
  );
  if (counted.fault !== null) return <LoadFault fault={counted.fault} onRetry={() => void counted.pull()} />;
  if (counted.value === null) return <Skeleton lines={4} />;
  const { counts, all, isWhole } = {
    counts: toSplit(counted.value),
    all: counted.value.counted,
    isWhole: counted.value.isWhole,
  };
  const number = (count: number): string => (isWhole ? formats.number(count) : say("calls.atLeast", { count }));
  const crms = formats.list([...new Set(connections.map(({ crm }) => crmNames[crm]))]);
  return (
    <>
      <ul className="sum dry-sum">
        <li className="total">
          <span className="cell">
            <span className="v">{number(all)}</span>
            <span className="l">{say("sum.read")}</span>
          </span>
        </li>
        {counts.map(({ mark, label, count }, index) => (
          <li key={label}>
            <span className="op" aria-hidden="true">
              {index === 0 ? "=" : "+"}
            </span>
            <span className="cell">
              <span className="v">{number(count)}</span>
              <span className="l">
                <StateMark state={mark} />
                {say(label)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {all === 0 ? (
        <p className="dim">{say("first.noCall")}</p>
      ) : (
        <Examples lines={toExamples(listed.value?.calls ?? [])} />
      )}
      <Note icon={ShieldCheck} tone="checking">
        {say("first.promise", { crms: connections.length, names: crms })}
      </Note>
    </>
  );
}

function Examples({ lines }: Readonly<{ lines: readonly CallLine[] }>) {
  const { formats, now } = useApp();
  return (
    <table className="dry">
      <thead>
        <tr>
          <th>{say("call.when")}</th>
          <th>{say("attention.call")}</th>
          <th>{say("calls.number")}</th>
          <th>{say("first.then")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => {
          const number = otherParty(line);
          const { mark, text } = toHappened(line, (at) => formats.when(at, now()));
          return (
            <tr key={line.rowId}>
              <td>{formats.dayAndTime(line.startedAt, now())}</td>
              <td>
                {say("first.example", {
                  direction: say(`calls.${toDirection(line)}`),
                  length: formats.length(line.durationSeconds),
                  isTalked: String(line.durationSeconds > 0),
                })}
              </td>
              <td className="dim">{number === null ? say("calls.withheld") : toPartyText(number)}</td>
              <td>
                {mark === "skipped" ? (
                  <StateText state={mark} text={text} />
                ) : (
                  <StateText state="queued" text={say("first.goesOut")} />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
