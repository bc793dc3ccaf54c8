import { Copy } from "lucide-react";
import { useState } from "react";
import { useApp } from "../../app.ts";
import { crmNames, crmTypes } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { Button } from "../../ui/button.tsx";
import { FormRow } from "../../ui/form-row.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { BrowserConnect, browserCrm } from "./browser-connect.tsx";
import { toConnectCommand } from "./connect-command.ts";

const example = "acme";

/** How an account is connected: by a sign-in in the browser, or step by step with the exact command to copy. */
export function ConnectSheet({ tenant, onClose }: Readonly<{ tenant: string | null; onClose: () => void }>) {
  const { notices } = useApp();
  const [crm, choose] = useState<CrmType>("hubspot");
  const command = toConnectCommand(crm, tenant ?? example);
  const copy = (): void => void navigator.clipboard.writeText(command).then(() => notices.show(say("connect.copied")));
  const byCommand = (
    <ol className="steps">
      <li>{say(`connect.key.${crm}`)}</li>
      <li>
        {say("connect.run")}
        <p className="code command">
          <code>{command}</code>
          <Button size="small" label={say("connect.copyOf", { command })} onPress={copy}>
            <Copy className="i i-s" aria-hidden="true" />
            {say("connect.copy")}
          </Button>
        </p>
        <p className="small dim">{say("connect.windows")}</p>
        {tenant === null ? <p className="small dim">{say("connect.name", { example })}</p> : null}
      </li>
      <li>{say("connect.appears", { crm: crmNames[crm] })}</li>
    </ol>
  );
  return (
    <Sheet
      title={say("connect.title")}
      onClose={onClose}
      footer={<Button onPress={onClose}>{say("connect.close")}</Button>}
    >
      {crm === browserCrm ? null : <p className="dim">{say("connect.text")}</p>}
      <FormRow label={say("connect.crm")}>
        {({ id }) => (
          <select
            id={id}
            value={crm}
            autoFocus
            onChange={({ currentTarget }) =>
              choose((now) => crmTypes.find((each) => each === currentTarget.value) ?? now)
            }
          >
            {crmTypes.map((each) => (
              <option key={each} value={each}>
                {crmNames[each]}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      {crm === browserCrm ? (
        <>
          <BrowserConnect tenant={tenant} onDone={onClose} />
          <details>
            <summary>{say("connect.orCommand")}</summary>
            {byCommand}
          </details>
        </>
      ) : (
        byCommand
      )}
    </Sheet>
  );
}
