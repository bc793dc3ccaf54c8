import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";

/** The last look at the CRM, as sentences. */
export function AccountChecks({ connection }: Readonly<{ connection: Connection }>) {
  const { connections, formats, now } = useApp();
  const check = useStore(connections, ({ checks }) => checks[connection.id]);
  const isChecking = useStore(connections, ({ busy }) => busy === connection.id);
  const crm = crmNames[connection.crm];
  const blocked =
    connection.state === "blocked" ? say("blocked.title", { crm, reason: connection.blockedReason ?? "other" }) : null;
  const title =
    check === undefined
      ? say("connections.checks")
      : say("connections.checkOf", { time: formats.when(check.at, now()) });
  return (
    <Panel title={title}>
      <ul className="checks" aria-busy={isChecking}>
        {check === undefined ? (
          <li>
            <StateMark state={blocked === null ? "queued" : "failed"} />
            <div>
              <p>{blocked ?? say("connections.notChecked")}</p>
              <p>{say("connections.notCheckedText", { crm })}</p>
            </div>
          </li>
        ) : check.ok ? (
          <li>
            <StateMark state="delivered" name={say("connections.passed")} />
            <div>
              <p>{say("connections.works", { crm })}</p>
              <p>{say("connections.worksText", { account: check.account ?? crm })}</p>
            </div>
          </li>
        ) : (
          <li>
            <StateMark state="failed" name={say("connections.notPassed")} />
            <div>
              <p>{say("connections.worksNot", { crm })}</p>
              <p>{check.problem}</p>
            </div>
          </li>
        )}
      </ul>
    </Panel>
  );
}
