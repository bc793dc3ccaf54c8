import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import { isLinkObject, linkObjects } from "./wire.ts";

/** The page of a person, an organization or a deal. Activities have no page of their own: they open on those. */
export function toRecordUrl(account: CrmAccount | null, object: string, id: string): string | null {
  if (account?.uiUrl === undefined || !isLinkObject(object)) return null;
  return `${account.uiUrl}/${linkObjects[object]}/${encodeURIComponent(id)}`;
}
