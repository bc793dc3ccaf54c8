import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { toUiUrl } from "./instance.ts";
import { isSameId, queryPath, userInfoPath } from "./wire.ts";

const text = z.string().nullish().catch(undefined);
const organization = z.looseObject({
  Id: z.string(),
  Name: text,
  OrganizationType: text,
  TimeZoneSidKey: text,
  IsSandbox: z.boolean().optional().catch(undefined),
});
const answer = z.looseObject({ records: z.array(organization).min(1) });
export const organizationPath = queryPath(
  "SELECT Id, Name, OrganizationType, TimeZoneSidKey, IsSandbox FROM Organization",
);

const userInfo = z.looseObject({ urls: z.looseObject({ rest: z.string() }) });

function toAccount(found: z.infer<typeof organization>, uiUrl: string | undefined): CrmAccount {
  const { Id, Name, OrganizationType, TimeZoneSidKey, IsSandbox } = found;
  const name = Name === null || Name === undefined || Name === "" ? `Salesforce org ${Id}` : Name;
  return {
    accountId: Id,
    name: IsSandbox === true ? `${name} (sandbox)` : name,
    ...(typeof TimeZoneSidKey === "string" ? { timeZone: TimeZoneSidKey } : {}),
    ...(typeof OrganizationType === "string" ? { plan: OrganizationType } : {}),
    ...(uiUrl === undefined ? {} : { uiUrl }),
  };
}

export type Organization = Readonly<{
  /** Asks which org we are signed in to; refuses any but the one this integration was connected to. */
  identify(session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>>;
  /** The same, once for this connector: nothing is written to an org that was not identified. */
  verify(session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>>;
}>;

/** `expected`: the org as connected, or null while connecting. */
export function createOrganization(expected: CrmAccount | null, client: () => Client): Organization {
  let verified: CrmAccount | null = null;

  /** The org's own address, for links. The sign-in may not allow this question; then there are no links. */
  const findUiUrl = async (session: CrmSession): Promise<string | undefined> => {
    const reply = await client().call(session, {
      method: "GET",
      path: userInfoPath,
      kind: "read",
      subject: "other",
      schema: userInfo,
      aboutAccount: true,
    });
    return reply.ok ? toUiUrl(reply.value.value.urls.rest.replaceAll(/[{}]/g, "")) : undefined;
  };

  const identify: Organization["identify"] = async (session) => {
    verified = null;
    const reply = await client().call(session, {
      method: "GET",
      path: organizationPath,
      kind: "read",
      subject: "other",
      schema: answer,
      aboutAccount: true,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const [found] = reply.value.value.records;
    if (found === undefined) throw new Error("an answer that was checked to name an org names none");
    if (expected !== null && !isSameId(expected.accountId, found.Id)) return refuseOther(expected, found);
    const known = toUiUrl(reply.value.origin) ?? expected?.uiUrl;
    const uiUrl = expected === null ? (known ?? (await findUiUrl(session))) : known;
    const account = toAccount(found, uiUrl);
    verified = account;
    return { ok: true, value: account };
  };

  return {
    identify,
    verify: async (session) => (verified === null ? identify(session) : { ok: true, value: verified }),
  };
}

function refuseOther(expected: CrmAccount, found: z.infer<typeof organization>): Outcome<never, ConnectorFault> {
  const message = `The credential signs in to ${found.Name ?? "another org"} (${found.Id}), but this integration was connected to ${expected.name} (${expected.accountId}). Nothing is written.`;
  return {
    ok: false,
    fault: { kind: "blocked", reason: "auth_revoked", answer: toAnswer({ code: "OTHER_ORG", message }) },
  };
}
