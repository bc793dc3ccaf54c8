import { useId, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames, crmTypes } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { BrowserConnect, browserCrm } from "../connections/browser-connect.tsx";
import { CommandConnect } from "../connections/command-connect.tsx";

/** Which CRM, and how it is signed in to; what is connected stands below, as soon as it is. */
export function CrmStep({ company }: Readonly<{ company: string }>) {
  const { ledger } = useApp();
  const connections = useStore(ledger, (state) => state.connections) ?? [];
  const [crm, choose] = useState<CrmType>(browserCrm);
  const group = useId();
  return (
    <>
      <div className="picks" role="radiogroup" aria-label={say("connect.crm")}>
        {crmTypes.map((each) => (
          <label key={each} className={each === crm ? "pick on" : "pick"}>
            <CrmTag crm={each} size="large" />
            <span>
              <b>{crmNames[each]}</b>
              <span className="small dim">{say(each === browserCrm ? "first.byBrowser" : "first.byCommand")}</span>
            </span>
            <input type="radio" name={group} checked={each === crm} onChange={() => choose(each)} />
          </label>
        ))}
      </div>
      {connections.length === 0 ? null : (
        <Panel title={say("first.connected")}>
          <ul className="checks" aria-live="polite">
            {connections.map(({ id, crm: kind, account }) => (
              <li key={id}>
                <StateMark state="delivered" name={say("setup.isDone")} />
                <div>
                  <p>{say("first.signedIn", { crm: crmNames[kind], account: account ?? "" })}</p>
                  <p>{say("first.held")}</p>
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={say("first.connect", { crm: crmNames[crm] })}>
        {crm === browserCrm ? (
          <BrowserConnect tenant={company} onDone={() => undefined} />
        ) : (
          <CommandConnect crm={crm} tenant={company} />
        )}
      </Panel>
    </>
  );
}
