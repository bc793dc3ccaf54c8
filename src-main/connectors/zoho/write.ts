import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { insertCalls } from "./insert.ts";
import type { Org } from "./org.ts";
import { linkCalls, updateCalls } from "./update.ts";
import { failAll, failed, type Outcomes, type WriteParts } from "./write-batch.ts";
import { batchMax, linkModules } from "./wire.ts";

export type WriterParts = WriteParts & Readonly<{ org: Org }>;

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
function findItemFlaw({ keyField }: WriterParts, item: WriteItem): ConnectorFault | null {
  const strange = item.links.find(({ object }) => !linkModules.has(object));
  if (strange !== undefined) return ourMistake(`Zoho links calls to no ${strange.object}.`);
  if (item.operation !== "create" && item.remoteId === null) return ourMistake("The record's id is not known.");
  if (item.operation !== "link" && item.body === null) return ourMistake("There is no body to write.");
  const hasKey = item.body !== null && Object.hasOwn(item.body, keyField) && item.body[keyField] === item.key;
  if (item.operation === "create" && !hasKey)
    return ourMistake(
      `The field contract must write the key to ${keyField}; without it a call could be written twice.`,
      keyField,
    );
  return null;
}

const senders: Readonly<
  Record<
    WriteItem["operation"],
    (parts: WriteParts, session: CrmSession, items: readonly WriteItem[]) => Promise<Outcomes>
  >
> = { create: insertCalls, update: updateCalls, link: linkCalls };

/** Writes records and links; every item gets an outcome under its key. Throws when two items share a key: a bug. */
export async function write(parts: WriterParts, session: CrmSession, items: readonly WriteItem[]): Promise<Outcomes> {
  if (new Set(items.map(({ key }) => key)).size !== items.length) throw new Error("two items of a write share a key");
  const outcomes = new Map<string, WriteOutcome>();
  const fit: WriteItem[] = [];
  for (const item of items) {
    const flaw = findItemFlaw(parts, item);
    if (flaw === null) fit.push(item);
    else outcomes.set(item.key, failed(item, flaw));
  }
  if (fit.length === 0) return outcomes;
  const org = await parts.org.verify(session);
  if (!org.ok) return new Map([...outcomes, ...failAll(fit, org.fault)]);
  let stop: ConnectorFault | null = null;
  for (const operation of ["create", "update", "link"] as const) {
    const wanted = fit.filter((item) => item.operation === operation);
    for (let from = 0; from < wanted.length; from += batchMax) {
      const batch = wanted.slice(from, from + batchMax);
      const results: Outcomes = stop === null ? await senders[operation](parts, session, batch) : failAll(batch, stop);
      for (const [key, outcome] of results) {
        outcomes.set(key, outcome);
        if (outcome.fault !== null && stopsAll(outcome.fault)) stop = outcome.fault;
      }
    }
  }
  return outcomes;
}
