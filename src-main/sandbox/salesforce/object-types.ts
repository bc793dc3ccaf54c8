/** The objects that the administration lists and the configuration names. */
export const listedObjects = ["Contact", "Lead", "Account", "Opportunity", "Task"] as const;
export type ListedObject = (typeof listedObjects)[number];

/** Every object with records of its own. Events share the custom fields of Activity with tasks. */
export const recordObjects = [...listedObjects, "Event"] as const;
export type ObjectName = (typeof recordObjects)[number];

export type ObjectType = {
  readonly label: string;
  readonly plural: string;
  /** The first three characters of its ids. */
  readonly prefix: string;
  readonly searchable: boolean;
  readonly nameField: string;
};

export const objectTypes: Readonly<Record<ObjectName, ObjectType>> = {
  Contact: { label: "Contact", plural: "Contacts", prefix: "003", searchable: true, nameField: "Name" },
  Lead: { label: "Lead", plural: "Leads", prefix: "00Q", searchable: true, nameField: "Name" },
  Account: { label: "Account", plural: "Accounts", prefix: "001", searchable: true, nameField: "Name" },
  Opportunity: { label: "Opportunity", plural: "Opportunities", prefix: "006", searchable: true, nameField: "Name" },
  Task: { label: "Task", plural: "Tasks", prefix: "00T", searchable: true, nameField: "Subject" },
  Event: { label: "Event", plural: "Events", prefix: "00U", searchable: true, nameField: "Subject" },
};

/** An object by name; Salesforce takes names in any case. */
export function toObjectName(name: string): ObjectName | undefined {
  const wanted = name.toLowerCase();
  return recordObjects.find((object) => object.toLowerCase() === wanted);
}

export function isListed(object: ObjectName): object is ListedObject {
  return object !== "Event";
}

export function isActivity(object: ObjectName): object is "Task" | "Event" {
  return object === "Task" || object === "Event";
}

/** The object whose ids begin like this one. */
export function objectOfId(id: string): ObjectName | undefined {
  return recordObjects.find((object) => id.startsWith(objectTypes[object].prefix));
}
