import type { ConfigSource, ZohoConfig } from "./configuration.ts";
import { toCustomField, type Field, type FieldDefinitionInput } from "./field-definition.ts";
import { moduleNames, type ModuleName } from "./modules.ts";
import { standardFields } from "./standard-fields.ts";

/** A field in force, with what the token's user may do to it. */
export type KnownField = Field & { readonly access: "read" | "edit" };

export type FieldRegistry = {
  /** Every field that exists for the token's user, by name. */
  readonly fields: (module: ModuleName) => ReadonlyMap<string, KnownField>;
  /** The same without the user's own rights: what the CRM itself knows. */
  readonly allFields: (module: ModuleName) => ReadonlyMap<string, Field>;
  readonly add: (module: ModuleName, field: Field) => void;
  readonly replace: (module: ModuleName, field: Field) => void;
  readonly remove: (module: ModuleName, id: string) => void;
  /** Adds an option to a picklist, as the CRM does for an unknown Call_Purpose. */
  readonly addOption: (module: ModuleName, name: string, value: string) => void;
  readonly onChange: (listener: () => void) => void;
  readonly clear: () => void;
};

type Table = { readonly all: ReadonlyMap<string, Field>; readonly visible: ReadonlyMap<string, KnownField> };
type Tables = Readonly<Record<ModuleName, Table>>;

const keys = ["customFields", "removedFields", "requiredFields", "fieldMaxLength", "picklistValues"] as const;
const otherKeys = ["fieldPermissions", "subjectMandatory", "fieldsOnCalls", "externalFieldsOnCalls", "uniqueOnCalls"];
const definingKeys: ReadonlySet<string> = new Set([...keys, ...otherKeys]);

/** The org's fields: standard ones, those created through the API, and those of the configuration. */
export function createFieldRegistry(config: ConfigSource): FieldRegistry {
  const created = new Map<ModuleName, Map<string, Field>>();
  const options = new Map<string, string[]>();
  const listeners: (() => void)[] = [];
  let tables: Tables | undefined;
  const changed = (): void => {
    tables = undefined;
    for (const listener of listeners) listener();
  };
  const build = (): Tables => {
    const current = config.current();
    const of = (module: ModuleName): Table =>
      buildTable(module, current, [...(created.get(module)?.values() ?? [])], options);
    return {
      Contacts: of("Contacts"),
      Leads: of("Leads"),
      Accounts: of("Accounts"),
      Deals: of("Deals"),
      Calls: of("Calls"),
      Tasks: of("Tasks"),
      Notes: of("Notes"),
    };
  };
  const table = (module: ModuleName): Table => {
    tables ??= build();
    return tables[module];
  };
  const put = (module: ModuleName, field: Field): void => {
    const known = created.get(module) ?? new Map<string, Field>();
    known.set(field.id, field);
    created.set(module, known);
    changed();
  };
  config.onChange((given) => {
    if ([...given].some((key) => definingKeys.has(key))) changed();
  });
  return {
    fields: (module) => table(module).visible,
    allFields: (module) => table(module).all,
    add: put,
    replace: put,
    remove: (module, id) => {
      created.get(module)?.delete(id);
      changed();
    },
    addOption: (module, name, value) => {
      const key = `${module}.${name}`;
      options.set(key, [...(options.get(key) ?? []), value]);
      changed();
    },
    onChange: (listener) => void listeners.push(listener),
    clear: () => {
      created.clear();
      options.clear();
      changed();
    },
  };
}

function buildTable(
  module: ModuleName,
  config: ZohoConfig,
  created: readonly Field[],
  options: ReadonlyMap<string, readonly string[]>,
): Table {
  const configured = (config.customFields[module] ?? []).map(toConfiguredField(module));
  const customs =
    module === "Calls" ? allowedOnCalls([...created, ...configured], config) : [...created, ...configured];
  const removed = new Set(config.removedFields[module] ?? []);
  const all = new Map<string, Field>();
  for (const field of [...standardFields(module), ...customs]) {
    if (!removed.has(field.name)) all.set(field.name, adapt(module, field, config, options));
  }
  const rights = config.fieldPermissions[module] ?? {};
  const visible = new Map<string, KnownField>();
  for (const field of all.values()) {
    const right = rights[field.name] ?? "edit";
    if (right !== "none") visible.set(field.name, { ...field, access: right });
  }
  return { all, visible };
}

/** Whether an org takes custom, unique and external fields on Calls is not documented: three switches say it. */
function allowedOnCalls(fields: readonly Field[], config: ZohoConfig): readonly Field[] {
  if (!config.fieldsOnCalls) return [];
  return fields.map((field) => ({
    ...field,
    unique: config.uniqueOnCalls ? field.unique : undefined,
    external: config.externalFieldsOnCalls ? field.external : undefined,
  }));
}

function toConfiguredField(module: ModuleName): (input: FieldDefinitionInput, position: number) => Field {
  const group = moduleNames.indexOf(module) + 1;
  return (input, position) => {
    const id = `36523970000009${group}${String(position + 1).padStart(4, "0")}`;
    const field = toCustomField(input, id);
    if (field === undefined)
      throw new Error(`A custom field of ${module} in the configuration has neither a name nor a label.`);
    return field;
  };
}

/** The definition as an admin's settings leave it. */
function adapt(
  module: ModuleName,
  field: Field,
  { requiredFields, fieldMaxLength, picklistValues, subjectMandatory }: ZohoConfig,
  options: ReadonlyMap<string, readonly string[]>,
): Field {
  const isSubject = module === "Calls" && field.name === "Subject";
  const base = picklistValues[module]?.[field.name] ?? field.picklist;
  const added = options.get(`${module}.${field.name}`) ?? [];
  return {
    ...field,
    length: fieldMaxLength[module]?.[field.name] ?? field.length,
    picklist: base === undefined ? undefined : [...new Set([...base, ...added])],
    systemMandatory: isSubject ? subjectMandatory : field.systemMandatory,
    layoutRequired: field.layoutRequired || (requiredFields[module]?.includes(field.name) ?? false),
  };
}
