/** Objects of an account; ids of call logs are text, all others are whole numbers. */
export const objectNames = ["persons", "organizations", "deals", "activities", "callLogs"] as const;
export type ObjectName = (typeof objectNames)[number];

/** Objects with endpoints of the second version of the API. */
export const coreObjects = ["persons", "organizations", "deals", "activities"] as const;
export type CoreObject = (typeof coreObjects)[number];

export function toObjectName(word: string): ObjectName | undefined {
  return objectNames.find((name) => name === word);
}

export function toCoreObject(word: string): CoreObject | undefined {
  return coreObjects.find((name) => name === word);
}

/** The word for one record, as search and recents have it. */
export const singular: Readonly<Record<CoreObject, string>> = {
  persons: "person",
  organizations: "organization",
  deals: "deal",
  activities: "activity",
};

/** The family of scopes (`family:read`, `family:full`) that lets an app at an object. */
export const scopeFamily: Readonly<Record<CoreObject, string>> = {
  persons: "contacts",
  organizations: "contacts",
  deals: "deals",
  activities: "activities",
};
