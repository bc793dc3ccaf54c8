import type { PersonCandidate } from "../../engine/ports/connector.ts";
import type { HubspotRecord } from "./batch-answer.ts";

/** A HubSpot object that a number can belong to. */
export type PersonObject = Readonly<{
  object: "contacts" | "companies";
  properties: readonly string[];
  toCandidate: (record: HubspotRecord, field: string) => PersonCandidate;
}>;

const held = ({ properties }: HubspotRecord, name: string): string | null => {
  const value = Object.hasOwn(properties, name) ? properties[name] : null;
  return value === undefined || value === "" ? null : value;
};

/** The last activity, else the last change; HubSpot gives times as ISO texts or epoch ms. */
function readActivity(record: HubspotRecord, changed: string): number | null {
  const text = held(record, "notes_last_updated") ?? held(record, changed);
  if (text === null) return null;
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

function toContact(record: HubspotRecord, field: string): PersonCandidate {
  const name = [held(record, "firstname"), held(record, "lastname")].filter((part) => part !== null).join(" ");
  const company = held(record, "associatedcompanyid");
  return {
    object: "contacts",
    id: record.id,
    name: name === "" ? (held(record, "email") ?? `Contact ${record.id}`) : name,
    field,
    ownerId: held(record, "hubspot_owner_id"),
    also: company === null ? [] : [{ object: "companies", id: company }],
    lastActivityAt: readActivity(record, "lastmodifieddate"),
  };
}

const toCompany = (record: HubspotRecord, field: string): PersonCandidate => ({
  object: "companies",
  id: record.id,
  name: held(record, "name") ?? held(record, "domain") ?? `Company ${record.id}`,
  field,
  ownerId: held(record, "hubspot_owner_id"),
  also: [],
  lastActivityAt: readActivity(record, "hs_lastmodifieddate"),
});

const shared = ["hubspot_owner_id", "notes_last_updated", "hs_calculated_phone_number_country_code"];

export const contacts: PersonObject = {
  object: "contacts",
  properties: ["firstname", "lastname", "email", "associatedcompanyid", "lastmodifieddate", ...shared],
  toCandidate: toContact,
};

const companies: PersonObject = {
  object: "companies",
  properties: ["name", "domain", "hs_lastmodifieddate", ...shared],
  toCandidate: toCompany,
};

/** In the order of the look-up: a company counts only where no contact has the number. */
export const personObjects: readonly PersonObject[] = [contacts, companies];
