import type { ObjectSchema, SchemaField } from "./crm-schema.ts";
import type { FieldRule } from "./ownership.ts";
import type { Reason } from "./reason.ts";
import { type RecordView, holds } from "./rule-check.ts";

/** Whose move it is: who looks after the field contract, or the CRM's administrator. */
export type Mover = "contract" | "administrator";

/** Something that the CRM would refuse, found before it was asked. */
export type FieldProblem = Readonly<{
  field: string | null;
  reason: Extract<
    Reason,
    "field_missing" | "mapping_error" | "permission_denied" | "value_rejected" | "rule_rejected" | "too_large"
  >;
  /** What is wrong, in one sentence. */
  says: string;
  mover: Mover;
  /** What that person does about it. */
  fix: string;
}>;

export type RecordAsk = Readonly<{
  schema: ObjectSchema;
  /** The CRM as people know it. */
  crm: string;
  operation: "create" | "update";
  /** What would be written, by field. */
  body: Readonly<Record<string, string>>;
  /** What the CRM holds, for an update: as far as it was read. */
  held?: Readonly<Record<string, string | null>>;
  /** Objects that the record is linked to by the same write. */
  linked: readonly string[];
  /** What the record is to people; a call where it is left out. */
  what?: string;
}>;

type Fields = Readonly<{ byName: ReadonlyMap<string, SchemaField>; required: readonly SchemaField[] }>;
const fieldsBySchema = new WeakMap<ObjectSchema, Fields>();

/** The fields of an object, put in order once: thousands of calls are held against one description. */
function fieldsOf(schema: ObjectSchema): Fields {
  const known = fieldsBySchema.get(schema);
  if (known !== undefined) return known;
  const fields = {
    byName: new Map(schema.fields.map((field) => [field.name, field])),
    required: schema.fields.filter(({ required }) => required !== "no"),
  };
  fieldsBySchema.set(schema, fields);
  return fields;
}

/** Everything that the CRM's own description says against a write; empty where nothing does. */
export function findProblems(ask: RecordAsk): readonly FieldProblem[] {
  const { schema, body } = ask;
  const { byName, required } = fieldsOf(schema);
  const ofObject = objectProblem(ask);
  if (ofObject !== null) return [ofObject];
  const problems: FieldProblem[] = [];
  const note = (problem: FieldProblem | null): void => {
    if (problem !== null) problems.push(problem);
  };
  for (const name of Object.keys(body)) {
    // What begins with a dollar sign is a word of the vendor's API, no field.
    if (name.startsWith("$")) continue;
    const field = byName.get(name);
    note(
      field === undefined
        ? missingField(ask, name)
        : (barProblem(ask, field) ?? valueProblem(ask, field, body[name] ?? "")),
    );
  }
  for (const field of required) note(requiredProblem(ask, field));
  return problems.length > 0 ? problems : ruleProblems(ask, byName);
}

function objectProblem({ schema, crm, operation }: RecordAsk): FieldProblem | null {
  if (operation === "create" ? schema.mayCreate : schema.mayUpdate) return null;
  const verb = operation === "create" ? "create" : "change";
  return {
    field: null,
    reason: "permission_denied",
    says: `The user that CallLedger signs in as may not ${verb} ${schema.object} in ${crm}.`,
    mover: "administrator",
    fix: `Give that user the right to ${verb} them.`,
  };
}

const missingField = ({ schema, crm }: RecordAsk, field: string): FieldProblem => ({
  field,
  reason: "field_missing",
  says: `${crm} has no field ${field} in ${schema.object}, or hides it from CallLedger.`,
  mover: "administrator",
  fix: "Restore the field or let CallLedger's user see it, or take it out of the field contract.",
});

function barProblem({ crm, operation }: RecordAsk, field: SchemaField): FieldProblem | null {
  if (operation === "create" ? field.mayCreate : field.mayUpdate) return null;
  if (field.bar === "permission")
    return {
      field: field.name,
      reason: "permission_denied",
      says: `The user that CallLedger signs in as may read the field ${field.name} in ${crm}, and not write it.`,
      mover: "administrator",
      fix: "Give that user the right to edit the field, or take it out of the field contract.",
    };
  const when = operation === "update" && field.mayCreate ? "once the record is there" : "by its API";
  return {
    field: field.name,
    reason: "mapping_error",
    says: `The field ${field.name} cannot be written in ${crm} ${when}.`,
    mover: "contract",
    fix: "Take the field out of the field contract, or make it one that is written once.",
  };
}

