import { z } from "zod";

/**
 * What a field's values are, as far as a text can be told to be none of them. `whole`, `number`: digits. `flag`: true or
 * false. `date`: a day. `moment`: a time of a day. `choice`: one of a list; `choices`: several, separated by semicolons.
 * `other`: what only the CRM can judge (an owner, a link).
 */
export const fieldKind = z.enum(["text", "whole", "number", "flag", "date", "moment", "choice", "choices", "other"]);
export type FieldKind = z.infer<typeof fieldKind>;

/** Why nobody can write a field by the API, or why the signed-in user may not. */
const fieldBar = z.enum(["computed", "permission"]);

/** A field of a CRM's object, in no vendor's words. */
export const schemaField = z.strictObject({
  name: z.string(),
  /** As people see it in the CRM. */
  label: z.string(),
  kind: fieldKind,
  /** Longest text (UTF-16 units), or null. */
  maxLength: z.int().positive().nullable(),
  /** A number must be nearer to zero than this, or null. */
  below: z.number().positive().nullable(),
  /** A text must fit this expression of the connector's own; `words` says what it wants. */
  form: z.strictObject({ pattern: z.string(), words: z.string() }).nullable(),
  /** All values that it takes, or null where it takes others as well. */
  options: z.array(z.string()).nullable(),
  mayCreate: z.boolean(),
  mayUpdate: z.boolean(),
  bar: fieldBar.nullable(),
  /** A new record must have a value. `form`: where people fill in a form; the API may or may not insist. */
  required: z.enum(["no", "form", "always"]),
  /** What a new record gets where nothing is written into it is not known here. */
  hasDefault: z.boolean(),
  /** Objects a link to which fills it (`WhoId`). */
  linksTo: z.array(z.string()),
});
export type SchemaField = Readonly<z.infer<typeof schemaField>>;

const comparison = z.enum(["eq", "ne", "lt", "gt", "le", "ge"]);
export type Comparison = z.infer<typeof comparison>;

/** When a rule of the CRM refuses a record. `unknown`: a part that cannot be told here. */
export type RuleCondition =
  | Readonly<{ all: readonly RuleCondition[] }>
  | Readonly<{ any: readonly RuleCondition[] }>
  | Readonly<{ not: RuleCondition }>
  | Readonly<{ blank: string }>
  | Readonly<{ field: string; is: Comparison; value: string | number | boolean }>
  | Readonly<{ lengthOf: string; is: Comparison; value: number }>
  | Readonly<{ field: string; text: "begins" | "contains"; value: string }>
  | Readonly<{ field: string; matches: string }>
  | Readonly<{ always: boolean }>
  | Readonly<{ unknown: true }>;

const ruleCondition: z.ZodType<RuleCondition> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(ruleCondition) }),
    z.strictObject({ any: z.array(ruleCondition) }),
    z.strictObject({ not: ruleCondition }),
    z.strictObject({ blank: z.string() }),
    z.strictObject({ field: z.string(), is: comparison, value: z.union([z.string(), z.number(), z.boolean()]) }),
    z.strictObject({ lengthOf: z.string(), is: comparison, value: z.number() }),
    z.strictObject({ field: z.string(), text: z.enum(["begins", "contains"]), value: z.string() }),
    z.strictObject({ field: z.string(), matches: z.string() }),
    z.strictObject({ always: z.boolean() }),
    z.strictObject({ unknown: z.literal(true) }),
  ]),
);

/** An administrator's rule about records, as far as it can be read. */
export const schemaRule = z.strictObject({
  name: z.string(),
  /** What the CRM says when it bites. */
  says: z.string(),
  field: z.string().nullable(),
  refuses: ruleCondition,
});
export type SchemaRule = Readonly<z.infer<typeof schemaRule>>;

/** One object of a CRM as the signed-in user may write it. */
export const objectSchema = z.strictObject({
  object: z.string(),
  mayCreate: z.boolean(),
  mayUpdate: z.boolean(),
  fields: z.array(schemaField),
  rules: z.array(schemaRule),
});
export type ObjectSchema = Readonly<z.infer<typeof objectSchema>>;

/** A field by what sets it apart from a writable text of any length. */
export function toSchemaField(
  given: Pick<SchemaField, "name"> &
    Partial<Omit<SchemaField, "name" | "linksTo">> &
    Readonly<{ linksTo?: readonly string[] }>,
): z.infer<typeof schemaField> {
  const { options = null, linksTo = [], ...rest } = given;
  return {
    label: given.name,
    kind: "text",
    maxLength: null,
    below: null,
    form: null,
    mayCreate: true,
    mayUpdate: true,
    bar: null,
    required: "no",
    hasDefault: false,
    ...rest,
    options: options === null ? null : [...options],
    linksTo: [...linksTo],
  };
}
