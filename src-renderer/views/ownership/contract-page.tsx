import { Copy } from "lucide-react";
import { useState } from "react";
import { createPortal } from "react-dom";
import { useApp } from "../../app.ts";
import type { ContractView } from "../../../src-shared/ipc/ownership-views.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Button } from "../../ui/button.tsx";
import { StateText } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { ConflictList } from "./conflict-list.tsx";
import { changesOf, choose, countModes, type Draft, nameOf, noDraft } from "./contract-draft.ts";
import { ContractMatrix } from "./contract-matrix.tsx";
import { DriftList } from "./drift-list.tsx";
import { FieldAside } from "./field-aside.tsx";
import { ReviewSheet } from "./review-sheet.tsx";
import { useExample } from "./use-example.ts";

const tabs = ["fields", "conflicts", "drift"] as const;
type Tab = (typeof tabs)[number];

type PageProps = Readonly<{
  connection: Connection;
  name: string;
  contract: ContractView;
  /** Where in the title's line its buttons stand. */
  slot: HTMLElement | null;
  onChanged: (contract: ContractView) => void;
}>;

/** The contract of an account: changed field by field, looked over, and then put in force at once. */
export function ContractPage({ connection, name, contract, slot, onChanged }: PageProps) {
  const { bridge, formats, notices, now } = useApp();
  const [draft, setDraft] = useState<Draft>(noDraft);
  const [tab, setTab] = useState<Tab>("fields");
  const [selected, setSelected] = useState<string | null>(null);
  const [isReviewing, setReviewing] = useState(false);
  const [wanted, setWanted] = useState<string | null>(null);
  const objects = [...new Set(contract.fields.map((field) => field.object))];
  const object = objects.find((each) => each === wanted) ?? objects[0];
  const fields = contract.fields.filter((field) => field.object === object);
  const open = fields.find((field) => nameOf(field) === selected) ?? fields[0];
  const changes = changesOf(contract.fields, draft);
  const example = useExample(connection.id, contract);
  const comparedAt = example.value?.schemaReadAt ?? null;
  const counts: Readonly<Record<Tab, number>> = {
    fields: fields.length,
    conflicts: connection.conflicts,
    drift: connection.drift.length,
  };
  const put = async (yaml: string | null, words: string): Promise<void> => {
    const before = contract.isDefault ? null : contract.yaml;
    const answer = await bridge.call("ownership:set", { id: connection.id, yaml });
    if (!answer.ok) {
      notices.show(answer.fault.message);
      return;
    }
    onChanged(answer.value);
    notices.show(words, yaml === before ? undefined : () => void put(before, say("settings.undone")));
  };
  const copy = (): void =>
    void navigator.clipboard.writeText(contract.markdown).then(() => notices.show(say("ownership.copied")));
  const actions = (
    <>
      {objects.length < 2 ? null : (
        <fieldset className="seg">
          <legend className="sr">{say("ownership.objects")}</legend>
          {objects.map((each) => (
            <label key={each} className={each === object ? "on" : undefined}>
              <input
                type="radio"
                className="sr"
                name="object"
                checked={each === object}
                onChange={() => setWanted(each)}
              />
              {each}
            </label>
          ))}
        </fieldset>
      )}
      <div className="btns push">
        <Button look="quiet" onPress={copy}>
          <Copy className="i" aria-hidden="true" />
          {say("ownership.copy")}
        </Button>
        {changes.length > 0 ? (
          <>
            <Button onPress={() => setDraft(noDraft)}>{say("ownership.discard")}</Button>
            <Button look="primary" onPress={() => setReviewing(true)}>
              {say("ownership.review", { count: changes.length })}
            </Button>
          </>
        ) : contract.isDefault ? null : (
          <Button onPress={() => void put(null, say("ownership.isDefault", { crm: name }))}>
            {say("ownership.toDefault")}
          </Button>
        )}
      </div>
    </>
  );
  return (
    <>
      {slot === null ? null : createPortal(actions, slot)}
      <nav className="tabs" aria-label={say("ownership.parts")}>
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={each === tab ? "true" : undefined}
            onClick={() => setTab(each)}
          >
            {say("ownership.tab", { tab: each, crm: name })} <span className="n">{counts[each]}</span>
          </button>
        ))}
      </nav>
      {tab === "conflicts" ? <ConflictList integrationId={connection.id} crm={name} /> : null}
      {tab === "drift" ? <DriftList sentences={connection.drift} crm={name} /> : null}
      {tab !== "fields" ? null : (
        <div className="split own-wrap">
          <ContractMatrix
            crm={name}
            fields={fields}
            draft={draft}
            selected={open}
            example={example}
            onSelect={(field) => setSelected(nameOf(field))}
            onChoose={(field, own) => setDraft((last) => choose(last, field, own))}
          />
          {open === undefined ? null : <FieldAside crm={name} field={open} draft={draft} example={example} />}
        </div>
      )}
      <footer className="statusbar">
        {comparedAt === null ? (
          <StateText state="queued" text={say("ownership.notCompared", { crm: name })} />
        ) : (
          <StateText
            state="delivered"
            text={say("ownership.compared", { crm: name, time: formats.when(comparedAt, now()) })}
          />
        )}
        <span className="push">{say("ownership.counts", countModes(fields, draft))}</span>
      </footer>
      {isReviewing ? (
        <ReviewSheet
          integrationId={connection.id}
          crm={name}
          contract={contract}
          changes={changes}
          onClose={() => setReviewing(false)}
          onDone={(changed) => {
            const before = contract.isDefault ? null : contract.yaml;
            setReviewing(false);
            setDraft(noDraft);
            onChanged(changed);
            notices.show(
              say("ownership.changed", { count: changes.length }),
              () => void put(before, say("settings.undone")),
            );
          }}
        />
      ) : null}
    </>
  );
}
