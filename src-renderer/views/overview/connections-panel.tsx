import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { toHash } from "../../state/route.ts";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { Gauge } from "../../ui/gauge.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateText } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { longestWindow, toForecast, toGauge, toHealth } from "./connection-health.ts";

const Legend = () => (
  <span className="legend">
    <span>
      <svg viewBox="0 0 8 8" aria-hidden="true">
        <rect width="8" height="8" rx="2" className="f-ink" />
      </svg>
      {say("overview.usedByUs")}
    </span>
    <span>
      <svg viewBox="0 0 8 8" aria-hidden="true">
        <rect width="8" height="8" rx="2" className="f-other" />
      </svg>
      {say("overview.usedByOthers")}
    </span>
    <span>
      <svg viewBox="0 0 8 8" aria-hidden="true">
        <rect x="3" width="2" height="8" className="f-tick" />
      </svg>
      {say("overview.forecast")}
    </span>
  </span>
);

/** Every account: how it does now, what became of today's calls there, and how much of its allowance is used. */
export function ConnectionsPanel() {
  const { ledger } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  const today = useStore(ledger, (state) => state.today);
  return (
    <Panel title={say("overview.connections")} aside={<Legend />}>
      {connections === null ? <Skeleton lines={3} /> : null}
      {connections?.length === 0 ? <p className="none dim">{say("overview.noConnections")}</p> : null}
      {connections === null || connections.length === 0 ? null : (
        <table className="conn">
          <thead>
            <tr>
              <th>{say("overview.crm")}</th>
              <th className="num">{say("state.delivered")}</th>
              <th className="num">{say("state.waiting")}</th>
              <th className="num">{say("state.failed")}</th>
              <th className="bud">{say("overview.allowance")}</th>
            </tr>
          </thead>
          <tbody>
            {connections.map((connection) => (
              <Row key={connection.id} connection={connection} today={today} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

type Balance = StatementView["byIntegration"][number];
const waitingIn = ({ states }: Balance): number => states.waiting + states.queued + states.sending + states.uncertain;

function Row({ connection, today }: Readonly<{ connection: Connection; today: StatementView | null }>) {
  const { formats, calls, now } = useApp();
  const { crm, label } = connection;
  const { mark, key, values } = toHealth(connection, now(), formats.time);
  const balance = today?.byIntegration.find(({ integrationId }) => integrationId === connection.id);
  const waiting = balance === undefined ? undefined : waitingIn(balance);
  const show = (count: number | undefined): string => (count === undefined ? "" : formats.number(count));
  return (
    <tr data-connection={connection.id}>
      <td>
        <div className="who">
          <CrmTag crm={crm} size="large" />
          <div>
            <p>
              <a className="plain" href={toHash({ view: "connections", id: connection.id })}>
                {label === "" ? crmNames[crm] : label}
              </a>
            </p>
            <p className="small">
              <StateText state={mark} text={say(key, values)} />
            </p>
          </div>
        </div>
      </td>
      <td className="num">{show(balance?.states.delivered)}</td>
      <td className="num">
        {waiting !== undefined && waiting > 0 ? (
          <a href="#/calls" onClick={() => calls.filter({ text: "", outcome: "waiting", span: null })}>
            {formats.number(waiting)}
          </a>
        ) : (
          show(waiting)
        )}
      </td>
      <td className="num">
        {balance !== undefined && balance.states.dead > 0 ? (
          <a href="#/attention">{formats.number(balance.states.dead)}</a>
        ) : (
          show(balance?.states.dead)
        )}
      </td>
      <td className="bud">
        <Allowance connection={connection} />
      </td>
    </tr>
  );
}

function Allowance({ connection }: Readonly<{ connection: Connection }>) {
  const { formats, now } = useApp();
  const window = longestWindow(connection);
  if (window === undefined || window.limit <= 0)
    return <span className="small faint">{say("overview.noAllowance")}</span>;
  const { ours, others } = toGauge(window);
  const forecast = toForecast(window, now());
  const used = Math.round(window.used + window.usedByOthers);
  return (
    <>
      <Gauge ours={ours} others={others} forecast={forecast} />
      <p>
        <span>{say("overview.allowanceUse", { used: formats.number(used), limit: formats.number(window.limit) })}</span>
        <span>
          {forecast === null
            ? formats.percent(used / window.limit)
            : say("overview.forecastUse", { share: formats.percent(forecast / 100) })}
        </span>
      </p>
    </>
  );
}
