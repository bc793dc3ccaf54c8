import { z } from "zod";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import { shownFields } from "./field-access.ts";
import { coreObjects, singular, type CoreObject } from "./object-types.ts";
import { badRequest } from "./refusal.ts";

/** Kinds of filters, under the first version's names, and what they filter. */
export const filterTypes = {
  deals: "deals",
  people: "persons",
  org: "organizations",
  activity: "activities",
} as const satisfies Readonly<Record<string, CoreObject>>;
export type FilterType = keyof typeof filterTypes;

const objectWords = coreObjects.map((object) => singular[object]);

const condition = z.looseObject({
  object: z.enum(objectWords),
  /** The field's number in the first version's list, or its code. */
  field_id: z.union([z.string(), z.number()]),
  operator: z.string(),
  value: z.union([z.string(), z.number(), z.null()]).optional(),
});
const group = z.looseObject({ glue: z.enum(["and", "or"]), conditions: z.array(condition) });
export const filterConditions = z.looseObject({ glue: z.literal("and"), conditions: z.array(group) });
export type FilterConditions = z.output<typeof filterConditions>;
type Condition = z.output<typeof condition>;

type Compare = (held: string, wanted: string) => boolean;

function order(held: string, wanted: string): number {
  const [left, right] = [Number(held), Number(wanted)];
  if (held !== "" && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return held < wanted ? -1 : Number(held > wanted);
}

/** The operators that filters of every type know, as the list of helpers tells them. */
export const operators: Readonly<Record<string, { readonly label: string; readonly holds: Compare }>> = {
  "=": { label: "is", holds: (held, wanted) => order(held, wanted) === 0 },
  "!=": { label: "is not", holds: (held, wanted) => order(held, wanted) !== 0 },
  "<": { label: "is less than", holds: (held, wanted) => order(held, wanted) < 0 },
  "<=": { label: "is at most", holds: (held, wanted) => order(held, wanted) <= 0 },
  ">": { label: "is more than", holds: (held, wanted) => order(held, wanted) > 0 },
  ">=": { label: "is at least", holds: (held, wanted) => order(held, wanted) >= 0 },
  "LIKE '$%$'": { label: "contains", holds: (held, wanted) => held.includes(wanted) },
  "LIKE '%$%'": { label: "contains", holds: (held, wanted) => held.includes(wanted) },
  "NOT LIKE '%$%'": { label: "does not contain", holds: (held, wanted) => !held.includes(wanted) },
  "LIKE '$%'": { label: "starts with", holds: (held, wanted) => held.startsWith(wanted) },
  "LIKE '%$'": { label: "ends with", holds: (held, wanted) => held.endsWith(wanted) },
};
const emptiness: Readonly<Record<string, boolean>> = { "IS NULL": true, "IS NOT NULL": false };

/** Whether records meet the conditions. Throws a `Refusal` for a field, an object or an operator that does not fit. */
export function toFilter(
  company: Company,
  type: FilterType,
  { conditions: groups }: FilterConditions,
): (record: CompanyRecord) => boolean {
  const tests = groups.map(({ glue, conditions }) => ({
    glue,
    parts: conditions.map((each) => toTest(company, filterTypes[type], each)),
  }));
  return (record) =>
    tests.every(({ glue, parts }) => {
      if (parts.length === 0) return true;
      return glue === "and" ? parts.every((holds) => holds(record)) : parts.some((holds) => holds(record));
    });
}

function toTest(company: Company, object: CoreObject, given: Condition): (record: CompanyRecord) => boolean {
  if (given.object !== singular[object])
    throw badRequest(`Bad request: conditions on ${given.object} do not fit a filter of ${object}`);
  const code = toCode(company, object, given.field_id);
  const wantsNone = emptiness[given.operator];
  if (wantsNone !== undefined) return (record) => (valuesOf(record, code).length === 0) === wantsNone;
  const operator = Object.hasOwn(operators, given.operator) ? operators[given.operator] : undefined;
  if (operator === undefined) throw badRequest(`Bad request: operator ${given.operator} is not known`);
  const wanted = String(given.value ?? "").toLowerCase();
  const isNegative = given.operator.startsWith("!") || given.operator.startsWith("NOT");
  return (record) => {
    const held = valuesOf(record, code);
    return isNegative
      ? held.every((value) => operator.holds(value, wanted))
      : held.some((value) => operator.holds(value, wanted));
  };
}

function toCode(company: Company, object: CoreObject, field: string | number): string {
  const fields = shownFields(company, object);
  const found = fields.find(({ code }) => code === field) ?? fields[Number(field) - 1];
  if (found === undefined) throw badRequest(`Bad request: field ${field} does not exist`);
  return found.code;
}

/** All texts that a field holds: of phones each, of nothing none. */
function valuesOf(record: CompanyRecord, code: string): readonly string[] {
  const held = code === "id" ? record.id : (record.fields[code] ?? record.custom[code]);
  return (Array.isArray(held) ? held : [held]).flatMap((each: unknown) => {
    const value = typeof each === "object" && each !== null && "value" in each ? each.value : each;
    const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isPlain && value !== "" ? [String(value).toLowerCase()] : [];
  });
}
