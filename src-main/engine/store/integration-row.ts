import { type Integration, crmAccount, secretSource } from "../../../src-shared/domain/integration.ts";
import { fromJson, textMap } from "./json-column.ts";

/** An integration as stored. */
export type IntegrationRow = Omit<Integration, "account" | "secret" | "settings"> &
  Readonly<{ account: string | null; secret: string; settings: string }>;

/** Column list and tables of an `IntegrationRow`; a WHERE clause follows. */
export const integrationColumns = `i.id, t.slug AS tenant, i.crm, i.label, i.base_url AS baseUrl, i.account, i.state,
  i.blocked_reason AS blockedReason, i.blocked_detail AS blockedDetail, i.rest_until AS restUntil, i.secret, i.unknown_caller AS unknownCaller, i.since,
  i.contract, i.settings, i.created_at AS createdAt FROM integration i JOIN tenant t ON t.id = i.tenant_id`;

export function toIntegration(row: IntegrationRow): Integration {
  return {
    ...row,
    account: row.account === null ? null : fromJson(crmAccount, row.account),
    secret: fromJson(secretSource, row.secret),
    settings: fromJson(textMap, row.settings),
  };
}
