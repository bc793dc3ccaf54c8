import { z } from "zod";
import type { SandboxRequest } from "../core/message.ts";
import { parseBody, type HubCall } from "./hub-call.ts";
import type { ObjectName } from "./object-types.ts";
import type { PropertyDefinition } from "./property-definition.ts";
import type { Portal } from "./portal.ts";
import { invalid } from "./refusal.ts";
import { associationProperty } from "./search-associations.ts";

const operator = z.enum([
  "EQ",
  "NEQ",
  "LT",
  "LTE",
  "GT",
  "GTE",
  "BETWEEN",
  "IN",
  "NOT_IN",
  "HAS_PROPERTY",
  "NOT_HAS_PROPERTY",
  "CONTAINS_TOKEN",
  "NOT_CONTAINS_TOKEN",
]);
export type SearchOperator = z.infer<typeof operator>;

const filterValue = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const filterInput = z.object({
  propertyName: z.string().min(1),
  operator,
  value: filterValue.optional(),
  highValue: filterValue.optional(),
  values: z.array(filterValue).optional(),
});
const sortInput = z.union([
  z.string().min(1),
  z.object({ propertyName: z.string().min(1), direction: z.enum(["ASCENDING", "DESCENDING"]).optional() }),
]);
const searchInput = z.object({
  filterGroups: z.array(z.object({ filters: z.array(filterInput).min(1) })).optional(),
  filters: z.array(filterInput).optional(),
  query: z.string().optional(),
  sorts: z.array(sortInput).optional(),
  properties: z.array(z.string()).optional(),
  limit: z.int().optional(),
  after: z.union([z.string(), z.number().transform(String)]).nullish(),
});

export type SearchFilter = {
  readonly definition: PropertyDefinition;
  readonly operator: SearchOperator;
  readonly value: string;
  readonly highValue: string;
  readonly values: readonly string[];
};
export type SearchSort = { readonly property: string; readonly isDescending: boolean };
export type Search = {
  readonly object: ObjectName;
  readonly groups: readonly (readonly SearchFilter[])[];
  readonly query: string | undefined;
  readonly sort: SearchSort | undefined;
  readonly properties: readonly string[] | undefined;
  readonly limit: number;
  readonly after: number;
};

/** HubSpot's walls around a search. */
const maxCharacters = 3000;
const maxGroups = 5;
const maxFiltersPerGroup = 6;
const maxFilters = 18;
const maxPage = 200;
export const maxReachable = 10_000;

/** The search a body asks for. Throws a `Refusal` for anything beyond HubSpot's limits and for a filter on no property. */
export function parseSearch({ registry }: Portal, object: ObjectName, call: HubCall): Search {
  checkLength(call.request);
  const input = parseBody(call, searchInput);
  const groups = [
    ...(input.filterGroups ?? []).map(({ filters }) => filters),
    ...(input.filters === undefined ? [] : [input.filters]),
  ];
  checkFilterCounts(groups.map(({ length }) => length));
  const limit = input.limit ?? 10;
  if (limit < 0 || limit > maxPage) throw invalid(`The limit must be between 0 and ${maxPage}, not ${limit}.`);
  if ((input.sorts?.length ?? 0) > 1) throw invalid("Only one sort is allowed.");
  const find = (name: string): PropertyDefinition => {
    const definition = registry.find(object, name) ?? associationProperty(name);
    if (definition === undefined)
      throw invalid(`There was a problem with the request: property "${name}" does not exist.`, {
        context: { propertyName: [name] },
      });
    return definition;
  };
  const sort = toSort(input.sorts?.[0]);
  if (sort !== undefined) find(sort.property);
  return {
    object,
    groups: groups.map((filters) => filters.map((filter) => toFilter(filter, find(filter.propertyName)))),
    query: input.query,
    sort,
    properties: input.properties,
    limit,
    after: toOffset(input.after),
  };
}

function checkLength({ body }: SandboxRequest): void {
  const { length } = body.toString("utf8");
  if (length > maxCharacters)
    throw invalid(`The request body of ${length} characters is above the limit of ${maxCharacters} characters.`);
}

function checkFilterCounts(counts: readonly number[]): void {
  if (counts.length > maxGroups)
    throw invalid(`There are ${counts.length} filter groups; at most ${maxGroups} are allowed.`);
  if (counts.some((count) => count > maxFiltersPerGroup))
    throw invalid(`A filter group may hold at most ${maxFiltersPerGroup} filters.`);
  if (counts.reduce((sum, count) => sum + count, 0) > maxFilters)
    throw invalid(`A search may hold at most ${maxFilters} filters.`);
}

function toSort(given: z.output<typeof sortInput> | undefined): SearchSort | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "string")
    return { property: given.propertyName, isDescending: given.direction === "DESCENDING" };
  return { property: given.replace(/^[-+]/, ""), isDescending: given.startsWith("-") };
}

/** The cursor is a number in text, and nothing beyond the 10,000th result can be reached. */
function toOffset(after: string | null | undefined): number {
  if (after === undefined || after === null || after === "") return 0;
  if (!/^\d+$/.test(after)) throw invalid(`The paging cursor ${after} is not an integer.`);
  if (Number(after) >= maxReachable)
    throw invalid(`Paging beyond ${maxReachable} results is not possible: the result window is too large.`);
  return Number(after);
}

function toFilter(filter: z.output<typeof filterInput>, definition: PropertyDefinition): SearchFilter {
  const { operator: name, value, highValue, values } = filter;
  const needs = (given: unknown, what: string): void => {
    if (given === undefined) throw invalid(`Filter ${name} on "${filter.propertyName}" needs ${what}.`);
  };
  if (name === "IN" || name === "NOT_IN") needs(values, "values");
  else if (name !== "HAS_PROPERTY" && name !== "NOT_HAS_PROPERTY") needs(value, "a value");
  if (name === "BETWEEN") needs(highValue, "a highValue");
  return { definition, operator: name, value: value ?? "", highValue: highValue ?? "", values: values ?? [] };
}
