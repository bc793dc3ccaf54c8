import type { Field } from "./field-definition.ts";
import { invalidData, placeDetails, Refusal, type FieldPlace } from "./refusal.ts";
import { maxTagName, maxTagsOfRecord } from "./tags.ts";
import { parseZohoTime, type FieldValue } from "./zoho-record.ts";

/** A value as it is stored; undefined clears the field. */
export type CheckedValue = FieldValue | undefined;

/** The id inside a lookup's value: `"id"` or `{"id":"…"}`; undefined for anything else. */
export function lookupIdOf(value: unknown): string | undefined {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : value;
  return typeof id === "string" && /^\d+$/.test(id) ? id : undefined;
}

/** Throws a `Refusal` where the value has not the form of the field; whether a lookup's record exists is not looked at. */
export function checkValue(field: Field, value: unknown, place: FieldPlace): CheckedValue {
  if (value === null || value === undefined || value === "") return undefined;
  const wrong = (expected: string): Refusal => invalidData({ expected_data_type: expected, ...placeDetails(place) });
  switch (field.type) {
    case "boolean":
      if (typeof value === "boolean") return value;
      throw wrong("boolean");
    case "integer":
      return checkNumber(value, wrong("integer"), true);
    case "double":
    case "currency":
    case "percent":
      return checkNumber(value, wrong("double"), false);
    case "bigint":
      if (typeof value === "string" && /^-?\d+$/.test(value)) return value;
      if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
      throw wrong("bigint");
    case "datetime": {
      const time = typeof value === "string" ? parseZohoTime(value) : undefined;
      if (time === undefined) throw wrong("datetime");
      return time;
    }
    case "date":
      if (typeof value === "string" && isDate(value)) return value;
      throw wrong("date");
    case "lookup":
    case "ownerlookup": {
      const id = lookupIdOf(value);
      if (id === undefined) throw wrong("jsonobject");
      return id;
    }
    case "multiselectpicklist":
      if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) throw wrong("jsonarray");
      return value;
    case "tags":
      return checkTags(value, place, wrong("jsonarray"));
    default:
      return checkText(field, value, place, wrong);
  }
}

function checkNumber(value: unknown, wrong: Refusal, isWhole: boolean): number {
  if (typeof value !== "number" || !Number.isFinite(value) || (isWhole && !Number.isInteger(value))) throw wrong;
  return value;
}

function checkText(field: Field, value: unknown, place: FieldPlace, wrong: (expected: string) => Refusal): string {
  if (typeof value !== "string") throw wrong(field.type === "picklist" ? "text" : field.type);
  if (field.length !== undefined && value.length > field.length)
    throw invalidData({ maximum_length: field.length, ...placeDetails(place) });
  if (field.type === "phone" && !isPhone(value)) throw wrong("phone");
  if (field.type === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) throw wrong("email");
  if (field.type === "website" && !/^(https?:\/\/)?[^\s/]+\.[^\s]+$/i.test(value)) throw wrong("website");
  return value;
}

/** Tags come as `{"name":…}`, from older callers as names; their names are kept. */
function checkTags(value: unknown, place: FieldPlace, wrong: Refusal): CheckedValue {
  if (!Array.isArray(value)) throw wrong;
  const names = value.map((each: unknown) => {
    const name = typeof each === "object" && each !== null && "name" in each ? each.name : each;
    if (typeof name !== "string" || name.trim() === "") throw wrong;
    if (name.length > maxTagName) throw invalidData({ maximum_length: maxTagName, ...placeDetails(place) });
    return name.trim();
  });
  if (names.length > maxTagsOfRecord)
    throw new Refusal(400, "LIMIT_EXCEEDED", "the number of tags exceeds the limit", {
      limit: maxTagsOfRecord,
      ...placeDetails(place),
    });
  return names.length === 0 ? undefined : [...new Set(names)];
}

/** Digits in any spelling people use, an extension included. */
function isPhone(text: string): boolean {
  return /^[+\d\s().\-/#*,;]*(?:(?:ext|x)\.?\s*\d+)?$/i.test(text) && /\d/.test(text);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
