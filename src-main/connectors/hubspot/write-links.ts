import { linkStep } from "../../../src-shared/domain/step.ts";
import { z } from "zod";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { findGoneTargets } from "./link-targets.ts";
import { objectsPath, segment } from "./wire.ts";

const linkAnswer = z.looseObject({ results: z.array(z.unknown()).optional() });

/** Links a call record to one more record; repeating it changes nothing. */
async function makeLink(client: Client, session: CrmSession, item: WriteItem, recordId: string, link: Link) {
  const target = `${segment(link.object)}/${segment(link.id)}`;
  const reply = await client.call(session, {
    method: "PUT",
    path: objectsPath("calls", `/${segment(recordId)}/associations/default/${target}`),
    kind: "write",
    subject: "call",
    schema: linkAnswer,
    intents: [{ key: item.key, step: linkStep(link) }],
  });
  return reply.ok ? null : explain(client, session, link, reply.fault.fault);
}

/** "Not found" may mean either side of the link: a read of the target tells which. */
async function explain(
  client: Client,
  session: CrmSession,
  link: Link,
  fault: ConnectorFault,
): Promise<ConnectorFault> {
  const isDoubtful = fault.kind === "rejected" && ["record_deleted", "value_rejected"].includes(fault.reason);
  if (!isDoubtful) return fault;
  const gone = await findGoneTargets(client, session, [link]);
  // Nothing was learnt from the read. It is repeated with the link, which is safe to send again.
  if (!gone.ok) return gone.fault;
  return gone.value.has(linkStep(link)) ? { ...fault, reason: "person_deleted" } : fault;
}

/** Makes the links of one item that are left, one by one, and keeps those that are done when one fails. */
export async function writeLinks(
  client: Client,
  session: CrmSession,
  item: WriteItem,
  recordId: string,
  done: readonly StepName[],
): Promise<WriteOutcome> {
  const made: StepName[] = [...done];
  for (const link of item.links) {
    const fault = await makeLink(client, session, item, recordId, link);
    if (fault !== null)
      return { done: made, remoteId: recordId, fault, ...("answer" in fault ? { answer: fault.answer } : {}) };
    made.push(linkStep(link));
  }
  return { done: made, remoteId: recordId, fault: null };
}
