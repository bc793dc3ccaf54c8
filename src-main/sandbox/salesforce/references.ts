import type { FieldDefinition } from "./field-definition.ts";
import { objectOfId, type ObjectName } from "./object-types.ts";
import type { OrgRecord, Values } from "./org-record.ts";
import { isSameId } from "./org-records.ts";
import type { Org } from "./org.ts";
import { badRecord } from "./refusal.ts";

/** Checks that what a record's changed references point to exists, lives, may be seen and is not locked. Throws a `Refusal`. */
export function checkReferences(
  org: Org,
  object: ObjectName,
  changed: readonly FieldDefinition[],
  after: Values,
): readonly OrgRecord[] {
  const targets = changed
    .filter(({ type }) => type === "reference")
    .map((field) => checkReference(org, object, field, after[field.name]))
    .filter((target) => target !== undefined);
  checkLeadHasNoWhat(org, changed, after);
  for (const target of targets) checkUnlocked(org, target.object, target.id);
  return targets;
}

function checkReference(org: Org, object: ObjectName, field: FieldDefinition, value: unknown): OrgRecord | undefined {
  if (typeof value !== "string") return undefined;
  if (field.referenceTo.includes("User")) {
    checkUser(org, object, field, value);
    return undefined;
  }
  const target = objectOfId(value);
  if (target === undefined || !field.referenceTo.includes(target))
    throw badRecord("MALFORMED_ID", `${field.label}: id value of incorrect type: ${value}`, [field.name]);
  const record = org.records.find(target, value);
  if (record === undefined) throw badRecord("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name]);
  if (record.deletedAt !== undefined) throw badRecord("ENTITY_IS_DELETED", "entity is deleted", [field.name]);
  if (!org.records.isVisible(record)) {
    throw badRecord(
      "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
      "insufficient access rights on cross-reference id",
      [field.name],
    );
  }
  return record;
}

function checkUser(org: Org, object: ObjectName, { name }: FieldDefinition, id: string): void {
  const user = org.findUser(id);
  if (user === undefined) throw badRecord("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [name]);
  if (user.active) return;
  throw badRecord(
    "INACTIVE_OWNER_OR_USER",
    `operation performed with inactive user [${id}] as owner of ${object.toLowerCase()}`,
    [name],
  );
}

function checkLeadHasNoWhat(org: Org, changed: readonly FieldDefinition[], after: Values): void {
  const { WhoId: who, WhatId: what } = after;
  if (org.config.current().leadAllowsWhatId || !changed.some(({ name }) => name === "WhoId" || name === "WhatId"))
    return;
  if (typeof who !== "string" || typeof what !== "string" || objectOfId(who) !== "Lead") return;
  throw badRecord(
    "FIELD_INTEGRITY_EXCEPTION",
    "Related To ID: cannot relate a task to both a lead and another record",
    ["WhatId"],
  );
}

/** Throws the `Refusal` of a record that another process holds. */
export function checkUnlocked(org: Org, object: ObjectName, id: string): void {
  if (object === "Event") return;
  const locked = org.config.current().lockedRecords[object] ?? [];
  if (!locked.some((each) => isSameId(each, id))) return;
  throw badRecord("UNABLE_TO_LOCK_ROW", `unable to obtain exclusive access to this record or 1 records: ${id}`);
}
