import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import type { CoreObject } from "./object-types.ts";

export type SearchField = "name" | "title" | "email" | "phone" | "notes" | "address" | "custom_fields";

export type SearchAsk = {
  readonly term: string;
  readonly fields: readonly string[] | undefined;
  readonly isExact: boolean;
};

/** Types of custom fields that the index holds. */
export const searchableTypes: ReadonlySet<string> = new Set([
  "address",
  "varchar",
  "text",
  "varchar_auto",
  "double",
  "monetary",
  "phone",
]);

/** Whether a record fits; the more of the text the term covers, the higher the score. */
export function scoreOf(
  company: Company,
  object: CoreObject,
  record: CompanyRecord,
  { term, fields, isExact }: SearchAsk,
): number | undefined {
  const isLoose = !company.config.current().searchTokenisesPunctuation;
  const texts = Object.entries(searchTexts(company, object, record))
    .filter(([name]) => fields === undefined || fields.includes(name))
    .flatMap(([, values]) => values);
  const scores = texts.flatMap((text) => {
    const held = text.toLowerCase();
    const wanted = term.toLowerCase();
    if (isExact) return held === wanted ? [1] : [];
    const found = held.includes(wanted) || (isLoose && toDigits(held).includes(toDigits(wanted) || " "));
    return found ? [Math.min(wanted.length / held.length, 1)] : [];
  });
  return scores.length === 0 ? undefined : Math.max(...scores);
}

function toDigits(text: string): string {
  return text.replace(/\D/g, "");
}

/** The words of a record by the names that `fields` takes. */
export function searchTexts(
  company: Company,
  object: CoreObject,
  { fields, custom }: CompanyRecord,
): Readonly<Partial<Record<SearchField, readonly string[]>>> {
  const customTexts = company.registry
    .list(object)
    .filter(({ isCustom, type }) => isCustom && searchableTypes.has(type))
    .flatMap(({ code }) => toTexts(custom[code]));
  if (object === "deals") return { title: toTexts(fields["title"]), custom_fields: customTexts };
  if (object === "organizations")
    return { name: toTexts(fields["name"]), address: toTexts(fields["address"]), custom_fields: customTexts };
  return {
    name: toTexts(fields["name"]),
    email: toTexts(fields["emails"]),
    phone: toTexts(fields["phones"]),
    notes: toTexts(fields["notes"]),
    custom_fields: customTexts,
  };
}

/** Text of a value as it is stored: of a list each, of an object its `value`. */
export function toTexts(value: unknown): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(toTexts);
  return typeof value === "object" && value !== null && "value" in value ? toTexts(value.value) : [];
}
