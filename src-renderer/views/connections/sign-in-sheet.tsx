import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { SignInSteps } from "./sign-in-steps.tsx";
import { signInPatienceMs, useSignIn } from "./use-sign-in.ts";

/** Signs in again to an account that signed us out. What it is signed in with stays in the keychain, out of this window. */
export function SignInSheet({ connection, onClose }: Readonly<{ connection: Connection; onClose: () => void }>) {
  const { bridge } = useApp();
  const { crm, id } = connection;
  const signIn = useSignIn(crm, onClose);
  const start = (): void =>
    signIn.start((options) => bridge.call("integrations:signIn", { id, waitMs: signInPatienceMs }, options));
  const values = { crm: crmNames[crm] };
  return (
    <Sheet
      title={say("signIn.title", values)}
      onClose={onClose}
      footer={
        <>
          <Button look="primary" disabled={signIn.isWaiting} onPress={start}>
            {say("signIn.start", values)}
          </Button>
          <Button onPress={onClose}>{say(signIn.isWaiting ? "signIn.stop" : "note.cancel")}</Button>
        </>
      }
    >
      <p className="dim">{say("signIn.text", values)}</p>
      <SignInSteps crm={crm} signIn={signIn} />
    </Sheet>
  );
}
