import type { AccountUser } from "../core/account-configuration.ts";
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
  if (field === undefined || rest.length > 2) throw unknownColumn(name);
  const [inner, last] = rest;
  if (inner !== undefined && last !== undefined) return toRelatedColumn(org, field, { name, inner, last });
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
  if (field.type === "ownerlookup") return toUserColumn(org, field, name, inner);
  const [module] = field.lookup ?? [];
  if (module === undefined) throw unknownColumn(name);
  return followLookup(org, field, name, toColumn(org, module, inner), module);
}

/** `What_Id->Leads.Last_Name`: only records that are related to this module have it. */
function toRelatedColumn(
  org: Org,
  field: Field,
  { name, inner, last }: { readonly name: string; readonly inner: string; readonly last: string },
): Column {
  const module = field.lookup?.find((each) => each === inner);
  if (module === undefined) throw unknownColumn(name);
  return followLookup(org, field, name, toColumn(org, module, last), module);
}

function followLookup(org: Org, field: Field, name: string, column: Column, module: ModuleName): Column {
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

const userParts: Readonly<Record<string, (user: AccountUser) => string>> = {
  first_name: ({ name }) => name.split(" ").slice(0, -1).join(" "),
  last_name: ({ name }) => name.split(" ").at(-1) ?? "",
  full_name: ({ name }) => name,
  email: ({ email }) => email,
};

/** `Owner.last_name`: a part of the user that a field names. */
function toUserColumn(org: Org, field: Field, name: string, inner: string): Column {
  const read = userParts[inner];
  if (read === undefined) throw unknownColumn(name);
  const valueOf = (record: ZohoRecord): string | undefined => {
    const user = org.findUser(String(readValue(record, field.name) ?? ""));
    return user === undefined ? undefined : read(user);
  };
  return { name, type: "text", valueOf, toWire: (record) => valueOf(record) ?? null };
}

function unknownColumn(name: string): Refusal {
  return new Refusal(400, "INVALID_QUERY", "column given seems to be invalid", {
    column_name: name,
    reason: "the column given is not available",
  });
}
