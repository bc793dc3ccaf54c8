import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { crmPath } from "./wire.ts";

const text = z.string().nullish().catch(null);
const usersPage = z.looseObject({
  users: z.array(z.looseObject({ id: z.string().min(1), full_name: text, email: text, status: text })),
  info: z.looseObject({ more_records: z.boolean().optional().catch(undefined) }).optional(),
});
type User = z.infer<typeof usersPage>["users"][number];

export type Owner = Readonly<{ id: string; name: string; email: string | null }>;

const perPage = 200;
/** More users than any edition has: a list that never ends is not followed for ever. */
const maxPages = 100;

function toOwner({ id, full_name: name, email }: User): Owner {
  const address = typeof email === "string" && email !== "" ? email : null;
  return { id, name: typeof name === "string" && name !== "" ? name : (address ?? id), email: address };
}

/** Everybody who can own a record: active users only, as Zoho refuses the others. */
export async function listOwners(
  client: Client,
  session: CrmSession,
): Promise<Outcome<readonly Owner[], ConnectorFault>> {
  const owners: Owner[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const search = new URLSearchParams({ type: "ActiveUsers", page: String(page), per_page: String(perPage) });
    const reply = await client.call(session, {
      method: "GET",
      path: crmPath(`users?${search.toString()}`),
      kind: "read",
      subject: "other",
      schema: usersPage,
      aboutAccount: true,
      empty: { users: [] },
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { users, info } = reply.value.value;
    owners.push(...users.filter(({ status }) => status !== "inactive").map(toOwner));
    if (info?.more_records !== true || users.length === 0) break;
  }
  return { ok: true, value: owners };
}
