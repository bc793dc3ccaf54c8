import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * A number or an extension as people write it: +44 7700 900134, ext 204. A module of its own, which only the screens that
 * show numbers load: the library's plans of numbers are a fifth of what the first page would have to read.
 */
export function toPartyText(party: string): string {
  if (party.startsWith("ext:")) return `ext ${party.slice(4)}`;
  return party.startsWith("+") ? (parsePhoneNumberFromString(party)?.formatInternational() ?? party) : party;
}
