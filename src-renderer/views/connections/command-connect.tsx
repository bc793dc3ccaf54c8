import { Copy } from "lucide-react";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import { toConnectCommand } from "./connect-command.ts";

const example = "acme";

/** How an account is connected on the command line, so that its key never passes through a window. */
export function CommandConnect({ crm, tenant }: Readonly<{ crm: CrmType; tenant: string | null }>) {
  const { notices } = useApp();
  const command = toConnectCommand(crm, tenant ?? example);
  const copy = (): void => void navigator.clipboard.writeText(command).then(() => notices.show(say("connect.copied")));
  return (
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
}
