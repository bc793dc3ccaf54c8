import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { type Activity, activityAnswer } from "./activity.ts";
import { explainTargets } from "./link-targets.ts";
import { readActivity } from "./probe.ts";
import { apiPath, costs, segment } from "./wire.ts";
import { failed } from "../http/write-outcomes.ts";
import { toWireBody } from "./write-item.ts";
import type { WriterParts } from "./write-create.ts";

/** Changes a call by its id, then makes the links that are left. A call that is gone is told and never re-created. */
export async function updateCall(parts: WriterParts, session: CrmSession, item: WriteItem): Promise<WriteOutcome> {
  const { remoteId } = item;
  if (remoteId === null) return failed(item, noId);
  const done: StepName[] = [];
  if (item.operation === "update") {
    const reply = await patch(parts, session, item, remoteId, toWireBody(item), [recordStep]);
    if (!reply.ok) return failed(item, reply.fault);
    done.push(recordStep);
  }
  if (item.links.length === 0 && (item.unlinks ?? []).length === 0) return { done, remoteId, fault: null };
  const linked = await makeLinks(parts, session, item, remoteId);
  if (linked !== null) return failed(item, linked, done);
  return { done: [...done, ...item.links.map(linkStep)], remoteId, fault: null };
}

const noId: ConnectorFault = {
  kind: "rejected",
  reason: "our_bug",
  answer: toAnswer({ message: "The record's id is not known." }),
};

async function patch(
  { client }: WriterParts,
  session: CrmSession,
  item: WriteItem,
  remoteId: string,
  body: Readonly<Record<string, unknown>>,
  steps: readonly StepName[],
) {
  const reply = await client.call(session, {
    method: "PATCH",
    path: apiPath(`activities/${segment(remoteId)}`),
    body,
    kind: "write",
    subject: "call",
    schema: activityAnswer,
    cost: costs.write,
    intents: steps.map((step) => ({ key: item.key, step })),
  });
  if (reply.ok) return { ok: true as const };
  return { ok: false as const, fault: reply.fault.fault, status: reply.fault.status };
}

/**
 * Participants are replaced as a whole, so they are read first and only added to. An organization or a deal that
 * somebody chose stays.
 */
async function makeLinks(
  parts: WriterParts,
  session: CrmSession,
  item: WriteItem,
  remoteId: string,
): Promise<ConnectorFault | null> {
  const read = await readActivity(parts.client, session, remoteId);
  if (!read.ok) return read.fault;
  if (read.value.is_deleted === true) return recordGone;
  const missing = toMissingLinks(read.value, item);
  if (Object.keys(missing).length === 0) return null;
  const reply = await patch(parts, session, item, remoteId, missing, item.links.map(linkStep));
  return reply.ok ? null : explainTargets(parts.client, session, item.links, reply.fault);
}

const recordGone: ConnectorFault = {
  kind: "rejected",
  reason: "record_deleted",
  answer: toAnswer({ message: "The call's activity was deleted." }),
};

const isBlank = (id: number | null | undefined): boolean => id === null || id === undefined;

/** A link which we made and which holds no more counts as not there. */
function toMissingLinks(
  found: Activity,
  { links, unlinks = [] }: Pick<WriteItem, "links" | "unlinks">,
): Readonly<Record<string, unknown>> {
  const isOutdated = (object: string, id: number | null | undefined): boolean =>
    unlinks.some((link) => link.object === object && link.id === String(id));
  const all = found.participants ?? [];
  const held = all.filter(({ person_id: id }) => !isOutdated("persons", id));
  const added = links
    .filter(({ object, id }) => object === "persons" && !held.some((one) => String(one.person_id) === id))
    .map(({ id }) => Number(id));
  const kept = held.map(({ person_id: id, primary }) => ({ person_id: id, primary: primary === true }));
  const isFirst = !kept.some(({ primary }) => primary);
  const fresh = added.map((id, position) => ({ person_id: id, primary: isFirst && position === 0 }));
  const find = (object: string): number | undefined => {
    const link = links.find((one) => one.object === object);
    return link === undefined ? undefined : Number(link.id);
  };
  /** The link that belongs there, null to empty it, undefined to leave it. */
  const place = (object: string, id: number | null | undefined): number | null | undefined =>
    isOutdated(object, id) ? (find(object) ?? null) : isBlank(id) ? find(object) : undefined;
  const organization = place("organizations", found.org_id);
  const deal = place("deals", found.deal_id);
  return {
    ...(fresh.length === 0 && held.length === all.length ? {} : { participants: [...kept, ...fresh] }),
    ...(organization === undefined ? {} : { org_id: organization }),
    ...(deal === undefined ? {} : { deal_id: deal }),
  };
}
