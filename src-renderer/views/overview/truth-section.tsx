import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say, tell } from "../../words/say.ts";
import { toSourceName } from "../sources/source-words.ts";
import { SumView } from "./sum-view.tsx";
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
        <SumView day={state.today} nextDueAt={state.totals?.nextDueAt ?? null} />
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
