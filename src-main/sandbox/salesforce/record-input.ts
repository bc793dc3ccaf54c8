import type { FieldDefinition } from "./field-definition.ts";
import { parseValue } from "./field-values.ts";
import { toObjectName, type ObjectName } from "./object-types.ts";
import type { FieldValue } from "./org-record.ts";
import { keyIndex, toKeyValue } from "./org-records.ts";
import type { Org } from "./org.ts";
import type { WriteKind } from "./record-rules.ts";
import { badRecord, noSuchField } from "./refusal.ts";

export type Changes = ReadonlyMap<FieldDefinition, FieldValue>;
export type RecordBody = Readonly<Record<string, unknown>>;

/** What a request's record asks to write, by field. Throws a `Refusal` for fields that do not exist or may not be written. */
export function readChanges(org: Org, object: ObjectName, on: WriteKind, body: RecordBody): Changes {
  const changes = new Map<FieldDefinition, FieldValue>();
  const refused: string[] = [];
  for (const [name, given] of Object.entries(body)) {
    if (name === "attributes") continue;
    if (name.toLowerCase() === "id")
      throw badRecord("INVALID_FIELD", "The Id field should not be specified in the sobject data.");
    const found = findField(org, object, name, given);
    if (found === undefined) throw noSuchField(name, object);
    const { field, value } = found;
    if (on === "create" ? field.createable : field.updateable) changes.set(field, value());
    else refused.push(field.name);
  }
  if (refused.length > 0) throw notWritable(refused);
  return changes;
}

function notWritable(names: readonly string[]) {
  return badRecord(
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    `Unable to create/update fields: ${names.join(", ")}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    names,
  );
}

type Found = { readonly field: FieldDefinition; readonly value: () => FieldValue };

/** A field by its own name, or by its relationship's name with the parent's external id. */
function findField(org: Org, object: ObjectName, name: string, given: unknown): Found | undefined {
  const field = org.schema.find(object, name);
  if (field !== undefined) return { field, value: () => parseValue(field, given) };
  const link = org.schema
    .fields(object)
    .find(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase());
  if (link === undefined || typeof given !== "object" || given === null) return undefined;
  return { field: link, value: () => findParent(org, link, given) };
}

/** The id of the record that `{"attributes":{"type":…},"Ext__c":"…"}` means. */
function findParent(org: Org, link: FieldDefinition, given: object): string {
  const { attributes, ...keys } = { attributes: undefined, ...given };
  const [key] = Object.entries(keys);
  if (key === undefined || Object.keys(keys).length > 1) {
    throw badRecord(
      "INVALID_FIELD",
      `Exactly one external id is needed for the relationship ${link.relationshipName}.`,
    );
  }
  const [name, value] = key;
  const objects = parentObjects(org, link, attributes);
  for (const object of objects) {
    const field = org.schema.find(object, name);
    if (field === undefined || !field.externalId) continue;
    const found = org.records
      .current(object)
      .find(keyIndex(field.name), toKeyValue(value, field))
      .find(({ deletedAt }) => deletedAt === undefined);
    if (found !== undefined) return found.id;
  }
  throw badRecord(
    "INVALID_FIELD",
    `Foreign key external ID: ${String(value)} not found for field ${name} in entity ${objects.join(" or ")}`,
  );
}

function parentObjects(org: Org, link: FieldDefinition, attributes: unknown): readonly ObjectName[] {
  const named =
    typeof attributes === "object" && attributes !== null && "type" in attributes ? String(attributes.type) : undefined;
  const possible = link.referenceTo.flatMap((name) => toObjectName(name) ?? []);
  if (named !== undefined) return possible.filter((object) => object.toLowerCase() === named.toLowerCase());
  if (possible.length > 1 && org.config.current().polymorphicParentNeedsType) {
    throw badRecord(
      "INVALID_FIELD",
      `The relationship ${link.relationshipName} is polymorphic: its attributes must name the type.`,
    );
  }
  return possible;
}
