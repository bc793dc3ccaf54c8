import type { FieldDefinition } from "./field-definition.ts";
import type { FieldValue } from "./org-record.ts";
import { normaliseId } from "./record-id.ts";
import { badJson, badRecord } from "./refusal.ts";

/**
 * A value as it is stored. Throws a `Refusal`: what cannot be read as the field's type fails the whole request, what can
 * be read but not taken fails its record.
 */
export function parseValue(field: FieldDefinition, given: unknown): FieldValue {
  if (given === null || given === "") return field.type === "boolean" ? false : null;
  switch (field.type) {
    case "boolean":
      return parseBoolean(field, given);
    case "int":
    case "double":
    case "currency":
    case "percent":
      return parseNumber(field, given);
    case "date":
      return parseDay(field, given);
    case "datetime":
      return parseDateTime(field, given);
    case "id":
    case "reference":
      return parseId(field, given);
    default:
      return parseText(field, given);
  }
}

function unreadable(type: string, given: unknown): never {
  const shown = typeof given === "object" ? "START_OBJECT value" : `VALUE ${JSON.stringify(given)}`;
  throw badJson(`Cannot deserialize instance of ${type} from ${shown} or request may be missing a required field`);
}

function parseBoolean({ type }: FieldDefinition, given: unknown): boolean {
  if (typeof given === "boolean") return given;
  if (given === "true" || given === "false") return given === "true";
  return unreadable(type, given);
}

function parseNumber(field: FieldDefinition, given: unknown): number {
  const isText = typeof given === "string" && /^-?\d+(\.\d+)?$/.test(given);
  const value = typeof given === "number" || isText ? Number(given) : Number.NaN;
  if (Number.isNaN(value) || (field.type === "int" && !Number.isInteger(value))) return unreadable(field.type, given);
  if (field.digits > 0 && Math.abs(value) >= 10 ** field.digits) {
    throw badRecord(
      "NUMBER_OUTSIDE_VALID_RANGE",
      `${field.label}: value outside of valid range on numeric field: ${value}`,
      [field.name],
    );
  }
  return value;
}

function parseDay({ type }: FieldDefinition, given: unknown): string {
  const day = typeof given === "string" ? /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(given)?.[1] : undefined;
  if (day === undefined || Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return unreadable(type, given);
  return day;
}

function parseDateTime({ type }: FieldDefinition, given: unknown): string {
  const isTime =
    typeof given === "string" && /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(given);
  const at = isTime ? Date.parse(given.replace(/([+-]\d{2})(\d{2})$/, "$1:$2")) : Number.NaN;
  if (Number.isNaN(at)) return unreadable(type, given);
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}.000+0000`;
}

function parseId(field: FieldDefinition, given: unknown): string {
  if (typeof given !== "string") return unreadable("reference", given);
  const id = normaliseId(given);
  // Users of the account may have ids of any form.
  if (id !== undefined) return id;
  if (field.referenceTo.includes("User")) return given;
  throw badRecord("MALFORMED_ID", `${field.label}: id value of incorrect type: ${given}`, [field.name]);
}

function parseText(field: FieldDefinition, given: unknown): string {
  if (typeof given !== "string" && typeof given !== "number" && typeof given !== "boolean")
    return unreadable("string", given);
  const text = String(given);
  if (field.restrictedPicklist && !field.picklist.some(({ value }) => value === text)) {
    throw badRecord(
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      `${field.label}: bad value for restricted picklist field: ${text}`,
      [field.name],
    );
  }
  if (text.length > field.length) {
    throw badRecord(
      "STRING_TOO_LONG",
      `${field.label}: data value too large: ${text.slice(0, 80)} (max length=${field.length})`,
      [field.name],
    );
  }
  return text;
}
