import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Address } from "./address.ts";
import { toPlan } from "./budget.ts";
import type { Client } from "./client.ts";
import { crmPagesOfApi } from "./data-centres.ts";
import { crmPath } from "./wire.ts";

const text = z.string().nullish().catch(null);
const orgAnswer = z.looseObject({
  org: z
    .array(
      z.looseObject({
        id: text,
        zgid: z.union([z.string(), z.number()]).transform(String),
        company_name: text,
        time_zone: text,
        country_code: text,
        type: text,
        license_details: z
          .looseObject({
            paid: z.boolean().nullish().catch(null),
            paid_type: text,
            users_license_purchased: z.coerce.number().int().nonnegative().nullish().catch(null),
          })
          .nullish()
          .catch(null),
      }),
    )
    .min(1),
});
type OrgRow = z.infer<typeof orgAnswer>["org"][number];

function toAccount(row: OrgRow, address: Address): CrmAccount {
  const { zgid, company_name: company, time_zone: timeZone, type, license_details: licence } = row;
  const kind = type === "Sandbox" || type === "Developer" ? ` (${type.toLowerCase()})` : "";
  const edition = licence?.paid === false ? "free" : (licence?.paid_type ?? undefined);
  const pages = crmPagesOfApi(address.shown());
  return {
    accountId: zgid,
    name: `${company ?? `Zoho CRM org ${zgid}`}${kind}`,
    ...(typeof timeZone === "string" ? { timeZone } : {}),
    ...(edition === undefined ? {} : { plan: toPlan(edition, licence?.users_license_purchased ?? 0) }),
    ...(pages === undefined ? {} : { uiUrl: `${pages}/crm/org${zgid}` }),
  };
}

export type Org = Readonly<{
  /** Asks Zoho whose org we are signed in to; refuses any but the one this integration was connected to. */
  identify(session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>>;
  /** The same, once for this connector: nothing is written to an org that was not identified. */
  verify(session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>>;
  /** The org's country, two letters, for numbers without a country code; known once it was identified. */
  country(): string | undefined;
}>;

/** `expected`: the account as connected, or null while connecting. */
export function createOrg(expected: CrmAccount | null, client: () => Client, address: Address): Org {
  let verified: CrmAccount | null = null;
  let country: string | undefined;

  const identify: Org["identify"] = async (session) => {
    verified = null;
    const reply = await client().call(session, {
      method: "GET",
      path: crmPath("org"),
      kind: "read",
      subject: "other",
      schema: orgAnswer,
      aboutAccount: true,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const [row] = reply.value.value.org;
    if (row === undefined) throw new Error("the schema wants one org");
    const account = toAccount(row, address);
    if (expected !== null && expected.accountId !== account.accountId) return refuseOther(expected, account);
    country = row.country_code ?? undefined;
    verified = account;
    return { ok: true, value: account };
  };

  return {
    identify,
    verify: async (session) => (verified === null ? identify(session) : { ok: true, value: verified }),
    country: () => country,
  };
}

function refuseOther(expected: CrmAccount, account: CrmAccount): Outcome<never, ConnectorFault> {
  const message = `The credential belongs to ${account.name} (${account.accountId}), but this integration was connected to ${expected.name} (${expected.accountId}). Nothing is written.`;
  return {
    ok: false,
    fault: { kind: "blocked", reason: "auth_revoked", answer: toAnswer({ code: "OTHER_ORG", message }) },
  };
}
