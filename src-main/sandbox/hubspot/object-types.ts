export const objectNames = ["contacts", "companies", "deals", "calls", "notes", "tasks", "emails", "meetings"] as const;
export type ObjectName = (typeof objectNames)[number];

type ObjectType = { readonly typeId: string; readonly singular: string; readonly title: string };

/** Type ids are HubSpot's: paths take them as well as the names. */
export const objectTypes: Readonly<Record<ObjectName, ObjectType>> = {
  contacts: { typeId: "0-1", singular: "contact", title: "Contact" },
  companies: { typeId: "0-2", singular: "company", title: "Company" },
  deals: { typeId: "0-3", singular: "deal", title: "Deal" },
  calls: { typeId: "0-48", singular: "call", title: "Call" },
  notes: { typeId: "0-46", singular: "note", title: "Note" },
  tasks: { typeId: "0-27", singular: "task", title: "Task" },
  emails: { typeId: "0-49", singular: "email", title: "Email" },
  meetings: { typeId: "0-47", singular: "meeting", title: "Meeting" },
};

/** Something of each object's own. */
export function perObject<T>(make: (object: ObjectName) => T): Readonly<Record<ObjectName, T>> {
  return {
    contacts: make("contacts"),
    companies: make("companies"),
    deals: make("deals"),
    calls: make("calls"),
    notes: make("notes"),
    tasks: make("tasks"),
    emails: make("emails"),
    meetings: make("meetings"),
  };
}

/** What is logged about people, companies and deals; it cannot be merged. */
export function isActivity(object: ObjectName): boolean {
  return object !== "contacts" && object !== "companies" && object !== "deals";
}

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
  notes: { created: "hs_createdate", modified: "hs_lastmodifieddate" },
  tasks: { created: "hs_createdate", modified: "hs_lastmodifieddate" },
  emails: { created: "hs_createdate", modified: "hs_lastmodifieddate" },
  meetings: { created: "hs_createdate", modified: "hs_lastmodifieddate" },
};

const activityDefaults = ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"];

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
  calls: activityDefaults,
  notes: activityDefaults,
  tasks: activityDefaults,
  emails: activityDefaults,
  meetings: activityDefaults,
};

/** Where `query` of a search looks. */
export const searchedByQuery: Readonly<Record<ObjectName, readonly string[]>> = {
  contacts: ["firstname", "lastname", "email", "phone", "mobilephone", "hs_additional_emails", "fax", "company"],
  companies: ["website", "phone", "name", "domain"],
  deals: ["dealname", "pipeline", "dealstage", "description", "dealtype"],
  calls: ["hs_call_title", "hs_body_preview"],
  notes: ["hs_note_body"],
  tasks: ["hs_task_body", "hs_task_subject"],
  emails: ["hs_email_subject"],
  meetings: ["hs_meeting_title", "hs_meeting_body"],
};

/** The first id of each object. They lie apart, so that an id of one object is none of another. */
export const firstIds: Readonly<Record<ObjectName, number>> = {
  contacts: 100_001,
  companies: 2_810_868_001,
  deals: 40_000_001,
  calls: 65_059_681_001,
  notes: 70_000_000_001,
  tasks: 75_000_000_001,
  emails: 80_000_000_001,
  meetings: 85_000_000_001,
};
