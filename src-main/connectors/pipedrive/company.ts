import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { costs, oldPath } from "./wire.ts";

const me = z.looseObject({
  success: z.literal(true),
  data: z.looseObject({
    id: z.number(),
    company_id: z.number(),
    company_name: z.string().optional().catch(undefined),
    company_domain: z.string().optional().catch(undefined),
    timezone_name: z.string().optional().catch(undefined),
  }),
});

/** Who we are signed in as: the company, and our own user's id in it. */
export type Identity = Readonly<{ account: CrmAccount; userId: number }>;

export type Company = Readonly<{
  /** Asks Pipedrive who we are; refuses any company but the one this integration was connected to. */
  identify(session: CrmSession): Promise<Outcome<Identity, ConnectorFault>>;
  /** The same, once for this connector: nothing is written to a company that was not identified. */
  verify(session: CrmSession): Promise<Outcome<Identity, ConnectorFault>>;
}>;

function toAccount(data: z.infer<typeof me>["data"]): CrmAccount {
  const { company_id: id, company_name: name, company_domain: domain, timezone_name: timeZone } = data;
  const isDomain = domain !== undefined && /^[a-z0-9-]+$/i.test(domain);
  return {
    accountId: String(id),
    name: name === undefined || name === "" ? `Pipedrive company ${id}` : name,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(isDomain ? { uiUrl: `https://${domain}.pipedrive.com` } : {}),
  };
}

/** `expected`: the company as connected, or null while connecting. */
export function createCompany(expected: CrmAccount | null, client: Client): Company {
  let verified: Identity | null = null;

  const identify: Company["identify"] = async (session) => {
    verified = null;
    const reply = await client.call(session, {
      method: "GET",
      path: oldPath("users/me"),
      kind: "read",
      subject: "other",
      schema: me,
      aboutAccount: true,
      cost: costs.oldReadOne,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { data } = reply.value.value;
    const account = toAccount(data);
    if (expected !== null && expected.accountId !== account.accountId) return refuseOther(expected, account);
    verified = { account, userId: data.id };
    return { ok: true, value: verified };
  };

  return {
    identify,
    verify: async (session) => (verified === null ? identify(session) : { ok: true, value: verified }),
  };
}

function refuseOther(expected: CrmAccount, account: CrmAccount): Outcome<never, ConnectorFault> {
  const message = `The token belongs to ${account.name} (${account.accountId}), but this integration was connected to company ${expected.accountId}. Nothing is written.`;
  return {
    ok: false,
    fault: { kind: "blocked", reason: "auth_revoked", answer: toAnswer({ code: "OTHER_COMPANY", message }) },
  };
}
