import type { CrmAccount } from "../../../src-shared/domain/integration.ts";

/** Zoho's pages name deals by an older word. */
const tabs: Readonly<Record<string, string>> = {
  Contacts: "Contacts",
  Leads: "Leads",
  Accounts: "Accounts",
  Deals: "Potentials",
  Calls: "Calls",
};

/** The page of a record in Zoho, or null where we do not know the org's address or the module. */
export function toRecordUrl(account: CrmAccount | null, object: string, id: string): string | null {
  const tab = Object.hasOwn(tabs, object) ? tabs[object] : undefined;
  return account?.uiUrl === undefined || tab === undefined
    ? null
    : `${account.uiUrl}/tab/${tab}/${encodeURIComponent(id)}`;
}
