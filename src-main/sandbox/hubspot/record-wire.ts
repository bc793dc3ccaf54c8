import { toIsoTime, type HubRecord } from "./hub-record.ts";
import {
  defaultProperties,
  objectNames,
  objectTypes,
  systemDates,
  toObjectName,
  type ObjectName,
} from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { filledNames } from "./property-reader.ts";
import { invalid } from "./refusal.ts";

export type Projection = {
  readonly properties?: readonly string[] | undefined;
  readonly history?: readonly string[] | undefined;
  readonly associations?: readonly ObjectName[] | undefined;
};

/** A record as reads answer it: the properties asked for, empty ones as null, unknown ones left out. */
export function toWireRecord(
  portal: Portal,
  record: HubRecord,
  { properties, history, associations }: Projection = {},
): Readonly<Record<string, unknown>> {
  const { object, id } = record;
  const asked =
    properties === undefined || properties.length === 0
      ? defaultProperties[object]
      : [...properties, ...alwaysAnswered(object)];
  return {
    ...toEnvelope(portal, record, toProperties(portal, record, asked, true)),
    ...(history === undefined || history.length === 0
      ? {}
      : { propertiesWithHistory: toHistories(portal, record, history) }),
    ...(associations === undefined || associations.length === 0
      ? {}
      : toAssociations(portal, object, id, associations)),
  };
}

/** A record as writes answer it: everything that has a value. */
export function toWrittenRecord(
  portal: Portal,
  record: HubRecord,
  extra: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { ...toEnvelope(portal, record, toProperties(portal, record, filledNames(record), false)), ...extra };
}

function alwaysAnswered(object: ObjectName): readonly string[] {
  return ["hs_object_id", systemDates[object].created, systemDates[object].modified];
}

function toEnvelope(
  portal: Portal,
  { id, object, createdAt, updatedAt, archivedAt }: HubRecord,
  properties: object,
): Readonly<Record<string, unknown>> {
  return {
    id,
    properties,
    createdAt: toIsoTime(createdAt),
    updatedAt: toIsoTime(updatedAt),
    archived: archivedAt !== undefined,
    ...(archivedAt === undefined ? {} : { archivedAt: toIsoTime(archivedAt) }),
    url: `https://app.hubspot.com/contacts/${portal.config.current().portalId}/record/${objectTypes[object].typeId}/${id}`,
  };
}

function toProperties(
  { registry, valueOf, config }: Portal,
  record: HubRecord,
  names: readonly string[],
  withEmpty: boolean,
): Record<string, string | null> {
  const { maskedPhones } = config.current();
  const found: Record<string, string | null> = {};
  for (const name of names) {
    if (registry.find(record.object, name) === undefined) continue;
    const value = valueOf(record, name);
    if (value === undefined && !withEmpty) continue;
    const isMasked = maskedPhones && value !== undefined && (name === "phone" || name === "mobilephone");
    found[name] = isMasked ? value.replace(/\d(?=.*\d{4})/g, "*") : (value ?? null);
  }
  return found;
}

function toHistories(
  { registry, history }: Portal,
  { object, id }: HubRecord,
  names: readonly string[],
): Readonly<Record<string, readonly object[]>> {
  const known = names.filter((name) => registry.find(object, name) !== undefined);
  return Object.fromEntries(known.map((name) => [name, history.of(id, name)]));
}

function toAssociations(
  { graph, records, types }: Portal,
  object: ObjectName,
  id: string,
  wanted: readonly ObjectName[],
): { readonly associations?: object } {
  const found = wanted
    .map((to) => {
      const results = [...graph.linked(object, id, to)]
        .filter(([toId]) => records.visible(to, toId) !== undefined)
        .flatMap(([toId, typeIds]) =>
          [...typeIds].map((typeId) => ({ id: toId, type: types.find(object, typeId, to)?.name ?? String(typeId) })),
        );
      return [to, { results }] as const;
    })
    .filter(([, { results }]) => results.length > 0);
  return found.length === 0 ? {} : { associations: Object.fromEntries(found) };
}

/** The objects that `associations` of a read names. Throws a `Refusal` for one that is none. */
export function toAssociatedObjects(words: readonly string[] | undefined): readonly ObjectName[] {
  return (words ?? []).map((word) => {
    const object = toObjectName(word);
    if (object === undefined) throw invalid(`Unable to infer object type from: ${word}`);
    return object;
  });
}

/** Ids linked to a record, by object: what the administration shows. */
export function toLinkedIds(
  { graph, records }: Portal,
  { object, id }: HubRecord,
): Readonly<Record<string, readonly string[]>> {
  const links = objectNames.map(
    (to) =>
      [
        to,
        [...graph.linked(object, id, to).keys()].filter(
          (toId) => records.current(to).get(toId)?.archivedAt === undefined,
        ),
      ] as const,
  );
  return Object.fromEntries(links.filter(([, ids]) => ids.length > 0));
}
