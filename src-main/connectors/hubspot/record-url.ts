import type { CrmAccount } from "../../../src-shared/domain/integration.ts";

/** HubSpot's type ids of objects, as its pages name them. */
const typeIds: Readonly<Record<string, string>> = { contacts: "0-1", companies: "0-2", deals: "0-3", calls: "0-48" };

/** The page of a record in HubSpot, or null where we do not know the portal's address or the object. */
export function toRecordUrl(account: CrmAccount | null, object: string, id: string): string | null {
  const typeId = Object.hasOwn(typeIds, object) ? typeIds[object] : undefined;
  if (account?.uiUrl === undefined || typeId === undefined) return null;
  return `${account.uiUrl}/contacts/${encodeURIComponent(account.accountId)}/record/${typeId}/${encodeURIComponent(id)}`;
}
