import type { DataType, Field } from "./field-definition.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { readValue, toWireValue } from "./record-wire.ts";
import { Refusal } from "./refusal.ts";
import type { FieldValue, ZohoRecord } from "./zoho-record.ts";

/** A column of a query: a field of the module, or of the record that a lookup points to (`Account_Name.Account_Name`). */
export type Column = {
  readonly name: string;
  readonly type: DataType | "id";
  readonly valueOf: (record: ZohoRecord) => FieldValue | undefined;
  readonly toWire: (record: ZohoRecord) => unknown;
};

/** Throws a `Refusal` for a column that does not exist, or that the token's user may not see. */
export function toColumn(org: Org, module: ModuleName, name: string): Column {
  if (name === "id") return { name, type: "id", valueOf: ({ id }) => id, toWire: ({ id }) => id };
  const [own = "", ...rest] = name.split(/\.|->/);
  const field = org.registry.fields(module).get(own);
  if (field === undefined || rest.length > 1) throw unknownColumn(name);
  const [inner] = rest;
  if (inner !== undefined) return toLookupColumn(org, field, name, inner);
  return {
    name,
    type: field.type,
    valueOf: (record) => readValue(record, own),
    toWire: (record) => toWireValue(org, record, field),
  };
}

function toLookupColumn(org: Org, field: Field, name: string, inner: string): Column {
  if (inner === "id" && (field.type === "lookup" || field.type === "ownerlookup")) {
    const read = (record: ZohoRecord): FieldValue | undefined => readValue(record, field.name);
    return { name, type: "id", valueOf: read, toWire: (record) => read(record) ?? null };
  }
  const [module] = field.lookup ?? [];
  if (module === undefined) throw unknownColumn(name);
  const column = toColumn(org, module, inner);
  const follow = (record: ZohoRecord): ZohoRecord | undefined => {
    const id = record.values[field.name];
    return typeof id === "string" ? org.records.live(module, id) : undefined;
  };
  return {
    name,
    type: column.type,
    valueOf: (record) => {
      const target = follow(record);
      return target === undefined ? undefined : column.valueOf(target);
    },
    toWire: (record) => {
      const target = follow(record);
      return target === undefined ? null : column.toWire(target);
    },
  };
}

function unknownColumn(name: string): Refusal {
  return new Refusal(400, "INVALID_QUERY", "column given seems to be invalid", {
    column_name: name,
    reason: "the column given is not available",
  });
}
