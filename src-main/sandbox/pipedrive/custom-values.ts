import { z } from "zod";
import type { FieldDefinition } from "./field-definition.ts";
import { textLimits } from "./field-definition.ts";
import { badRequest, schemaRefusal, unknownError } from "./refusal.ts";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const dayTime = z.string().regex(/^\d{2}:\d{2}(:\d{2})?$/);
const reference = z.int().positive();

/** Strict: a number in quotes is no number, an empty list no set. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  varchar: z.string(),
  varchar_auto: z.string(),
  text: z.string(),
  phone: z.string(),
  double: z.number(),
  monetary: z.strictObject({ value: z.number(), currency: z.string().length(3) }),
  enum: z.int(),
  set: z.array(z.int()).min(1),
  user: reference,
  org: reference,
  people: reference,
  date: day,
  daterange: z.strictObject({ value: day, until: day }),
  time: z.strictObject({ value: dayTime, timezone_name: z.string().optional() }),
  timerange: z.strictObject({ value: dayTime, until: dayTime, timezone_name: z.string().optional() }),
  address: z.looseObject({ value: z.string() }),
};

/** Checks a value of a custom field; null clears it. Throws a `Refusal` that names the field's code. */
export function checkCustomValue(field: FieldDefinition, value: unknown, maxLength: number | undefined): void {
  if (value === null) return;
  const path = `custom_fields.${field.code}`;
  if (isNestedTooDeep(value)) throw unknownError();
  const checked = (schemas[field.type] ?? z.unknown()).safeParse(value);
  if (!checked.success) throw schemaRefusal(path, checked.error.issues[0]?.message ?? "Invalid value");
  const limit = maxLength ?? textLimits[field.type];
  if (typeof value === "string" && limit !== undefined && value.length > limit)
    throw badRequest(`Field '${field.code}' is longer than ${limit} characters`);
  checkOptions(field, value);
}

function checkOptions(field: FieldDefinition, value: unknown): void {
  const { options } = field;
  if (options === null || (field.type !== "enum" && field.type !== "set")) return;
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const unknown = given.find((each) => !options.some(({ id }) => id === each));
  if (unknown !== undefined) throw badRequest(`Field '${field.code}' has no option ${JSON.stringify(unknown)}`);
}

/** The vendor answers a level of nesting too many with its own failure instead of a refusal. */
function isNestedTooDeep(value: unknown): boolean {
  return isFields(value) && Object.values(value).some(isFields);
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
