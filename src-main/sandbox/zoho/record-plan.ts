import { checkImmutable, resolveRelated, settleDuration } from "./call-rules.ts";
import type { KnownField } from "./field-registry.ts";
import { checkValue } from "./field-values.ts";
import { isActivity, isRelated, type ModuleName } from "./modules.ts";
import { resolveParent } from "./note-rules.ts";
import type { Org } from "./org.ts";
import { checkLocks, checkMandatory, checkPicklists, checkUnique, checkValidation } from "./record-rules.ts";
import { invalidData, placeDetails, Refusal } from "./refusal.ts";
import { toWholeSecond, type FieldValue, type Values, type ZohoRecord } from "./zoho-record.ts";
import type { WireRecord } from "./zoho-call.ts";

/** One record of a write. `before` undefined: a new one. `position` in the body's `data`. */
export type WriteAsk = {
  readonly module: ModuleName;
  readonly before: ZohoRecord | undefined;
  readonly given: WireRecord;
  readonly position: number;
};

/** A write that has passed every check and only needs to be done. */
export type PlannedWrite = WriteAsk & {
  readonly values: Values;
  readonly seModule: ModuleName | undefined;
  readonly linked: readonly ZohoRecord[];
};

/** Every check of a write by the API. Throws a `Refusal` for the first thing wrong. */
export function planWrite(org: Org, ask: WriteAsk): PlannedWrite {
  const { module, before, position } = ask;
  if (before !== undefined && org.records.isHidden(before))
    throw new Refusal(403, "NO_PERMISSION", "permission denied", {
      permissions: [`Crm_Implied_Edit_${module}`],
      id: before.id,
    });
  const typed = takeFields(org, ask);
  const owned = typed["Owner"] === undefined ? { ...typed, Owner: org.tokenUser().id } : typed;
  const seModule = toRelatedModule(ask, owned);
  const linked = findLinked(org, ask, owned, seModule);
  const check = { module, before, values: owned, position };
  checkLocks(org, check, linked);
  checkMandatory(org, check);
  if (module === "Calls" && before !== undefined) checkImmutable(before, owned, position);
  const values = settleValues(org, ask, owned);
  const settled = { ...check, values };
  checkPicklists(org, settled);
  checkValidation(org, settled);
  checkUnique(org, settled);
  return { ...ask, values, seModule, linked };
}

/** What the CRM itself makes of the values given. Throws a `Refusal`. */
function settleValues(org: Org, { module, before, given, position }: WriteAsk, values: Values): Values {
  if (module === "Calls") return settleDuration(org, given, values, position);
  if (module !== "Tasks") return withFullName(values);
  if (values["Status"] !== "Completed") {
    const { Closed_Time: _closed, ...open } = values;
    return open;
  }
  return before?.values["Status"] === "Completed" ? values : { ...values, Closed_Time: toWholeSecond(org.clock.now()) };
}

/** The module of the record that an activity or a note is about. Throws a `Refusal`. */
function toRelatedModule({ module, given, before, position }: WriteAsk, values: Values): ModuleName | undefined {
  if (module === "Notes") return resolveParent(given, before, position);
  return isActivity(module) ? resolveRelated(given, before, values, position) : undefined;
}

/** The record's values after the write, each in its field's form. */
function takeFields(org: Org, { module, before, given, position }: WriteAsk): Values {
  const known = org.registry.fields(module);
  const values = new Map<string, FieldValue>(Object.entries(before?.values ?? {}));
  for (const [name, value] of Object.entries(given)) {
    if (name === "id" || name.startsWith("$")) continue;
    const field = known.get(name);
    const place = { position, field: name };
    if (field === undefined) {
      if (org.config.current().unknownFieldInWrite === "ignored") continue;
      throw invalidData(placeDetails(place), "the field is not available");
    }
    if (!isTaken(field, module, before, value, position)) continue;
    const checked = checkValue(field, value, place);
    if (checked === undefined) values.delete(name);
    else values.set(name, checked);
    if (field.type === "ownerlookup" && checked !== before?.values[name]) checkOwner(org, checked, place);
  }
  return Object.fromEntries(values);
}

/** Computed fields are passed over; those kept from the token's user are refused. Throws a `Refusal`. */
function isTaken(
  field: KnownField,
  module: ModuleName,
  before: ZohoRecord | undefined,
  value: unknown,
  position: number,
): boolean {
  if (field.readOnly) return false;
  if (field.access === "edit") return true;
  if (before === undefined && (value === null || value === "")) return false;
  throw new Refusal(403, "NO_PERMISSION", "permission denied", {
    permissions: [`Crm_Implied_Edit_${module}`],
    ...placeDetails({ position, field: field.name }),
  });
}

function checkOwner(org: Org, id: FieldValue | undefined, place: Parameters<typeof placeDetails>[0]): void {
  const user = id === undefined ? undefined : org.findUser(String(id));
  if (user?.active !== true) throw invalidData({ expected_data_type: "ownerlookup", ...placeDetails(place) });
}

/** The records that the lookups point to. Throws a `Refusal` where one is not there, or is a lead that became a contact. */
function findLinked(
  org: Org,
  { module, before, position }: WriteAsk,
  values: Values,
  seModule: ModuleName | undefined,
): readonly ZohoRecord[] {
  const linked: ZohoRecord[] = [];
  for (const field of org.registry.allFields(module).values()) {
    const id = values[field.name];
    if (field.type !== "lookup" || id === undefined) continue;
    const modules = isRelated(field.name) && seModule !== undefined ? [seModule] : (field.lookup ?? []);
    const target = modules.map((each) => org.records.live(each, String(id))).find((found) => found !== undefined);
    const isUntouched = before?.values[field.name] === id;
    if (target === undefined || org.records.isHidden(target)) {
      if (isUntouched) continue;
      throw invalidData(placeDetails({ position, field: field.name }), "the id given seems to be invalid");
    }
    if (target.conversion !== undefined && !isUntouched)
      throw new Refusal(400, "CONVERTED_RECORD", "the related record is converted", {
        id: target.id,
        ...placeDetails({ position, field: field.name }),
      });
    linked.push(target);
  }
  return linked;
}

/** People's whole name is made of its parts. */
export function withFullName(values: Values): Values {
  const { First_Name: first, Last_Name: last } = values;
  if (last === undefined) return values;
  return { ...values, Full_Name: [first, last].filter((part) => typeof part === "string").join(" ") };
}
