import type { Link, MirrorRecord } from "../../engine/ports/connector.ts";
import type { HubspotRecord } from "./batch-answer.ts";
import { contacts, type PersonObject, personObjects } from "./person.ts";
import type { PhoneFields } from "./phone-fields.ts";
import { searchableOf } from "./phone-fields.ts";
import { isMasked } from "./phone-forms.ts";

/** An object that is copied. `changed`: the property that tells when a record changed. */
export type MirroredObject = Readonly<{
  object: "contacts" | "companies" | "deals";
  kind: MirrorRecord["kind"];
  changed: string;
  hasPhones: boolean;
  properties: readonly string[];
}>;

const merged = "hs_merged_object_ids";

const toMirrored = ({ object, properties }: PersonObject): MirroredObject => ({
  object,
  kind: object === contacts.object ? "person" : "company",
  changed: object === contacts.object ? "lastmodifieddate" : "hs_lastmodifieddate",
  hasPhones: true,
  properties: [...properties, merged],
});

export const deals: MirroredObject = {
  object: "deals",
  kind: "deal",
  changed: "hs_lastmodifieddate",
  hasPhones: false,
  properties: ["dealname", "dealstage", "hubspot_owner_id", merged],
};

export const mirroredObjects: readonly MirroredObject[] = [...personObjects.map(toMirrored), deals];

const held = ({ properties }: HubspotRecord, name: string): string | null => {
  const value = Object.hasOwn(properties, name) ? properties[name] : null;
  return value === undefined || value === "" ? null : value;
};

/** Only a real activity counts here: a change of some field says nothing about who was talked to. */
function readActivity(found: HubspotRecord): number | null {
  const text = held(found, "notes_last_updated");
  if (text === null) return null;
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Every phone field as typed; where the portal masks a field, HubSpot's own digits of it. */
function phonesOf(found: HubspotRecord, fields: PhoneFields): MirrorRecord["phones"] {
  const typed = fields.typed.flatMap((field) => {
    const text = held(found, field);
    return text === null || isMasked(text) ? [] : [{ field, typed: text }];
  });
  const country = (held(found, "hs_calculated_phone_number_country_code") ?? "").replace(/^\+/, "");
  const calculated = fields.searchable.flatMap((name) => {
    const field = searchableOf[name] ?? name;
    const digits = held(found, name);
    const source = held(found, field);
    if (digits === null || (source !== null && !isMasked(source))) return [];
    return [{ field, typed: /^\d+$/.test(country) ? `+${country}${digits}` : digits }];
  });
  return [...typed, ...calculated];
}

/** `about`: whom a deal is about. */
export function toMirrorRecord(
  object: MirroredObject,
  found: HubspotRecord,
  fields: PhoneFields,
  about: readonly Link[],
): MirrorRecord {
  const company = held(found, "associatedcompanyid");
  const person = personObjects.find((each) => each.object === object.object);
  return {
    kind: object.kind,
    object: object.object,
    id: found.id,
    name: person?.toCandidate(found, "").name ?? held(found, "dealname") ?? `Deal ${found.id}`,
    ownerId: held(found, "hubspot_owner_id"),
    phones: phonesOf(found, fields),
    links: object.kind === "person" && company !== null ? [{ object: "companies", id: company }] : about,
    lastActivityAt: readActivity(found),
    mergedIds: (held(found, merged) ?? "").split(/[;,\s]+/).filter((id) => id !== ""),
  };
}
