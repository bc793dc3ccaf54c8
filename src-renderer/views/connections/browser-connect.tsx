import { useState } from "react";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { Button } from "../../ui/button.tsx";
import { FormRow } from "../../ui/form-row.tsx";
import { say } from "../../words/say.ts";
import { SignInSteps } from "./sign-in-steps.tsx";
import { signInPatienceMs, useSignIn } from "./use-sign-in.ts";

/** The one CRM whose apps need no secret of their own (authorization code with PKCE): it is connected from here. */
export const browserCrm = "salesforce";

/** Connects by a sign-in in the person's browser: the app's public id is all that is typed here. */
export function BrowserConnect({ tenant, onDone }: Readonly<{ tenant: string | null; onDone: () => void }>) {
  const { bridge } = useApp();
  const [company, setCompany] = useState(tenant ?? "");
  const [clientId, setClientId] = useState("");
  const [address, setAddress] = useState("");
  const signIn = useSignIn(browserCrm, onDone);
  const values = { crm: crmNames[browserCrm] };
  const typed = address.trim();
  const start = (): void =>
    signIn.start((options) =>
      bridge.call(
        "integrations:connect",
        {
          crm: browserCrm,
          tenant: company.trim(),
          baseUrl: typed === "" ? null : /^https?:/.test(typed) ? typed : `https://${typed}`,
          label: null,
          unknownCaller: null,
          since: null,
          secret: { kind: "browser", app: { clientId: clientId.trim() }, waitMs: signInPatienceMs },
          setup: true,
        },
        options,
      ),
    );
  const isReady = company.trim() !== "" && clientId.trim() !== "";
  return (
    <div className="form-grid">
      <p className="dim">{say("signIn.text", values)}</p>
      {tenant === null ? (
        <FormRow label={say("signIn.company")} text={say("signIn.companyText")}>
          {({ id, describedBy }) => (
            <input
              id={id}
              aria-describedby={describedBy}
              value={company}
              disabled={signIn.isWaiting}
              onChange={(event) => setCompany(event.currentTarget.value)}
            />
          )}
        </FormRow>
      ) : null}
      <FormRow label={say("signIn.app")} text={say("signIn.appText")}>
        {({ id, describedBy }) => (
          <input
            id={id}
            aria-describedby={describedBy}
            value={clientId}
            autoComplete="off"
            spellCheck={false}
            disabled={signIn.isWaiting}
            onChange={(event) => setClientId(event.currentTarget.value)}
          />
        )}
      </FormRow>
      <FormRow label={say("signIn.address")} text={say("signIn.addressText")}>
        {({ id, describedBy }) => (
          <input
            id={id}
            aria-describedby={describedBy}
            value={address}
            spellCheck={false}
            disabled={signIn.isWaiting}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        )}
      </FormRow>
      <div className="btns">
        <Button look="primary" disabled={!isReady || signIn.isWaiting} onPress={start}>
          {say("signIn.start", values)}
        </Button>
      </div>
      <SignInSteps crm={browserCrm} signIn={signIn} />
    </div>
  );
}
