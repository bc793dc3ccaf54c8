import type { HubspotConfig } from "./configuration.ts";
import { toIsoTime } from "./hub-record.ts";
import type { PropertyDefinition } from "./property-definition.ts";

export type CheckedValue =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: string; readonly message: string };

/** What a value is checked against beyond its own definition. */
export type ValueRules = {
  readonly maxLength: number;
  readonly activeOwnerIds: readonly string[];
  /** Values of an enumeration that is kept elsewhere (pipelines, stages); undefined when it is not one of those. */
  readonly externalValues: readonly string[] | undefined;
};

const defaultMaxLength = 65_536;

export function maxLengthOf(object: string, name: string, config: HubspotConfig): number {
  const configured = Object.entries(config.fieldMaxLength).find(([key]) => key === object)?.[1]?.[name];
  if (configured !== undefined) return configured;
  return object === "calls" && name === "hs_call_body" ? config.callBodyMaxLength : defaultMaxLength;
}

/** The value as HubSpot stores it, or the code and text of its refusal. An empty value clears. */
export function checkValue(definition: PropertyDefinition, given: unknown, rules: ValueRules): CheckedValue {
  const text = toText(given);
  if (text === undefined)
    return refuse("INVALID_STRING", `${JSON.stringify(given)} was not a valid value of ${definition.name}.`);
  if (text === "") return { ok: true, value: "" };
  if (text.length > rules.maxLength)
    return refuse("VALUE_TOO_LONG", `Property "${definition.name}" is longer than ${rules.maxLength} characters.`);
  switch (definition.type) {
    case "number":
      return toNumber(definition, text);
    case "datetime":
      return toMoment(text);
    case "date":
      return toDay(text);
    case "bool":
      return toChoice(text.toLowerCase(), ["true", "false"], text);
    case "enumeration":
      return toEnumeration(definition, text, rules);
    case "phone_number":
    case "string":
      return definition.name === "email" ? toEmail(text) : { ok: true, value: text };
  }
}

function toText(given: unknown): string | undefined {
  if (given === null) return "";
  if (typeof given === "string") return given;
  return typeof given === "number" || typeof given === "boolean" ? String(given) : undefined;
}

function refuse(error: string, message: string): CheckedValue {
  return { ok: false, error, message };
}

/** HubSpot's codes differ by the kind of number: whole milliseconds are longs. */
function toNumber({ name }: PropertyDefinition, text: string): CheckedValue {
  const isDuration = name === "hs_call_duration";
  const fits = isDuration ? /^-?\d+$/.test(text) : /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text);
  if (fits) return { ok: true, value: text };
  return isDuration
    ? refuse("INVALID_LONG", `${text} was not a valid long.`)
    : refuse("INVALID_INTEGER", `${text} was not a valid number.`);
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const isoDay = /^\d{4}-\d\d-\d\d$/;
const dayMs = 86_400_000;

/** Epoch milliseconds or ISO 8601; undefined otherwise. */
export function parseMoment(text: string): number | undefined {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  const time = isoTime.test(text) || isoDay.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function toMoment(text: string): CheckedValue {
  const time = parseMoment(text);
  return time === undefined
    ? refuse("INVALID_DATE", `${text} was not a valid date.`)
    : { ok: true, value: toIsoTime(time) };
}

function toDay(text: string): CheckedValue {
  const time = parseMoment(text);
  if (time === undefined || time % dayMs !== 0)
    return refuse("INVALID_DATE", `${text} is not at midnight UTC, so it is no valid date.`);
  return { ok: true, value: new Date(time).toISOString().slice(0, 10) };
}

function toEmail(text: string): CheckedValue {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)) return refuse("INVALID_EMAIL", `Email address ${text} is invalid`);
  return { ok: true, value: text.toLowerCase() };
}

function toEnumeration(definition: PropertyDefinition, text: string, rules: ValueRules): CheckedValue {
  if (definition.referencedObjectType === "OWNER") return toChoice(text, rules.activeOwnerIds, text);
  const allowed = rules.externalValues ?? definition.options.map(({ value }) => value);
  if (definition.fieldType !== "checkbox") return toChoice(text, allowed, text);
  const unknown = text.split(";").find((part) => part !== "" && !allowed.includes(part));
  return unknown === undefined ? { ok: true, value: text } : toChoice(unknown, allowed, unknown);
}

function toChoice(value: string, allowed: readonly string[], shown: string): CheckedValue {
  if (allowed.includes(value)) return { ok: true, value };
  return refuse("INVALID_OPTION", `${shown} was not one of the allowed options: [${allowed.join(", ")}]`);
}
