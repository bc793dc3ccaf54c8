import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client, Refusal } from "./client.ts";
import { isMasked, isSameNumber, type PhoneForms } from "./phone-forms.ts";
import { listProperties, type Property } from "./property.ts";

/** Fields of an object that hold numbers: as typed, and HubSpot's own digits that searches use. */
export type PhoneFields = Readonly<{ typed: readonly string[]; searchable: readonly string[] }>;

/** HubSpot's calculated fields with area code and local number only, and whose digits they are. */
export const searchableOf: Readonly<Record<string, string>> = {
  hs_searchable_calculated_phone_number: "phone",
  hs_searchable_calculated_mobile_number: "mobilephone",
};

const isTyped = (found: Property): boolean =>
  !found.name.startsWith("hs_") &&
  found.archived !== true &&
  found.calculated !== true &&
  (found.name === "phone" ||
    found.name === "mobilephone" ||
    found.fieldType === "phonenumber" ||
    found.type === "phone_number");

/** Which phone fields this portal has: a filter on a property that does not exist would fail the whole search. */
export async function listPhoneFields(
  client: Client,
  session: CrmSession,
  object: string,
): Promise<Outcome<PhoneFields, Refusal>> {
  const listed = await listProperties(client, session, object);
  if (!listed.ok) return listed;
  const typed = [...listed.value.values()].filter(isTyped).map(({ name }) => name);
  const searchable = Object.keys(searchableOf).filter((name) => listed.value.has(name));
  return { ok: true, value: { typed, searchable } };
}

type Held = Readonly<Record<string, string | null>>;

const text = (held: Held, field: string): string => (Object.hasOwn(held, field) ? (held[field] ?? "") : "");

/**
 * The field in which a record holds the number, or undefined: searches find more than was asked for, so both sides are
 * normalised here. Masked fields are judged by HubSpot's own digits.
 */
export function findHoldingField(forms: PhoneForms, held: Held, fields: PhoneFields): string | undefined {
  const typed = fields.typed.find((field) => text(held, field) !== "" && isSameNumber(text(held, field), forms));
  if (typed !== undefined) return typed;
  return fields.searchable
    .filter((name) => {
      const source = text(held, searchableOf[name] ?? "");
      return (
        (source === "" || isMasked(source)) && forms.nationals.includes(text(held, name)) && hasCountry(held, forms)
      );
    })
    .map((name) => searchableOf[name] ?? name)[0];
}

/** The country code that HubSpot calculated, where it tells one, must be the number's. */
function hasCountry(held: Held, { number }: PhoneForms): boolean {
  const code = text(held, "hs_calculated_phone_number_country_code").replace(/^\+/, "");
  return code === "" || /\D/.test(code) || code === number.countryCallingCode;
}
