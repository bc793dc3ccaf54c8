import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { failed, findMissingPart, ourMistake, setAsideUnfit, stopsAll } from "../http/write-outcomes.ts";
import { isWritableField, toWireValue } from "./activity.ts";
import { isCallLogField } from "./call-logs.ts";
import { isWall, toWallFault } from "./faults.ts";
import { readMarkers } from "./marker.ts";
import { createCall, type WriterParts } from "./write-create.ts";
import { updateCall } from "./write-update.ts";
import { isLinkObject } from "./wire.ts";

/** As everywhere, and the wall; Pipedrive writes one by one, so a read that fails before a write stops the others, too. */
const endsAll = (fault: ConnectorFault): boolean =>
  stopsAll(fault) || isWall(fault) || (fault.kind === "transient" && fault.proof === "read_only");

/** What the calls after it get: those behind the wall were not sent at all. */
const toFollowing = (fault: ConnectorFault): ConnectorFault =>
  isWall(fault) && "answer" in fault ? toWallFault("read", fault.answer) : fault;

/** What makes an item unfit to be sent, or null. */
function findFlaw(item: WriteItem): ConnectorFault | null {
  const strange = item.links.find(({ object, id }) => !isLinkObject(object) || !/^\d{1,15}$/.test(id));
  if (strange !== undefined) return ourMistake(`Pipedrive links calls to no ${strange.object} ${strange.id}.`);
  for (const object of ["organizations", "deals"])
    if (item.links.filter((link) => link.object === object).length > 1)
      return ourMistake(`Pipedrive links a call to one of the ${object} only.`);
  const missing = findMissingPart(item);
  if (missing !== null) return missing;
  for (const [field, text] of Object.entries(item.body ?? {})) {
    if (isCallLogField(field)) continue;
    if (!isWritableField(field))
      return ourMistake(`Pipedrive's calls have no field ${field} that can be written.`, field);
    if (toWireValue(field, text) === undefined) return ourMistake(`"${text}" is no value for ${field}.`, field);
  }
  if (item.operation === "create" && !readMarkers(item.body?.["note"]).includes(item.key))
    return ourMistake(
      "The field contract must write ref:{key} into the note; without it a call could be written twice.",
      "note",
    );
  return null;
}

/** When the oldest of these calls began, epoch ms; null where one of them does not tell. */
function oldestStart(items: readonly WriteItem[]): number | null {
  const starts = items.map(({ body }) => Date.parse(`${body?.["due_date"] ?? ""}T${body?.["due_time"] ?? "00:00"}Z`));
  const oldest = Math.min(...starts);
  return Number.isNaN(oldest) ? null : oldest;
}

/** Writes calls one by one: Pipedrive has no batches. Every item gets an outcome under its key. Throws when two items share a key: a bug. */
export async function write(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<ReadonlyMap<string, WriteOutcome>> {
  const { fit, outcomes } = setAsideUnfit(items, findFlaw);
  if (fit.length === 0) return outcomes;
  let stop = await prepare(parts, session, fit);
  for (const item of fit) {
    if (stop !== null) {
      outcomes.set(item.key, failed(item, toFollowing(stop)));
      continue;
    }
    const send = item.operation === "create" ? createCall : updateCall;
    const outcome = await send(parts, session, item);
    outcomes.set(item.key, outcome);
    if (outcome.fault !== null && endsAll(outcome.fault)) stop = outcome.fault;
  }
  return outcomes;
}

/** The company is the right one, and what may be there already is known; or why nothing can be sent. */
async function prepare(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<ConnectorFault | null> {
  const identity = await parts.company.verify(session);
  if (!identity.ok) return identity.fault;
  const creates = items.filter(({ operation, key }) => operation === "create" && parts.keyMap.find(key) === undefined);
  if (creates.length === 0) return null;
  return parts.keyMap.cover(session, oldestStart(creates), identity.value.userId);
}
