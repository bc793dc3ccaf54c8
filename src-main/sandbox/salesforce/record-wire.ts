import type { ObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import type { Org } from "./org.ts";
import { readValue } from "./record-values.ts";
import { noSuchField } from "./refusal.ts";

/** A record as single reads answer it: every visible field, or those asked for. Throws an `INVALID_FIELD` refusal. */
export function toWireRecord(
  org: Org,
  record: OrgRecord,
  base: string,
  wanted?: readonly string[],
): Readonly<Record<string, unknown>> {
  const fields =
    wanted === undefined
      ? org.schema.fields(record.object)
      : wanted.map((name) => requireField(org, record.object, name));
  return {
    attributes: { type: record.object, url: recordUrl(record, base) },
    ...Object.fromEntries(fields.map((field) => [field.name, readValue(org, record, field)])),
    Id: record.id,
  };
}

function requireField(org: Org, object: ObjectName, name: string) {
  const field = org.schema.find(object, name);
  if (field === undefined) throw noSuchField(name, object);
  return field;
}

export function recordUrl({ object, id }: Pick<OrgRecord, "object" | "id">, base: string): string {
  return `${base}/sobjects/${object}/${id}`;
}
