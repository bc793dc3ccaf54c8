import { conditionHolds } from "../core/field-condition.ts";
import type { Field } from "./field-definition.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { invalidData, placeDetails, Refusal, type RefusalDetails } from "./refusal.ts";
import { toZohoTime, type FieldValue, type Values, type ZohoRecord } from "./zoho-record.ts";

/** The record as the write would leave it, and where it stands in the body. */
export type RuleCheck = {
  readonly module: ModuleName;
  readonly before: ZohoRecord | undefined;
  readonly values: Values;
  readonly position: number;
};

/** Fields that must not be empty: on create all of them, on update those that the write touches. Throws a `Refusal`. */
export function checkMandatory(org: Org, { module, before, values, position }: RuleCheck): void {
  const { layoutRequiredEnforced } = org.config.current();
  for (const field of org.registry.allFields(module).values()) {
    const isWanted = field.systemMandatory || (field.layoutRequired && layoutRequiredEnforced);
    if (!isWanted || values[field.name] !== undefined) continue;
    if (before !== undefined && before.values[field.name] === undefined) continue;
    throw new Refusal(
      400,
      "MANDATORY_NOT_FOUND",
      "required field not found",
      placeDetails({ position, field: field.name }),
    );
  }
}

/** An admin's validation rules; they bind whatever `trigger` says. Throws a `Refusal`. */
export function checkValidation(org: Org, { module, before, values, position }: RuleCheck): void {
  const on = before === undefined ? "create" : "update";
  const zone = org.config.current().orgTimeZone;
  for (const rule of org.config.current().validationRules) {
    if (rule.object !== module || !rule.on.includes(on)) continue;
    const field = org.registry.allFields(module).get(rule.when.field);
    if (!conditionHolds(rule.when, toComparable(values[rule.when.field], field, zone))) continue;
    throw invalidData(placeDetails({ position, field: rule.field ?? rule.when.field }), rule.message);
  }
}

function toComparable(value: FieldValue | undefined, field: Field | undefined, zone: string): unknown {
  return field?.type === "datetime" && typeof value === "number" ? toZohoTime(value, zone) : value;
}

/** Picklists take their own values only; Call_Purpose alone may learn new ones. Throws a `Refusal`. */
export function checkPicklists(org: Org, { module, before, values, position }: RuleCheck): void {
  for (const field of org.registry.allFields(module).values()) {
    if (field.picklist === undefined || values[field.name] === before?.values[field.name]) continue;
    const given = values[field.name];
    const chosen = Array.isArray(given) ? given : given === undefined ? [] : [given];
    for (const value of chosen) {
      if (field.picklist.includes(String(value))) continue;
      if (module === "Calls" && field.name === "Call_Purpose" && org.config.current().unknownPurposeAdded) continue;
      throw invalidData({ expected_data_type: "picklist", ...placeDetails({ position, field: field.name }) });
    }
  }
}

/** Another live record that holds a value of a unique field, compared literally. Throws a `Refusal`. */
export function checkUnique(org: Org, { module, before, values, position }: RuleCheck): void {
  for (const field of org.registry.allFields(module).values()) {
    const value = values[field.name];
    const isGuarded = field.unique !== undefined || field.external !== undefined;
    if (!isGuarded || value === undefined || value === before?.values[field.name]) continue;
    const other = findEqual(org, module, field, String(value)).find(({ id }) => id !== before?.id);
    if (other !== undefined) throw duplicate(org, other, placeDetails({ position, field: field.name }));
  }
}

/** Live records with this very value in a field; whether case matters is the field's own setting. */
export function findEqual(org: Org, module: ModuleName, field: Field, value: string): readonly ZohoRecord[] {
  const isExact = field.unique?.caseSensitive ?? field.type !== "email";
  return org.records.findCurrent(module, field.name, value).filter(({ values }) => {
    const held = String(values[field.name]);
    return isExact ? held === value : held.toLowerCase() === value.toLowerCase();
  });
}

export function duplicate(org: Org, existing: ZohoRecord, place: RefusalDetails): Refusal {
  const owner = org.findUser(String(existing.values["Owner"] ?? ""));
  const where =
    org.config.current().duplicateIdIn === "details"
      ? { id: existing.id }
      : {
          duplicate_record: {
            id: existing.id,
            Owner: owner === undefined ? null : { id: owner.id, name: owner.name },
            module: { api_name: existing.module },
          },
        };
  return new Refusal(400, "DUPLICATE_DATA", "duplicate data", { ...place, ...where });
}

/** Locks, blueprints and approvals of the record written to, and of those it is linked to. Throws a `Refusal`. */
export function checkLocks(org: Org, { module, before, values }: RuleCheck, linked: readonly ZohoRecord[]): void {
  const { lockedRecords, blueprintRecords, unapprovedRecords } = org.config.current();
  const own: readonly { readonly module: ModuleName; readonly id: string }[] =
    before === undefined ? [] : [{ module, id: before.id }];
  const locked = [...own, ...linked].find((each) => lockedRecords[each.module]?.includes(each.id) ?? false);
  if (locked !== undefined)
    throw new Refusal(400, "RECORD_LOCKED", "record is locked", { id: locked.id, module: locked.module });
  if (before === undefined) return;
  if (blueprintRecords[module]?.includes(before.id) ?? false)
    throw new Refusal(400, "RECORD_IN_BLUEPRINT", "record is in blueprint process", { id: before.id });
  if (unapprovedRecords[module]?.includes(before.id) ?? false)
    throw new Refusal(400, "NOT_APPROVED", "the record is waiting for approval", { id: before.id });
  if (module === "Leads" && before.conversion !== undefined && values !== before.values)
    throw new Refusal(400, "ID_ALREADY_CONVERTED", "can't update the converted record", { id: before.id });
}
