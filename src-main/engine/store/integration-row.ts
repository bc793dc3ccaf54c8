import { type Integration, crmAccount, secretSource } from "../../../src-shared/domain/integration.ts";
import { fromJson, textMap } from "./json-column.ts";

/** An integration as stored. */
export type IntegrationRow = Omit<Integration, "account" | "secret" | "settings"> &
  Readonly<{ account: string | null; secret: string; settings: string }>;

/** Column list and tables of an `IntegrationRow`; a WHERE clause follows. */
export const integrationColumns = `i.id, t.slug AS tenant, i.crm, i.label, i.base_url AS baseUrl, i.account, i.state,
  i.blocked_reason AS blockedReason, i.blocked_detail AS blockedDetail, i.rest_until AS restUntil, i.secret, i.unknown_caller AS unknownCaller, i.since,
  i.contract, i.settings, i.created_at AS createdAt FROM integration i JOIN tenant t ON t.id = i.tenant_id`;

type Texts = Pick<IntegrationRow, "account" | "secret" | "settings">;
type Parsed = Pick<Integration, keyof Texts>;

const parse = ({ account, secret, settings }: Texts): Parsed => ({
  account: account === null ? null : fromJson(crmAccount, account),
  secret: fromJson(secretSource, secret),
  settings: fromJson(textMap, settings),
});

/** Reads rows. Every batch asks for its integration, whose texts hardly ever change: the same ones are not read again. */
export function createIntegrationReader(): (row: IntegrationRow) => Integration {
  const known = new Map<number, Readonly<{ texts: Texts; parsed: Parsed }>>();
  return (row) => {
    const { account, secret, settings } = row;
    const last = known.get(row.id);
    const isKnown = last?.texts.account === account && last.texts.secret === secret && last.texts.settings === settings;
    const parsed = isKnown ? last.parsed : parse(row);
    if (!isKnown) known.set(row.id, { texts: { account, secret, settings }, parsed });
    return { ...row, ...parsed };
  };
}
