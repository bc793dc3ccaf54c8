import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { CrmSession, Link, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { findFlaw, toWire } from "./call-fields.ts";
import { isIn, lookupId, query, type Row } from "./coql.ts";
import { toLinkFields } from "./links.ts";
import { failAll, failed, type Outcomes } from "../http/write-outcomes.ts";
import { sendDrafts, type Draft, type WriteParts } from "./write-batch.ts";
import { callModule } from "./wire.ts";

/** Records by their id: an id that is gone is refused, never re-created. Links that are left come with it. */
export async function updateCalls(
  parts: WriteParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<Outcomes> {
  const fields = await parts.metadata.of(session, callModule);
  if (!fields.ok) return failAll(items, fields.fault);
  const unit = await parts.units.learn(session);
  if (!unit.ok) return failAll(items, unit.fault);
  const outcomes = new Map<string, WriteOutcome>();
  const drafts: Draft[] = [];
  for (const item of items) {
    const body = item.body === null ? {} : toWire(item.body, fields.value, unit.value.unit);
    const flaw = findFlaw(body, fields.value, false);
    if (flaw === null) drafts.push({ item, record: { id: item.remoteId, ...body }, steps: [recordStep] });
    else outcomes.set(item.key, failed(item, flaw));
  }
  if (drafts.length === 0) return outcomes;
  const sent = await sendDrafts(parts, session, "PUT", drafts);
  for (const [key, outcome] of sent) outcomes.set(key, outcome);
  const left = items.filter((item) => hasLinkWork(item) && outcomes.get(item.key)?.fault === null);
  if (left.length === 0) return outcomes;
  const linked = await linkCalls(parts, session, left);
  for (const [key, outcome] of linked) {
    const done: readonly StepName[] = [...(outcomes.get(key)?.done ?? []), ...outcome.done];
    outcomes.set(key, { ...outcome, done });
  }
  return outcomes;
}

/**
 * Links of records that are there. A call has room for one contact and one other record: what a person put there stays,
 * and the step counts as done.
 */
export async function linkCalls(
  parts: WriteParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<Outcomes> {
  const outcomes = new Map<string, WriteOutcome>();
  const wanted = items.filter(hasLinkWork);
  for (const item of items)
    if (!hasLinkWork(item)) outcomes.set(item.key, { done: [], remoteId: item.remoteId, fault: null });
  if (wanted.length === 0) return outcomes;
  const ids = wanted.flatMap(({ remoteId }) => (remoteId === null ? [] : [remoteId]));
  const read = await query(parts.client, session, {
    module: callModule,
    columns: ["Who_Id", "What_Id"],
    where: isIn("id", ids),
    subject: "call",
  });
  if (!read.ok) return new Map([...outcomes, ...failAll(wanted, read.fault.fault)]);
  const held = new Map(read.value.rows.map((each) => [each.id, each]));
  const drafts: Draft[] = [];
  for (const item of wanted) {
    const steps = item.links.map(linkStep);
    const record = toMissingLinks(item, held.get(item.remoteId ?? ""));
    if (record === null) outcomes.set(item.key, { done: steps, remoteId: item.remoteId, fault: null });
    else drafts.push({ item, record: { id: item.remoteId, ...record }, steps });
  }
  if (drafts.length === 0) return outcomes;
  return new Map([...outcomes, ...(await sendDrafts(parts, session, "PUT", drafts))]);
}

const hasLinkWork = ({ links, unlinks = [] }: WriteItem): boolean => links.length > 0 || unlinks.length > 0;

/**
 * Null where nothing is to be written. A record that was not found is written to: Zoho says whether it is gone. A field
 * that still holds a link which we made and which holds no more counts as empty.
 */
function toMissingLinks(
  { links, unlinks = [] }: WriteItem,
  held: Row | undefined,
): Readonly<Record<string, unknown>> | null {
  const { Who_Id: who, ...related } = toLinkFields(links);
  const isFree = (field: string): boolean => {
    const id = lookupId(held?.[field]);
    return id === null || isOutdated(unlinks, id);
  };
  const empties = ["Who_Id", "What_Id"].filter((field) => isOutdated(unlinks, lookupId(held?.[field])));
  const missing = {
    ...Object.fromEntries(empties.map((field) => [field, null])),
    ...(who === undefined || !isFree("Who_Id") ? {} : { Who_Id: who }),
    ...(related["What_Id"] === undefined || !isFree("What_Id") ? {} : related),
  };
  return Object.keys(missing).length === 0 ? null : missing;
}

const isOutdated = (unlinks: readonly Link[], id: string | null): boolean => unlinks.some((link) => link.id === id);
