import { z } from "zod";
import { toModuleName, type ModuleName } from "./modules.ts";

/** Data types that a field can have here, under the vendor's names. */
export const dataTypes = [
  "text",
  "textarea",
  "email",
  "phone",
  "website",
  "picklist",
  "multiselectpicklist",
  "integer",
  "bigint",
  "double",
  "currency",
  "percent",
  "boolean",
  "date",
  "datetime",
  "lookup",
  "ownerlookup",
] as const;
/** Tags are no type that a field can be created with: every module that has them has one field of them. */
export type DataType = (typeof dataTypes)[number] | "tags";

export type ExternalKind = { readonly type: "user" | "org"; readonly show: boolean };

/** A field of a module, in our words; `toWireField` gives the vendor's. */
export type Field = {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type: DataType;
  /** Characters, where the type has a length. */
  readonly length: number | undefined;
  readonly picklist: readonly string[] | undefined;
  readonly custom: boolean;
  /** The vendor's own "required", always enforced; `layoutRequired` is an admin's. */
  readonly systemMandatory: boolean;
  readonly layoutRequired: boolean;
  readonly readOnly: boolean;
  readonly unique: { readonly caseSensitive: boolean } | undefined;
  readonly external: ExternalKind | undefined;
  /** Modules that a lookup may point to; several for What_Id. */
  readonly lookup: readonly ModuleName[] | undefined;
};

const pickListValue = z.union([
  z.string(),
  z.looseObject({ display_value: z.string(), actual_value: z.string().optional() }),
]);

/** A field definition as the vendor writes it, for `customFields` and for creating fields. */
export const fieldDefinitionInput = z.looseObject({
  api_name: z
    .string()
    .regex(/^[A-Za-z]\w*$/, "is no API name")
    .optional(),
  field_label: z.string().min(1).optional(),
  data_type: z.enum(dataTypes),
  length: z.int().positive().optional(),
  unique: z.looseObject({ case_sensitive: z.boolean().optional() }).nullish(),
  external: z.looseObject({ type: z.enum(["user", "org"]), show: z.boolean().optional() }).nullish(),
  pick_list_values: z.array(pickListValue).optional(),
  system_mandatory: z.boolean().optional(),
  read_only: z.boolean().optional(),
  lookup: z.unknown().optional(),
});
export type FieldDefinitionInput = z.output<typeof fieldDefinitionInput>;

const defaultLengths: Readonly<Partial<Record<DataType, number>>> = {
  text: 255,
  textarea: 32_000,
  email: 100,
  phone: 30,
  website: 450,
  picklist: 120,
  multiselectpicklist: 255,
  integer: 9,
  bigint: 18,
  double: 16,
  currency: 16,
  percent: 5,
  boolean: 5,
  date: 20,
  datetime: 120,
  lookup: 120,
  ownerlookup: 120,
};

export function defaultLength(type: DataType): number | undefined {
  return defaultLengths[type];
}

/** "Call Sync Key" becomes Call_Sync_Key, as the vendor derives API names from labels. */
export function toApiName(label: string): string {
  return label
    .trim()
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^[_\d]+|_+$/g, "");
}

/** A custom field from its definition; undefined where neither a name nor a usable label is given. */
export function toCustomField(input: FieldDefinitionInput, id: string): Field | undefined {
  const name = input.api_name ?? toApiName(input.field_label ?? "");
  if (name === "") return undefined;
  const unique = input.unique;
  const isUnique = unique !== null && unique !== undefined && Object.keys(unique).length > 0;
  const external = input.external ?? undefined;
  return {
    id,
    name,
    label: input.field_label ?? name.replaceAll("_", " "),
    type: input.data_type,
    length: input.length ?? defaultLength(input.data_type),
    picklist: input.pick_list_values?.map((value) =>
      typeof value === "string" ? value : (value.actual_value ?? value.display_value),
    ),
    custom: true,
    systemMandatory: input.system_mandatory ?? false,
    layoutRequired: false,
    readOnly: input.read_only ?? false,
    unique: isUnique ? { caseSensitive: unique.case_sensitive ?? false } : undefined,
    external: external === undefined ? undefined : { type: external.type, show: external.show ?? true },
    lookup: input.data_type === "lookup" ? toLookupModules(input.lookup) : undefined,
  };
}

const lookupInput = z.looseObject({ module: z.looseObject({ api_name: z.string() }) });

function toLookupModules(lookup: unknown): readonly ModuleName[] {
  const given = lookupInput.safeParse(lookup);
  const module = given.success ? toModuleName(given.data.module.api_name) : undefined;
  return module === undefined ? ["Contacts"] : [module];
}

const jsonTypes: Readonly<Partial<Record<DataType, string>>> = {
  integer: "integer",
  double: "double",
  currency: "double",
  percent: "double",
  boolean: "boolean",
  multiselectpicklist: "jsonarray",
  tags: "jsonarray",
  lookup: "jsonobject",
  ownerlookup: "jsonobject",
};

export type FieldAccess = "read" | "edit";

/** A field's metadata as `settings/fields` gives it. */
export function toWireField(field: Field, access: FieldAccess): Readonly<Record<string, unknown>> {
  const editable = access === "edit" && !field.readOnly;
  const isText = field.type === "textarea";
  return {
    id: field.id,
    api_name: field.name,
    field_label: field.label,
    display_label: field.label,
    data_type: field.type === "tags" ? "text" : field.type,
    json_type: jsonTypes[field.type] ?? "string",
    length: field.length,
    decimal_place: ["double", "currency", "percent"].includes(field.type) ? 2 : null,
    custom_field: field.custom,
    system_mandatory: field.systemMandatory,
    read_only: field.readOnly,
    field_read_only: field.readOnly || access === "read",
    visible: true,
    unique: field.unique === undefined ? {} : { case_sensitive: field.unique.caseSensitive },
    external: field.external ?? null,
    searchable: !isText,
    filterable: !isText,
    sortable: !isText,
    created_source: field.custom ? "api" : "default",
    type: "used",
    operation_type: {
      web_create: editable,
      web_update: editable,
      api_create: editable,
      api_update: editable,
    },
    view_type: { view: true, edit: editable, create: editable, quick_create: false },
    pick_list_values: toWirePickList(field),
    lookup: toWireLookup(field),
    multi_module_lookup: toWireMultiLookup(field),
    profiles: [
      { id: "3652397000000026011", name: "Administrator", permission_type: editable ? "read_write" : "read_only" },
    ],
    default_value: null,
    private: null,
    crypt: null,
    formula: {},
    currency: {},
    mass_update: editable,
  };
}

function toWirePickList({ id, picklist = [] }: Field): readonly object[] {
  return picklist.map((value, position) => ({
    id: `${id}${String(position + 1).padStart(3, "0")}`.slice(-19),
    display_value: value,
    actual_value: value,
    reference_value: value,
    sequence_number: position + 1,
    colour_code: null,
    type: "used",
  }));
}

function toWireLookup({ name, label, lookup = [] }: Field): object {
  const [module, ...others] = lookup;
  if (module === undefined || others.length > 0) return {};
  return { api_name: name, display_label: label, module: { api_name: module }, query_details: {} };
}

function toWireMultiLookup({ name, label, lookup = [] }: Field): object {
  if (lookup.length < 2) return {};
  return { api_name: name, display_label: label, modules: lookup.map((module) => ({ api_name: module })) };
}
