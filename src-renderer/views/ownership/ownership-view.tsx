import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { Empty } from "../../ui/empty.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { ContractPage } from "./contract-page.tsx";

const nameOf = ({ crm, label }: Connection): string => (label === "" ? crmNames[crm] : label);

/** Whose is each field, and what do we write into it? */
export function OwnershipView({ id }: Readonly<{ id: number | null }>) {
  const { ledger } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  const open = connections?.find((each) => each.id === id) ?? connections?.[0];
  if (connections !== null && open === undefined)
    return (
      <>
        <header className="bar ruled">
          <h1>{say("ownership.title")}</h1>
        </header>
        <Empty title={say("connections.none")} text={say("ownership.noneText")}>
          <a className="btn primary" href="#/connections">
            {say("connections.connect")}
          </a>
        </Empty>
      </>
    );
  if (connections === null || open === undefined)
    return (
      <>
        <header className="bar ruled">
          <h1>{say("ownership.title")}</h1>
        </header>
        <div className="scroll padded">
          <Skeleton lines={8} />
        </div>
      </>
    );
  return <Contract key={open.id} connection={open} connections={connections} />;
}

type ContractProps = Readonly<{ connection: Connection; connections: readonly Connection[] }>;

function Contract({ connection, connections }: ContractProps) {
  const { route } = useApp();
  const asked = useAnswer("ownership:show", { id: connection.id });
  const [object, setObject] = useState<string | null>(null);
  const objects = [...new Set((asked.value?.fields ?? []).map((field) => field.object))];
  const shown = objects.find((each) => each === object) ?? objects[0] ?? "";
  const choice = (
    <>
      <h1>{say("ownership.title")}</h1>
      <select
        className="field"
        aria-label={say("ownership.account")}
        value={connection.id}
        onChange={(event) => route.go({ view: "ownership", id: Number(event.currentTarget.value) })}
      >
        {connections.map((each) => (
          <option key={each.id} value={each.id}>
            {nameOf(each)}
          </option>
        ))}
      </select>
      {objects.length < 2 ? null : (
        <fieldset className="seg">
          <legend className="sr">{say("ownership.objects")}</legend>
          {objects.map((each) => (
            <label key={each} className={each === shown ? "on" : undefined}>
              <input
                type="radio"
                className="sr"
                name="object"
                checked={each === shown}
                onChange={() => setObject(each)}
              />
              {each}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
  if (asked.value === null)
    return (
      <>
        <header className="bar ruled">{choice}</header>
        <div className="scroll padded">
          {asked.fault === null ? (
            <Skeleton lines={8} />
          ) : (
            <LoadFault fault={asked.fault} onRetry={() => void asked.pull()} />
          )}
        </div>
      </>
    );
  return (
    <ContractPage
      connection={connection}
      name={nameOf(connection)}
      contract={asked.value}
      object={shown}
      choice={choice}
      onChanged={asked.put}
    />
  );
}
