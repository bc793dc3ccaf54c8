import { createHash } from "node:crypto";
import type { ConfigSource } from "./configuration.ts";
import { standardFields, type FieldDefinition, type FieldInput, type FieldOption } from "./field-definition.ts";
import { coreObjects, type CoreObject } from "./object-types.ts";

/** The fields of every object: the vendor's own, those of the configuration, and those made through the API. */
export type FieldRegistry = {
  readonly list: (object: CoreObject) => readonly FieldDefinition[];
  readonly find: (object: CoreObject, code: string) => FieldDefinition | undefined;
  /** A field made again has another code, even under the same name. */
  readonly create: (object: CoreObject, input: FieldInput) => FieldDefinition;
  readonly replace: (object: CoreObject, field: FieldDefinition) => void;
  readonly remove: (object: CoreObject, code: string) => boolean;
  readonly clear: () => void;
};

export function createFieldRegistry(config: ConfigSource): FieldRegistry {
  const own = new Map<CoreObject, readonly FieldDefinition[]>(coreObjects.map((name) => [name, standardFields(name)]));
  const made = new Map<CoreObject, Map<string, FieldDefinition>>();
  const deleted = new Set<string>();
  let serial = 0;
  const madeOf = (object: CoreObject): Map<string, FieldDefinition> => {
    const known = made.get(object) ?? new Map<string, FieldDefinition>();
    made.set(object, known);
    return known;
  };
  const list = (object: CoreObject): readonly FieldDefinition[] => {
    const { customFields, removedFields, requiredFields, picklistValues } = config.current();
    const configured = (customFields[object] ?? []).map((input) =>
      toDefinition(input, `${object}/${input.field_name}`),
    );
    const byCode = new Map(
      [...(own.get(object) ?? []), ...configured, ...madeOf(object).values()].map((field) => [field.code, field]),
    );
    const gone = new Set(removedFields[object]);
    return [...byCode.values()]
      .filter(({ code }) => !gone.has(code) && !deleted.has(`${object}/${code}`))
      .map((field) => ({
        ...field,
        isRequired: field.isRequired || (requiredFields[object] ?? []).includes(field.code),
        options: toOptions(picklistValues[object]?.[field.code]) ?? field.options,
      }));
  };
  return {
    list,
    find: (object, code) => list(object).find((field) => field.code === code),
    create: (object, input) => {
      serial += 1;
      const field = toDefinition(input, `${object}/${input.field_name}/${serial}`);
      madeOf(object).set(field.code, field);
      return field;
    },
    replace: (object, field) => void madeOf(object).set(field.code, field),
    remove: (object, code) => {
      const field = list(object).find((known) => known.code === code);
      if (field === undefined || !field.isCustom) return false;
      madeOf(object).delete(code);
      deleted.add(`${object}/${code}`);
      return true;
    },
    clear: () => {
      made.clear();
      deleted.clear();
      serial = 0;
    },
  };
}

function toDefinition(input: FieldInput, seed: string): FieldDefinition {
  const code = input.field_code ?? createHash("sha1").update(seed).digest("hex");
  const options = input.options?.map(({ id, label }, position): FieldOption => ({ id: id ?? position + 1, label }));
  return {
    code,
    name: input.field_name,
    type: input.field_type,
    description: input.description ?? null,
    isCustom: true,
    isRequired: input.required_fields?.enabled ?? false,
    options: options ?? null,
  };
}

function toOptions(labels: readonly string[] | undefined): readonly FieldOption[] | undefined {
  return labels?.map((label, position) => ({ id: position + 1, label }));
}
