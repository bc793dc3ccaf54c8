import { type CountryCode, parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";
import type { MirrorRecord } from "../ports/connector.ts";
import type { PhoneKey } from "../ports/mirror.ts";

type Lookup = Readonly<{ number: number; isNational: boolean }>;

/** E.164 has at most 15 digits; people write prefixes in front. */
const maxDigits = 18;
/** Fewer digits are an extension or a remark. */
const minDigits = 5;
/** A part of a text with several numbers needs as many to be one. */
const minPartDigits = 7;

const digitsOf = (text: string): string => text.replaceAll(/\D/g, "");
const extension = /(?:;\s*ext=|\s*(?:ext(?:ension)?|extn|x|durchwahl|poste|int)\.?\s*:?\s*|\s#)\s*\d{1,7}\s*$/i;

/** People type several numbers into one field. The text as a whole comes first: a slash may stand within one number. */
function partsOf(typed: string): readonly string[] {
  const parts = typed.split(/[;,|/\n]|\bor\b/i).filter((part) => digitsOf(part).length >= minPartDigits);
  return [...new Set([typed, ...(parts.length > 0 ? parts : [])].map((part) => part.trim()))];
}

/**
 * The part as an international number, or undefined where it shows no country code: `+44…`, `0044…`, and `01144…` where
 * that is too long for a national number.
 */
function toInternational(part: string): string | undefined {
  const plus = part.search(/\+\s*\(?\d/);
  if (plus >= 0) return part.slice(plus);
  const start = part.replace(/^[^\d(]*/, "");
  const digits = digitsOf(start);
  if (digits.length > 9 && /^\(?00/.test(start)) return start.replace(/^\(?00/, "+");
  return digits.length >= 13 && /^\(?011/.test(start) ? start.replace(/^\(?011/, "+") : undefined;
}

const toInteger = (digits: string): number => Number(digits);

function keyOf(part: string): Lookup | undefined {
  const international = toInternational(part);
  if (international !== undefined) {
    const number = parsePhoneNumberFromString(international);
    return number?.isPossible() === true
      ? { number: toInteger(digitsOf(number.number)), isNational: false }
      : undefined;
  }
  const digits = digitsOf(part.replace(extension, ""));
  if (digits.length < minDigits || digits.length > maxDigits) return undefined;
  const number = toInteger(digits);
  return Number.isSafeInteger(number) && number > 0 ? { number, isNational: true } : undefined;
}

/** Under which keys the typed numbers of a record are found. A text that holds no number has none. */
export function toPhoneKeys(phones: MirrorRecord["phones"]): readonly PhoneKey[] {
  const keys = new Map<string, PhoneKey>();
  for (const { field, typed } of phones)
    for (const part of partsOf(typed)) {
      const key = keyOf(part);
      if (key !== undefined) keys.set(`${field} ${key.number} ${key.isNational}`, { ...key, field, typed: part });
    }
  return [...keys.values()];
}

/** A number that is looked for, with every key under which it may have been typed. */
export type WantedNumber = Readonly<{ number: PhoneNumber; keys: readonly Lookup[] }>;

/** Undefined for what is no E.164 number (`ext:204`, a short code). */
export function toWantedNumber(e164: string): WantedNumber | undefined {
  const number = e164.startsWith("+") ? parsePhoneNumberFromString(e164) : undefined;
  if (number === undefined) return undefined;
  const national: string = number.nationalNumber;
  const full = toInteger(digitsOf(number.number));
  const typed = [national, digitsOf(number.formatNational()), digitsOf(number.number)].map(toInteger);
  return {
    number,
    keys: [
      { number: full, isNational: false },
      ...[...new Set(typed)].map((each) => ({ number: each, isNational: true })),
    ],
  };
}

/** Whether a text without a country code is this number, read as of the number's own country. */
export function isSameNational(typed: string, { number }: WantedNumber): boolean {
  const { country, countryCallingCode } = number;
  const assumed: { defaultCountry: CountryCode } | { defaultCallingCode: string } =
    country === undefined ? { defaultCallingCode: countryCallingCode } : { defaultCountry: country };
  return parsePhoneNumberFromString(typed, assumed)?.number === number.number;
}

/** Whether the digits typed are the whole number with its country code, only without the plus sign. */
export const isFullWithoutPlus = (typed: string, { number }: WantedNumber): boolean =>
  digitsOf(typed.replace(extension, "")) === digitsOf(number.number);
