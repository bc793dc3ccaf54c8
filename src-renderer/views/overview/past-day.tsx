import { useApp } from "../../app.ts";
import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say, tell } from "../../words/say.ts";
import { ActivityPanel } from "./activity-panel.tsx";
import { StatementPanel } from "./statement-panel.tsx";
import { countMissing } from "./sum.ts";
import { SumView } from "./sum-view.tsx";

/** A day that is over: the same sentence, sum and account as today's, as they stand now. */
export function PastDay({ date }: Readonly<{ date: string }>) {
  const { formats } = useApp();
  const { value, fault, pull } = useAnswer("reports:statement", { date, timeZone: formats.timeZone, skippedRows: 0 });
  if (value === null)
    return fault === null ? <Skeleton lines={8} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  return (
    <>
      <section className="truth" aria-label={say("day.heading")}>
        <Sentence day={value} />
        <SumView day={value} nextDueAt={null} />
      </section>
      <div className="ov">
        <div className="stack">
          <StatementPanel day={value} />
        </div>
        <div className="stack">
          <ActivityPanel activity={value.activity} isOver />
        </div>
      </div>
    </>
  );
}

function Sentence({ day }: Readonly<{ day: StatementView }>) {
  const missing = countMissing(day);
  const { failed } = day.outcomes;
  const key = missing > 0 ? "day.missing" : failed > 0 ? "day.needYou" : day.calls === 0 ? "day.none" : "day.all";
  return (
    <h2 data-tone={missing > 0 || failed > 0 ? "failed" : "plain"}>
      {tell(
        key,
        { calls: day.calls, missing, need: failed },
        {
          a: (children) => (
            <a key="a" href="#/attention">
              {children}
            </a>
          ),
          b: (children) => <b key="b">{children}</b>,
        },
      )}
    </h2>
  );
}
