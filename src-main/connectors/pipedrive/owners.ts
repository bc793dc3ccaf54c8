import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { costs, oldPath } from "./wire.ts";

const users = z.looseObject({
  success: z.literal(true),
  data: z.array(
    z.looseObject({
      id: z.number(),
      name: z.string().nullish().catch(null),
      email: z.string().nullish().catch(null),
      active_flag: z.boolean().optional().catch(undefined),
      is_deleted: z.boolean().optional().catch(undefined),
    }),
  ),
});

export type Owner = Readonly<{ id: string; name: string; email: string | null }>;
const orNull = (text: string | null | undefined): string | null => (text === undefined || text === "" ? null : text);

/** Everybody who can own a record: active users. */
export async function listOwners(
  client: Client,
  session: CrmSession,
): Promise<Outcome<readonly Owner[], ConnectorFault>> {
  const reply = await client.call(session, {
    method: "GET",
    path: oldPath("users"),
    kind: "read",
    subject: "other",
    schema: users,
    aboutAccount: true,
    cost: costs.oldList,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  const active = reply.value.value.data.filter((user) => user.active_flag !== false && user.is_deleted !== true);
  return {
    ok: true,
    value: active.map(({ id, name, email }) => ({
      id: String(id),
      name: orNull(name) ?? orNull(email) ?? String(id),
      email: orNull(email),
    })),
  };
}
