import { fitsPattern, toPattern } from "../core/wildcard.ts";
import type { HubRecord } from "./hub-record.ts";
import { searchedByQuery, systemDates } from "./object-types.ts";
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
  const { definition, operator } = filter;
  if (operator === "HAS_PROPERTY") return (record) => valueOf(record, definition.name) !== undefined;
  if (operator === "NOT_HAS_PROPERTY") return (record) => valueOf(record, definition.name) === undefined;
  return isNumeric(definition) ? toNumberFilter(filter, valueOf) : toTextFilter(filter, valueOf);
}

function isNumeric({ type }: PropertyDefinition): boolean {
  return type === "number" || type === "date" || type === "datetime";
}

/** Numbers and times, which are epoch ms in a filter. */
function toNumberFilter(filter: SearchFilter, valueOf: PropertyReader): RecordTest {
  const { definition, operator } = filter;
  const low = toNumber(definition, filter.value);
  const high = toNumber(definition, filter.highValue);
  const among = new Set(filter.values.map((value) => toNumber(definition, value)));
  const read = toNumberReader(definition, valueOf);
  const holds = (found: number): boolean => {
    switch (operator) {
      case "EQ":
      case "CONTAINS_TOKEN":
        return found === low;
      case "NEQ":
      case "NOT_CONTAINS_TOKEN":
        return found !== low;
      case "LT":
        return found < low;
      case "LTE":
        return found <= low;
      case "GT":
        return found > low;
      case "GTE":
        return found >= low;
      case "BETWEEN":
        return found >= low && found <= high;
      case "IN":
        return among.has(found);
      case "NOT_IN":
        return !among.has(found);
      default:
        return false;
    }
  };
  return (record) => {
    const found = read(record);
    return found !== undefined && holds(found);
  };
}

function toNumber({ type }: PropertyDefinition, text: string): number {
  return type === "number" ? Number(text) : (parseMoment(text) ?? Number.NaN);
}

/** The dates and ids that every record has are numbers already. */
function toNumberReader(
  definition: PropertyDefinition,
  valueOf: PropertyReader,
): (record: HubRecord) => number | undefined {
  const { name } = definition;
  return (record) => {
    if (name === "hs_object_id") return Number(record.id);
    if (name === systemDates[record.object].modified) return record.updatedAt;
    if (name === systemDates[record.object].created) return record.createdAt;
    const value = valueOf(record, name);
    return value === undefined ? undefined : toNumber(definition, value);
  };
}

function toTextFilter(filter: SearchFilter, valueOf: PropertyReader): RecordTest {
  const { name } = filter.definition;
  const holds = toTextTest(filter);
  if (filter.operator === "NOT_CONTAINS_TOKEN") return (record) => holds(valueOf(record, name) ?? "");
  return (record) => {
    const found = valueOf(record, name);
    return found !== undefined && holds(found);
  };
}

function toTextTest(filter: SearchFilter): (found: string) => boolean {
  const { definition, operator, value } = filter;
  const compare = (found: string, other: string): number =>
    found.toLowerCase().localeCompare(other.toLowerCase(), "en");
  switch (operator) {
    case "EQ":
      return (found) => isEqualText(definition, found, value);
    case "NEQ":
      return (found) => !isEqualText(definition, found, value);
    case "LT":
      return (found) => compare(found, value) < 0;
    case "LTE":
      return (found) => compare(found, value) <= 0;
    case "GT":
      return (found) => compare(found, value) > 0;
    case "GTE":
      return (found) => compare(found, value) >= 0;
    case "BETWEEN":
      return (found) => compare(found, value) >= 0 && compare(found, filter.highValue) <= 0;
    case "IN":
      return (found) => isAmong(filter, found);
    case "NOT_IN":
      return (found) => !isAmong(filter, found);
    case "CONTAINS_TOKEN":
      return toTokenTest(value);
    case "NOT_CONTAINS_TOKEN": {
      const contains = toTokenTest(value);
      return (found) => !contains(found);
    }
    default:
      return () => false;
  }
}

/** Options of an enumeration keep their case; a checkbox holds several of them. */
function isEqualText({ type }: PropertyDefinition, found: string, value: string): boolean {
  if (type === "enumeration") return found === value || found.split(";").includes(value);
  return found.toLowerCase() === value.toLowerCase();
}

/** The index holds text in lower case, and IN and NOT_IN compare with it as they are. */
function isAmong({ definition, values }: SearchFilter, found: string): boolean {
  if (definition.type === "enumeration") return values.some((value) => isEqualText(definition, found, value));
  return values.includes(found.toLowerCase());
}

/** The order of a sort: numbers and times as numbers, everything else as text without case. */
export function compareValues(definition: PropertyDefinition, left: string, right: string): number {
  if (!isNumeric(definition)) return left.toLowerCase().localeCompare(right.toLowerCase(), "en");
  const difference = toNumber(definition, left) - toNumber(definition, right);
  return Number.isNaN(difference) ? 0 : difference;
}

/** Every word must be a token of the value, or match the whole of it; `*` stands for anything, at the beginning too. */
function toTokenTest(pattern: string): (found: string) => boolean {
  const words = toWords(pattern.toLowerCase()).map((word) => toPattern(word, { "*": "any" }, { escapes: false }));
  return (found) => {
    const text = found.toLowerCase();
    const tokens = toTokens(text);
    return words.every((word) => fitsPattern(word, text) || tokens.some((token) => fitsPattern(word, token)));
  };
}
