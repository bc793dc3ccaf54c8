import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { costs, oldPath } from "./wire.ts";

const types = z.looseObject({
  success: z.literal(true),
  data: z.array(
    z.looseObject({
      key_string: z.string(),
      name: z.string().optional().catch(undefined),
      active_flag: z.boolean().optional().catch(undefined),
    }),
  ),
});

export type ActivityType = z.infer<typeof types>["data"][number];

/** The kinds of activity that can be written; accounts rename and disable them. */
export async function listActiveTypes(
  client: Client,
  session: CrmSession,
): Promise<Outcome<readonly ActivityType[], ConnectorFault>> {
  const reply = await client.call(session, {
    method: "GET",
    path: oldPath("activityTypes"),
    kind: "read",
    subject: "other",
    schema: types,
    aboutAccount: true,
    cost: costs.oldList,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  return { ok: true, value: reply.value.value.data.filter((type) => type.active_flag !== false) };
}

/** Whether the account has the kind of activity that calls are written as. */
export async function findCallType(
  client: Client,
  session: CrmSession,
  wanted: string,
): Promise<Outcome<string, ConnectorFault>> {
  const listed = await listActiveTypes(client, session);
  return listed.ok ? pickCallType(listed.value, wanted) : listed;
}

/** The same where the kinds are known: the name of the one that is wanted. */
export function pickCallType(active: readonly ActivityType[], wanted: string): Outcome<string, ConnectorFault> {
  const found = active.find((type) => type.key_string === wanted);
  if (found !== undefined) return { ok: true, value: found.name ?? wanted };
  const message = `The account has no active activity type "${wanted}". Activate it, or name another one; there is ${active.map((type) => type.key_string).join(", ") || "none"}.`;
  return {
    ok: false,
    fault: { kind: "blocked", reason: "setup_missing", answer: toAnswer({ code: "ACTIVITY_TYPE", message }) },
  };
}
