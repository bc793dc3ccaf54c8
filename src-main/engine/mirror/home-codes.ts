import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** Calling codes of countries given by a setting (`GB` or `GB,IE`). */
function readCountries(setting: string | undefined): readonly string[] {
  const wanted = (setting ?? "").toUpperCase().split(/[\s,]+/);
  return getCountries()
    .filter((country) => wanted.includes(country))
    .map((country) => getCountryCallingCode(country));
}

const codesByNumbers = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

function codesOf(numbers: ReadonlySet<string>): ReadonlySet<string> {
  const known = codesByNumbers.get(numbers);
  if (known !== undefined) return known;
  const codes = new Set([...numbers].flatMap((each) => parsePhoneNumberFromString(each)?.countryCallingCode ?? []));
  codesByNumbers.set(numbers, codes);
  return codes;
}

/**
 * Calling codes of the countries in which the house has its numbers: a number that the CRM holds without a country code
 * is one of theirs. The setting `country` decides; else the house's own numbers tell. Null: nothing is known.
 */
export function homeCodesOf(setting: string | undefined, ownNumbers: ReadonlySet<string>): ReadonlySet<string> | null {
  const given = readCountries(setting);
  if (given.length > 0) return new Set(given);
  const learnt = codesOf(ownNumbers);
  return learnt.size === 0 ? null : learnt;
}
