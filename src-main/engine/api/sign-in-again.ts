import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { fault } from "../host/engine.ts";
import { connectIntegration, type ConnectContext, type ConnectParts } from "./connect-integration.ts";

type SignInAsk = Readonly<{ found: Integration; draftId: number; waitMs: number }>;

/**
 * Has a person sign in again to an account that signed us out: with the app that is in the keychain, so that nobody has to
 * type a secret anywhere. Faults as of a connect; an account that was connected by a key needs another key.
 */
export async function signInAgain(
  parts: ConnectParts,
  { found, draftId, waitMs }: SignInAsk,
  context: Omit<ConnectContext, "expected">,
) {
  const { crm, tenant, baseUrl, settings, account, label } = found;
  const byKey = `callledger connect ${crm} --tenant ${tenant}`;
  if (found.secret.kind === "env")
    return fault(
      "bad_input",
      `The key of ${label} is in the variable ${found.secret.name}: put a valid one there and start CallLedger again.`,
    );
  const stored = await parts.vault.read(found.id, found.secret);
  if (!stored.ok) return fault("failed", stored.fault.message);
  const app = stored.value;
  if (app["clientId"] === undefined)
    return fault(
      "bad_input",
      `${label} was connected by a key, not by a sign-in. Make a new key in ${crmNames[crm]} and give it to: ${byKey}.`,
    );
  const ask = {
    crm,
    tenant,
    baseUrl,
    label: null,
    unknownCaller: null,
    since: null,
    secret: { kind: "browser", app: { ...app }, waitMs },
    setup: true,
    settings: { ...settings },
  } as const;
  return connectIntegration(parts, ask, draftId, { ...context, ...(account === null ? {} : { expected: account }) });
}
