import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { findFlaw, toWire } from "./call-fields.ts";
import { isIn, query } from "./coql.ts";
import type { DurationUnit } from "./duration.ts";
import type { Fields } from "./field-metadata.ts";
import { sendAndLearn } from "./first-insert.ts";
import { toLinkFields } from "./links.ts";
import { groupByKey } from "./probe.ts";
import { failAll, failed, type Outcomes } from "../http/write-outcomes.ts";
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
  const { drafts, outcomes } = draftAll(items, fields.value, unit.value.unit);
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
  const missing = drafts.filter(({ item }) => !known.value.has(item.key));
  for (const { item } of drafts) if (known.value.has(item.key)) outcomes.set(item.key, failed(item, alreadyThere));
  if (missing.length === 0) return outcomes;
  const isSure = unit.value.isKnown && parts.proof.isProven();
  const sent = isSure
    ? await sendDrafts(parts, session, "POST", missing)
    : await parts.proof.alone(() => sendAndLearn(parts, session, missing));
  return new Map([...outcomes, ...sent]);
}

const alreadyThere: ConnectorFault = {
  kind: "already_written",
  answer: toAnswer({ code: "FOUND_BY_KEY", message: "Zoho has a call with this key already." }),
};

type Drafted = Readonly<{ drafts: readonly Draft[]; outcomes: Map<string, WriteOutcome> }>;

/** Records as Zoho gets them; what its own description of the fields speaks against is not sent. */
function draftAll(items: readonly WriteItem[], fields: Fields, unit: DurationUnit): Drafted {
  const outcomes = new Map<string, WriteOutcome>();
  const drafts: Draft[] = [];
  for (const item of items) {
    const body = item.body === null ? {} : toWire(item.body, fields, unit);
    const flaw = findFlaw(body, fields, true);
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

async function lookUp({ client, keyField, metadata }: WriteParts, session: CrmSession, drafts: readonly Draft[]) {
  const found = await query(client, session, {
    module: callModule,
    columns: [keyField],
    where: isIn(
      keyField,
      drafts.map(({ item }) => item.key),
    ),
    subject: "call",
  });
  if (found.ok) return { ok: true, value: groupByKey(found.value.rows, keyField) } as const;
  if (found.fault.error?.code === "INVALID_QUERY") metadata.drop();
  return { ok: false, fault: found.fault.fault } as const;
}
