import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { toWrittenForm, type FieldValue } from "../../../src-shared/domain/mapping.ts";
import { ruleOf, type FilteredBody, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { lookupId, textOf, type Row } from "./coql.ts";
import { parseDurationText, toDurationText, type DurationUnit } from "./duration.ts";
import { optionsOf, type Field, type Fields } from "./field-metadata.ts";
import { callModule, secondsField } from "./wire.ts";

export const durationField = "Call_Duration";
const typeField = "Call_Type";

/** Zoho takes no duration for a missed call. */
const hasNoDuration = (callType: string | undefined): boolean => callType === "Missed";

/** `Call_Duration` as Zoho takes it, from seconds or from hours and minutes (`00:04`); null where it takes none. */
function toDuration(value: string, callType: string | undefined, unit: DurationUnit): string | null {
  if (hasNoDuration(callType)) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : parseDurationText(value, "hh:mm");
  return seconds === undefined ? null : toDurationText(seconds, unit);
}

const isInHours = (value: FieldValue | undefined): boolean =>
  value !== undefined && "as" in value && value.as === "hours-minutes";

/** A body of texts as Zoho's typed JSON. The fields are those of the body and no others. */
export function toWire(
  body: FilteredBody,
  fields: Fields | undefined,
  unit: DurationUnit,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(body).flatMap(([name, value]): (readonly [string, unknown])[] => {
    if (name !== durationField) return [[name, toTyped(value, fields?.get(name)?.data_type)]];
    const text = toDuration(value, body[typeField], unit);
    return text === null ? [] : [[name, text]];
  });
  return Object.fromEntries(entries);
}

function toTyped(value: string, type: string | undefined): unknown {
  if (value === "") return null;
  switch (type) {
    case "integer":
    case "double":
    case "currency":
    case "percent":
      return Number.isNaN(Number(value)) ? value : Number(value);
    case "boolean":
      return value === "true";
    case "lookup":
    case "ownerlookup":
    case "userlookup":
      return { id: value };
    case "multiselectpicklist":
      return value.split(";");
    case "datetime":
      // Zoho wants an offset in figures, and no fractions.
      return value.replace(/(\.\d+)?Z$/, "+00:00");
    default:
      return value;
  }
}

/** Fields of calls that the contract knows, the key among them; `$se_module` is no column. */
export function listFields(contract: OwnershipContract, keyField: string): readonly string[] {
  const known = Object.hasOwn(contract.objects, callModule) ? contract.objects[callModule]?.fields : undefined;
  return [...new Set([keyField, ...Object.keys(known ?? {})])].filter((name) => !name.startsWith("$"));
}

/** When a record was changed last, and by whom. */
export const editedField = "Modified_Time";
export const editorField = "Modified_By";

/** Columns to ask for, so that the contract's fields can be told in the form in which they were written. */
export const columnsFor = (
  contract: OwnershipContract,
  keyField: string,
  fields: Fields | undefined,
): readonly string[] =>
  [...listFields(contract, keyField), typeField, secondsField, editedField, editorField].filter(
    (name) => fields === undefined || fields.has(name),
  );

/** The contract's fields as Zoho holds them, in the form in which we write them: Zoho's own form of a value is no edit. */
export function toHeld(
  contract: OwnershipContract,
  keyField: string,
  found: Row,
  unit: DurationUnit,
): Readonly<Record<string, string | null>> {
  const held = listFields(contract, keyField).map((name) => [name, toHeldValue(contract, found, name, unit)] as const);
  return Object.fromEntries(held.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Undefined where the record does not tell. */
function toHeldValue(
  contract: OwnershipContract,
  found: Row,
  name: string,
  unit: DurationUnit,
): string | null | undefined {
  const value = found[name];
  const rule = ruleOf(contract, callModule, name);
  const written = rule !== undefined && rule.own !== "crm" ? rule.value : undefined;
  if (name === durationField) return isInHours(written) ? toHeldHours(found, unit) : toHeldDuration(found, unit);
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(";");
  const text = typeof value === "object" ? lookupId(value) : textOf(found, name);
  if (text === null) return null;
  return toWrittenForm(written, text);
}

/**
 * Hours and minutes, whichever of its forms the org has: they are all that a contract without the seconds compares. A
 * missed call keeps none of what we wrote.
 */
function toHeldHours(found: Row, unit: DurationUnit): string | null | undefined {
  const text = textOf(found, durationField);
  if (text === null && hasNoDuration(textOf(found, typeField) ?? undefined)) return undefined;
  const seconds = text === null ? undefined : parseDurationText(text, unit);
  return seconds === undefined ? text : toDurationText(seconds, "hh:mm");
}

/**
 * The seconds that we wrote, as long as Zoho's text is still what they give: its text has minutes only in most orgs. An
 * edited text is told as it is.
 */
function toHeldDuration(found: Row, unit: DurationUnit): string | null {
  const text = textOf(found, durationField);
  const ours = textOf(found, secondsField);
  const seconds = ours === null ? null : String(Number(ours));
  if (seconds !== null && toDuration(seconds, textOf(found, typeField) ?? undefined, unit) === text) return seconds;
  return text;
}

const refused = (
  reason: "field_missing" | "mapping_error" | "value_rejected" | "too_large",
  field: string,
  message: string,
): ConnectorFault => ({
  kind: "rejected",
  reason,
  field,
  answer: toAnswer({ message }),
});

/** What Zoho's own description of the fields says against a body, before a request is spent on it; null where nothing. */
export function findFlaw(
  body: Readonly<Record<string, unknown>>,
  fields: Fields,
  isNew: boolean,
): ConnectorFault | null {
  for (const [name, value] of Object.entries(body)) {
    const field = fields.get(name);
    if (field === undefined)
      return refused("field_missing", name, `The field ${name} of calls does not exist in Zoho, or is hidden from us.`);
    const may = isNew ? field.operation_type?.api_create : field.operation_type?.api_update;
    if (may === false || field.read_only === true)
      return refused("mapping_error", name, `The field ${name} of calls cannot be written.`);
    const flaw = findValueFlaw(field, value);
    if (flaw !== null) return flaw;
  }
  return null;
}

function findValueFlaw(field: Field, value: unknown): ConnectorFault | null {
  const { api_name: name, length } = field;
  const options = optionsOf(field);
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
  const strange =
    options === undefined ? undefined : chosen.find((each) => typeof each === "string" && !options.has(each));
  if (strange !== undefined)
    return refused(
      "value_rejected",
      name,
      `The list ${name} of calls has no such value. Zoho would add it or refuse it.`,
    );
  if (typeof value === "string" && typeof length === "number" && length > 0 && value.length > length)
    return refused("too_large", name, `The text for ${name} has ${value.length} characters; Zoho takes ${length}.`);
  return null;
}
