import { recordStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { durationField, toWire } from "./call-fields.ts";
import { isIn, query, type Row } from "./coql.ts";
import { failAll, type Outcomes } from "../http/write-outcomes.ts";
import { sendDrafts, type Draft, type WriteParts } from "./write-batch.ts";
import { callModule } from "./wire.ts";

/**
 * The first insert of a run, or after the fields were read anew: what was written is read back. Where the org has no
 * call yet that tells its unit of durations, one call goes ahead and is corrected if the guess was wrong; it is a real
 * call, as a test record would set off the customer's automations.
 */
export async function sendAndLearn(
  parts: WriteParts,
  session: CrmSession,
  drafts: readonly Draft[],
): Promise<Outcomes> {
  const broken = parts.proof.fault();
  if (broken !== null) return failAll(itemsOf(drafts), broken);
  const outcomes = new Map<string, WriteOutcome>();
  let left = drafts;
  for (let turn = 0; turn < maxTellers && !parts.units.isKnown(); turn += 1) {
    const teller = left.find(tellsUnit) ?? (parts.proof.isProven() ? undefined : left[0]);
    if (teller === undefined) break;
    const first = await sendAndReadBack(parts, session, [teller]);
    for (const [key, outcome] of first.outcomes) outcomes.set(key, outcome);
    left = left.filter((draft) => draft !== teller);
    const stop = first.fault ?? stopOf(first.outcomes);
    if (stop !== null) return new Map([...outcomes, ...failAll(itemsOf(left), stop)]);
  }
  if (left.length === 0) return outcomes;
  const rest = rewrite(parts, left);
  const sent = parts.proof.isProven()
    ? await sendDrafts(parts, session, "POST", rest)
    : (await sendAndReadBack(parts, session, rest)).outcomes;
  return new Map([...outcomes, ...sent]);
}

/** Calls that go ahead one by one: where Zoho refuses so many of them, the others go without knowing more. */
const maxTellers = 3;

const itemsOf = (drafts: readonly Draft[]) => drafts.map(({ item }) => item);

/** A call without a length looks the same in every unit. */
function tellsUnit({ record }: Draft): boolean {
  const text = record[durationField];
  return typeof text === "string" && /[1-9]/.test(text);
}

/** Drafts in the unit that is known now. */
function rewrite({ metadata, units }: WriteParts, drafts: readonly Draft[]): readonly Draft[] {
  const fields = metadata.known(callModule);
  return drafts.map((draft) => {
    const { body } = draft.item;
    return body === null ? draft : { ...draft, record: { ...draft.record, ...toWire(body, fields, units.current()) } };
  });
}

/** What of the first call's outcome holds for the others as well: the way to Zoho, not the call itself. */
function stopOf(outcomes: Outcomes): ConnectorFault | null {
  for (const { fault } of outcomes.values()) {
    const isItsOwn = fault?.kind === "transient" && fault.proof === "row_locked";
    if (fault === null || fault.kind === "rejected" || fault.kind === "already_written" || isItsOwn) continue;
    // Its answer was lost, theirs was not: they were not sent.
    return fault.kind === "response_lost"
      ? {
          kind: "transient",
          proof: "vendor_code",
          answer: toAnswer({ message: "not sent: the call before it got no answer" }),
        }
      : fault;
  }
  return null;
}

type Learnt = Readonly<{ outcomes: Outcomes; fault: ConnectorFault | null }>;

async function sendAndReadBack(parts: WriteParts, session: CrmSession, drafts: readonly Draft[]): Promise<Learnt> {
  const outcomes = await sendDrafts(parts, session, "POST", drafts);
  const written = [...outcomes.values()].flatMap(({ fault, remoteId }) =>
    fault === null && remoteId !== null ? [remoteId] : [],
  );
  if (written.length === 0) return { outcomes, fault: null };
  const read = await readBack(parts, session, written);
  if (!read.ok) return { outcomes, fault: read.fault };
  if (read.value.length > 0) parts.proof.settle(read.value.every((each) => parts.place.keysOf(each).length > 0));
  const isOther = parts.units.correct(read.value);
  const corrected = isOther ? await correct(parts, session, drafts, outcomes) : outcomes;
  return { outcomes: corrected, fault: parts.proof.fault() };
}

async function readBack(
  { client, keyField, place, marked, metadata }: WriteParts,
  session: CrmSession,
  ids: readonly string[],
): Promise<Outcome<readonly Row[], ConnectorFault>> {
  const known = metadata.known(callModule);
  const columns = [keyField, durationField, "Call_Duration_in_seconds"].filter(
    (name) => name === keyField || known?.has(name) === true,
  );
  if (place.kind === "description") return marked.read(session, ids, columns);
  const found = await query(client, session, { module: callModule, columns, where: isIn("id", ids), subject: "other" });
  if (found.ok) return { ok: true, value: found.value.rows };
  const { error, fault } = found.fault;
  // Between the write and the reading the key field went away: then no key was kept.
  return error?.code === "INVALID_QUERY" && error.field === keyField
    ? { ok: true, value: ids.map((id) => ({ id })) }
    : { ok: false, fault };
}

/** Writes the durations once more, in the org's own unit. Where that does not succeed the call is read and compared. */
async function correct(
  parts: WriteParts,
  session: CrmSession,
  drafts: readonly Draft[],
  outcomes: Outcomes,
): Promise<Outcomes> {
  const wrong = rewrite(parts, drafts).flatMap((draft): readonly Draft[] => {
    const outcome = outcomes.get(draft.item.key);
    const text = draft.record[durationField];
    if (outcome?.fault !== null || outcome.remoteId === null || text === undefined) return [];
    return [{ ...draft, record: { id: outcome.remoteId, [durationField]: text }, steps: [recordStep] }];
  });
  if (wrong.length === 0) return outcomes;
  const again = await sendDrafts(parts, session, "PUT", wrong);
  const settled = new Map<string, WriteOutcome>(outcomes);
  for (const [key, { fault }] of again) {
    const outcome = outcomes.get(key);
    if (fault === null || outcome === undefined) continue;
    const answer = toAnswer({ message: "the call was written, but its duration could not be corrected" });
    settled.set(key, { ...outcome, done: [], fault: { kind: "response_lost", answer } });
  }
  return settled;
}
