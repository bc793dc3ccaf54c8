import type { SalesforceConfig } from "./configuration.ts";
import type { ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import type { RecordBody } from "./record-input.ts";

/** What a column of an upload writes: a field, or the parent with an external id. */
export type BulkColumn =
  | { readonly kind: "field"; readonly name: string }
  | {
      readonly kind: "parent";
      readonly relationship: string;
      readonly field: string;
      readonly type: string | undefined;
    };

/** The columns of a header, or the first name that means nothing. */
export function readHeader(
  org: Org,
  object: ObjectName,
  header: readonly string[],
): { readonly ok: true; readonly columns: readonly BulkColumn[] } | { readonly ok: false; readonly name: string } {
  const columns: BulkColumn[] = [];
  for (const name of header) {
    const column = toColumn(org, object, name);
    if (column === undefined) return { ok: false, name };
    columns.push(column);
  }
  return { ok: true, columns };
}

/** `Phone`, `Account.Ext__c`, or `Contact:Who.Ext__c` for a relationship to several objects. */
function toColumn(org: Org, object: ObjectName, name: string): BulkColumn | undefined {
  const [, type, path = ""] = /^(?:(\w+):)?([\w.]+)$/.exec(name) ?? [];
  if (type !== undefined && !org.config.current().bulkPolymorphicHeader) return undefined;
  const [relationship = "", field] = path.split(".");
  if (field === undefined) {
    const isKnown = relationship.toLowerCase() === "id" || org.schema.find(object, relationship) !== undefined;
    return isKnown && type === undefined ? { kind: "field", name: relationship } : undefined;
  }
  const isLink = org.schema
    .fields(object)
    .some(({ relationshipName }) => relationshipName?.toLowerCase() === relationship.toLowerCase());
  return isLink ? { kind: "parent", relationship, field, type } : undefined;
}

/** A row as a record's body: an empty value leaves the field as it is, `#N/A` empties it. */
export function toRowBody(
  columns: readonly BulkColumn[],
  values: readonly string[],
  { bulkHashNaIsNull }: Pick<SalesforceConfig, "bulkHashNaIsNull">,
): RecordBody {
  const body: Record<string, unknown> = {};
  for (const [at, column] of columns.entries()) {
    const text = values[at] ?? "";
    if (text === "") continue;
    const value = bulkHashNaIsNull && text === "#N/A" ? null : text;
    if (column.kind === "field") body[column.name] = value;
    else {
      const attributes = column.type === undefined ? {} : { attributes: { type: column.type } };
      body[column.relationship] = { ...attributes, [column.field]: value };
    }
  }
  return body;
}
