import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { detailsPath } from "./wire.ts";

const details = z.looseObject({
  portalId: z.union([z.number(), z.string()]).transform(String),
  accountType: z.string().optional().catch(undefined),
  timeZone: z.string().optional().catch(undefined),
  uiDomain: z.string().optional().catch(undefined),
});

/** Only HubSpot's own hosts become links for people. */
const uiHost = /^app(-[a-z0-9]+)?\.hubspot\.com$/;

const sandboxTypes: Readonly<Record<string, string>> = {
  SANDBOX: " (sandbox)",
  DEVELOPER_TEST: " (developer test)",
  APP_DEVELOPER: " (developer)",
};

function toAccount({ portalId, accountType = "", timeZone, uiDomain }: z.infer<typeof details>): CrmAccount {
  const kind = Object.hasOwn(sandboxTypes, accountType) ? sandboxTypes[accountType] : "";
  return {
    accountId: portalId,
    name: `HubSpot portal ${portalId}${kind ?? ""}`,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(uiDomain !== undefined && uiHost.test(uiDomain) ? { uiUrl: `https://${uiDomain}` } : {}),
  };
}

export type Portal = Readonly<{
  /** Asks HubSpot who we are signed in as; refuses any portal but the one this integration was connected to. */
  identify(session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>>;
  /** The same, once for this connector: nothing is written to a portal that was not identified. */
  verify(session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>>;
  /** The portal's zone as far as known; its midnight ends the daily limit. */
  timeZone(): string;
}>;

/** `expected`: the account as connected, or null while connecting. */
export function createPortal(expected: CrmAccount | null, client: () => Client): Portal {
  let zone = expected?.timeZone;
  let verified: CrmAccount | null = null;

  const identify: Portal["identify"] = async (session) => {
    verified = null;
    const reply = await client().call(session, {
      method: "GET",
      path: detailsPath,
      kind: "read",
      subject: "other",
      schema: details,
      aboutAccount: true,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const account = toAccount(reply.value.value);
    if (expected !== null && expected.accountId !== account.accountId) return refuseOther(expected, account);
    zone = account.timeZone ?? zone;
    verified = account;
    return { ok: true, value: account };
  };

  return {
    identify,
    verify: async (session) => (verified === null ? identify(session) : { ok: true, value: verified }),
    timeZone: () => zone ?? "UTC",
  };
}

function refuseOther(expected: CrmAccount, account: CrmAccount): Outcome<never, ConnectorFault> {
  const message = `The key belongs to ${account.name}, but this integration was connected to portal ${expected.accountId}. Nothing is written.`;
  return {
    ok: false,
    fault: { kind: "blocked", reason: "auth_revoked", answer: toAnswer({ code: "OTHER_PORTAL", message }) },
  };
}