/** An empty text empties the field: that is no value to judge. */
function valueProblem(ask: RecordAsk, field: SchemaField, text: string): FieldProblem | null {
  if (text === "") return null;
  return lengthProblem(ask, field, text) ?? choiceProblem(ask, field, text) ?? typeProblem(ask, field, text);
}

function lengthProblem({ crm }: RecordAsk, { name, maxLength }: SchemaField, text: string): FieldProblem | null {
  if (maxLength === null || text.length <= maxLength) return null;
  return {
    field: name,
    reason: "too_large",
    says: `The text for ${name} has ${text.length} characters; ${crm} takes ${maxLength}.`,
    mover: "contract",
    fix: "Write a shorter text, or add `trim: true` to the field in the contract to have it cut.",
  };
}

/** As much of a value as a sentence can hold. */
const shown = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}…`);

function choiceProblem({ crm }: RecordAsk, { name, kind, options }: SchemaField, text: string): FieldProblem | null {
  if (options === null) return null;
  const chosen = kind === "choices" ? text.split(";").filter((each) => each !== "") : [text];
  const strange = chosen.find((each) => !options.includes(each));
  if (strange === undefined) return null;
  const some = options.slice(0, 12).map(shown).join(", ");
  const rest = options.length > 12 ? " and others" : "";
  return {
    field: name,
    reason: "value_rejected",
    says: `The list ${name} in ${crm} has no value "${shown(strange)}"; it has ${some === "" ? "none" : `${some}${rest}`}.`,
    mover: "administrator",
    fix: `Put the value back into the list, or name another one in the contract: \`alias: { "${shown(strange)}": … }\`.`,
  };
}

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));
const dayMs = 86_400_000;

const patterns = new Map<string, RegExp>();

/** The forms of fields are few; each is made into an expression once. */
function patternOf(source: string): RegExp {
  const pattern = patterns.get(source) ?? new RegExp(source);
  patterns.set(source, pattern);
  return pattern;
}

/** What is wrong with a text of a kind, as the end of a sentence; null: nothing. */
function findMisfit({ kind, below, form }: SchemaField, text: string): string | null {
  if (form !== null && !patternOf(form.pattern).test(text)) return form.words;
  switch (kind) {
    case "whole":
      if (!/^[+-]?\d+$/.test(text)) return "a whole number";
      break;
    case "number":
      if (!isNumber(text)) return "a number";
      break;
    case "flag":
      return text === "true" || text === "false" ? null : "true or false";
    case "date":
      return isDay(text) ? null : "a day such as 2026-06-01";
    case "moment":
      return isMoment(text) ? null : "a time such as 2026-06-01T09:15:00Z";
    case "text":
    case "choice":
    case "choices":
    case "other":
      return null;
  }
  return below !== null && Math.abs(Number(text)) >= below ? `a number below ${below.toLocaleString("en")}` : null;
}

/** Days come as such, as their midnight, or as its epoch ms; which of them a CRM takes is the field's form. */
function isDay(text: string): boolean {
  if (/^-?\d+$/.test(text)) return Number(text) % dayMs === 0;
  return !Number.isNaN(Date.parse(text));
}
const isMoment = (text: string): boolean => /^-?\d+$/.test(text) || !Number.isNaN(Date.parse(text));

function typeProblem({ crm }: RecordAsk, field: SchemaField, text: string): FieldProblem | null {
  const wanted = findMisfit(field, text);
  if (wanted === null) return null;
  return {
    field: field.name,
    reason: "value_rejected",
    says: `The field ${field.name} in ${crm} takes ${wanted}, and "${shown(text)}" is none.`,
    mover: "contract",
    fix: "Map another fact to the field, or change it with `as`.",
  };
}

