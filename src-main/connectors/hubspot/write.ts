import { linkStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import {
  chunk,
  failAll,
  findMissingKey,
  findMissingPart,
  ourMistake,
  setAsideUnfit,
  stopsAll,
} from "../http/write-outcomes.ts";
import type { Portal } from "./portal.ts";
import { batchMax, callAssociationTypes } from "./wire.ts";
import { createRecords, updateRecords, type WriteParts } from "./write-batch.ts";
import { linkTogether, type OpenLink, takeLinksAway, writeLinks } from "./write-links.ts";

export type WriterParts = WriteParts & Readonly<{ portal: Portal }>;
type Outcomes = Map<string, WriteOutcome>;

/** What makes an item unfit to be sent, or null. */
function findFlaw({ keyProperty }: WriterParts, item: WriteItem): ConnectorFault | null {
  const strange = item.links.find(({ object }) => !Object.hasOwn(callAssociationTypes, object));
  if (strange !== undefined) return ourMistake(`HubSpot links calls to no ${strange.object}.`);
  return findMissingPart(item) ?? findMissingKey(item, keyProperty);
}

/** Writes records and links; every item gets an outcome under its key. Throws when two items share a key: a bug. */
export async function write(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<ReadonlyMap<string, WriteOutcome>> {
  const { fit, outcomes } = setAsideUnfit(items, (item) => findFlaw(parts, item));
  if (fit.length === 0) return outcomes;
  const portal = await parts.portal.verify(session);
  if (!portal.ok) return new Map([...outcomes, ...failAll(fit, portal.fault)]);
  await writeRecords(parts, session, fit, outcomes);
  await writeAllLinks(parts, session, fit, outcomes);
  return outcomes;
}

type BatchSender = typeof createRecords;

async function writeRecords(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
  outcomes: Outcomes,
): Promise<void> {
  const jobs: readonly (readonly [WriteItem["operation"], BatchSender])[] = [
    ["create", createRecords],
    ["update", updateRecords],
  ];
  let stop: ConnectorFault | null = null;
  for (const [operation, send] of jobs) {
    const wanted = items.filter((item) => item.operation === operation);
    for (const batch of chunk(wanted, batchMax)) {
      const results: ReadonlyMap<string, WriteOutcome> =
        stop === null ? await send(parts, session, batch) : failAll(batch, stop);
      for (const [key, outcome] of results) {
        outcomes.set(key, outcome);
        if (outcome.fault !== null && stopsAll(outcome.fault)) stop = outcome.fault;
      }
    }
  }
}

/** Links of updates and of records that only lack links; a created record has its links already. */
async function writeAllLinks(
  { client }: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
  outcomes: Outcomes,
): Promise<void> {
  const open = items.flatMap((item) => toOpenLinks(item, outcomes));
  const together = await linkTogether(client, session, open);
  let stop = together.fault;
  for (const item of items) {
    const { remoteId, operation } = item;
    if (operation === "create" || remoteId === null || hasFailed(item, outcomes)) continue;
    const mine = open.filter((each) => each.item === item);
    const made = mine.flatMap((each) => (together.made.has(each) ? [linkStep(each.link)] : []));
    const done = [...(outcomes.get(item.key)?.done ?? []), ...made];
    const left = mine.filter((each) => !together.made.has(each)).map(({ link }) => link);
    const before = outcomes.get(item.key) ?? { done, remoteId, fault: null };
    const outcome: WriteOutcome =
      left.length === 0
        ? { ...before, done }
        : stop === null
          ? await writeLinks(client, session, { ...item, links: left }, remoteId, done)
          : { done, remoteId, fault: stop };
    const taken = outcome.fault === null && stop === null ? await takeLinksAway(client, session, item, remoteId) : null;
    const fault = outcome.fault ?? taken ?? ((item.unlinks ?? []).length > 0 ? stop : null);
    outcomes.set(item.key, { ...outcome, fault });
    if (fault !== null && stopsAll(fault)) stop = fault;
  }
}

const hasFailed = ({ key }: WriteItem, outcomes: Outcomes): boolean => (outcomes.get(key)?.fault ?? null) !== null;

function toOpenLinks(item: WriteItem, outcomes: Outcomes): readonly OpenLink[] {
  const { remoteId } = item;
  if (item.operation === "create" || remoteId === null || hasFailed(item, outcomes)) return [];
  return item.links.map((link) => ({ item, recordId: remoteId, link }));
}
