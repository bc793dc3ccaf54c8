import { useApp } from "../../app.ts";
import type { WindowView } from "../../../src-shared/ipc/report-views.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Gauge } from "../../ui/gauge.tsx";
import { Panel } from "../../ui/panel.tsx";
import { say } from "../../words/say.ts";
import { toForecast, toGauge } from "../overview/connection-health.ts";

/** Every limit of the CRM: what we use of it, what others use, and where it ends. */
export function AllowanceList({ connection }: Readonly<{ connection: Connection }>) {
  const { now } = useApp();
  const windows = Object.entries(connection.budget)
    .filter(([, { limit }]) => limit > 0)
    .toSorted(([, a], [, b]) => b.lengthMs - a.lengthMs);
  return (
    <Panel title={say("overview.allowance")}>
      {windows.length === 0 ? <p className="none dim">{say("overview.noAllowance")}</p> : null}
      <ul className="allowances">
        {windows.map(([name, window]) => (
          <li key={name}>
            <Gauge {...toGauge(window)} forecast={toForecast(window, now())} />
            <p className="small dim">
              <Use window={window} />
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Use({ window }: Readonly<{ window: WindowView }>) {
  const { formats, now } = useApp();
  const { used, usedByOthers, limit, lengthMs, blockedUntil } = window;
  const sentence = say("allowance.use", {
    ours: Math.round(used),
    others: Math.round(usedByOthers),
    limit: formats.number(limit),
    length: formats.span(lengthMs),
  });
  const isClosed = blockedUntil !== null && blockedUntil > now();
  return isClosed ? `${sentence} ${say("health.limit", { time: formats.when(blockedUntil, now()) })}.` : sentence;
}
