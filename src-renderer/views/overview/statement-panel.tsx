import { useApp } from "../../app.ts";
import type { StatementView } from "../../../src-shared/ipc/report-views.ts";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateChip } from "../../ui/state-mark.tsx";
import { useAnswer } from "../../bridge/use-answer.ts";
import { say, tell } from "../../words/say.ts";
import { toStatementLines } from "./statement-lines.ts";

/** From rows read to calls, as an account: what was taken off on the way, and the double rule under the total. */
export function StatementPanel({ day }: Readonly<{ day: StatementView | null }>) {
  const { formats } = useApp();
  const chip =
    day === null ? undefined : day.balanced ? (
      <StateChip state="delivered" text={say("overview.balances")} />
    ) : (
      <StateChip state="failed" text={say("overview.notBalanced")} />
    );
  return (
    <Panel title={say("overview.statement")} chip={chip}>
      {day === null ? (
        <Skeleton lines={3} />
      ) : (
        <table className="stmt">
          <tbody>
            {toStatementLines(day).map(({ key, count, isTotal }) => (
              <tr key={key} className={isTotal ? "rule grand" : undefined}>
                <th scope="row">{say(key)}</th>
                <td className="num">{formats.number(count).replace("-", "−")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {day === null ? null : <ReadBack date={day.date} timeZone={day.timeZone} />}
    </Panel>
  );
}

/** What the last look into the CRMs found of calls that we hold for delivered. Nothing is said where none was made. */
function ReadBack({ date, timeZone }: Readonly<{ date: string; timeZone: string }>) {
  const { formats } = useApp();
  const { value } = useAnswer("checks:list", { date, timeZone });
  const looks = (value?.checks ?? []).filter(({ kind, endedAt }) => kind === "read_back" && endedAt !== null);
  if (looks.length === 0) return null;
  const checked = looks.reduce((sum, look) => sum + look.checked, 0);
  const found = looks.reduce((sum, look) => sum + look.findings.length, 0);
  const time = formats.time(Math.max(...looks.map(({ endedAt }) => endedAt ?? 0)));
  const failed = looks.filter(({ trouble }) => trouble !== null);
  return (
    <p className="small dim after">
      {found === 0
        ? say("readBack.all", { time, checked })
        : tell(
            "readBack.some",
            { time, checked, there: Math.max(0, checked - found) },
            {
              a: (children) => (
                <a key="a" href="#/attention">
                  {children}
                </a>
              ),
            },
          )}
      {failed.map(({ id, label, trouble }) => (
        <span key={id}> {say("readBack.trouble", { crm: label, trouble: trouble ?? "" })}</span>
      ))}
    </p>
  );
}
