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
  const { mirror } = connection;
  const copyOf = mirror.freshAsOf === null ? "none" : formats.when(mirror.freshAsOf, now());
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
          <>
            <Item
              mark="delivered"
              title={say("connections.works", { crm })}
              text={say("connections.worksText", { account: check.account ?? crm })}
            />
            {check.drift.length === 0 ? (
              <Item mark="delivered" title={say("check.fields")} text={say("check.fieldsText", { crm })} />
            ) : null}
            {check.drift.map(({ says, fix }) => (
              <Item key={says} mark="waiting" title={says} text={fix} />
            ))}
            {mirror.state === "complete" ? (
              <Item mark="delivered" title={say("check.people")} text={say("check.peopleText", { time: copyOf })} />
            ) : (
              <Item
                mark="waiting"
                title={say("check.noPeople", { state: mirror.state })}
                text={say("check.noPeopleText")}
              />
            )}
          </>
        ) : (
          <Item mark="failed" title={say("connections.worksNot", { crm })} text={check.problem ?? ""} />
        )}
      </ul>
    </Panel>
  );
}

type ItemProps = Readonly<{ mark: "delivered" | "waiting" | "failed"; title: string; text: string }>;

const Item = ({ mark, title, text }: ItemProps) => (
  <li>
    <StateMark state={mark} name={say(mark === "delivered" ? "connections.passed" : "connections.notPassed")} />
    <div>
      <p>{title}</p>
      <p>{text}</p>
    </div>
  </li>
);
