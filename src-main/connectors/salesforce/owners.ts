import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { queryAllPages, textOf } from "./query.ts";

export type Owner = Readonly<{ id: string; name: string; email: string | null }>;

const soql = "SELECT Id, Name, Email FROM User WHERE IsActive = true AND UserType = 'Standard'";

/** Every active user: only they can own a task. */
export async function listOwners(
  client: Client,
  session: CrmSession,
): Promise<Outcome<readonly Owner[], ConnectorFault>> {
  const found = await queryAllPages(client, session, { soql });
  if (!found.ok) return { ok: false, fault: found.fault.fault };
  const owners = found.value.map((user) => ({
    id: user.Id,
    name: textOf(user, "Name") ?? user.Id,
    email: textOf(user, "Email"),
  }));
  return { ok: true, value: owners };
}
