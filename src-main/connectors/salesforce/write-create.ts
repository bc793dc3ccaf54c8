import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, Link, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import type { ObjectDescription } from "./describe.ts";
import { readTargets, type Targets } from "./link-targets.ts";
import { probe } from "./probe.ts";
import { listCreateOnly, toLinkFields, toTypedBody } from "./task-body.ts";
import type { Outcomes } from "../http/write-outcomes.ts";
import { insert, type Row, sendRows, upsertBy } from "./write-rows.ts";

export type CreateParts = Readonly<{
  client: Client;
  contract: OwnershipContract;
  keyField: string;
  task: ObjectDescription;
}>;

/** Links under which a record really goes out, where they differ from those that were asked for. */
type Replaced = ReadonlyMap<string, readonly Link[]>;

function toRow({ task }: CreateParts, item: WriteItem, replaced: Replaced): Row {
  const links = replaced.get(item.key) ?? item.links;
  const body = item.body === null ? {} : toTypedBody(item.body, task);
  return { item, values: { ...body, ...toLinkFields(links) }, steps: [recordStep, ...item.links.map(linkStep)] };
}

/**
 * New calls with their links. As long as a row holds a field that Salesforce sets only once, the upsert cannot touch a
 * record that is there already; rows without such a field are inserted, where the unique key refuses a second one.
 */
async function send(
  parts: CreateParts,
  session: CrmSession,
  items: readonly WriteItem[],
  replaced: Replaced,
): Promise<Outcomes> {
  const createOnly = listCreateOnly(parts.task);
  const rows = items.map((item) => toRow(parts, item, replaced));
  const isGuarded = ({ values }: Row): boolean => Object.keys(values).some((field) => createOnly.has(field));
  const outcomes = new Map<string, WriteOutcome>();
  for (const [group, request] of [
    [rows.filter(isGuarded), upsertBy(parts.keyField, createOnly)],
    [rows.filter((row) => !isGuarded(row)), insert],
  ] as const) {
    if (group.length === 0) continue;
    for (const [key, outcome] of await sendRows(parts.client, session, group, request)) outcomes.set(key, outcome);
  }
  return outcomes;
}

/** Writes new calls and finds out what a refusal means where its code leaves that open. */
export async function createRecords(
  parts: CreateParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<Outcomes> {
  const first = await send(parts, session, items, new Map());
  const known = await explainDuplicates(parts, session, first);
  const aboutLinks = items.filter((item) => item.links.length > 0 && mayBeAboutLinks(known.get(item.key)));
  if (aboutLinks.length === 0) return known;
  const read = await readTargets(
    parts.client,
    session,
    aboutLinks.flatMap(({ links }) => links),
  );
  // Nothing was learnt from the read: the code's own reading stands.
  if (!read.ok) return known;
  const explained = new Map(known);
  for (const item of aboutLinks) {
    const outcome = known.get(item.key);
    if (outcome !== undefined) explained.set(item.key, judgeLinks(outcome, item, read.value));
  }
  return followMerges(parts, session, { items: aboutLinks, targets: read.value, outcomes: explained });
}

const codeOf = (outcome: WriteOutcome | undefined): string | undefined =>
  outcome?.fault?.kind === "rejected" ? outcome.fault.answer.code : undefined;

const linkCodes: ReadonlySet<string> = new Set([
  "ENTITY_IS_DELETED",
  "INVALID_CROSS_REFERENCE_KEY",
  "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
]);

const mayBeAboutLinks = (outcome: WriteOutcome | undefined): boolean =>
  linkCodes.has(codeOf(outcome) ?? "") && !(outcome?.fault?.kind === "rejected" && outcome.fault.field === "OwnerId");

/** A target that is gone is the person's matter; one that is there but closed to us is a permission. */
function judgeLinks(outcome: WriteOutcome, item: WriteItem, targets: Targets): WriteOutcome {
  const { fault } = outcome;
  if (fault?.kind !== "rejected") return outcome;
  const states = item.links.map((link) => targets.stateOf(link).kind);
  const isHidden = codeOf(outcome) === "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY";
  const isGone = states.some((state) => state === "deleted" || state === "merged" || (state === "unseen" && !isHidden));
  return isGone ? { ...outcome, fault: { ...fault, reason: "person_deleted" } } : outcome;
}

type MergeAsk = Readonly<{ items: readonly WriteItem[]; targets: Targets; outcomes: Map<string, WriteOutcome> }>;

/** Records that were merged into others: their calls are sent once more, to the record that is left. */
async function followMerges(
  parts: CreateParts,
  session: CrmSession,
  { items, targets, outcomes }: MergeAsk,
): Promise<Outcomes> {
  const replaced = new Map<string, readonly Link[]>();
  for (const item of items) {
    const states = item.links.map((link) => targets.stateOf(link));
    if (states.some(({ kind }) => kind === "deleted") || !states.some(({ kind }) => kind === "merged")) continue;
    replaced.set(
      item.key,
      item.links.map((link, at) => {
        const state = states[at];
        return state?.kind === "merged" ? { object: link.object, id: state.into } : link;
      }),
    );
  }
  const again = items.filter(({ key }) => replaced.has(key));
  if (again.length === 0) return outcomes;
  for (const [key, outcome] of await send(parts, session, again, replaced)) outcomes.set(key, outcome);
  return outcomes;
}

const isUnclearDuplicate = (fault: ConnectorFault | null): boolean =>
  fault?.kind === "rejected" && fault.answer.code === "DUPLICATE_VALUE";

/** "Duplicate value" without our key's name may still be about it: a read by key decides. */
async function explainDuplicates(parts: CreateParts, session: CrmSession, outcomes: Outcomes): Promise<Outcomes> {
  const doubtful = [...outcomes].filter(([, { fault }]) => isUnclearDuplicate(fault)).map(([key]) => key);
  if (doubtful.length === 0) return outcomes;
  const found = await probe(parts, session, doubtful);
  if (!found.ok) return outcomes;
  const explained = new Map(outcomes);
  for (const key of doubtful) {
    const outcome = outcomes.get(key);
    const isOurs = found.value.get(key)?.kind === "found" || found.value.get(key)?.kind === "unclear";
    if (!isOurs || outcome?.fault?.kind !== "rejected") continue;
    explained.set(key, { ...outcome, fault: { kind: "already_written", answer: outcome.fault.answer } });
  }
  return explained;
}
