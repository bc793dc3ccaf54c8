import { getCountries, parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from "libphonenumber-js/max";
import type { Party } from "../../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../log-refused.ts";
import { readNumberText } from "./number-text.ts";
import { createTextCache } from "./text-cache.ts";

/** Turns cells into parties by the rules of one source. */
export type PhoneNumbers = Readonly<{
  /** The outside party: E.164 where the number is possible, else the digits as dialled; null when withheld, masked or lost. */
  toRemote(cell: string): Party;
  /** What an own extension dialled: as `toRemote`, without the outside-line prefix. */
  toDialled(cell: string): Party;
  /** The own side: `ext:NNN` for what has the form of an extension, else as `toRemote`. */
  toOwn(cell: string): Party;
  /** True for digits that have the form of an own extension. */
  isExtension(cell: string): boolean;
  /** True for one of the organisation's configured numbers. */
  isOwnNumber(cell: string): boolean;
  /** Reads digits without `+` as international from now on: the column writes all its numbers that way. */
  assumeInternational(): void;
}>;

const countries: ReadonlySet<string> = new Set(getCountries());

function readRegion(region: string | undefined): CountryCode | undefined {
  if (region === undefined) return undefined;
  const known = getCountries().find((country) => country === region);
  if (known !== undefined) return known;
  throw new LogRefusedError("settings", `Unknown country "${region}". Use a code of two letters such as GB.`);
}

export const isKnownRegion = (region: string): boolean => countries.has(region);

/** Where a country has no 00, people still write it: the rest has to be a possible number then. */
const internationalPrefix = /^(?:0011|00|011)(?=[1-9]\d{6})/;

/** Country codes of which numbers begin with a zero of their own: Italy, San Marino, Ivory Coast, Benin, Gabon, Congo. */
const zeroCountries: ReadonlySet<string> = new Set(["39", "378", "225", "229", "241", "242"]);

/** A zero behind the country code is what is left of a prefix that was not understood, of a number that only seems to be long enough. */
const hasStrayZero = ({
  nationalNumber,
  countryCallingCode,
}: Pick<PhoneNumber, "nationalNumber" | "countryCallingCode">) =>
  nationalNumber.startsWith("0") && !zeroCountries.has(countryCallingCode);

type Asked = Readonly<{ digits: string; isInternational: boolean; region: CountryCode | undefined }>;

/** E.164 where the digits are a possible number (not: a valid one, new ranges fail that), else null. */
function toPossible({ digits, isInternational, region }: Asked): string | null {
  const national = isInternational ? `+${digits}` : digits;
  const parsed = parsePhoneNumberFromString(national, {
    ...(region === undefined ? {} : { defaultCountry: region }),
    extract: false,
  });
  if (parsed !== undefined && parsed.isPossible() && !hasStrayZero(parsed)) return parsed.number;
  if (isInternational) return null;
  const bare = digits.replace(internationalPrefix, "");
  return bare === digits ? null : toPossible({ digits: bare, isInternational: true, region });
}

/** Up to this many digits are a short code (112, 1471, 116117) and never looked up as a number. */
const shortCodeDigits = 6;

const toList = (value: string | readonly string[] | undefined): readonly string[] => {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
};

type Rules = Readonly<{
  region: CountryCode | undefined;
  prefixes: readonly string[];
  lengths: readonly number[] | undefined;
}>;

function hasExtensionForm(digits: string, lengths: readonly number[] | undefined): boolean {
  if (!/^\d+$/.test(digits)) return false;
  return lengths === undefined ? digits.length >= 2 && digits.length <= 5 : lengths.includes(digits.length);
}

const emergencyCodes = /^(?:1\d{2,5}|9(?:11|33|88|99)|0{2,3}|[2-8]11)$/;

/** The digits behind an outside-line prefix where they are a number or a short code, else the digits. */
function cutPrefix(digits: string, { prefixes, region }: Rules): string {
  for (const prefix of prefixes) {
    if (prefix === "" || !digits.startsWith(prefix) || digits.length <= prefix.length) continue;
    const rest = digits.slice(prefix.length);
    if (rest.length > shortCodeDigits && toPossible({ digits: rest, isInternational: false, region }) !== null)
      return rest;
    if (rest.length <= shortCodeDigits && emergencyCodes.test(rest) && !emergencyCodes.test(digits)) return rest;
  }
  return digits;
}

type Role = "remote" | "dialled" | "own";

function toParty(cell: string, role: Role, rules: Rules, international: boolean): Party {
  const text = readNumberText(cell);
  if (text.kind !== "dialled") return null;
  if (role === "own" && !text.isInternational && hasExtensionForm(text.digits, rules.lengths)) {
    return `ext:${text.digits}`;
  }
  const digits = role === "dialled" && !text.isInternational ? cutPrefix(text.digits, rules) : text.digits;
  if (/[*#]/.test(digits)) return digits;
  if (digits.length <= shortCodeDigits && !text.isInternational) return digits;
  const e164Like = international && /^[1-9]\d{10,14}$/.test(digits);
  const found = toPossible({ digits, isInternational: text.isInternational || e164Like, region: rules.region });
  return found ?? (e164Like ? toPossible({ digits, isInternational: false, region: rules.region }) : null) ?? digits;
}

/** Numbers by the settings of a source. Answers are cached per file, bounded, and only while the cache pays. */
export function createPhoneNumbers(settings: SourceSettings): PhoneNumbers {
  const rules: Rules = {
    region: readRegion(settings.region),
    prefixes: toList(settings.outsideLinePrefix),
    lengths: settings.extensionLengths,
  };
  let international = false;
  const remote = createTextCache((cell) => toParty(cell, "remote", rules, international));
  const dialled = createTextCache((cell) => toParty(cell, "dialled", rules, international));
  const own = createTextCache((cell) => toParty(cell, "own", rules, international));
  const ownNumbers = new Set(
    [...toList(settings.ownNumber), ...toList(settings.ownNumbers)].map((cell) => remote(cell)),
  );
  return {
    toRemote: remote,
    toDialled: dialled,
    toOwn: own,
    isExtension: (cell) => own(cell)?.startsWith("ext:") === true,
    isOwnNumber: (cell) => {
      if (ownNumbers.size === 0) return false;
      const party = remote(cell);
      return party !== null && ownNumbers.has(party);
    },
    assumeInternational: () => {
      international = true;
    },
  };
}
