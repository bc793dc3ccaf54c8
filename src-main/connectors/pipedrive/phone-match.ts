import { parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";

const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** How many digits at the end of a number all its spellings share. */
const tailLength = 6;
const tailOf = (text: string): string => digitsOf(text).slice(-tailLength);

/** People type several numbers, and extensions, into one value. */
const partsOf = (typed: string): readonly string[] => [
  typed,
  ...typed.split(/[;,|/]|\bor\b/i),
  ...typed.split(/\s*(?:ext\.?|extension|x|#|;ext=)\s*\d+\s*$/i),
];

/** Under which ends a typed value is to be found. */
export const tailsOf = (typed: string): readonly string[] => [
  ...new Set(
    partsOf(typed)
      .map(tailOf)
      .filter((tail) => tail.length >= 4),
  ),
];

/** An E.164 number with the end that finds it, or undefined where it is none (`ext:204`, a short code). */
export type WantedNumber = Readonly<{ number: PhoneNumber; tail: string }>;

export function toWantedNumber(e164: string): WantedNumber | undefined {
  const number = e164.startsWith("+") ? parsePhoneNumberFromString(e164) : undefined;
  return number === undefined ? undefined : { number, tail: tailOf(number.number) };
}

/** Whether a value typed into the CRM is this number. One without country code counts as of the number's own country. */
export function isSameNumber(typed: string, { number }: WantedNumber): boolean {
  const { country } = number;
  const assumed =
    country === undefined ? { defaultCallingCode: number.countryCallingCode } : { defaultCountry: country };
  const plussed = (part: string): string =>
    digitsOf(part).length > 9 ? part.trim().replace(/^(?:00|011)/, "+") : part;
  return partsOf(typed).some(
    (part) =>
      parsePhoneNumberFromString(part.trim(), assumed)?.number === number.number ||
      parsePhoneNumberFromString(plussed(part), assumed)?.number === number.number,
  );
}
