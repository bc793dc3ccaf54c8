import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { apiPath, costs, segment } from "./wire.ts";

const record = z.looseObject({
  success: z.literal(true),
  data: z.looseObject({ id: z.number(), is_deleted: z.boolean().optional().catch(undefined) }),
});

/** Which of these records are gone: deleted (also softly), purged, merged away, or hidden from us. */
export async function findGoneTargets(
  client: Client,
  session: CrmSession,
  links: readonly Link[],
): Promise<Outcome<readonly Link[], ConnectorFault>> {
  const gone: Link[] = [];
  for (const link of links) {
    const reply = await client.call(session, {
      method: "GET",
      path: apiPath(`${segment(link.object)}/${segment(link.id)}`),
      kind: "read",
      subject: "linked",
      schema: record,
      cost: costs.readOne,
    });
    if (reply.ok) {
      if (reply.value.value.data.is_deleted === true) gone.push(link);
      continue;
    }
    const { fault } = reply.fault;
    if (fault.kind !== "rejected" || fault.reason !== "person_deleted") return { ok: false, fault };
    gone.push(link);
  }
  return { ok: true, value: gone };
}

/** Refusals that may be about what a call is linked to, whatever the vendor calls them. */
const doubtful: ReadonlySet<string> = new Set([
  "value_rejected",
  "our_bug",
  "unknown",
  "person_deleted",
  "record_deleted",
]);

/**
 * The vendor has no code of its own for a link to a deleted record: a read of the targets tells. `notFound`: what a 404
 * means where no target is gone.
 */
export async function explainTargets(
  client: Client,
  session: CrmSession,
  links: readonly Link[],
  fault: ConnectorFault,
): Promise<ConnectorFault> {
  if (fault.kind !== "rejected" || !doubtful.has(fault.reason) || links.length === 0) return fault;
  const gone = await findGoneTargets(client, session, links);
  // Where the read taught us nothing, the refusal stands as it is.
  if (!gone.ok) return fault;
  const [first] = gone.value;
  if (first !== undefined) return { ...fault, reason: "person_deleted" };
  return fault.reason === "person_deleted" ? { ...fault, reason: "unknown" } : fault;
}
