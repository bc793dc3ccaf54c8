import { useState } from "react";
import { crmNames, crmTypes } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { Button } from "../../ui/button.tsx";
import { FormRow } from "../../ui/form-row.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { BrowserConnect, browserCrm } from "./browser-connect.tsx";
import { CommandConnect } from "./command-connect.tsx";

/** How an account is connected: by a sign-in in the browser, or step by step with the exact command to copy. */
export function ConnectSheet({ tenant, onClose }: Readonly<{ tenant: string | null; onClose: () => void }>) {
  const [crm, choose] = useState<CrmType>("hubspot");
  const byCommand = <CommandConnect crm={crm} tenant={tenant} />;
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
