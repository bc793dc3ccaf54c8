import { recordObjects, type ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";

/** A field of another object that points to this one; unnamed where no query may follow it back. */
export type ChildRelationship = {
  readonly object: ObjectName;
  readonly field: string;
  readonly name: string | null;
};

const names: Readonly<Record<string, string>> = {
  "Contact.AccountId": "Contacts",
  "Opportunity.AccountId": "Opportunities",
  "Account.ParentId": "ChildAccounts",
  "Task.WhoId": "Tasks",
  "Task.WhatId": "Tasks",
  "Event.WhoId": "Events",
  "Event.WhatId": "Events",
};

/** What points to an object, by fields that the token's user can see. */
export function childRelationships({ schema }: Org, parent: ObjectName): readonly ChildRelationship[] {
  return recordObjects.flatMap((object) =>
    schema
      .fields(object)
      .filter(({ type, referenceTo }) => type === "reference" && referenceTo.includes(parent))
      .map(({ name: field }) => ({ object, field, name: names[`${object}.${field}`] ?? null })),
  );
}

export function findChildren(org: Org, parent: ObjectName, relationship: string): ChildRelationship | undefined {
  const wanted = relationship.toLowerCase();
  return childRelationships(org, parent).find(({ name }) => name?.toLowerCase() === wanted);
}

/** A relationship as describe gives it. */
export function toWireChild({ object, field, name }: ChildRelationship): object {
  return {
    cascadeDelete: name === "Tasks" || name === "Events",
    childSObject: object,
    deprecatedAndHidden: false,
    field,
    junctionIdListNames: [],
    junctionReferenceTo: [],
    relationshipName: name,
    restrictedDelete: false,
  };
}
