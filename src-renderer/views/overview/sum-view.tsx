import { useApp } from "../../app.ts";
import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import { toDaySpan } from "../../state/call-span.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { type SumTerm, toBar, toSum } from "./sum.ts";

type SumProps = Readonly<{
  day: StatementView;
  /** When something that waits becomes due next, or null. */
  nextDueAt: number | null;
}>;

/** The sum that proves the sentence, and the bar of its parts; each number leads to its calls. */
export function SumView({ day, nextDueAt }: SumProps) {
  const { formats, calls, route, now } = useApp();
  const next = nextDueAt !== null && nextDueAt > now() ? formats.when(nextDueAt, now()) : null;
  const sum = toSum(day);
  const countOf = (name: SumTerm["name"]): number => sum.terms.find((each) => each.name === name)?.count ?? 0;
  const sentence = say("sum.sentence", {
    calls: sum.calls,
    delivered: countOf("delivered"),
    onTheWay: countOf("onTheWay"),
    waiting: countOf("waiting"),
    checking: countOf("checking"),
    skipped: countOf("skipped"),
    acknowledged: countOf("acknowledged"),
    failed: countOf("failed"),
  });
  const show = (filter: SumTerm["filter"]) => (event: React.MouseEvent) => {
    event.preventDefault();
    calls.filter({ text: "", outcome: filter, span: toDaySpan(day.date, day.timeZone) });
    route.go({ view: "calls" });
  };
  return (
    <>
      <p className="sr">{sentence}</p>
      <ul className="sum">
        <li className="total">
          <a href="#/calls" onClick={show(null)}>
            <span className="v">{formats.number(sum.calls)}</span>
            <span className="l">{say("sum.read")}</span>
          </a>
        </li>
        {sum.terms.map(({ name, count, mark, label, filter }, index) => (
          <li key={name}>
            <span className="op" aria-hidden="true">
              {index === 0 ? "=" : "+"}
            </span>
            <a href="#/calls" onClick={show(filter)}>
              <span className="v">{formats.number(count)}</span>
              <span className="l">
                <StateMark state={mark} />
                {name === "waiting" && count > 0 && next !== null ? say("sum.waitingNext", { time: next }) : say(label)}
              </span>
            </a>
          </li>
        ))}
      </ul>
      <svg className="ledger-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="8" className="f-track" />
        {sum.calls === 0
          ? null
          : [
              <rect key="paper" width="100" height="8" className="f-gap" />,
              ...toBar(sum).map(({ name, x, width }) => (
                <rect key={name} x={x} width={width} height="8" className={`f-${name}`} />
              )),
            ]}
      </svg>
    </>
  );
}
