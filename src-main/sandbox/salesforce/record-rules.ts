import { conditionHolds } from "../core/field-condition.ts";
import { keyIndex, toKeyValue } from "./org-records.ts";
import { isActivity, isListed, objectTypes, type ObjectName } from "./object-types.ts";
import type { OrgRecord, Values } from "./org-record.ts";
import type { Org } from "./org.ts";
import { readValue } from "./record-values.ts";
import { badRecord, Refusal } from "./refusal.ts";
import { isRequired } from "./schema.ts";
import { toDigitGroups } from "./phone-tokens.ts";

export type WriteKind = "create" | "update";

/** What a record must hold, by Salesforce and by the admin. Throws a `Refusal` that names every missing field. */
export function checkRequired(
  org: Org,
  object: ObjectName,
  on: WriteKind,
  after: Values,
  changed: ReadonlySet<string>,
): void {
  const config = org.config.current();
  const missing = org.schema
    .fields(object)
    .filter(({ name, nillable, createable, defaultValue, type }) => {
      const value = after[name];
      if (value !== undefined && value !== null) return false;
      if (on === "update" && !changed.has(name)) return false;
      const isOwn = !nillable && createable && defaultValue === null && type !== "boolean";
      return isOwn || isRequired(object, name, config);
    })
    .map(({ name }) => name);
  if (missing.length > 0)
    throw badRecord("REQUIRED_FIELD_MISSING", `Required fields are missing: [${missing.join(", ")}]`, missing);
}

/** Admins' validation rules, judged on the record as the write would leave it. Throws a `Refusal`. */
export function checkValidation(org: Org, on: WriteKind, after: OrgRecord): void {
  for (const rule of org.config.current().validationRules) {
    if (rule.object !== after.object || !rule.on.includes(on)) continue;
    const field = org.schema.findAny(after.object, rule.when.field);
    const value = field === undefined ? undefined : readValue(org, after, field);
    if (!conditionHolds(rule.when, value)) continue;
    throw badRecord("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, rule.field === undefined ? [] : [rule.field]);
  }
}

/** Unique fields: no other live record may hold the value. Throws a `Refusal` that names the other. */
export function checkUnique(org: Org, after: OrgRecord, changed: ReadonlySet<string>): void {
  for (const field of org.schema.keys(after.object)) {
    const value = after.values[field.name];
    if (!field.unique || value === undefined || value === null || !changed.has(field.name)) continue;
    const other = findHolder(org, after, field.name, toKeyValue(value, field));
    if (other === undefined) continue;
    throw badRecord(
      "DUPLICATE_VALUE",
      `duplicate value found: ${field.name} duplicates value on record with id: ${other.id}`,
    );
  }
}

function findHolder(org: Org, after: OrgRecord, field: string, key: string): OrgRecord | undefined {
  const shared: readonly ObjectName[] =
    isActivity(after.object) && org.config.current().keyUniqueAcrossActivities ? ["Task", "Event"] : [after.object];
  return shared
    .flatMap((object) => org.records.current(object).find(keyIndex(field), key))
    .find((record) => record.deletedAt === undefined && record.id !== after.id && !isUnmatchedArchive(org, record));
}

/** Whether the org keeps archived tasks out of what an upsert compares with. */
export function isUnmatchedArchive(org: Org, record: OrgRecord): boolean {
  return (
    !org.config.current().upsertMatchesArchived &&
    readValue(org, record, { name: "IsArchived", type: "boolean" }) === true
  );
}

/** Duplicate rules of people and companies. Throws a `Refusal` with the vendor's long body. */
export function checkDuplicates(org: Org, after: OrgRecord, version: string, allowSave: boolean): void {
  for (const rule of org.config.current().duplicateRules) {
    if (rule.object !== after.object || (rule.allowSave && allowSave)) continue;
    const others = [...org.records.current(rule.object).iterate()].filter(
      (record) =>
        record.id !== after.id &&
        record.deletedAt === undefined &&
        rule.fields.every((name) => isSameValue(valueIn(org, record, name), valueIn(org, after, name))),
    );
    if (others.length > 0) throw toDuplicate(org, rule, others, version);
  }
}

function valueIn(org: Org, record: OrgRecord, name: string): string {
  const field = org.schema.findAny(record.object, name);
  const value = field === undefined ? null : readValue(org, record, field);
  if (value === null) return "";
  return field?.type === "phone" ? toDigitGroups(String(value)).join("").slice(-10) : String(value).toLowerCase();
}

function isSameValue(left: string, right: string): boolean {
  return left !== "" && left === right;
}

function toDuplicate(
  org: Org,
  rule: { readonly object: ObjectName; readonly allowSave: boolean },
  others: readonly OrgRecord[],
  version: string,
): Refusal {
  const message = "You're creating a duplicate record. We recommend you use an existing record instead.";
  const result = {
    allowSave: rule.allowSave,
    duplicateRule: `Standard_${rule.object}_Duplicate_Rule`,
    duplicateRuleEntityType: rule.object,
    errorMessage: message,
    matchResults: [
      {
        entityType: rule.object,
        errors: [],
        matchEngine: "FuzzyMatchEngine",
        matchRecords: others.map(({ id, object }) => ({
          additionalInformation: [],
          fieldDiffs: [],
          matchConfidence: 100,
          record: { attributes: { type: object, url: `/services/data/v${version}/sobjects/${object}/${id}` }, Id: id },
        })),
        rule: `Standard_${rule.object}_Match_Rule_v1_1`,
        size: others.length,
        success: true,
      },
    ],
  };
  return new Refusal(400, "DUPLICATES_DETECTED", message, {
    extra: { [org.config.current().duplicateResultKey]: result },
  });
}

/** Triggers and flows that fail. `rows`: records of the same object in one request. Throws a `Refusal`. */
export function checkAutomation(org: Org, object: ObjectName, on: WriteKind, rows: number): void {
  const event = on === "create" ? "BeforeInsert" : "BeforeUpdate";
  for (const fault of org.config.current().automationFaults) {
    if (fault.object !== object || fault.on !== on || rows <= (fault.overRows ?? 0)) continue;
    if (fault.kind === "flow")
      throw badRecord(
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        `We can't save this record because the “${object} flow” process failed. ${fault.message ?? "An unhandled fault has occurred in this flow"}`,
      );
    const cause =
      fault.kind === "cpu"
        ? "System.LimitException: Apex CPU time limit exceeded"
        : (fault.message ?? "System.NullPointerException: Attempt to de-reference a null object");
    throw badRecord(
      "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
      `${object}Trigger: execution of ${event} caused by: ${cause}`,
    );
  }
}

/** Throws a `Refusal` when the token's user may not do this to the object. */
export function checkRight(org: Org, object: ObjectName, right: "create" | "read" | "edit" | "delete"): void {
  const named = isListed(object) ? object : "Task";
  const granted = org.config.current().objectPermissions[named];
  if (granted === undefined || granted.includes(right)) return;
  if (right === "read") throw new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
  if (right === "create")
    throw new Refusal(
      403,
      "INSUFFICIENT_ACCESS",
      `insufficient access rights to create ${objectTypes[object].plural}`,
      {
        fields: [],
      },
    );
  throw badRecord("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id");
}
