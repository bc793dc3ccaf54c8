import { linkStep, readLinkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import { type FittedValue, fitValues } from "../../../src-shared/domain/field-check.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import {
  type FieldConflict,
  type FilteredBody,
  type KeptField,
  type OwnershipContract,
  filterBody,
} from "../../../src-shared/domain/ownership.ts";
import type { ConflictDraft } from "../ports/conflict-store.ts";
import type { Link, ProbeFinding, WriteItem } from "../ports/connector.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import { toFacts } from "./call-facts.ts";

/** What is to be done for one claimed delivery. */
export type WritePlan = Readonly<{
  row: DeliveryRow;
  key: string;
  item: WriteItem;
  /** Fields that stay as the CRM has them, and why. */
  kept: readonly KeptField[];
  /** Values that were changed so that the CRM takes them, under a rule of the contract. */
  fitted?: readonly FittedValue[];
  /** Outside edits that a read of the record found; absent where it was not read. */
  conflicts?: readonly ConflictDraft[];
  /** What a person said to overwrite and the CRM holds as we want it by now. */
  settledFields?: Readonly<Record<string, string>>;
}>;

type Found = Extract<ProbeFinding, { kind: "found" }>;

/** Everything the CRM's record should be linked to by the match. */
export function linksOf(row: DeliveryRow): readonly Link[] {
  const { match } = row;
  if (match === null || match.object === null || match.personId === null) return [];
  return [{ object: match.object, id: match.personId }, ...match.also];
}

export function linksLeft(row: DeliveryRow): readonly Link[] {
  return linksOf(row).filter((link) => !row.stepsDone.includes(linkStep(link)));
}

/** Links that were made for an earlier match and are not of the one that holds now. A call without a match keeps them. */
export function linksOutdated(row: DeliveryRow): readonly Link[] {
  if (row.match === null || row.stepsDone.length === 0) return [];
  const wanted = new Set(linksOf(row).map(linkStep));
  return row.stepsDone.flatMap((step) => {
    const link = wanted.has(step) ? undefined : readLinkStep(step);
    return link === undefined ? [] : [link];
  });
}

/** The operation a delivery needs next. */
export function operationOf(row: DeliveryRow): WriteItem["operation"] {
  if (!row.stepsDone.includes(recordStep)) return "create";
  return (row.sentRevision ?? 0) < row.wantedRevision ? "update" : "link";
}

export type PlanContext = Readonly<{
  contract: OwnershipContract;
  /** The CRM's object that holds calls, as named in the contract. */ object: string;
  key: string;
  ownerId: string | null;
  /** That object as the CRM describes it; null where that is not known. */
  schema: ObjectSchema | null;
}>;

/** Values of the call by vendor field, made to fit where the contract says how. */
function fitCall(
  row: DeliveryRow,
  { contract, object, key, ownerId, schema }: PlanContext,
): ReturnType<typeof fitValues> {
  const rules = contract.objects[object]?.fields ?? {};
  return fitValues(valuesOf(rules, toFacts(row, key, ownerId)), rules, schema);
}

export const wantedOf = (row: DeliveryRow, context: PlanContext): Readonly<Record<string, string>> =>
  fitCall(row, context).values;

/** What was made to fit among the fields that are written. */
const fittedIn = (body: FilteredBody, fitted: readonly FittedValue[]): readonly FittedValue[] =>
  fitted.filter(({ field }) => Object.hasOwn(body, field));

/** The plan of a first write, or of the links that are left. */
export function planWrite(row: DeliveryRow, context: PlanContext): WritePlan {
  const { key } = context;
  const operation = operationOf(row);
  const target = { key, remoteId: row.remoteId, links: linksLeft(row), unlinks: linksOutdated(row) };
  if (operation !== "create") return { row, key, item: { ...target, operation, body: null }, kept: [] };
  const { values, fitted } = fitCall(row, context);
  const { body, kept } = filterBody({
    contract: context.contract,
    object: context.object,
    operation: "create",
    wanted: values,
  });
  return { row, key, item: { ...target, operation, body }, kept, fitted: fittedIn(body, fitted) };
}

/** The plan of a rewrite, made against what the CRM holds now: an outside edit of our field stays. */
export function planUpdate(row: DeliveryRow, context: PlanContext, found: Found): WritePlan {
  const { values, fitted } = fitCall(row, context);
  const { body, kept, conflicts } = filterBody({
    contract: context.contract,
    object: context.object,
    operation: "update",
    wanted: values,
    remote: found.fields,
    pushed: row.pushed,
    settled: row.settled,
  });
  const { key } = context;
  const target = { key, remoteId: found.remoteId, links: linksLeft(row), unlinks: linksOutdated(row) };
  const item: WriteItem = isEmpty(body)
    ? { ...target, operation: "link", body: null }
    : { ...target, operation: "update", body };
  const settledFields = heldAsDecided(row, kept, values);
  const edits = toConflictDrafts(conflicts, found);
  return { row, key, item, kept, fitted: fittedIn(body, fitted), conflicts: edits, settledFields };
}

/** With what the CRM tells of the record's last change. */
export const toConflictDrafts = (conflicts: readonly FieldConflict[], { lastEdit }: Found): readonly ConflictDraft[] =>
  conflicts.map((conflict) => ({ ...conflict, editedAt: lastEdit?.at ?? null, editedBy: lastEdit?.by ?? null }));

/** Somebody set the field to what we want, after a person said that ours may be written: that is done, too. */
function heldAsDecided(
  { settled }: DeliveryRow,
  kept: readonly KeptField[],
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const fields = kept.filter(({ field, why }) => why === "unchanged" && settled[field]?.verdict === "use_ours");
  return Object.fromEntries(fields.map(({ field }) => [field, wanted[field] ?? ""]));
}

export const isEmpty = (body: FilteredBody): boolean => Object.keys(body).length === 0;

/** Whether nothing is left to send. */
export const isDone = (plan: WritePlan): boolean =>
  plan.item.operation === "link" && plan.item.links.length === 0 && (plan.item.unlinks ?? []).length === 0;
