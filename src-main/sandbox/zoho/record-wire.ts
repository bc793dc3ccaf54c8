import type { Field } from "./field-definition.ts";
import { isActivity, isRelated, moduleFacts } from "./modules.ts";
import { nameFieldOf } from "./standard-fields.ts";
import type { Org } from "./org.ts";
import { toZohoTime, type Actor, type FieldValue, type ZohoRecord } from "./zoho-record.ts";

export type WireObject = Readonly<Record<string, unknown>>;

/** A record with the fields asked for (all that the user may see when left out), as GET and COQL write it. */
export function toWireRecord(org: Org, record: ZohoRecord, names?: readonly string[]): WireObject {
  const fields = org.registry.fields(record.module);
  const wanted = names ?? [...fields.keys()];
  const written: Record<string, unknown> = { id: record.id };
  for (const name of wanted) {
    const field = fields.get(name);
    if (field !== undefined) written[name] = toWireValue(org, record, field);
  }
  return { ...written, ...toSystemKeys(org, record) };
}

/** Keys with a dollar sign come whatever was asked for. */
function toSystemKeys(org: Org, record: ZohoRecord): WireObject {
  const approval = org.config.current().unapprovedRecords[record.module]?.includes(record.id) ?? false;
  const state = { $approval_state: approval ? "pending" : "approved" };
  if (isActivity(record.module)) return { ...state, $se_module: record.seModule ?? null };
  if (record.module === "Notes") return { ...noteKeys, $se_module: record.seModule ?? null };
  if (record.module !== "Leads") return state;
  const detail = org.config.current().convertedLeadLinks ? toConvertedDetail(org, record) : {};
  return { ...state, $converted: record.conversion !== undefined, ...detail };
}

const noteKeys: WireObject = {
  $attachments: null,
  $editable: true,
  $is_shared_to_client: false,
  $sharing_permission: "full_access",
  $size: null,
  $state: "save",
  $voice_note: false,
};

function toConvertedDetail(org: Org, { conversion }: ZohoRecord): WireObject {
  if (conversion === undefined) return { $converted_detail: {} };
  return {
    $converted_detail: {
      contact: conversion.contactId,
      account: conversion.accountId ?? null,
      deal: conversion.dealId ?? null,
      convert_date: toZohoTime(conversion.at, org.config.current().orgTimeZone),
      converted_by: conversion.by.id,
    },
  };
}

/** One field's value on the wire; null when it is empty. */
export function toWireValue(org: Org, record: ZohoRecord, field: Field): unknown {
  const value = readValue(record, field.name);
  if (value === undefined) return null;
  if (field.type === "datetime" && typeof value === "number")
    return toZohoTime(value, org.config.current().orgTimeZone);
  if (field.type === "ownerlookup") return toWireActor(org, record, field.name, String(value));
  if (field.type === "lookup") return toWireLookup(org, record, field, String(value));
  if (field.type === "tags" && typeof value === "object") return toWireTags(org, record, value);
  return value;
}

/** A field's value as it is stored; those that the CRM keeps itself included. */
export function readValue(record: ZohoRecord, name: string): FieldValue | undefined {
  switch (name) {
    case "id":
      return record.id;
    case "Created_Time":
      return record.createdAt;
    case "Modified_Time":
      return record.modifiedAt;
    case "Created_By":
      return record.createdBy.id;
    case "Modified_By":
      return record.modifiedBy.id;
    case "Converted__s":
      return record.module === "Leads" ? record.conversion !== undefined : undefined;
    case "Call_Status":
      return record.values["Call_Type"] === "Missed"
        ? "Missed"
        : (record.values["Outgoing_Call_Status"] ?? "Completed");
    default:
      return record.values[name];
  }
}

function toWireActor(org: Org, record: ZohoRecord, name: string, id: string): WireObject {
  const known: Readonly<Record<string, Actor>> = { Created_By: record.createdBy, Modified_By: record.modifiedBy };
  const user = org.findUser(id);
  return { name: user?.name ?? known[name]?.name ?? "", id, email: user?.email ?? null };
}

/** A lookup to a record that is gone reads as empty. */
function toWireLookup(org: Org, record: ZohoRecord, field: Field, id: string): WireObject | null {
  const modules = isRelated(field.name) && record.seModule !== undefined ? [record.seModule] : (field.lookup ?? []);
  const target = modules.map((module) => org.records.live(module, id)).find((found) => found !== undefined);
  if (target === undefined) return null;
  const named = { name: toRecordName(target), id };
  if (field.name !== "Parent_Id") return named;
  return { module: { api_name: target.module, id: moduleFacts(target.module).id }, ...named };
}

/** Tags of a record, as they are called now. */
export function toWireTags(org: Org, { module }: ZohoRecord, names: readonly string[]): readonly WireObject[] {
  return names.map((name) => {
    const tag = org.tags.find(module, name);
    return { name: tag?.name ?? name, id: tag?.id ?? null, color_code: tag?.colour ?? null };
  });
}

/** What a record is called in lookups. */
export function toRecordName(record: ZohoRecord): string {
  const name = record.values[nameFieldOf(record.module)];
  return typeof name === "string" ? name : "";
}
