import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { CrmSession, ProbeFinding, WriteOutcome } from "../ports/connector.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import type { MatchAsk, PersonCheck } from "../ports/matcher.ts";
import { type DispatcherParts, keyOf, sentSince } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";
import { judgePerson, judgeWrite, toUnsentFault } from "./pre-validation.ts";
import type { SchemaKeeper } from "./schema-keeper.ts";
import { type PlanContext, type WritePlan, operationOf, planUpdate, planWrite } from "./write-plan.ts";

/** Plans to write, and outcomes of those that are settled without a write (their record is gone, or could not be read). */
export type Prepared = Readonly<{ plans: readonly WritePlan[]; settled: ReadonlyMap<number, WriteOutcome> }>;

/** A read before a rewrite that found no record: never re-created. */
function toMissingFault(finding: ProbeFinding | undefined): ConnectorFault {
  if (finding?.kind === "unclear")
    return { kind: "rejected", reason: "outcome_unknown", answer: { message: finding.detail } };
  const message = "The call's record is no longer in the CRM.";
  return { kind: "rejected", reason: "record_deleted", answer: { message } };
}

/** Nothing was written yet: a lost answer of a read is only a failed read. */
function toReadFault(fault: ConnectorFault): ConnectorFault {
  return fault.kind === "response_lost" ? { kind: "transient", proof: "never_left", answer: fault.answer } : fault;
}

export type PreparationAsk = Readonly<{
  health: IntegrationHealth;
  schema: SchemaKeeper;
  rows: readonly DeliveryRow[];
  session: CrmSession;
}>;

type Found = Extract<ProbeFinding, { kind: "found" }>;

/** A claimed delivery with what was asked about it: its owner; of a rewrite the record as it is, or why it cannot be had. */
type Gathered = Readonly<{ row: DeliveryRow; ownerId: string | null; found?: Found; fault?: ConnectorFault }>;

/** Asks once for what the plans need: owners, and the records of rewrites in one batched read by key. */
async function gather(parts: DispatcherParts, { health, rows, session }: PreparationAsk): Promise<readonly Gathered[]> {
  const { connector, matcher } = parts;
  const updates = rows.filter((row) => operationOf(row) === "update");
  const known = new Map(
    updates.flatMap((row): readonly (readonly [string, string])[] =>
      row.remoteId === null ? [] : [[keyOf(row, connector), row.remoteId]],
    ),
  );
  const answer =
    updates.length === 0
      ? null
      : await connector.probe(
          session,
          updates.map((row) => keyOf(row, connector)),
          sentSince(updates, parts.server.now()),
          known,
        );
  const gathered: Gathered[] = [];
  const ownerOf = matcher.owners(health.integration());
  // Rewrites first: their records were read just now.
  for (const row of [...updates, ...rows.filter((each) => operationOf(each) !== "update")]) {
    const ownerId = ownerOf(row.call.agent);
    if (answer === null || operationOf(row) !== "update") {
      gathered.push({ row, ownerId });
      continue;
    }
    const finding = answer.ok ? answer.value.get(keyOf(row, connector)) : undefined;
    if (finding?.kind === "found") gathered.push({ row, ownerId, found: finding });
    else gathered.push({ row, ownerId, fault: answer.ok ? toMissingFault(finding) : toReadFault(answer.fault) });
  }
  return gathered;
}

function toPlan({ row, found, fault }: Gathered, context: PlanContext): WritePlan {
  if (found !== undefined) return planUpdate(row, context, found);
  if (fault === undefined) return planWrite(row, context);
  const item = { key: context.key, operation: "update", body: null, remoteId: row.remoteId, links: [] } as const;
  const isGone = fault.kind === "rejected" && fault.reason === "record_deleted";
  return { row, key: context.key, item, kept: [], ...(isGone ? { conflicts: [] } : {}) };
}

/** Plans under a description of the CRM's fields; where it counts, what it says against a write settles that unsent. */
function planAll(
  parts: DispatcherParts,
  gathered: readonly Gathered[],
  schema: ObjectSchema | null,
  counts: boolean,
): Prepared {
  const { connector, contract } = parts;
  const settled = new Map<number, WriteOutcome>();
  const plans = gathered.map((each) => {
    const { row, ownerId, found, fault } = each;
    const key = keyOf(row, connector);
    const plan = toPlan(each, { contract, object: connector.callObject, key, ownerId, schema });
    const problems = counts ? judgeWrite(plan.item, schema, connector.crm, found?.fields) : [];
    const settling = fault ?? toUnsentFault(problems, connector.crm);
    if (settling !== null) settled.set(row.id, { done: [], remoteId: null, fault: settling });
    return plan;
  });
  return { plans, settled };
}

/**
 * Holds people who are to be made against the description, under the same rule: one that is older than the turn of the
 * calls that want them is read anew before it refuses anybody.
 */
export function createPersonCheck(
  { connector }: Pick<DispatcherParts, "connector">,
  { schema, rows, session }: Pick<PreparationAsk, "schema" | "rows" | "session">,
): NonNullable<MatchAsk["checkPerson"]> {
  const { crm } = connector;
  const turn = rows.reduce((latest, { dueAt }) => Math.max(latest, dueAt), 0);
  return async (draftUnder) => {
    const judge = (): PersonCheck => {
      const described = schema.objects();
      const refusal = toUnsentFault(judgePerson(draftUnder(described), described, crm), crm);
      return { described, refusal };
    };
    const checked = judge();
    if (checked.refusal === null || turn <= schema.readAt()) return checked;
    return (await schema.refresh(session)) ? judge() : { ...checked, refusal: null };
  };
}

const isUnsent = ({ fault }: WriteOutcome): boolean => fault?.kind === "rejected" && fault.unsent === true;

/**
 * Plans what claimed deliveries need: first writes and links at once, rewrites after one batched read by key. A call is
 * refused unsent only by a description that is younger than its turn: what was replayed after the CRM was put right is
 * not held to how the CRM was before. Where the CRM does not tell, it is asked by the write.
 */
export async function prepareWrites(parts: DispatcherParts, ask: PreparationAsk): Promise<Prepared> {
  const { schema, rows, session } = ask;
  const gathered = await gather(parts, ask);
  const prepared = planAll(parts, gathered, schema.calls(), true);
  const readAt = schema.readAt();
  const isOutdated = rows.some(({ id, dueAt }) => {
    const outcome = prepared.settled.get(id);
    return outcome !== undefined && isUnsent(outcome) && dueAt > readAt;
  });
  if (!isOutdated) return prepared;
  const isAnew = await schema.refresh(session);
  return planAll(parts, gathered, schema.calls(), isAnew);
}
