import type { RecordView } from "../core/record-view.ts";
import type { HubRecord } from "./hub-record.ts";
import { uniqueIndex } from "./hub-records.ts";
import { objectTypes, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { invalid, notFound } from "./refusal.ts";

export type Key = { readonly id: string; readonly idProperty?: string | undefined };

/** Which state a look-up sees: what reads show (with their lag) or what is really there. */
export type Sight = "shown" | "current";

/** The live (or archived) record of a key, by id or by a unique property. Throws a `Refusal` for a property that is not unique. */
export function findRecord(
  portal: Portal,
  object: ObjectName,
  { id, idProperty }: Key,
  sight: Sight,
  archived = false,
): HubRecord | undefined {
  const view = sight === "shown" ? portal.records.readView(object) : portal.records.current(object);
  const found = findAll(portal, view, object, id, idProperty).find(
    (record) => (record.archivedAt !== undefined) === archived,
  );
  return found !== undefined && portal.records.isVisible(found) ? found : undefined;
}

function findAll(
  portal: Portal,
  view: RecordView<HubRecord>,
  object: ObjectName,
  id: string,
  idProperty: string | undefined,
): readonly HubRecord[] {
  if (idProperty === undefined || idProperty === "" || idProperty === "hs_object_id") {
    const record = view.get(id);
    return record === undefined ? [] : [record];
  }
  if (!portal.registry.uniqueNames(object).includes(idProperty)) throw notUnique("read", object, idProperty);
  return view.find(uniqueIndex(idProperty), idProperty === "email" ? id.toLowerCase() : id);
}

/** Reading a merged-away id shows the survivor, unless the account is set not to. */
export function followMerge(
  { records, config }: Portal,
  object: ObjectName,
  { id, idProperty }: Key,
): string | undefined {
  return idProperty === undefined && config.current().mergedIdRedirects ? records.mergedInto(object, id) : undefined;
}

/** The record a write is about, as it is now. Throws a `Refusal` (404) when there is none. */
export function requireRecord(portal: Portal, object: ObjectName, key: Key): HubRecord {
  const record = findRecord(portal, object, key, "current");
  if (record === undefined) throw notFound("resource not found", { context: { id: [key.id] } });
  return record;
}

export function notUnique(operation: string, object: ObjectName, idProperty: string) {
  return invalid(`Unable to perform ${operation} by non-unique ${objectTypes[object].typeId} property ${idProperty}.`);
}
