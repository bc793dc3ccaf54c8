import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { isRunning as runs } from "../../state/ledger-store.ts";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";

/** What becomes of a call from a number that nobody has, account by account. */
export function StrangersPanel() {
  const { ledger, connections: store } = useApp();
  const { status, accounts, fault } = useStore(store);
  const isRunning = useStore(ledger, runs);
  useEffect(() => {
    if (isRunning) void store.load();
  }, [store, isRunning]);
  return (
    <Panel title={say("matching.nobody")}>
      {fault !== null ? <LoadFault fault={fault} onRetry={() => void store.load()} /> : null}
      {status === "idle" || status === "loading" ? <Skeleton lines={3} /> : null}
      {status === "ready" && accounts.length === 0 ? <p className="none dim">{say("matching.noAccount")}</p> : null}
      {accounts.map(({ id, crm, label, unknownCaller }) => (
        <div key={id} className="set">
          <div>
            <p>{label === "" ? crmNames[crm] : label}</p>
            <p>{say("connections.unknownText", { policy: unknownCaller })}</p>
          </div>
          <CrmTag crm={crm} />
        </div>
      ))}
    </Panel>
  );
}
