import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { findFlaw, toWire } from "./call-fields.ts";
import { isIn, query } from "./coql.ts";
import type { DurationUnit } from "./duration.ts";
import type { Fields } from "./field-metadata.ts";
import { sendAndLearn } from "./first-insert.ts";
import { groupByKey } from "./key-place.ts";
import { toLinkFields } from "./links.ts";
import { mayBeSame, type Begun } from "./marked-calls.ts";
import { failAll, failed, ourMistake, type Outcomes } from "../http/write-outcomes.ts";
import { sendDrafts, type Draft, type WriteParts } from "./write-batch.ts";
import { callModule } from "./wire.ts";

/**
 * Check, then insert: calls are none of the modules that Zoho upserts, so what is there already is looked up by key
 * (one query for up to a hundred) and only the rest is sent.
 */
export async function insertCalls(
  parts: WriteParts,
  session: CrmSession,
  items: readonly WriteItem[],
): Promise<Outcomes> {
  const fields = await parts.metadata.of(session, callModule);
  if (!fields.ok) return failAll(items, fields.fault);
  const broken = parts.proof.fault();
  if (broken !== null) return failAll(items, broken);
  const unit = await parts.units.learn(session);
  if (!unit.ok) return failAll(items, unit.fault);
  const { drafts, outcomes } = draftAll(parts, items, fields.value, unit.value.unit);
  if (drafts.length === 0) return outcomes;
  const known = await lookUp(parts, session, drafts);
  if (!known.ok)
    return new Map([
      ...outcomes,
      ...failAll(
        drafts.map(({ item }) => item),
        known.fault,
      ),
    ]);
  const missing = drafts.filter((draft) => {
    const fault = findKnown(known.value, draft);
    if (fault !== null) outcomes.set(draft.item.key, failed(draft.item, fault));
    return fault === null;
  });
  if (missing.length === 0) return outcomes;
  const isSure = unit.value.isKnown && parts.proof.isProven();
  const sent = isSure
    ? await sendDrafts(parts, session, "POST", missing)
    : await parts.proof.alone(() => sendAndLearn(parts, session, missing));
  return new Map([...outcomes, ...sent]);
}

function findKnown({ byKey, unmarked }: Begun, { item, record }: Draft): ConnectorFault | null {
  if (byKey.has(item.key)) return alreadyThere;
  const like = unmarked.find((each) => mayBeSame(each, record));
  if (like === undefined) return null;
  const message = `Zoho has a call of that time with the same subject and people, but without our key (record ${like.id}): it may be this one.`;
  return { kind: "rejected", reason: "outcome_unknown", answer: toAnswer({ message }) };
}

const alreadyThere: ConnectorFault = {
  kind: "already_written",
  answer: toAnswer({ code: "FOUND_BY_KEY", message: "Zoho has a call with this key already." }),
};

const startField = "Call_Start_Time";

/** When the call began, epoch ms, or undefined. */
function startOf(record: Readonly<Record<string, unknown>>): number | undefined {
  const text = record[startField];
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A call whose key stands in its text is looked for by its time. */
const findNoStart = (body: Readonly<Record<string, unknown>>): ConnectorFault | null =>
  startOf(body) === undefined
    ? ourMistake(
        `The field contract must write the start of the call to ${startField}; without it a call could be written twice.`,
        startField,
      )
    : null;

type Drafted = Readonly<{ drafts: readonly Draft[]; outcomes: Map<string, WriteOutcome> }>;

/** Records as Zoho gets them; what its own description of the fields speaks against is not sent. */
function draftAll({ place }: WriteParts, items: readonly WriteItem[], fields: Fields, unit: DurationUnit): Drafted {
  const outcomes = new Map<string, WriteOutcome>();
  const drafts: Draft[] = [];
  for (const item of items) {
    const body = item.body === null ? {} : toWire(item.body, fields, unit);
    const flaw = findFlaw(body, fields, true) ?? (place.kind === "description" ? findNoStart(body) : null);
    if (flaw !== null) outcomes.set(item.key, failed(item, flaw));
    else
      drafts.push({
        item,
        record: { ...body, ...toLinkFields(item.links) },
        steps: [recordStep, ...item.links.map(linkStep)],
      });
  }
  return { drafts, outcomes };
}

/** By the key itself, or by the time of the call where the key stands in its text. */
async function lookUp(
  { client, keyField, place, marked, metadata }: WriteParts,
  session: CrmSession,
  drafts: readonly Draft[],
): Promise<Outcome<Begun, ConnectorFault>> {
  const keys = drafts.map(({ item }) => item.key);
  if (place.kind === "description")
    return marked.findBegun(
      session,
      keys,
      drafts.flatMap(({ record }) => startOf(record) ?? []),
    );
  const found = await query(client, session, {
    module: callModule,
    columns: [keyField],
    where: isIn(keyField, keys),
    subject: "call",
  });
  if (found.ok) return { ok: true, value: { byKey: groupByKey(found.value.rows, place), unmarked: [] } };
  if (found.fault.error?.code === "INVALID_QUERY") metadata.drop();
  return { ok: false, fault: found.fault.fault };
}
