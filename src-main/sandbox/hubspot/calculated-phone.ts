import { getCountries, getCountryCallingCode } from "libphonenumber-js";

export type PhoneParts = {
  /** Calling code without plus; undefined when the number was typed without one. */
  readonly countryCode: string | undefined;
  /** Digits behind the calling code; the trunk zero is still there when it was typed. */
  readonly national: string;
};

const callingCodes = new Set<string>(getCountries().map((country) => getCountryCallingCode(country)));
const keepsLeadingZero = new Set(["39", "378", "379", "225", "242", "241"]);

/** The same number is read by several properties and indexes. */
const parsed = new Map<string, PhoneParts | undefined>();
const maxParsed = 10_000;

/**
 * Takes a typed number apart the way HubSpot's calculated properties show it: international when it begins with plus, 00
 * or the North American 011; what follows "ext" or "x" is left out. Undefined when there are no digits.
 */
export function toPhoneParts(typed: string): PhoneParts | undefined {
  if (parsed.has(typed)) return parsed.get(typed);
  if (parsed.size >= maxParsed) parsed.clear();
  const parts = parseParts(typed);
  parsed.set(typed, parts);
  return parts;
}

function parseParts(typed: string): PhoneParts | undefined {
  const [number = ""] = typed.toLowerCase().split(/e?xt?/);
  const digits = number.replace(/\D/g, "");
  if (digits === "") return undefined;
  const international = toInternational(number.trim(), digits);
  if (international === undefined) return { countryCode: undefined, national: toNorthAmerican(digits) };
  const countryCode = [1, 2, 3].map((length) => international.slice(0, length)).find((code) => callingCodes.has(code));
  if (countryCode === undefined) return { countryCode: undefined, national: international };
  const rest = international.slice(countryCode.length);
  return { countryCode, national: keepsLeadingZero.has(countryCode) ? rest : rest.replace(/^0/, "") };
}

function toInternational(number: string, digits: string): string | undefined {
  if (number.startsWith("+") || number.startsWith("(+")) return digits;
  if (digits.startsWith("00") && digits.length > 8) return digits.slice(2);
  if (digits.startsWith("011") && digits.length > 12) return digits.slice(3);
  return undefined;
}

function toNorthAmerican(digits: string): string {
  return digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
}

/** Area code and local number, never the country code. Whether a typed trunk zero stays is not documented. */
export function toSearchablePhone(typed: string | undefined, keepsTrunkZero: boolean): string | undefined {
  const parts = typed === undefined ? undefined : toPhoneParts(typed);
  if (parts === undefined) return undefined;
  return keepsTrunkZero || parts.countryCode !== undefined ? parts.national : parts.national.replace(/^0/, "");
}

/** E.164 where the country code was typed; undefined otherwise, as the portal cannot know the country. */
export function toCalculatedPhone(typed: string | undefined): string | undefined {
  const parts = typed === undefined ? undefined : toPhoneParts(typed);
  return parts?.countryCode === undefined ? undefined : `+${parts.countryCode}${parts.national}`;
}

export function toCalculatedCountryCode(typed: string | undefined): string | undefined {
  return typed === undefined ? undefined : toPhoneParts(typed)?.countryCode;
}
