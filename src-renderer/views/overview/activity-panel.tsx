import { useState } from "react";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { callsIn, drawing, toActivityDrawing, type HalfHour } from "./activity-bars.ts";

const halfHourMs = 1_800_000;

type PanelProps = Readonly<{ activity: readonly HalfHour[] | null; isOver?: boolean }>;

/** When the calls of a day began, and where they stand: as bars, or as a table for whoever wants the numbers. */
export function ActivityPanel({ activity, isOver = false }: PanelProps) {
  const [isTable, setTable] = useState(false);
  const hasCalls = activity !== null && activity.length > 0;
  const turn = hasCalls ? (
    <Button size="small" look="quiet" onPress={() => setTable(!isTable)}>
      {say(isTable ? "activity.asChart" : "activity.asTable")}
    </Button>
  ) : undefined;
  return (
    <Panel title={say("activity.title")} aside={turn}>
      {activity === null ? <Skeleton lines={4} /> : null}
      {activity?.length === 0 ? <p className="none dim">{say(isOver ? "day.none" : "activity.none")}</p> : null}
      {!hasCalls ? null : isTable ? <ActivityTable activity={activity} /> : <ActivityChart activity={activity} />}
    </Panel>
  );
}

function ActivityChart({ activity }: Readonly<{ activity: readonly HalfHour[] }>) {
  const { formats } = useApp();
  const bars = toActivityDrawing(activity);
  const [first] = activity;
  if (bars === null || first === undefined) return null;
  const busiest = activity.reduce((most, each) => (callsIn(each) > callsIn(most) ? each : most), first);
  const sum = (of: (half: HalfHour) => number): number => activity.reduce((total, half) => total + of(half), 0);
  const label = say("activity.sentence", {
    from: formats.time(first.at),
    time: formats.time(busiest.at),
    calls: callsIn(busiest),
    open: sum(({ open }) => open),
    failed: sum(({ failed }) => failed),
  });
  const middle = (drawing.base + drawing.top) / 2;
  return (
    <svg className="chart" viewBox="0 0 296 98" role="img" aria-label={label}>
      {[drawing.top, middle].map((y) => (
        <path key={y} d={`M0 ${y + 0.5}H${drawing.width}`} className="s-line" strokeDasharray="2 3" />
      ))}
      {bars.parts.map(({ name, x, y, height }) => (
        <rect key={`${name} ${x}`} x={x} y={y} width={bars.barWidth} height={height} className={`f-${name}`} />
      ))}
      <path d={`M0 ${drawing.base + 0.5}H${drawing.width}`} className="s-line" />
      {bars.labels.map(({ x, at }) => (
        <text key={at} x={x} y="94">
          {formats.hour(at)}
        </text>
      ))}
      <text x={drawing.width - 2} y="7" textAnchor="end">
        {say("activity.top", { count: bars.top })}
      </text>
    </svg>
  );
}

function ActivityTable({ activity }: Readonly<{ activity: readonly HalfHour[] }>) {
  const { formats } = useApp();
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={say("activity.table")}>
      <table>
        <thead>
          <tr>
            <th>{say("activity.time")}</th>
            <th className="num">{say("state.delivered")}</th>
            <th className="num">{say("activity.open")}</th>
            <th className="num">{say("state.skipped")}</th>
            <th className="num">{say("state.failed")}</th>
          </tr>
        </thead>
        <tbody>
          {activity.map((half) => (
            <tr key={half.at}>
              <th scope="row">
                {say("activity.span", { from: formats.time(half.at), to: formats.time(half.at + halfHourMs) })}
              </th>
              <td className="num">{formats.number(half.delivered)}</td>
              <td className="num">{formats.number(half.open)}</td>
              <td className="num">{formats.number(half.skipped)}</td>
              <td className="num">{formats.number(half.failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
