import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Intent, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { failAll, failed, type Outcomes } from "../http/write-outcomes.ts";
import { namedIn, readErrors, textOf, type WrittenBatch, type WrittenRecord, writtenBatch } from "./batch-answer.ts";
import type { Client, Refusal, Reply } from "./client.ts";
import { findGoneTargets } from "./link-targets.ts";
import { callAssociationTypes, objectsPath } from "./wire.ts";

export type WriteParts = Readonly<{ client: Client; keyProperty: string }>;

/** One way to write records in a batch. */
type BatchKind = Readonly<{
  path: string;
  steps: (item: WriteItem) => readonly StepName[];
  toInput: (item: WriteItem) => unknown;
  /** Under which names results and errors may speak of this item. */
  namesOf: (item: WriteItem) => readonly string[];
}>;

const properties = (item: WriteItem) => item.body ?? {};

/** Records with their links in one request. The unique key makes HubSpot refuse a second record. */
const create: BatchKind = {
  path: objectsPath("calls", "/batch/create"),
  steps: (item) => [recordStep, ...item.links.map(linkStep)],
  // Without a trace id on every input one bad row would fail the whole batch.
  toInput: (item) => ({
    objectWriteTraceId: item.key,
    properties: properties(item),
    associations: item.links.map(({ object, id }) => ({
      to: { id },
      types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: callAssociationTypes[object] }],
    })),
  }),
  namesOf: ({ key }) => [key],
};

/** Records by their id: an id that is gone is refused, never re-created. */
const update: BatchKind = {
  path: objectsPath("calls", "/batch/update"),
  steps: () => [recordStep],
  toInput: (item) => ({ objectWriteTraceId: item.key, id: item.remoteId, properties: properties(item) }),
  namesOf: ({ key, remoteId }) => (remoteId === null ? [key] : [key, remoteId]),
};

export const createRecords = (parts: WriteParts, session: CrmSession, items: readonly WriteItem[]): Promise<Outcomes> =>
  sendBatch(parts, session, items, create);

export const updateRecords = (parts: WriteParts, session: CrmSession, items: readonly WriteItem[]): Promise<Outcomes> =>
  sendBatch(parts, session, items, update);

const toIntents = (items: readonly WriteItem[], kind: BatchKind): readonly Intent[] =>
  items.flatMap((item) => kind.steps(item).map((step) => ({ key: item.key, step })));

async function sendBatch(
  parts: WriteParts,
  session: CrmSession,
  items: readonly WriteItem[],
  kind: BatchKind,
): Promise<Outcomes> {
  const reply = await parts.client.call(session, {
    method: "POST",
    path: kind.path,
    body: { inputs: items.map(kind.toInput) },
    kind: "write",
    subject: "call",
    schema: writtenBatch,
    intents: toIntents(items, kind),
    records: items.length,
  });
  const outcomes = reply.ok ? readOutcomes(parts, items, kind, reply.value) : blame(items, kind, reply.fault);
  return kind === create ? explainTargets(parts, session, items, outcomes) : outcomes;
}

/** Item by item, joined by our key (or the record's id): HubSpot gives results and errors in any order. */
function readOutcomes(
  parts: WriteParts,
  items: readonly WriteItem[],
  kind: BatchKind,
  { value, said }: Reply<WrittenBatch>,
): Outcomes {
  const results = indexResults(value.results, parts.keyProperty);
  const errors = new Map(readErrors(value).flatMap((error) => [...namedIn(error)].map((id) => [id, error] as const)));
  const toOutcome = (item: WriteItem): WriteOutcome => {
    const names = kind.namesOf(item);
    const result = results.get(names.find((id) => results.has(id)) ?? "");
    if (result !== undefined) return { done: kind.steps(item), remoteId: result.id, fault: null, answer: said };
    const error = names.map((id) => errors.get(id)).find((each) => each !== undefined);
    if (error !== undefined) return failed(item, parts.client.judge(error, "call"));
    const message = "the answer does not mention this call";
    return failed(item, { kind: "response_lost", answer: toAnswer({ ...said, message }) });
  };
  return new Map(items.map((item) => [item.key, toOutcome(item)]));
}

/** Results by trace id, by our key and by their own id: not every answer carries all three. */
function indexResults(results: readonly WrittenRecord[], keyProperty: string): ReadonlyMap<string, WrittenRecord> {
  const found = new Map<string, WrittenRecord>();
  for (const result of results)
    for (const name of [result.id, textOf(result, keyProperty), result.objectWriteTraceId])
      if (name !== undefined) found.set(name, result);
  return found;
}

/** Whether a refusal may be one item's fault rather than everybody's. */
const isOfOneItem = ({ fault, status }: Refusal): boolean =>
  (fault.kind === "rejected" || fault.kind === "already_written") && [400, 404, 409].includes(status ?? 0);

/** Codes that hold for every record with the property, whatever its value. */
const schemaCodes: ReadonlySet<string> = new Set(["PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"]);

function isNamed({ error }: Refusal, item: WriteItem, kind: BatchKind): boolean {
  if (error === null) return false;
  const named = namedIn(error);
  if (kind.namesOf(item).some((id) => named.has(id)) || (error.message ?? "").includes(item.key)) return true;
  return error.inner.some(
    ({ code, property }) =>
      schemaCodes.has(code) && property !== undefined && Object.hasOwn(properties(item), property),
  );
}

/**
 * A batch that was refused as a whole wrote nothing. Only items that the refusal names are to blame; the others go
 * again in smaller batches, until one alone shows whose fault it is.
 */
function blame(items: readonly WriteItem[], kind: BatchKind, refusal: Refusal): Outcomes {
  const { fault } = refusal;
  if (items.length === 1 || !isOfOneItem(refusal)) return failAll(items, fault);
  const innocent: ConnectorFault = { kind: "batch_too_large", answer: "answer" in fault ? fault.answer : {} };
  return new Map(items.map((item) => [item.key, failed(item, isNamed(refusal, item, kind) ? fault : innocent)]));
}

/** Faults that may be about what the record is linked to: a read of the targets decides. */
const mayBeAboutLinks = (fault: ConnectorFault | null | undefined): boolean =>
  fault?.kind === "rejected" && (isNotFound(fault) || (fault.reason === "value_rejected" && fault.field === undefined));

/** "Not found" cannot be about a record that is only being created. */
const isNotFound = (fault: ConnectorFault): boolean => fault.kind === "rejected" && fault.reason === "record_deleted";

async function explainTargets(
  { client }: WriteParts,
  session: CrmSession,
  items: readonly WriteItem[],
  outcomes: Outcomes,
): Promise<Outcomes> {
  const doubtful = items.filter((item) => mayBeAboutLinks(outcomes.get(item.key)?.fault));
  const links = doubtful.flatMap((item) => item.links);
  if (doubtful.length === 0) return outcomes;
  const gone = await findGoneTargets(client, session, links);
  const explained = new Map(outcomes);
  for (const item of doubtful) {
    const outcome = outcomes.get(item.key);
    if (outcome?.fault?.kind !== "rejected") continue;
    // Where the read taught us nothing, "not found" can only be about a link, if there is one.
    const isGone = gone.ok
      ? item.links.some((link) => gone.value.has(linkStep(link)))
      : item.links.length > 0 && isNotFound(outcome.fault);
    const reason = isGone ? "person_deleted" : isNotFound(outcome.fault) ? "unknown" : outcome.fault.reason;
    explained.set(item.key, { ...outcome, fault: { ...outcome.fault, reason } });
  }
  return explained;
}
