import { parsePhoneNumberFromString, type PhoneNumber } from "libphonenumber-js/max";

/** How one number may stand in Salesforce, which keeps numbers as they were typed. */
export type PhoneForms = Readonly<{
  number: PhoneNumber;
  /** For the search index: digits as a whole, and the last two groups with any one character between them. */
  terms: readonly string[];
  /** For exact comparison: the common spellings. */
  written: readonly string[];
}>;

const digitsOf = (text: string): string => text.replace(/\D/g, "");
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
const groupsOf = (text: string): readonly string[] => text.match(/\d+/g) ?? [];

/** The forms of an E.164 number, or undefined where it is none (`ext:204`, a short code). */
export function toPhoneForms(e164: string): PhoneForms | undefined {
  const number = e164.startsWith("+") ? parsePhoneNumberFromString(e164) : undefined;
  if (number === undefined) return undefined;
  const tail: string = number.nationalNumber;
  const code = number.countryCallingCode;
  const national = number.formatNational();
  const international = number.formatInternational();
  const groups = groupsOf(national);
  const lastTwo = groups.slice(-2).join("?");
  const trunk = digitsOf(national);
  return {
    number,
    terms: unique([tail, `${code}${tail}`, trunk, ...(groups.length > 1 && lastTwo.length > 5 ? [lastTwo] : [])]),
    written: unique([
      number.number,
      `${code}${tail}`,
      `00${code}${tail}`,
      tail,
      trunk,
      national,
      international,
      groups.join("-"),
      groups.join("."),
      groups.join(" "),
      ...withTrunkInBrackets(international, code, trunk),
    ]),
  };
}

/** "+44 (0)20 …": common where the trunk prefix is a zero. */
const withTrunkInBrackets = (international: string, code: string, trunk: string): readonly string[] =>
  trunk.startsWith("0") ? [international.replace(`+${code} `, `+${code} (0)`)] : [];

/** Whether a text typed into Salesforce is this number. A text without country code counts as one of the number's own country. */
export function isSameNumber(typed: string, { number }: PhoneForms): boolean {
  const country = number.country;
  const assumed =
    country === undefined ? { defaultCallingCode: number.countryCallingCode } : { defaultCountry: country };
  const withoutExtension = typed.replace(/;ext=.*$/i, "");
  // The text as a whole first: a slash may stand within one number ("030 / 901820") or between two.
  return [withoutExtension, ...withoutExtension.split(/[;,|/]|\bor\b/i)].some((part) => {
    const plain = part.trim();
    const plussed = digitsOf(plain).length > 9 ? plain.replace(/^(?:00|011)/, "+") : plain;
    return [plain, plussed].some((text) => parsePhoneNumberFromString(text, assumed)?.number === number.number);
  });
}
