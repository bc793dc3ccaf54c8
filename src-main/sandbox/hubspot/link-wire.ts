import type { AssociationType } from "./association-types.ts";
import { objectTypes, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";

/** The records linked to one, in the order of linking, that are live and visible. */
export function toLinkedRecords(
  { graph, records, types }: Portal,
  from: ObjectName,
  fromId: string,
  to: ObjectName,
): readonly LinkedRecord[] {
  return [...graph.linked(from, fromId, to)]
    .filter(([toId]) => records.visible(to, toId) !== undefined)
    .map(([toObjectId, typeIds]) => ({
      toObjectId,
      associationTypes: [...typeIds].map((typeId) => toLabel(types.find(from, typeId, to), typeId)),
    }));
}

export type LinkedRecord = { readonly toObjectId: string; readonly associationTypes: readonly object[] };

/** A label of null is how HubSpot writes an unlabelled type. */
export function toLabel(type: AssociationType | undefined, typeId: number): object {
  return { category: type?.category ?? "HUBSPOT_DEFINED", typeId, label: type?.label ?? null };
}

/** Both directed rows of a default association. */
export function toDirectedRows(type: AssociationType, fromId: string, toId: string): readonly object[] {
  const row = (from: string, to: string, associationTypeId: number): object => ({
    from: { id: from },
    to: { id: to },
    associationSpec: { associationCategory: type.category, associationTypeId },
  });
  return [row(fromId, toId, type.typeId), row(toId, fromId, type.inverseTypeId)];
}

export function toLabelledPair(
  from: ObjectName,
  fromId: string,
  to: ObjectName,
  toId: string,
  types: readonly AssociationType[],
): object {
  return {
    fromObjectTypeId: objectTypes[from].typeId,
    fromObjectId: fromId,
    toObjectTypeId: objectTypes[to].typeId,
    toObjectId: toId,
    labels: types.map(({ label }) => label).filter((label) => label !== null),
  };
}

/** One page of a list; the cursor is the position. */
export function toPage<T>(
  items: readonly T[],
  limit: number,
  after: number,
): { readonly results: readonly T[]; readonly next: string | undefined } {
  const results = items.slice(after, after + limit);
  return { results, next: after + limit < items.length ? String(after + limit) : undefined };
}
