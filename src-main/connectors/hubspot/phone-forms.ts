import { parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";

/** How one number may stand in HubSpot. `nationals`: as in the calculated properties, which leave out the country code. `written`: as people type it. */
export type PhoneForms = Readonly<{
  number: PhoneNumber;
  nationals: readonly string[];
  written: readonly string[];
  /** The national number without trunk prefix: the part that every spelling ends with. */
  tail: string;
}>;

const digitsOf = (text: string): string => text.replace(/\D/g, "");
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** The forms of an E.164 number, or undefined where it is none (`ext:204`, a short code). */
export function toPhoneForms(e164: string): PhoneForms | undefined {
  const number = e164.startsWith("+") ? parsePhoneNumberFromString(e164) : undefined;
  if (number === undefined) return undefined;
  const tail: string = number.nationalNumber;
  const national = number.formatNational();
  const international = number.formatInternational();
  const trunk = digitsOf(national);
  const code = number.countryCallingCode;
  // "+44 (0)20 …": common where the trunk prefix is a zero.
  const withTrunk =
    trunk.startsWith("0") && !tail.startsWith("0") ? [international.replace(`+${code} `, `+${code} (0)`)] : [];
  return {
    number,
    tail,
    nationals: unique([tail, trunk, `${code}${tail}`]),
    written: unique([
      number.number,
      `${code}${tail}`,
      `00${code}${tail}`,
      tail,
      trunk,
      national,
      international,
      digitsWithDashes(national),
      ...withTrunk,
    ]),
  };
}

/** `(415) 555-1212` and `020 7946 0958` as `415-555-1212` and `020-7946-0958`. */
const digitsWithDashes = (national: string): string => (national.match(/\d+/g) ?? []).join("-");

/** Whether a text typed into the CRM is this number. A text without country code counts as one of the number's own country. */
export function isSameNumber(typed: string, { number }: PhoneForms): boolean {
  const country = number.country;
  const assumed =
    country === undefined ? { defaultCallingCode: number.countryCallingCode } : { defaultCountry: country };
  // Without a country (numbers that no register gives to one) the library does not know the international prefix.
  const plussed = (part: string): string =>
    digitsOf(part).length > 9 ? part.trim().replace(/^(?:00|011)/, "+") : part;
  // The text as a whole first: a slash may stand within one number ("030 / 901820") or between two.
  return [typed, ...typed.split(/[;,|/]|\bor\b/i)].some(
    (part) =>
      parsePhoneNumberFromString(part.trim(), assumed)?.number === number.number ||
      parsePhoneNumberFromString(plussed(part), assumed)?.number === number.number,
  );
}

/** Some portals mask the digits for the key that reads them. */
export const isMasked = (typed: string): boolean => /[*•]|x{3,}/i.test(typed);
