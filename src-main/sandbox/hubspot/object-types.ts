export const objectNames = ["contacts", "companies", "deals", "calls"] as const;
export type ObjectName = (typeof objectNames)[number];

type ObjectType = { readonly typeId: string; readonly singular: string; readonly title: string };

/** Type ids are HubSpot's: paths take them as well as the names. */
export const objectTypes: Readonly<Record<ObjectName, ObjectType>> = {
  contacts: { typeId: "0-1", singular: "contact", title: "Contact" },
  companies: { typeId: "0-2", singular: "company", title: "Company" },
  deals: { typeId: "0-3", singular: "deal", title: "Deal" },
  calls: { typeId: "0-48", singular: "call", title: "Call" },
};

const byWord = new Map<string, ObjectName>(
  objectNames.flatMap((name) =>
    [name, objectTypes[name].typeId, objectTypes[name].singular].map((word) => [word, name] as const),
  ),
);

/** The object that a path means by its name, singular or type id. */
export function toObjectName(word: string): ObjectName | undefined {
  return byWord.get(word.toLowerCase());
}

type SystemDates = { readonly created: string; readonly modified: string };

/** The properties in which each object keeps when it was made and last touched. */
export const systemDates: Readonly<Record<ObjectName, SystemDates>> = {
  contacts: { created: "createdate", modified: "lastmodifieddate" },
  companies: { created: "createdate", modified: "hs_lastmodifieddate" },
  deals: { created: "createdate", modified: "hs_lastmodifieddate" },
  calls: { created: "hs_createdate", modified: "hs_lastmodifieddate" },
};

/** What a read answers when it asks for no property by name. */
export const defaultProperties: Readonly<Record<ObjectName, readonly string[]>> = {
  contacts: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
  companies: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
  deals: [
    "amount",
    "closedate",
    "createdate",
    "dealname",
    "dealstage",
    "hs_lastmodifieddate",
    "hs_object_id",
    "pipeline",
  ],
  calls: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
};

/** Where `query` of a search looks. */
export const searchedByQuery: Readonly<Record<ObjectName, readonly string[]>> = {
  contacts: ["firstname", "lastname", "email", "phone", "mobilephone", "hs_additional_emails", "fax", "company"],
  companies: ["website", "phone", "name", "domain"],
  deals: ["dealname", "pipeline", "dealstage", "description", "dealtype"],
  calls: ["hs_call_title", "hs_body_preview"],
};

/** The first id of each object. They lie apart, so that an id of one object is none of another. */
export const firstIds: Readonly<Record<ObjectName, number>> = {
  contacts: 100_001,
  companies: 2_810_868_001,
  deals: 40_000_001,
  calls: 65_059_681_001,
};
