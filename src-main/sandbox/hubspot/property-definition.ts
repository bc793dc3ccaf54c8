import { z } from "zod";

const propertyType = z.enum(["bool", "date", "datetime", "enumeration", "number", "phone_number", "string"]);
const fieldType = z.enum([
  "booleancheckbox",
  "calculation_equation",
  "checkbox",
  "date",
  "file",
  "html",
  "number",
  "phonenumber",
  "radio",
  "select",
  "text",
  "textarea",
]);
export type PropertyType = z.infer<typeof propertyType>;

export const optionInput = z.object({
  label: z.string(),
  value: z.string(),
  displayOrder: z.int().optional(),
  hidden: z.boolean().optional(),
  description: z.string().optional(),
});

const optionalParts = {
  description: z.string().optional(),
  options: z.array(optionInput).optional(),
  displayOrder: z.int().optional(),
  hidden: z.boolean().optional(),
  formField: z.boolean().optional(),
};

/** Body of a property's creation: what HubSpot wants there is required. */
export const propertyCreateInput = z.object({
  name: z.string().min(1),
  label: z.string().min(1),
  type: propertyType,
  fieldType,
  groupName: z.string().min(1),
  hasUniqueValue: z.boolean().optional(),
  externalOptions: z.boolean().optional(),
  referencedObjectType: z.string().optional(),
  ...optionalParts,
});
export type PropertyCreateInput = z.output<typeof propertyCreateInput>;

/** Body of a property's change; its unique constraint is not among what can be changed. */
export const propertyUpdateInput = z.object({
  label: z.string().min(1).optional(),
  type: propertyType.optional(),
  fieldType: fieldType.optional(),
  groupName: z.string().min(1).optional(),
  ...optionalParts,
});
export type PropertyUpdateInput = z.output<typeof propertyUpdateInput>;

/** A property that the configuration adds: only its name is needed. */
export const propertyDefinitionInput = propertyCreateInput.partial({
  label: true,
  type: true,
  fieldType: true,
  groupName: true,
});
export type PropertyDefinitionInput = z.output<typeof propertyDefinitionInput>;

export type PropertyOption = {
  readonly label: string;
  readonly value: string;
  readonly displayOrder: number;
  readonly hidden: boolean;
  readonly description: string;
};

export type PropertyDefinition = {
  readonly name: string;
  readonly label: string;
  readonly type: PropertyType;
  readonly fieldType: z.infer<typeof fieldType>;
  readonly groupName: string;
  readonly description: string;
  readonly options: readonly PropertyOption[];
  readonly displayOrder: number;
  readonly hasUniqueValue: boolean;
  readonly hidden: boolean;
  readonly formField: boolean;
  readonly calculated: boolean;
  readonly externalOptions: boolean;
  readonly referencedObjectType?: string;
  readonly hubspotDefined: boolean;
  readonly readOnlyValue: boolean;
  /** When it was archived (epoch ms); undefined while it lives. */
  readonly archivedAt: number | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export function toOptions(given: readonly z.output<typeof optionInput>[]): readonly PropertyOption[] {
  return given.map((option, position) => ({
    label: option.label,
    value: option.value,
    displayOrder: option.displayOrder ?? position,
    hidden: option.hidden ?? false,
    description: option.description ?? "",
  }));
}

/** A property as its creator defines it, at `now`. */
export function toDefinition(input: PropertyDefinitionInput, groupName: string, now: number): PropertyDefinition {
  const type = input.type ?? "string";
  return {
    name: input.name,
    label: input.label ?? input.name,
    type,
    fieldType: input.fieldType ?? "text",
    groupName: input.groupName ?? groupName,
    description: input.description ?? "",
    options: toOptions(input.options ?? []),
    displayOrder: input.displayOrder ?? -1,
    hasUniqueValue: input.hasUniqueValue ?? false,
    hidden: input.hidden ?? false,
    formField: input.formField ?? false,
    calculated: false,
    externalOptions: input.externalOptions ?? false,
    ...(input.referencedObjectType === undefined ? {} : { referencedObjectType: input.referencedObjectType }),
    hubspotDefined: false,
    readOnlyValue: false,
    archivedAt: undefined,
    createdAt: now,
    updatedAt: now,
  };
}

/** The property as HubSpot answers it. */
export function toWireProperty(definition: PropertyDefinition): object {
  const { readOnlyValue, archivedAt, createdAt, updatedAt, ...rest } = definition;
  return {
    ...rest,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    archived: archivedAt !== undefined,
    ...(archivedAt === undefined ? {} : { archivedAt: new Date(archivedAt).toISOString() }),
    dataSensitivity: "non_sensitive",
    modificationMetadata: {
      archivable: !definition.hubspotDefined,
      readOnlyDefinition: definition.hubspotDefined,
      readOnlyValue,
      readOnlyOptions: definition.hubspotDefined,
    },
  };
}
