import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Empty } from "../../ui/empty.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { ContractPage } from "./contract-page.tsx";

const nameOf = ({ crm, label }: Connection): string => (label === "" ? crmNames[crm] : label);

/** Whose is each field, and what do we write into it? */
export function OwnershipView({ id }: Readonly<{ id: number | null }>) {
  const { ledger, route } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  const open = connections?.find((each) => each.id === id) ?? connections?.[0];
  /** The end of the title's line: it stays, with the keyboard in it, while accounts come and go. */
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  return (
    <>
      <header className={open === undefined ? "bar ruled" : "bar"}>
        <h1>{say("ownership.title")}</h1>
        {open === undefined ? null : (
          <select
            className="field"
            aria-label={say("ownership.account")}
            value={open.id}
            onChange={(event) => route.go({ view: "ownership", id: Number(event.currentTarget.value) })}
          >
            {(connections ?? []).map((each) => (
              <option key={each.id} value={each.id}>
                {nameOf(each)}
              </option>
            ))}
          </select>
        )}
        <div className="bar-rest" ref={setSlot} />
      </header>
      {connections === null ? (
        <div className="scroll padded">
          <Skeleton lines={8} />
        </div>
      ) : open === undefined ? (
        <Empty title={say("connections.none")} text={say("ownership.noneText")}>
          <a className="btn primary" href="#/connections">
            {say("connections.connect")}
          </a>
        </Empty>
      ) : (
        <Contract key={open.id} connection={open} slot={slot} />
      )}
    </>
  );
}

type ContractProps = Readonly<{ connection: Connection; slot: HTMLElement | null }>;

function Contract({ connection, slot }: ContractProps) {
  const { value, fault, pull, put } = useAnswer("ownership:show", { id: connection.id });
  if (value !== null)
    return (
      <ContractPage connection={connection} name={nameOf(connection)} contract={value} slot={slot} onChanged={put} />
    );
  return (
    <div className="scroll padded">
      {fault === null ? <Skeleton lines={8} /> : <LoadFault fault={fault} onRetry={() => void pull()} />}
    </div>
  );
}
