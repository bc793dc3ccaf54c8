import { linkStep, readLinkStep, recordStep } from "../../../src-shared/domain/step.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import {
  type FilteredBody,
  type KeptField,
  type OwnershipContract,
  filterBody,
} from "../../../src-shared/domain/ownership.ts";
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
}>;

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
  if (row.match === null) return [];
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
}>;

/** Values of the call by vendor field. */
export function wantedOf(row: DeliveryRow, context: PlanContext): Readonly<Record<string, string>> {
  return valuesOf(context.contract.objects[context.object]?.fields ?? {}, toFacts(row, context.key, context.ownerId));
}

/** The plan of a first write, or of the links that are left. */
export function planWrite(row: DeliveryRow, context: PlanContext): WritePlan {
  const operation = operationOf(row);
  const base = {
    key: context.key,
    operation,
    remoteId: row.remoteId,
    links: linksLeft(row),
    unlinks: linksOutdated(row),
  };
  if (operation !== "create") return { row, key: context.key, item: { ...base, body: null }, kept: [] };
  const { body, kept } = filterBody({
    contract: context.contract,
    object: context.object,
    operation: "create",
    wanted: wantedOf(row, context),
  });
  return { row, key: context.key, item: { ...base, body }, kept };
}

/** The plan of a rewrite, made against what the CRM holds now: an outside edit of our field stays. */
export function planUpdate(
  row: DeliveryRow,
  context: PlanContext,
  found: Extract<ProbeFinding, { kind: "found" }>,
): WritePlan {
  const { body, kept } = filterBody({
    contract: context.contract,
    object: context.object,
    operation: "update",
    wanted: wantedOf(row, context),
    remote: found.fields,
    pushed: row.pushed,
  });
  const operation = isEmpty(body) ? "link" : "update";
  const item: WriteItem = {
    key: context.key,
    operation,
    body: operation === "update" ? body : null,
    remoteId: found.remoteId,
    links: linksLeft(row),
    unlinks: linksOutdated(row),
  };
  return { row, key: context.key, item, kept };
}

export const isEmpty = (body: FilteredBody): boolean => Object.keys(body).length === 0;

/** Whether nothing is left to send. */
export const isDone = (plan: WritePlan): boolean =>
  plan.item.operation === "link" && plan.item.links.length === 0 && (plan.item.unlinks ?? []).length === 0;

/** Outside edits of fields that are ours: they stay, and people are told. */
export const conflictsOf = (kept: readonly KeptField[]): readonly string[] =>
  kept.flatMap(({ field, why }) => (why === "conflict" ? [field] : []));
