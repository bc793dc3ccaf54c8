import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Connection } from "../../state/ledger-store.ts";
import type { Offer, ReadingChoice } from "../../state/reading-store.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { toFileName } from "./file-name.ts";
import { ChoiceFields } from "./choice-fields.tsx";
import { firstChoice } from "./first-choice.ts";
import { MappingPanel } from "./mapping-panel.tsx";
import { nothingToRead, tableOf } from "./preview.ts";
import { PreviewList } from "./preview-list.tsx";

const shownPaths = 5;

/** Says what would be read and how, and reads nothing before a person agrees: calls are written to CRMs from here on. */
export function ImportSheet({ offer }: Readonly<{ offer: Offer }>) {
  const { reading, ledger, notices, formats, route } = useApp();
  const fault = useStore(reading, (state) => state.fault);
  const isBusy = useStore(reading, (state) => state.isBusy);
  const connections = useStore(ledger, (state) => state.connections) ?? [];
  const sources = useStore(ledger, (state) => state.sources) ?? [];
  const tenants = [...new Set([...connections.map(({ tenant }) => tenant), ...sources.map(({ tenant }) => tenant)])];
  const [made, setChoice] = useState<ReadingChoice>(() =>
    firstChoice({ tenants, sources, offer, languages: navigator.languages, timeZone: formats.timeZone }),
  );
  // Files may be dropped before it is known which companies there are.
  const choice = tenants.includes(made.tenant) ? made : { ...made, tenant: tenants[0] ?? "" };
  // A folder is watched for what comes later; files that are no call logs would bring nothing.
  const isHopeless = useStore(reading, ({ preview }) => !choice.watch && nothingToRead(preview));
  const table = useStore(reading, ({ preview }) => tableOf(preview));
  const open = useStore(reading, ({ proposed }) =>
    table === null ? 0 : (proposed?.value?.questions ?? []).filter(({ blocks }) => blocks).length,
  );
  const count = offer.paths.length;
  const name = toFileName(offer.paths[0] ?? "");
  const start = async (): Promise<void> => {
    if (!(await reading.start(choice))) return;
    if (choice.watch) notices.show(say("import.watching", { name }));
    else if (route.getState().route.view !== "setup") route.go({ view: "overview" });
  };
  return (
    <Sheet
      title={say("import.title", { count, name })}
      isWide={table !== null}
      onClose={reading.withdraw}
      footer={
        <>
          <Button
            look="primary"
            disabled={isBusy || tenants.length === 0 || (isHopeless && table === null) || open > 0}
            onPress={() => void start()}
          >
            {choice.watch ? say("import.startWatch") : say("import.start", { count })}
          </Button>
          <Button onPress={reading.withdraw}>{say("import.cancel")}</Button>
          {open === 0 ? null : <span className="push small dim">{say("wizard.open", { open })}</span>}
        </>
      }
    >
      {tenants.length === 0 ? (
        <>
          <Paths paths={offer.paths} />
          <p className="problem">{say("import.noCompany")}</p>
        </>
      ) : (
        <div className={table === null ? "wiz-one" : "wiz-body"}>
          <div className="doctor">
            <Paths paths={offer.paths} />
            <p className="dim">
              {goesTo(connections, choice.tenant, formats.list)} {say("import.text", { count })}
            </p>
            <PreviewList choice={choice} />
            <ChoiceFields choice={choice} tenants={tenants} canWatch={offer.isFolder} onChange={setChoice} />
          </div>
          {table === null ? null : <MappingPanel path={table} choice={choice} onChange={setChoice} />}
        </div>
      )}
      {fault === null ? null : (
        <p className="problem" role="alert">
          {fault.message}
        </p>
      )}
    </Sheet>
  );
}

function goesTo(
  connections: readonly Connection[],
  tenant: string,
  list: (names: readonly string[]) => string,
): string {
  const crms = [...new Set(connections.filter((each) => each.tenant === tenant).map(({ crm }) => crmNames[crm]))];
  return say("import.goesTo", { crms: crms.length, names: list(crms) });
}

const Paths = ({ paths }: Readonly<{ paths: readonly string[] }>) => (
  <ul className="paths mono">
    {paths.slice(0, shownPaths).map((path) => (
      <li key={path} className="clip" title={path}>
        {path}
      </li>
    ))}
    {paths.length > shownPaths ? <li>{say("import.more", { count: paths.length - shownPaths })}</li> : null}
  </ul>
);
