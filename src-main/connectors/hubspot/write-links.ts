import { linkStep } from "../../../src-shared/domain/step.ts";
import { z } from "zod";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { findGoneTargets } from "./link-targets.ts";
import { associationsPath, batchMax, objectsPath, segment } from "./wire.ts";

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

/** A link that is still to be made for a record that is there. */
export type OpenLink = Readonly<{ item: WriteItem; recordId: string; link: Link }>;

/** Below this many, links are made one by one, which tells most about a refusal. */
const togetherFrom = 3;

const ends = z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) });
const linksAnswer = z.looseObject({ results: z.array(z.looseObject({ from: ends, to: ends })) });

/** What is certain after the links of many records were sent at once; `fault` where the request as a whole got no good answer. */
export type LinkedTogether = Readonly<{ made: ReadonlySet<OpenLink>; fault: ConnectorFault | null }>;

/**
 * Makes links of many records in one request for each object. Those that HubSpot does not confirm one by one are left to
 * be made alone: a refusal then says which side is gone.
 */
export async function linkTogether(
  client: Client,
  session: CrmSession,
  open: readonly OpenLink[],
): Promise<LinkedTogether> {
  const made = new Set<OpenLink>();
  for (const object of new Set(open.map(({ link }) => link.object))) {
    const wanted = open.filter(({ link }) => link.object === object);
    for (let from = 0; from < wanted.length; from += batchMax) {
      const asked = wanted.slice(from, from + batchMax);
      if (asked.length < togetherFrom) continue;
      const reply = await client.call(session, {
        method: "POST",
        path: associationsPath("calls", `/${segment(object)}/batch/associate/default`),
        body: { inputs: asked.map(({ recordId, link }) => ({ from: { id: recordId }, to: { id: link.id } })) },
        kind: "write",
        subject: "call",
        schema: linksAnswer,
        intents: asked.map(({ item, link }) => ({ key: item.key, step: linkStep(link) })),
        records: asked.length,
      });
      if (!reply.ok && !isForOne(reply.fault.fault)) return { made, fault: reply.fault.fault };
      const rows = reply.ok ? reply.value.value.results : [];
      const confirmed = new Set(rows.map((row) => `${row.from.id}>${row.to.id}`));
      for (const each of asked) if (confirmed.has(`${each.recordId}>${each.link.id}`)) made.add(each);
    }
  }
  return { made, fault: null };
}

/** Whether a refusal of many may be about one of them. */
const isForOne = ({ kind }: ConnectorFault): boolean =>
  kind === "rejected" || kind === "batch_too_large" || kind === "already_written";

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

/** Takes away links that we made; one that is gone already is no matter. Null, or the first fault. */
export async function takeLinksAway(
  client: Client,
  session: CrmSession,
  item: WriteItem,
  recordId: string,
): Promise<ConnectorFault | null> {
  for (const link of item.unlinks ?? []) {
    const target = `${segment(link.object)}/${segment(link.id)}`;
    const reply = await client.call(session, {
      method: "DELETE",
      path: objectsPath("calls", `/${segment(recordId)}/associations/${target}`),
      kind: "write",
      subject: "call",
      schema: z.unknown(),
      intents: [{ key: item.key, step: linkStep(link) }],
    });
    if (!reply.ok) return reply.fault.fault;
  }
  return null;
}
