import type { OutsideEdit, OutsideFields, OutsideRecords } from "../core/crm-sandbox.ts";
import type { HubRecord } from "./hub-record.ts";
import { objectNames, systemDates, toObjectName, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { filledNames } from "./property-reader.ts";
import { parseMoment } from "./property-values.ts";
import { linkRecords } from "./record-links.ts";
import { mergeRecords } from "./record-merge.ts";
import { toLinkedIds } from "./record-wire.ts";
import { holderOf, withChanges, withSource, type RecordWriter } from "./record-writer.ts";
import { Refusal } from "./refusal.ts";

/**
 * Edits by a person in HubSpot. Fields are the property names, flat or under `properties`; `associations` names ids by
 * object (`{"companies": ["…"]}`) and adds default links; a new record may bring its `id`, and both dates may be given.
 */
export function createOutsideRecords(portal: Portal, writer: RecordWriter): OutsideRecords {
  const { records } = portal;
  return {
    objects: objectNames,
    list: (word) => {
      const object = require(word);
      return [...records.current(object).iterate()]
        .filter(({ archivedAt }) => archivedAt === undefined)
        .map((record) => toOutside(portal, record));
    },
    create: (word, given) => edit(portal, () => createRecord(portal, require(word), given)),
    update: (word, id, given) =>
      edit(portal, () => updateRecord(portal, requireLive(portal, require(word), id), given)),
    remove: (word, id) =>
      edit(portal, () => {
        const record = requireLive(portal, require(word), id);
        writer.archive(record);
        return record;
      }),
    merge: (word, id, otherId) =>
      edit(portal, () => {
        const object = require(word);
        return mergeRecords(
          portal,
          object,
          requireLive(portal, object, id),
          requireLive(portal, object, otherId),
          "user",
        );
      }),
  };
}

function require(word: string): ObjectName {
  const object = toObjectName(word);
  if (object === undefined) throw new Refusal(404, "OBJECT_NOT_FOUND", `There is no object "${word}".`);
  return object;
}

function requireLive({ records }: Portal, object: ObjectName, id: string): HubRecord {
  const record = records.current(object).get(id);
  if (record === undefined || record.archivedAt !== undefined)
    throw new Refusal(404, "OBJECT_NOT_FOUND", `There is no live record ${id} among the ${object}.`);
  return record;
}

function edit(portal: Portal, work: () => HubRecord): OutsideEdit {
  try {
    return { ok: true, record: toOutside(portal, work()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      ok: false,
      status: error.status === 404 || error.status === 409 ? error.status : 400,
      message: error.message,
    };
  }
}

/** Flat under the property names, and once more under `properties`, as the API shows them. */
function toOutside(portal: Portal, record: HubRecord): OutsideFields {
  const properties: Record<string, string> = {};
  for (const name of filledNames(record)) {
    if (portal.registry.find(record.object, name) === undefined) continue;
    const value = portal.valueOf(record, name);
    if (value !== undefined) properties[name] = value;
  }
  return { ...properties, id: record.id, properties, associations: toLinkedIds(portal, record) };
}

type Given = {
  readonly id: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly links: readonly { readonly to: ObjectName; readonly id: string }[];
};

function parseFields(portal: Portal, object: ObjectName, fields: OutsideFields): Given {
  const { id, properties, associations, ...flat } = fields;
  const named = isFields(properties) ? { ...flat, ...properties } : flat;
  const { created, modified } = systemDates[object];
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(named)) {
    if (name === created || name === modified || name === "hs_object_id") continue;
    const definition = portal.registry.find(object, name);
    if (definition === undefined)
      throw new Refusal(400, "VALIDATION_ERROR", `Property "${name}" does not exist on ${object}.`);
    texts[name] = toText(name, value);
  }
  return {
    id: id === undefined ? undefined : toText("id", id),
    properties: texts,
    createdAt: toTime(created, named[created]),
    updatedAt: toTime(modified, named[modified]),
    links: toLinks(portal, associations),
  };
}

function isFields(value: unknown): value is OutsideFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toText(name: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Refusal(400, "VALIDATION_ERROR", `"${name}" must be a text, a number, a boolean or null.`);
}

function toTime(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = parseMoment(toText(name, value));
  if (time === undefined)
    throw new Refusal(400, "VALIDATION_ERROR", `"${name}" must be a time: epoch milliseconds or ISO 8601.`);
  return time;
}

function toLinks({ records }: Portal, associations: unknown): Given["links"] {
  if (associations === undefined) return [];
  if (!isFields(associations))
    throw new Refusal(400, "VALIDATION_ERROR", `"associations" must be an object of ids by object name.`);
  return Object.entries(associations).flatMap(([word, ids]) => {
    const to = require(word);
    if (!Array.isArray(ids))
      throw new Refusal(400, "VALIDATION_ERROR", `"associations.${word}" must be an array of ids.`);
    return ids.map((given: unknown) => {
      const id = toText("id", given);
      if (records.current(to).get(id) === undefined)
        throw new Refusal(400, "VALIDATION_ERROR", `There is no record ${id} among the ${to}.`);
      return { to, id };
    });
  });
}

function createRecord(portal: Portal, object: ObjectName, fields: OutsideFields): HubRecord {
  const given = parseFields(portal, object, fields);
  const { records, clock } = portal;
  if (given.id !== undefined && !/^\d{1,15}$/.test(given.id))
    throw new Refusal(400, "VALIDATION_ERROR", `An id is a number, not "${given.id}".`);
  if (given.id !== undefined && records.current(object).get(given.id) !== undefined)
    throw new Refusal(409, "CONFLICT", `There is already a record ${given.id}.`);
  const now = clock.now();
  const record: HubRecord = {
    id: given.id ?? records.nextId(object),
    object,
    properties: withSource(withChanges({}, given.properties), "user"),
    createdAt: given.createdAt ?? now,
    updatedAt: given.updatedAt ?? now,
    archivedAt: undefined,
    mergedIds: [],
  };
  return save(portal, undefined, record, given.links);
}

function updateRecord(portal: Portal, before: HubRecord, fields: OutsideFields): HubRecord {
  const given = parseFields(portal, before.object, fields);
  const properties = withChanges(before.properties, given.properties);
  const record = {
    ...before,
    properties,
    createdAt: given.createdAt ?? before.createdAt,
    updatedAt: given.updatedAt ?? portal.clock.now(),
  };
  return save(portal, before, record, given.links);
}

function save(portal: Portal, before: HubRecord | undefined, record: HubRecord, links: Given["links"]): HubRecord {
  const { object, id, properties } = record;
  for (const name of portal.registry.uniqueNames(object)) {
    const value = properties[name];
    const holder = value === undefined ? undefined : holderOf(portal, object, name, value, id);
    if (holder !== undefined) throw new Refusal(409, "CONFLICT", `Record ${holder.id} already has ${name} "${value}".`);
  }
  portal.records.put(record);
  portal.history.record(before, record, "user", portal.clock.now());
  for (const link of links) linkRecords(portal, portal.types.unlabelled(object, link.to), id, link.id);
  return record;
}
