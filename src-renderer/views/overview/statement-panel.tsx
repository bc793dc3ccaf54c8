import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateChip } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toStatementLines } from "./statement-lines.ts";

/** From rows read to calls, as an account: what was taken off on the way, and the double rule under the total. */
export function StatementPanel() {
  const { ledger, formats } = useApp();
  const today = useStore(ledger, (state) => state.today);
  const chip =
    today === null ? undefined : today.balanced ? (
      <StateChip state="delivered" text={say("overview.balances")} />
    ) : (
      <StateChip state="failed" text={say("overview.notBalanced")} />
    );
  return (
    <Panel title={say("overview.statement")} chip={chip}>
      {today === null ? (
        <Skeleton lines={3} />
      ) : (
        <table className="stmt">
          <tbody>
            {toStatementLines(today).map(({ key, count, isTotal }) => (
              <tr key={key} className={isTotal ? "rule grand" : undefined}>
                <th scope="row">{say(key)}</th>
                <td className="num">{formats.number(count).replace("-", "−")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
