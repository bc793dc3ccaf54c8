import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js/max";

const codesByCountry = new Map<string, string>(
  getCountries().map((country) => [country, getCountryCallingCode(country)]),
);

const codesBySetting = new Map<string, ReadonlySet<string>>();

/** Calling codes of countries given by a setting (`GB` or `GB,IE`). Asked for every look-up, so kept. */
function readCountries(setting: string): ReadonlySet<string> {
  const known = codesBySetting.get(setting);
  if (known !== undefined) return known;
  const wanted = setting.toUpperCase().split(/[\s,]+/);
  const codes = new Set(wanted.flatMap((country) => codesByCountry.get(country) ?? []));
  codesBySetting.set(setting, codes);
  return codes;
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
  const given = readCountries(setting ?? "");
  if (given.size > 0) return given;
  const learnt = codesOf(ownNumbers);
  return learnt.size === 0 ? null : learnt;
}
