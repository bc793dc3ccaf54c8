import { linkStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { readTargets } from "./link-targets.ts";
import { queryAllPages, textOf, type QueriedRecord } from "./query.ts";
import { toLinkFields } from "./task-body.ts";
import { collectionMax, isSameId, quoteList } from "./wire.ts";
import { failed, type Outcomes, chunk } from "../http/write-outcomes.ts";
import { type Row, sendRows, updateById } from "./write-rows.ts";

/** An item whose record exists and lacks links, with the steps that are done already. */
export type LinkJob = Readonly<{ item: WriteItem; remoteId: string; done: readonly StepName[] }>;

const stepsOf = ({ item, done }: LinkJob): readonly StepName[] => [...done, ...item.links.map(linkStep)];

const settled = (job: LinkJob): WriteOutcome => ({ done: stepsOf(job), remoteId: job.remoteId, fault: null });

const notLinked = (job: LinkJob, fault: ConnectorFault): WriteOutcome => ({
  ...failed(job.item, fault),
  done: job.done,
  remoteId: job.remoteId,
});

/**
 * Links that are left, into empty link fields only: a link that is there was made by us or by a person, and stays.
 * One read and one write for up to 200 records.
 */
export async function writeLinks(client: Client, session: CrmSession, jobs: readonly LinkJob[]): Promise<Outcomes> {
  const outcomes = new Map<string, WriteOutcome>();
  for (const batch of chunk(jobs, collectionMax)) {
    for (const [key, outcome] of await writeBatch(client, session, batch)) outcomes.set(key, outcome);
  }
  return outcomes;
}

async function writeBatch(client: Client, session: CrmSession, jobs: readonly LinkJob[]): Promise<Outcomes> {
  const ids = [...new Set(jobs.map(({ remoteId }) => remoteId))];
  const soql = `SELECT Id, WhoId, WhatId, IsDeleted FROM Task WHERE Id IN ${quoteList(ids)}`;
  const held = await queryAllPages(client, session, { soql, scope: "queryAll" });
  if (!held.ok) return new Map(jobs.map((job) => [job.item.key, notLinked(job, held.fault.fault)]));
  const byId = new Map(held.value.map((record) => [record.Id.slice(0, 15), record]));
  const outcomes = new Map<string, WriteOutcome>();
  const rows: Row[] = [];
  for (const job of jobs) {
    const record = byId.get(job.remoteId.slice(0, 15));
    const missing = record === undefined || record["IsDeleted"] === true ? null : missingLinks(job, record);
    if (missing === null) outcomes.set(job.item.key, notLinked(job, goneFault));
    else if (Object.keys(missing).length === 0) outcomes.set(job.item.key, settled(job));
    else rows.push({ item: job.item, values: { id: job.remoteId, ...missing }, steps: job.item.links.map(linkStep) });
  }
  if (rows.length === 0) return outcomes;
  const sent = await explainTargets(client, session, rows, await sendRows(client, session, rows, updateById));
  const jobOf = new Map(jobs.map((job) => [job.item.key, job]));
  for (const [key, outcome] of sent) {
    const job = jobOf.get(key);
    if (job === undefined) continue;
    outcomes.set(key, outcome.fault === null ? settled(job) : notLinked(job, outcome.fault));
  }
  return outcomes;
}

const goneFault: ConnectorFault = {
  kind: "rejected",
  reason: "record_deleted",
  answer: toAnswer({ message: "The call's task is no longer in Salesforce." }),
};

/** A field that still holds a link which we made and which holds no more counts as empty. */
function missingLinks({ item }: LinkJob, record: QueriedRecord): Readonly<Record<string, string | null>> {
  const wanted: Readonly<Record<string, string>> = toLinkFields(item.links);
  const missing: Record<string, string | null> = {};
  for (const field of ["WhoId", "WhatId"]) {
    const held = textOf(record, field);
    const isOutdated = held !== null && (item.unlinks ?? []).some(({ id }) => isSameId(id, held));
    const next = wanted[field] ?? null;
    if (held === null ? next !== null : isOutdated) missing[field] = next;
  }
  return missing;
}

const doubtful: ReadonlySet<string> = new Set(["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"]);

/** "Deleted" without a field may mean either side of the link: a read of the targets tells which. */
async function explainTargets(
  client: Client,
  session: CrmSession,
  rows: readonly Row[],
  outcomes: Outcomes,
): Promise<Outcomes> {
  const isOpen = ({ item }: Row): boolean => {
    const fault = outcomes.get(item.key)?.fault;
    return fault?.kind === "rejected" && fault.reason === "record_deleted" && doubtful.has(fault.answer.code ?? "");
  };
  const open = rows.filter(isOpen).map(({ item }) => item);
  if (open.length === 0) return outcomes;
  const read = await readTargets(
    client,
    session,
    open.flatMap(({ links }) => links),
  );
  if (!read.ok) return outcomes;
  const explained = new Map(outcomes);
  for (const item of open) {
    const outcome = outcomes.get(item.key);
    const isLive = (link: Link): boolean => read.value.stateOf(link).kind === "live";
    if (outcome?.fault?.kind !== "rejected" || item.links.every(isLive)) continue;
    explained.set(item.key, { ...outcome, fault: { ...outcome.fault, reason: "person_deleted" } });
  }
  return explained;
}
