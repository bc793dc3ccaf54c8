import type { HubRecord } from "./hub-record.ts";
import { searchedByQuery } from "./object-types.ts";
import type { PropertyDefinition } from "./property-definition.ts";
import type { PropertyReader } from "./property-reader.ts";
import { parseMoment } from "./property-values.ts";
import type { Search, SearchFilter } from "./search-request.ts";

/** Whether a record, as the index shows it, is among a search's results. */
export type RecordTest = (record: HubRecord) => boolean;

export function createSearchTest({ groups, query, object }: Search, valueOf: PropertyReader): RecordTest {
  const tests = groups.map((filters) => filters.map((filter) => toFilterTest(filter, valueOf)));
  const words = toWords(query ?? "").map((word) => word.toLowerCase());
  const searched = searchedByQuery[object];
  return (record) => {
    if (tests.length > 0 && !tests.some((group) => group.every((test) => test(record)))) return false;
    return words.every((word) => searched.some((name) => holdsWord(valueOf(record, name), word)));
  };
}

function toWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function toTokens(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((token) => token !== "");
}

/** A word of a query is the beginning of a token, or stands in the digits of a number however it was typed. */
function holdsWord(value: string | undefined, word: string): boolean {
  if (value === undefined) return false;
  const text = value.toLowerCase();
  if (toTokens(text).some((token) => token.startsWith(word))) return true;
  const digits = word.replace(/\D/g, "");
  return (
    digits.length >= 6 &&
    digits.length === word.replace(/[^\p{L}\p{N}]/gu, "").length &&
    text.replace(/\D/g, "").includes(digits)
  );
}

function toFilterTest(filter: SearchFilter, valueOf: PropertyReader): RecordTest {
  const { name } = filter.definition;
  const test = toValueTest(filter);
  return (record) => test(valueOf(record, name));
}

type ValueTest = (value: string | undefined) => boolean;

function toValueTest(filter: SearchFilter): ValueTest {
  const { definition, value, highValue } = filter;
  const present =
    (test: (found: string) => boolean): ValueTest =>
    (found) =>
      found !== undefined && test(found);
  const ordered = (test: (difference: number) => boolean): ValueTest =>
    present((found) => test(compareValues(definition, found, value)));
  switch (filter.operator) {
    case "HAS_PROPERTY":
      return (found) => found !== undefined;
    case "NOT_HAS_PROPERTY":
      return (found) => found === undefined;
    case "EQ":
      return present((found) => isEqual(definition, found, value));
    case "NEQ":
      return present((found) => !isEqual(definition, found, value));
    case "LT":
      return ordered((difference) => difference < 0);
    case "LTE":
      return ordered((difference) => difference <= 0);
    case "GT":
      return ordered((difference) => difference > 0);
    case "GTE":
      return ordered((difference) => difference >= 0);
    case "BETWEEN":
      return present(
        (found) => compareValues(definition, found, value) >= 0 && compareValues(definition, found, highValue) <= 0,
      );
    case "IN":
      return present((found) => isAmong(filter, found));
    case "NOT_IN":
      return present((found) => !isAmong(filter, found));
    case "CONTAINS_TOKEN":
      return present(toTokenTest(value));
    case "NOT_CONTAINS_TOKEN": {
      const contains = toTokenTest(value);
      return (found) => found === undefined || !contains(found);
    }
  }
}

function isNumeric({ type }: PropertyDefinition): boolean {
  return type === "number" || type === "date" || type === "datetime";
}

/** Options of an enumeration keep their case; a checkbox holds several of them. */
function isEqual(definition: PropertyDefinition, found: string, value: string): boolean {
  if (isNumeric(definition)) return compareValues(definition, found, value) === 0;
  if (definition.type === "enumeration") return found === value || found.split(";").includes(value);
  return found.toLowerCase() === value.toLowerCase();
}

/** The index holds text in lower case, and IN and NOT_IN compare with it as they are. */
function isAmong({ definition, values }: SearchFilter, found: string): boolean {
  if (isNumeric(definition) || definition.type === "enumeration")
    return values.some((value) => isEqual(definition, found, value));
  return values.includes(found.toLowerCase());
}

/** Numbers and times as numbers (times are epoch ms in a filter), everything else as text without case. */
export function compareValues(definition: PropertyDefinition, left: string, right: string): number {
  if (!isNumeric(definition)) return left.toLowerCase().localeCompare(right.toLowerCase(), "en");
  const isTime = definition.type !== "number";
  const toNumber = (text: string): number => (isTime ? (parseMoment(text) ?? Number.NaN) : Number(text));
  const difference = toNumber(left) - toNumber(right);
  return Number.isNaN(difference) ? 1 : difference;
}

/** Every word must be a token of the value, or match the whole of it; `*` stands for anything, at the beginning too. */
function toTokenTest(pattern: string): (found: string) => boolean {
  const words = toWords(pattern.toLowerCase()).map(toWildcard);
  return (found) => {
    const text = found.toLowerCase();
    const tokens = toTokens(text);
    return words.every((word) => word.test(text) || tokens.some((token) => word.test(token)));
  };
}

function toWildcard(word: string): RegExp {
  return new RegExp(`^${word.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", ".*")}$`, "su");
}
