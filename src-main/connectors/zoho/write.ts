import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem } from "../../engine/ports/connector.ts";
import {
  chunk,
  failAll,
  findMissingKey,
  findMissingPart,
  type Outcomes,
  ourMistake,
  setAsideUnfit,
  stopsAll,
} from "../http/write-outcomes.ts";
import { insertCalls } from "./insert.ts";
import type { Org } from "./org.ts";
import { linkCalls, updateCalls } from "./update.ts";
import type { WriteParts } from "./write-batch.ts";
import { batchMax, linkModules } from "./wire.ts";

export type WriterParts = WriteParts & Readonly<{ org: Org }>;

/** What makes an item unfit to be sent, or null. */
function findItemFlaw({ place }: WriterParts, item: WriteItem): ConnectorFault | null {
  const strange = item.links.find(({ object }) => !linkModules.has(object));
  if (strange !== undefined) return ourMistake(`Zoho links calls to no ${strange.object}.`);
  return findMissingPart(item) ?? findMissingKey(item, place.field, place.holds);
}

const senders: Readonly<
  Record<
    WriteItem["operation"],
    (parts: WriteParts, session: CrmSession, items: readonly WriteItem[]) => Promise<Outcomes>
  >
> = { create: insertCalls, update: updateCalls, link: linkCalls };

/** Writes records and links; every item gets an outcome under its key. Throws when two items share a key: a bug. */
export async function write(parts: WriterParts, session: CrmSession, items: readonly WriteItem[]): Promise<Outcomes> {
  const { fit, outcomes } = setAsideUnfit(items, (item) => findItemFlaw(parts, item));
  if (fit.length === 0) return outcomes;
  const org = await parts.org.verify(session);
  if (!org.ok) return new Map([...outcomes, ...failAll(fit, org.fault)]);
  let stop: ConnectorFault | null = null;
  for (const operation of ["create", "update", "link"] as const) {
    const wanted = fit.filter((item) => item.operation === operation);
    for (const batch of chunk(wanted, batchMax)) {
      const results: Outcomes = stop === null ? await senders[operation](parts, session, batch) : failAll(batch, stop);
      for (const [key, outcome] of results) {
        outcomes.set(key, outcome);
        if (outcome.fault !== null && stopsAll(outcome.fault)) stop = outcome.fault;
      }
    }
  }
  return outcomes;
}
