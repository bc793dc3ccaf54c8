import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say, tell } from "../../words/say.ts";
import { toSourceName } from "../sources/source-words.ts";
import { toBar, toSum, type SumTerm } from "./sum.ts";
import { toTruth } from "./truth.ts";

/** The sentence a sales manager can repeat, and the sum that proves it. */
export function TruthSection() {
  const { ledger, formats } = useApp();
  const state = useStore(ledger);
  const truth = toTruth({ ...state, time: formats.timeSeconds });
  return (
    <section className={truth.isStale ? "truth stale" : "truth"} aria-label={say("truth.heading")}>
      <h2 data-tone={truth.tone}>
        {tell(truth.key, truth.values, {
          a: (children) => (
            <a key="a" href="#/attention">
              {children}
            </a>
          ),
          b: (children) => <b key="b">{children}</b>,
        })}
      </h2>
      <TruthDetail />
      {state.today === null ? (
        <Skeleton lines={2} />
      ) : (
        <SumView today={state.today} nextDueAt={state.totals?.nextDueAt ?? null} />
      )}
    </section>
  );
}

function TruthDetail() {
  const { ledger, formats } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  const sources = useStore(ledger, (state) => state.totals?.sources ?? 0);
  const watched = useStore(ledger, (state) => state.sources);
  const last = useStore(ledger, ({ today }) => today?.bySource.toSorted((a, b) => b.readAt - a.readAt)[0]);
  const lastSource = watched?.find(({ id }) => id === last?.sourceId);
  if (connections === null) return <p>&nbsp;</p>;
  const names = formats.list([...new Set(connections.map(({ crm }) => crmNames[crm]))]);
  const detail = say("truth.detailConnected", { crms: connections.length, names, sources });
  if (last === undefined || lastSource === undefined) return <p>{detail}</p>;
  return (
    <p>
      {say("truth.lastRead", { time: formats.time(last.readAt), source: toSourceName(lastSource) })} {detail}
    </p>
  );
}

function SumView({ today, nextDueAt }: Readonly<{ today: StatementView; nextDueAt: number | null }>) {
  const { formats, calls, route, now } = useApp();
  const next = nextDueAt !== null && nextDueAt > now() ? formats.when(nextDueAt, now()) : null;
  const sum = toSum(today);
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
    calls.filter({ text: "", outcome: filter, span: null });
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