function requiredProblem({ crm, operation, body, linked }: RecordAsk, field: SchemaField): FieldProblem | null {
  const text = Object.hasOwn(body, field.name) ? body[field.name] : undefined;
  const isEmptied = text === "";
  if (operation === "update" ? !isEmptied : text !== undefined && !isEmptied) return null;
  if (field.linksTo.some((object) => linked.includes(object))) return null;
  const what = field.required === "form" ? "is required in its form" : "is required";
  return {
    field: field.name,
    reason: "rule_rejected",
    says: `The field ${field.name} in ${crm} ${what}, and nothing would be written into it.`,
    mover: "contract",
    fix: `Map a value to ${field.name} in the field contract, or have the requirement lifted in ${crm}.`,
  };
}

function ruleProblems(ask: RecordAsk, known: ReadonlyMap<string, SchemaField>): readonly FieldProblem[] {
  const record = toRecordView(ask, known);
  return ask.schema.rules.flatMap(({ name, says, field, refuses }) => {
    if (holds(refuses, record) !== true) return [];
    const problem: FieldProblem = {
      field,
      reason: "rule_rejected",
      says: `The rule ${name} of ${ask.crm} refuses the ${ask.what ?? "call"}: ${says}`,
      mover: "administrator",
      fix: "Change the rule, or map what it asks for in the field contract.",
    };
    return [problem];
  });
}

/** The record as the write would leave it, as far as that is known. */
function toRecordView(
  { operation, body, held, linked }: RecordAsk,
  known: ReadonlyMap<string, SchemaField>,
): RecordView {
  return (name) => {
    const field = known.get(name);
    if (field === undefined) return undefined;
    if (Object.hasOwn(body, name)) return { text: body[name] ?? "", kind: field.kind };
    if (field.linksTo.length > 0) {
      // Whose id it is depends on the match; a rule that asks more than whether there is one cannot be told.
      if (linked.some((object) => field.linksTo.includes(object))) return { text: null, kind: field.kind };
      return operation === "create" ? { text: "", kind: field.kind } : undefined;
    }
    if (operation === "update") {
      const text = held !== undefined && Object.hasOwn(held, name) ? held[name] : undefined;
      return text === undefined ? undefined : { text: text ?? "", kind: field.kind };
    }
    return field.hasDefault || !field.mayCreate ? undefined : { text: "", kind: field.kind };
  };
}

/** A value that was changed under a rule of the contract so that the CRM takes it. */
export type FittedValue = Readonly<{ field: string; how: "trim" | "alias"; from: string; to: string }>;

/** Values made to fit where a rule of the contract says how; all others as they are. */
export function fitValues(
  wanted: Readonly<Record<string, string>>,
  rules: Readonly<Record<string, FieldRule>>,
  schema: ObjectSchema | null,
): Readonly<{ values: Readonly<Record<string, string>>; fitted: readonly FittedValue[] }> {
  if (schema === null) return { values: wanted, fitted: [] };
  const { byName } = fieldsOf(schema);
  const fitted: FittedValue[] = [];
  const changed: [name: string, text: string][] = [];
  for (const name of Object.keys(wanted)) {
    const text = wanted[name] ?? "";
    const field = byName.get(name);
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (field === undefined || rule === undefined || rule.own === "crm") continue;
    const named = rename(field, rule.alias, text);
    if (named !== text) fitted.push({ field: name, how: "alias", from: text, to: named });
    const cut = rule.trim === true ? trim(field, named) : named;
    if (cut !== named) fitted.push({ field: name, how: "trim", from: named, to: cut });
    if (cut !== text) changed.push([name, cut]);
  }
  return { values: changed.length === 0 ? wanted : { ...wanted, ...Object.fromEntries(changed) }, fitted };
}

/** The other name of a value that the list does not have, where the list has that one. */
function rename(
  { kind, options }: SchemaField,
  alias: Readonly<Record<string, string>> | undefined,
  text: string,
): string {
  if (alias === undefined || options === null) return text;
  const one = (value: string): string => {
    const other = Object.hasOwn(alias, value) ? alias[value] : undefined;
    return !options.includes(value) && other !== undefined && options.includes(other) ? other : value;
  };
  return kind === "choices" ? text.split(";").map(one).join(";") : one(text);
}

/** The text cut to what the field takes; a character of two units is left out whole. */
function trim({ maxLength }: SchemaField, text: string): string {
  if (maxLength === null || text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
