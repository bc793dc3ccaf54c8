import { linkStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Portal } from "./portal.ts";
import { batchMax, callAssociationTypes } from "./wire.ts";
import { createRecords, failAll, failed, updateRecords, type WriteParts } from "./write-batch.ts";
import { linkTogether, type OpenLink, takeLinksAway, writeLinks } from "./write-links.ts";

export type WriterParts = WriteParts & Readonly<{ portal: Portal }>;
type Outcomes = Map<string, WriteOutcome>;

/** After such a fault nothing more is sent: the next request would meet the same. */
const stopsAll = (fault: ConnectorFault): boolean =>
  fault.kind === "blocked" ||
  fault.kind === "rate_limited" ||
  fault.kind === "paced" ||
  (fault.kind === "transient" && fault.proof === "never_left");

const ourMistake = (message: string, field?: string): ConnectorFault => ({
  kind: "rejected",
  reason: field === undefined ? "our_bug" : "mapping_error",
  ...(field === undefined ? {} : { field }),
  answer: toAnswer({ message }),
});

/** What makes an item unfit to be sent, or null. */
function findFlaw({ keyProperty }: WriterParts, item: WriteItem): ConnectorFault | null {
  const strange = item.links.find(({ object }) => !Object.hasOwn(callAssociationTypes, object));
  if (strange !== undefined) return ourMistake(`HubSpot links calls to no ${strange.object}.`);
  if (item.operation !== "create" && item.remoteId === null) return ourMistake("The record's id is not known.");
  if (item.operation !== "link" && item.body === null) return ourMistake("There is no body to write.");
  const hasKey = item.body !== null && Object.hasOwn(item.body, keyProperty) && item.body[keyProperty] === item.key;
  if (item.operation === "create" && !hasKey)
    return ourMistake(
      `The field contract must write the key to ${keyProperty}; without it a call could be written twice.`,
      keyProperty,
    );
  return null;
}

/** Writes records and links; every item gets an outcome under its key. Throws when two items share a key: a bug. */
export async function write(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<ReadonlyMap<string, WriteOutcome>> {
  if (new Set(items.map(({ key }) => key)).size !== items.length) throw new Error("two items of a write share a key");
  const outcomes: Outcomes = new Map();
  const fit: WriteItem[] = [];
  for (const item of items) {
    const flaw = findFlaw(parts, item);
    if (flaw === null) fit.push(item);
    else outcomes.set(item.key, failed(item, flaw));
  }
  if (fit.length === 0) return outcomes;
  const portal = await parts.portal.verify(session);
  if (!portal.ok) return new Map([...outcomes, ...failAll(fit, portal.fault)]);
  await writeRecords(parts, session, fit, outcomes);
  await writeAllLinks(parts, session, fit, outcomes);
  return outcomes;
}

type BatchSender = typeof createRecords;

function* chunk<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

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
