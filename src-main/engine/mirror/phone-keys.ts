import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js/max";
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

const callingCodes: ReadonlySet<string> = new Set(getCountries().map((country) => getCountryCallingCode(country)));
const trunkByCode = new Map<string, string>();

/** Calling codes are one to three digits, and none begins like another. */
function codeOf(digits: string): string | undefined {
  return [1, 2, 3].map((length) => digits.slice(0, length)).find((code) => callingCodes.has(code));
}

/** What people of a country put in front of a number within it (`0`, `8`, nothing): asked once for each calling code. */
function trunkOf(e164: string, code: string, national: string): string {
  const known = trunkByCode.get(code);
  if (known !== undefined) return known;
  const written = digitsOf(parsePhoneNumberFromString(e164)?.formatNational() ?? "");
  if (!written.endsWith(national)) return "0";
  const trunk = written.slice(0, written.length - national.length);
  trunkByCode.set(code, trunk);
  return trunk;
}

/** A number that is looked for, with every key under which it may have been typed. */
export type WantedNumber = Readonly<{
  callingCode: string;
  /** With the country code, without the plus sign. */
  full: string;
  /** As people of its own country write its digits. */
  nationals: ReadonlySet<string>;
  keys: readonly Lookup[];
}>;

/** Undefined for what is no E.164 number (`ext:204`, a short code). */
export function toWantedNumber(e164: string): WantedNumber | undefined {
  const full = e164.slice(1);
  if (!e164.startsWith("+") || !/^\d{7,15}$/.test(full)) return undefined;
  const callingCode = codeOf(full);
  if (callingCode === undefined) return undefined;
  const national = full.slice(callingCode.length);
  const nationals = new Set([national, `${trunkOf(e164, callingCode, national)}${national}`]);
  const typed = new Set([...nationals, full].map(toInteger));
  return {
    callingCode,
    full,
    nationals,
    keys: [
      { number: toInteger(full), isNational: false },
      ...[...typed].map((number) => ({ number, isNational: true })),
    ],
  };
}

/** `full`: the whole number, only without the plus sign. `national`: as it is typed within its own country. */
export function readNational(typed: string, { full, nationals }: WantedNumber): "full" | "national" | "other" {
  const digits = digitsOf(typed.replace(extension, ""));
  if (digits === full) return "full";
  return nationals.has(digits) ? "national" : "other";
}
