import { parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";

/** How one number may stand in Zoho, which keeps what people typed. */
export type PhoneForms = Readonly<{
  number: PhoneNumber;
  /** As people type it most often: for a query by value. */
  written: readonly string[];
  /** The national number without trunk prefix, which every spelling ends with: for the search. */
  tail: string;
}>;

const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** The forms of an E.164 number, or undefined where it is none (`ext:204`, a short code). */
export function toPhoneForms(e164: string): PhoneForms | undefined {
  const number = e164.startsWith("+") ? parsePhoneNumberFromString(e164) : undefined;
  if (number === undefined) return undefined;
  const tail: string = number.nationalNumber;
  const national = number.formatNational();
  const international = number.formatInternational();
  const code = number.countryCallingCode;
  const trunk = digitsOf(national);
  // "+44 (0)20 …": common where the trunk prefix is a zero.
  const withTrunk =
    trunk.startsWith("0") && !tail.startsWith("0") ? [international.replace(`+${code} `, `+${code} (0)`)] : [];
  return {
    number,
    tail,
    written: [
      ...new Set([
        number.number,
        `${code}${tail}`,
        `00${code}${tail}`,
        tail,
        trunk,
        national,
        international,
        national.replace(/[()]/g, "").replaceAll(" ", "-"),
        ...withTrunk,
      ]),
    ],
  };
}

/** Whether a text typed into the CRM is this number. A text without country code counts as one of the number's own country. */
export function isSameNumber(typed: string, { number }: PhoneForms): boolean {
  const { country, countryCallingCode } = number;
  const assumed = country === undefined ? { defaultCallingCode: countryCallingCode } : { defaultCountry: country };
  const plussed = (part: string): string =>
    digitsOf(part).length > 9 ? part.trim().replace(/^(?:00|011)/, "+") : part;
  // The text as a whole first: a slash may stand within one number or between two.
  return [typed, ...typed.split(/[;,|/]|\bor\b/i)].some((part) =>
    [part.trim(), plussed(part)].some((each) => parsePhoneNumberFromString(each, assumed)?.number === number.number),
  );
}
