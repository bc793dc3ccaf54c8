import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { toHash } from "../../state/route.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { moveInList } from "../attention/move-in-list.ts";
import { toHealth } from "../overview/connection-health.ts";
import { AccountDetail } from "./account-detail.tsx";
import { ConnectSheet } from "./connect-sheet.tsx";

/** Does each CRM work, and may it? */
export function ConnectionsView({ id }: Readonly<{ id: number | null }>) {
  const { ledger, connections: store } = useApp();
  const [isConnecting, setConnecting] = useState(false);
  const connections = useStore(ledger, (state) => state.connections);
  const isRunning = useStore(ledger, ({ engine }) => engine?.phase === "running");
  const count = connections?.length;
  useEffect(() => {
    if (isRunning) void store.load();
  }, [store, isRunning, count]);
  const open = connections?.find((each) => each.id === id) ?? connections?.[0];
  const connect = (
    <Button look="primary" onPress={() => setConnecting(true)}>
      <Plus className="i" aria-hidden="true" />
      {say("connections.connect")}
    </Button>
  );
  return (
    <>
      <header className="bar ruled">
        <h1>{say("overview.connections")}</h1>
        <div className="btns push">{connect}</div>
      </header>
      {connections === null ? (
        <div className="scroll padded">
          <Skeleton lines={6} />
        </div>
      ) : open === undefined ? (
        <Empty title={say("connections.none")} text={say("connections.noneText")}>
          {connect}
        </Empty>
      ) : (
        <div className="split md">
          <AccountList connections={connections} open={open.id} />
          <AccountDetail key={open.id} connection={open} />
        </div>
      )}
      {isConnecting ? <ConnectSheet tenant={open?.tenant ?? null} onClose={() => setConnecting(false)} /> : null}
    </>
  );
}

function AccountList({ connections, open }: Readonly<{ connections: readonly Connection[]; open: number }>) {
  const tenants = [...new Set(connections.map(({ tenant }) => tenant))];
  return (
    <nav className="list" aria-label={say("connections.list")}>
      {tenants.map((tenant) => (
        <section key={tenant}>
          <h2>{tenant}</h2>
          {connections
            .filter((each) => each.tenant === tenant)
            .map((each) => (
              <AccountItem key={each.id} connection={each} isOpen={each.id === open} />
            ))}
        </section>
      ))}
    </nav>
  );
}

function AccountItem({ connection, isOpen }: Readonly<{ connection: Connection; isOpen: boolean }>) {
  const { formats, now } = useApp();
  const { mark, key, values } = toHealth(connection, now(), formats.time);
  const name = connection.label === "" ? crmNames[connection.crm] : connection.label;
  return (
    <a
      className={isOpen ? "item on" : "item"}
      href={toHash({ view: "connections", id: connection.id })}
      aria-current={isOpen ? "true" : undefined}
      tabIndex={isOpen ? 0 : -1}
      onKeyDown={moveInList}
    >
      <StateMark state={mark} />
      <span className="t">{name}</span>
      <span className="n" />
      <span className="d">{mark === "delivered" ? (connection.account ?? say(key, values)) : say(key, values)}</span>
    </a>
  );
}
