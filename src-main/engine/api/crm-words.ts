import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType, Integration } from "../../../src-shared/domain/integration.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts, CrmKnowledge } from "./api-parts.ts";

/** The CRM and its address, for sentences. */
export const addressOf = (integration: Integration, knowledge: CrmKnowledge): string =>
  `${crmNames[integration.crm]} at ${new URL(integration.baseUrl ?? knowledge.baseUrl).host}`;

/** A CRM that this version has no connector for. */
export function unsupported({ crms }: Pick<ApiParts, "crms">, crm: CrmType) {
  const known = Object.keys(crms).join(", ");
  return fault("bad_input", `${crmNames[crm]} cannot be connected yet in this version. It knows: ${known}.`);
}
