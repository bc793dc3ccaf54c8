import { toOptions, type PropertyDefinitionInput } from "./property-definition.ts";

type Extra = { readonly calculated?: boolean; readonly readOnlyValue?: boolean };
/** A field that every portal has, as it is defined. */
export type Standard = PropertyDefinitionInput & Extra;

export const text = (name: string, label: string): Standard => ({ name, label, type: "string", fieldType: "text" });
export const area = (name: string, label: string): Standard => ({ name, label, type: "string", fieldType: "textarea" });
export const html = (name: string, label: string): Standard => ({ name, label, type: "string", fieldType: "html" });
export const phone = (name: string, label: string): Standard => ({
  name,
  label,
  type: "string",
  fieldType: "phonenumber",
});
export const number = (name: string, label: string): Standard => ({ name, label, type: "number", fieldType: "number" });
export const moment = (name: string, label: string): Standard => ({ name, label, type: "datetime", fieldType: "date" });
export const choice = (name: string, label: string, values: readonly string[]): Standard => ({
  name,
  label,
  type: "enumeration",
  fieldType: "select",
  options: toOptions(values.map((value) => ({ value, label: value }))).map((option) => ({ ...option })),
});
export const system = (standard: Standard): Standard => ({ ...standard, readOnlyValue: true });
export const calculated = (standard: Standard): Standard => ({ ...standard, calculated: true });
export const owner: Standard = {
  name: "hubspot_owner_id",
  label: "Owner",
  type: "enumeration",
  fieldType: "select",
  externalOptions: true,
  referencedObjectType: "OWNER",
};

/** What records of every object have. */
export const shared: readonly Standard[] = [
  system(number("hs_object_id", "Record ID")),
  system(text("hs_merged_object_ids", "Merged record IDs")),
  system(text("hs_object_source_label", "Record source")),
  owner,
];
