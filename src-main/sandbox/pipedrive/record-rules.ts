import type { ObjectPermission } from "../core/account-configuration.ts";
import { conditionHolds } from "../core/field-condition.ts";
import type { WireFields } from "./body-schemas.ts";
import type { Company } from "./company.ts";
import { idOf } from "./company-record.ts";
import { checkCustomValue } from "./custom-values.ts";
import { contactSyncFields } from "./field-definition.ts";
import { singular, type CoreObject, type ObjectName } from "./object-types.ts";
import { badRequest, forbidden, notAllowed, Refusal } from "./refusal.ts";

export type Operation = "create" | "update";

export function checkPermission({ config }: Company, object: ObjectName, permission: ObjectPermission): void {
  const granted = config.current().objectPermissions[object];
  if (granted !== undefined && !granted.includes(permission))
    throw forbidden(`You do not have permissions to ${permission} ${object}`);
}

/** A plan's cap bites on the object that its code names, or on every create. */
export function checkFeatureCaps({ config }: Company, object: string): void {
  const caps = config.current().featureCaps;
  const named = (cap: string): boolean => /_(persons|organizations|deals|activities|custom_fields)_/.test(cap);
  const cap = caps.find((code) => (named(code) ? code.includes(`_${object}_`) : true));
  if (cap !== undefined) throw new Refusal(403, cap, `The limit of your plan is reached: ${object}`);
}

/** Fields that are gone or hidden are unknown to the API; those that may only be read are forbidden. */
export function checkFieldRights({ config }: Company, object: ObjectName, given: WireFields): void {
  const { removedFields, fieldPermissions, contactSyncFeature } = config.current();
  const rights = fieldPermissions[object] ?? {};
  const custom = given["custom_fields"];
  const names = [...Object.keys(given), ...(isFields(custom) ? Object.keys(custom) : [])];
  const shown = (name: string): string => (name in given ? name : `custom_fields.${name}`);
  for (const name of names) {
    if ((removedFields[object] ?? []).includes(name) || rights[name] === "none") throw notAllowed(shown(name));
    if (rights[name] === "read") throw forbidden(`You do not have permissions to edit the field '${name}'`);
  }
  const synced = object === "persons" ? names.find((name) => contactSyncFields.has(name)) : undefined;
  if (synced !== undefined && !contactSyncFeature)
    throw forbidden(`The field '${synced}' needs the contact sync feature`);
}

export function checkCustomFields(company: Company, object: CoreObject, custom: unknown): WireFields {
  if (!isFields(custom)) return {};
  const limits = company.config.current().fieldMaxLength[object] ?? {};
  for (const [code, value] of Object.entries(custom)) {
    // One wrapping too many is the vendor's own failure, not a refusal.
    if (code === "custom_fields") throw new Refusal(500, "ERR_UNKNOWN", "Internal Server Error");
    const field = company.registry.find(object, code);
    if (field === undefined || !field.isCustom) throw notAllowed(`custom_fields.${code}`);
    checkCustomValue(field, value, limits[code]);
  }
  return custom;
}

const ownLengths: Readonly<Partial<Record<CoreObject, Readonly<Record<string, number>>>>> = {
  persons: { name: 255 },
  organizations: { name: 255 },
  deals: { title: 255 },
  activities: { subject: 255, type: 255 },
};

export function checkLengths({ config }: Company, object: CoreObject, given: WireFields): void {
  const { fieldMaxLength, noteMaxLength } = config.current();
  const limits = {
    ...ownLengths[object],
    ...(object === "activities" ? { note: noteMaxLength } : {}),
    ...fieldMaxLength[object],
  };
  for (const [name, limit] of Object.entries(limits)) {
    const value = given[name];
    if (typeof value === "string" && value.length > limit)
      throw badRequest(`Field '${name}' is longer than ${limit} characters`);
  }
}

/** Fields that an admin requires; what the web app alone requires bites only where the account is set so. */
export function checkRequired(company: Company, object: CoreObject, fields: WireFields, custom: WireFields): void {
  const { requiredFields, requiredFieldsEnforced } = company.config.current();
  const own = object === "deals" ? ["title"] : object === "activities" ? [] : ["name"];
  const missingOwn = own.find((name) => isBlank(fields[name]));
  if (missingOwn !== undefined)
    throw new Refusal(
      400,
      "ERR_SCHEMA_VALIDATION_FAILED",
      `Validation failed: ${missingOwn}: Parameter '${missingOwn}' is required`,
    );
  const enforced = requiredFieldsEnforced
    ? company.registry
        .list(object)
        .filter(({ isRequired, isCustom }) => isRequired && isCustom)
        .map(({ code }) => code)
    : [];
  const missing = [...(requiredFields[object] ?? []), ...enforced].find((name) =>
    isBlank(name in custom ? custom[name] : fields[name]),
  );
  if (missing !== undefined) throw badRequest(`Field '${missing}' is required`);
}

/** Owners are active users, types are active, linked records exist and are not locked. */
export function checkReferences(company: Company, object: CoreObject, given: WireFields): void {
  const { users } = company.config.current();
  const owner = idOf(given["owner_id"]);
  if (owner !== undefined && !users.some(({ id, active }) => id === owner && active))
    throw badRequest(`owner_id: user ${owner} does not exist or is not active`);
  const { type } = given;
  if (
    object === "activities" &&
    type !== undefined &&
    !company.activityTypes.list().some((one) => one.key_string === type && one.active_flag)
  )
    throw badRequest(`type: activity type ${JSON.stringify(type)} does not exist or is not active`);
  if (object === "activities" && idOf(given["deal_id"]) !== undefined && idOf(given["lead_id"]) !== undefined)
    throw badRequest("deal_id and lead_id cannot both be given");
  checkLink(company, "organizations", "org_id", given["org_id"]);
  checkLink(company, "deals", "deal_id", given["deal_id"]);
  checkLink(company, "persons", "person_id", given["person_id"]);
  const { participants } = given;
  if (!Array.isArray(participants)) return;
  for (const each of participants) if (isFields(each)) checkLink(company, "persons", "participants", each["person_id"]);
}

function checkLink(company: Company, object: CoreObject, field: string, given: unknown): void {
  const id = idOf(given);
  if (id === undefined) return;
  checkLock(company, object, id);
  const linked = company.current(object).get(id);
  if (linked !== undefined && company.isLive(linked)) return;
  const { deletedParticipant, notFoundCode } = company.config.current();
  if (deletedParticipant === "accepted" && linked !== undefined) return;
  const text = `${field}: ${singular[object]} ${id} does not exist`;
  throw deletedParticipant === 404 ? new Refusal(404, notFoundCode, text) : badRequest(text);
}

export function checkLock({ config }: Company, object: ObjectName, id: string): void {
  if ((config.current().lockedRecords[object] ?? []).includes(id))
    throw new Refusal(423, "ERR_LOCKED", `The record ${id} of ${object} is locked. Try again later.`);
}

/** Rules are judged on the record as the write would leave it. */
export function checkRules({ config }: Company, object: ObjectName, operation: Operation, left: WireFields): void {
  for (const rule of config.current().validationRules)
    if (rule.object === object && rule.on.includes(operation) && conditionHolds(rule.when, left[rule.when.field]))
      throw badRequest(rule.field === undefined ? rule.message : `${rule.field}: ${rule.message}`);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function isFields(value: unknown): value is WireFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
