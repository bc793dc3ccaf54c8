import { linkStep } from "../../../src-shared/domain/step.ts";
import type { Answer, ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmRequest, CrmSession, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { failAll, failed, type Outcomes } from "../http/write-outcomes.ts";
import { batchAnswer, readVerdicts, type RecordVerdict } from "./batch-answer.ts";
import type { Client, Refusal } from "./client.ts";
import type { DurationUnits } from "./duration-unit.ts";
import type { FieldMetadata } from "./field-metadata.ts";
import type { KeyPlace } from "./key-place.ts";
import type { KeyProof } from "./key-proof.ts";
import { findGoneLinks } from "./links.ts";
import type { MarkedCalls } from "./marked-calls.ts";
import { callModule, crmPath, writeCost } from "./wire.ts";

export type WriteParts = Readonly<{
  client: Client;
  metadata: FieldMetadata;
  units: DurationUnits;
  contract: OwnershipContract;
  keyField: string;
  place: KeyPlace;
  marked: MarkedCalls;
  /** Automations that a write sets off; undefined leaves it to Zoho, which runs all of them. */
  trigger: readonly string[] | undefined;
  proof: KeyProof;
}>;

/** One item with the record that Zoho gets for it, and the steps that this does. */
export type Draft = Readonly<{
  item: WriteItem;
  record: Readonly<Record<string, unknown>>;
  steps: readonly StepName[];
}>;

/** Sends drafts as one batch; outcomes by key. */
export async function sendDrafts(
  parts: WriteParts,
  session: CrmSession,
  method: Extract<CrmRequest["method"], "POST" | "PUT">,
  drafts: readonly Draft[],
): Promise<Outcomes> {
  const items = drafts.map(({ item }) => item);
  const reply = await parts.client.call(session, {
    method,
    path: crmPath(callModule),
    body: {
      data: drafts.map(({ record }) => record),
      ...(parts.trigger === undefined ? {} : { trigger: parts.trigger }),
    },
    kind: "write",
    subject: "call",
    schema: batchAnswer,
    isBatch: true,
    cost: writeCost(drafts.length),
    intents: drafts.flatMap(({ item, steps }) => steps.map((step) => ({ key: item.key, step }))),
    records: drafts.length,
  });
  if (!reply.ok) return blame(parts, items, reply.fault);
  const verdicts = readVerdicts(reply.value.value, drafts.length);
  const outcomes = new Map(
    drafts.map((draft, index) => [
      draft.item.key,
      toOutcome(parts, draft, verdicts[index] ?? { kind: "silent" }, reply.value.said),
    ]),
  );
  return explainLinks(parts, session, drafts, outcomes);
}

function toOutcome(parts: WriteParts, { item, steps }: Draft, verdict: RecordVerdict, said: Answer): WriteOutcome {
  switch (verdict.kind) {
    case "done":
      return { done: steps, remoteId: verdict.id, fault: null, answer: said };
    case "refused": {
      const fault = parts.client.judge(verdict.error, "call");
      if (fault.kind === "rejected" && fault.field !== undefined) parts.metadata.drop();
      return failed(item, fault);
    }
    case "silent": {
      const message = "the answer does not say what became of this call";
      return failed(item, { kind: "response_lost", answer: toAnswer({ ...said, message }) });
    }
  }
}

/**
 * A batch that was refused as a whole wrote nothing. A refusal that may be one record's goes to all of them in smaller
 * batches, until one alone shows whose fault it is.
 */
function blame({ metadata }: WriteParts, items: readonly WriteItem[], { fault }: Refusal): Outcomes {
  if (fault.kind === "rejected" && fault.field !== undefined) metadata.drop();
  const mayBeOfOne = fault.kind === "rejected" || fault.kind === "already_written";
  if (items.length === 1 || !mayBeOfOne) return failAll(items, fault);
  return failAll(items, { kind: "batch_too_large", answer: fault.answer });
}

const mayBeAboutLinks = (fault: ConnectorFault | null | undefined): boolean =>
  fault?.kind === "rejected" &&
  fault.reason === "mapping_error" &&
  (fault.field === "Who_Id" || fault.field === "What_Id");

/** Zoho says only that a link's id is not good: a read tells whether the person is gone, or the link is wrong. */
async function explainLinks(
  { client }: WriteParts,
  session: CrmSession,
  drafts: readonly Draft[],
  outcomes: Outcomes,
): Promise<Outcomes> {
  const doubtful = drafts.map(({ item }) => item).filter(({ key }) => mayBeAboutLinks(outcomes.get(key)?.fault));
  if (doubtful.length === 0) return outcomes;
  const gone = await findGoneLinks(
    client,
    session,
    doubtful.flatMap(({ links }) => links),
  );
  const explained = new Map(outcomes);
  for (const item of doubtful) {
    const outcome = outcomes.get(item.key);
    if (outcome?.fault?.kind !== "rejected") continue;
    // Where the read taught us nothing: matched again, which finds out.
    const isGone = !gone.ok || item.links.some((link) => gone.value.has(linkStep(link)));
    if (isGone) explained.set(item.key, { ...outcome, fault: { ...outcome.fault, reason: "person_deleted" } });
  }
  return explained;
}
