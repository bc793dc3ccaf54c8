import { z } from "zod";

export const fieldType = z.enum([
  "id",
  "string",
  "textarea",
  "phone",
  "email",
  "url",
  "picklist",
  "multipicklist",
  "combobox",
  "int",
  "double",
  "currency",
  "percent",
  "boolean",
  "date",
  "datetime",
  "reference",
]);
export type FieldType = z.infer<typeof fieldType>;

export type PicklistValue = { readonly value: string; readonly isDefault?: true };

/** One field of an object, as far as the sandbox needs to know it; `describe` makes the vendor's shape of it. */
export type FieldDefinition = {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters; 0 where the type has none. */
  readonly length: number;
  /** Digits of a whole number. */
  readonly digits: number;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly nillable: boolean;
  readonly custom: boolean;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly restrictedPicklist: boolean;
  readonly picklist: readonly PicklistValue[];
  /** What a create gets where the value is left out; null: nothing. */
  readonly defaultValue: string | number | boolean | null;
  /** Objects that a reference may point to. */
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Derived by Salesforce on every read; never stored. */
  readonly calculated: boolean;
};

/** A field by what sets it apart from a plain writable text of 255 characters. */
export function toField(
  given: Pick<FieldDefinition, "name"> & Partial<Omit<FieldDefinition, "name">>,
): FieldDefinition {
  const type = given.type ?? "string";
  return {
    label: given.name.replace(/__c$/, "").replaceAll("_", " "),
    type,
    length: defaultLength(type),
    digits: type === "int" ? 8 : 0,
    createable: true,
    updateable: true,
    nillable: type !== "boolean",
    custom: given.name.endsWith("__c"),
    externalId: false,
    unique: false,
    caseSensitive: false,
    restrictedPicklist: false,
    picklist: [],
    defaultValue: type === "boolean" ? false : null,
    referenceTo: [],
    relationshipName: null,
    calculated: false,
    ...given,
  };
}

function defaultLength(type: FieldType): number {
  switch (type) {
    case "id":
    case "reference":
      return 18;
    case "phone":
      return 40;
    case "email":
      return 80;
    case "textarea":
      return 32_000;
    case "string":
    case "url":
    case "picklist":
    case "multipicklist":
    case "combobox":
      return 255;
    default:
      return 0;
  }
}

/** A custom field as the configuration gives it: names of a describe's `fields[]`, all but the name optional. */
export const fieldDefinitionInput = z.looseObject({
  name: z.string().regex(/^[A-Za-z]\w*$/, "is no field name"),
  label: z.string().optional(),
  type: fieldType.optional(),
  length: z.int().min(1).optional(),
  digits: z.int().min(1).optional(),
  createable: z.boolean().optional(),
  updateable: z.boolean().optional(),
  nillable: z.boolean().optional(),
  externalId: z.boolean().optional(),
  unique: z.boolean().optional(),
  caseSensitive: z.boolean().optional(),
  restrictedPicklist: z.boolean().optional(),
  picklistValues: z.array(z.union([z.string(), z.looseObject({ value: z.string() })])).optional(),
  defaultValue: z.union([z.string(), z.number(), z.boolean()]).nullable().optional(),
  referenceTo: z.array(z.string()).optional(),
});

export function toCustomField({
  name,
  picklistValues = [],
  ...given
}: z.output<typeof fieldDefinitionInput>): FieldDefinition {
  const known: Partial<FieldDefinition> = definedOf({
    label: given.label,
    type: given.type,
    length: given.length,
    digits: given.digits,
    createable: given.createable,
    updateable: given.updateable,
    nillable: given.nillable,
    externalId: given.externalId,
    unique: given.unique,
    caseSensitive: given.caseSensitive,
    restrictedPicklist: given.restrictedPicklist,
    defaultValue: given.defaultValue,
    referenceTo: given.referenceTo,
  });
  const picklist = picklistValues.map((each) => ({ value: typeof each === "string" ? each : each.value }));
  const relationship = given.type === "reference" ? { relationshipName: name.replace(/__c$/, "__r") } : {};
  return toField({ ...known, ...relationship, name, picklist });
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function definedOf<T extends object>(values: T): Defined<T> {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- Object.fromEntries forgets the keys' names
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
