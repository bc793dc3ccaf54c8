import type { CrmAccount } from "../../../src-shared/domain/integration.ts";

const objects: ReadonlySet<string> = new Set(["Task", "Contact", "Lead", "Account", "Opportunity"]);

/** The page of a record, or null where we do not know the org's address or the object. The org's own host leads on to its current user interface. */
export function toRecordUrl(account: CrmAccount | null, object: string, id: string): string | null {
  if (account?.uiUrl === undefined || !objects.has(object)) return null;
  return `${account.uiUrl}/${encodeURIComponent(id)}`;
}
