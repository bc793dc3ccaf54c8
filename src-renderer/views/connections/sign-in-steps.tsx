import { Copy } from "lucide-react";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import type { SignIn } from "./use-sign-in.ts";

/** Where a sign-in stands: the page is open, or its address to open it by hand; or what went wrong. */
export function SignInSteps({ crm, signIn }: Readonly<{ crm: CrmType; signIn: SignIn }>) {
  const { notices } = useApp();
  const { isWaiting, page, problem } = signIn;
  const values = { crm: crmNames[crm] };
  const copy = (address: string): void =>
    void navigator.clipboard.writeText(address).then(() => notices.show(say("signIn.copied")));
  return (
    <>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {isWaiting ? (
        <div role="status">
          <p>
            {page === null
              ? say("signIn.starting", values)
              : say(page.isOpened ? "signIn.opened" : "signIn.notOpened", values)}
          </p>
          {page === null ? null : (
            <p className="code command">
              <code>{page.openUrl}</code>
              <Button size="small" label={say("signIn.copyOf")} onPress={() => copy(page.openUrl)}>
                <Copy className="i i-s" aria-hidden="true" />
                {say("connect.copy")}
              </Button>
            </p>
          )}
        </div>
      ) : null}
    </>
  );
}
