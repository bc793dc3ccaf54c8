import { recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
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
import type { Client } from "./client.ts";
import type { Describer, ObjectDescription } from "./describe.ts";
import type { Organization } from "./organization.ts";
import { isLinkable, listCreateOnly, toTypedBody } from "./task-body.ts";
import { collectionMax } from "./wire.ts";
import { createRecords } from "./write-create.ts";
import { type LinkJob, writeLinks } from "./write-links.ts";
import { sendRows, updateById } from "./write-rows.ts";

export type WriterParts = Readonly<{
  client: Client;
  organization: Organization;
  describer: Describer;
  contract: OwnershipContract;
  keyField: string;
}>;

/** What makes an item unfit to be sent, or null. */
function findFlaw({ keyField }: WriterParts, item: WriteItem): ConnectorFault | null {
  const strange = item.links.find((link) => !isLinkable(link));
  if (strange !== undefined) return ourMistake(`Salesforce tasks are linked to no ${strange.object} by us.`);
  return findMissingPart(item) ?? findMissingKey(item, keyField);
}

/** Writes records and links; every item gets an outcome under its key. Throws when two items share a key: a bug. */
export async function write(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<ReadonlyMap<string, WriteOutcome>> {
  const { fit, outcomes } = setAsideUnfit(items, (item) => findFlaw(parts, item));
  if (fit.length === 0) return outcomes;
  const org = await parts.organization.verify(session);
  if (!org.ok) return new Map([...outcomes, ...failAll(fit, org.fault)]);
  const task = await parts.describer.describe(session, "Task");
  if (!task.ok) return new Map([...outcomes, ...failAll(fit, task.fault.fault)]);
  return new Map([...outcomes, ...(await writeFit(parts, session, fit, task.value))]);
}

async function writeFit(
  parts: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
  task: ObjectDescription,
): Promise<Outcomes> {
  const outcomes = new Map<string, WriteOutcome>();
  let stop: ConnectorFault | null = null;
  const run = async (batch: readonly WriteItem[], work: () => Promise<Outcomes>): Promise<void> => {
    const results = stop === null ? await work() : failAll(batch, stop);
    for (const [key, outcome] of results) {
      outcomes.set(key, outcome);
      if (outcome.fault !== null && stopsAll(outcome.fault)) stop = outcome.fault;
    }
  };
  const createParts = { ...parts, task };
  const creates = items.filter(({ operation }) => operation === "create");
  for (const batch of chunk(creates, collectionMax)) await run(batch, () => createRecords(createParts, session, batch));
  const updates = items.filter(({ operation }) => operation === "update");
  for (const batch of chunk(updates, collectionMax)) await run(batch, () => updateRecords(parts, session, batch, task));
  const jobs = toLinkJobs(items, outcomes);
  await run(
    jobs.map(({ item }) => item),
    () => writeLinks(parts.client, session, jobs),
  );
  return withDoneSteps(outcomes, jobs);
}

/** Fields that can only be set once stay as they are; a record for which nothing else is left needs no call. */
async function updateRecords(
  { client }: WriterParts,
  session: CrmSession,
  items: readonly WriteItem[],
  task: ObjectDescription,
): Promise<Outcomes> {
  const createOnly = listCreateOnly(task);
  const rows = items.map((item) => {
    const body = item.body === null ? {} : toTypedBody(item.body, task);
    const fields = Object.entries(body).filter(([field]) => !createOnly.has(field));
    return { item, fields, values: { id: item.remoteId, ...Object.fromEntries(fields) }, steps: [recordStep] };
  });
  const unchanged = rows
    .filter(({ fields }) => fields.length === 0)
    .map(({ item }) => [item.key, { done: [recordStep], remoteId: item.remoteId, fault: null }] as const);
  const changed = rows.filter(({ fields }) => fields.length > 0);
  const sent = changed.length === 0 ? [] : await sendRows(client, session, changed, updateById);
  return new Map<string, WriteOutcome>([...unchanged, ...sent]);
}

/** Records that only lack links, and updated ones whose links are left; a created record has its links already. */
function toLinkJobs(items: readonly WriteItem[], outcomes: Outcomes): readonly LinkJob[] {
  return items.flatMap((item): readonly LinkJob[] => {
    const { operation, remoteId } = item;
    const before = outcomes.get(item.key);
    if (operation === "create" || remoteId === null || (before !== undefined && before.fault !== null)) return [];
    if (item.links.length === 0 && (item.unlinks ?? []).length === 0 && before !== undefined) return [];
    return [{ item, remoteId, done: before?.done ?? [] }];
  });
}

/** What was certain before the links were tried stays certain when they were not sent. */
function withDoneSteps(outcomes: ReadonlyMap<string, WriteOutcome>, jobs: readonly LinkJob[]): Outcomes {
  const kept = new Map(outcomes);
  for (const { item, done, remoteId } of jobs) {
    const outcome = kept.get(item.key);
    if (outcome === undefined) continue;
    kept.set(item.key, { ...outcome, remoteId, done: [...new Set([...done, ...outcome.done])] });
  }
  return kept;
}
