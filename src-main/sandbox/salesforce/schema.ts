import type { SandboxClock } from "../core/clock.ts";
import type { ConfigSource, SalesforceConfig } from "./configuration.ts";
import { toCustomField, toField, type FieldDefinition } from "./field-definition.ts";
import { isActivity, isListed, type ListedObject, type ObjectName } from "./object-types.ts";
import { standardFields } from "./standard-fields.ts";

/** What the org's objects consist of, under the configuration in force. */
export type Schema = {
  /** The fields that the token's user can see, with what that user may do to them. */
  readonly fields: (object: ObjectName) => readonly FieldDefinition[];
  /** Every field that exists, hidden ones included: what administrators see. */
  readonly allFields: (object: ObjectName) => readonly FieldDefinition[];
  /** A visible field by name, in any case. */
  readonly find: (object: ObjectName, name: string) => FieldDefinition | undefined;
  /** The same, hidden ones included. */
  readonly findAny: (object: ObjectName, name: string) => FieldDefinition | undefined;
  /** Fields by which an upsert may find a record, or that must be unique; hidden ones included. */
  readonly keys: (object: ObjectName) => readonly FieldDefinition[];
  readonly changedAt: () => number;
  readonly onChange: (listener: () => void) => void;
};

type Catalogue = {
  readonly all: ReadonlyMap<string, FieldDefinition>;
  readonly visible: ReadonlyMap<string, FieldDefinition>;
};

const schemaKeys = [
  "customFields",
  "removedFields",
  "fieldPermissions",
  "fieldMaxLength",
  "picklistValues",
  "keyField",
  "keyUnique",
  "taskSubtypeUpdateable",
  "requiredFields",
  "objectPermissions",
] as const;

export function createSchema(clock: SandboxClock, config: ConfigSource): Schema {
  let catalogues = buildAll(config.current());
  let changedAt = clock.now();
  const listeners: (() => void)[] = [];
  config.onChange((keys) => {
    if (!schemaKeys.some((key) => keys.has(key))) return;
    catalogues = buildAll(config.current());
    changedAt = clock.now();
    for (const listener of listeners) listener();
  });
  return {
    fields: (object) => [...catalogues[object].visible.values()],
    allFields: (object) => [...catalogues[object].all.values()],
    find: (object, name) => catalogues[object].visible.get(name.toLowerCase()),
    findAny: (object, name) => catalogues[object].all.get(name.toLowerCase()),
    keys: (object) => [...catalogues[object].all.values()].filter(({ externalId, unique }) => externalId || unique),
    changedAt: () => changedAt,
    onChange: (listener) => void listeners.push(listener),
  };
}

function buildAll(config: SalesforceConfig): Readonly<Record<ObjectName, Catalogue>> {
  const build = (object: ObjectName): Catalogue => buildCatalogue(object, config);
  return {
    Contact: build("Contact"),
    Lead: build("Lead"),
    Account: build("Account"),
    Opportunity: build("Opportunity"),
    Task: build("Task"),
    Event: build("Event"),
  };
}

/** Custom fields of Activity show on tasks and events alike; the configuration names tasks. */
function configName(object: ObjectName): ListedObject {
  return isListed(object) ? object : "Task";
}

function buildCatalogue(object: ObjectName, config: SalesforceConfig): Catalogue {
  const named = configName(object);
  const removed = new Set((config.removedFields[named] ?? []).map((name) => name.toLowerCase()));
  const all = new Map<string, FieldDefinition>();
  for (const field of [...standardFields[object], ...customFields(object, config)]) {
    if (!removed.has(field.name.toLowerCase())) all.set(field.name.toLowerCase(), adjust(field, named, config));
  }
  const rights = new Map(
    Object.entries(config.fieldPermissions[named] ?? {}).map(([name, right]) => [name.toLowerCase(), right]),
  );
  const visible = new Map<string, FieldDefinition>();
  for (const [name, field] of all) {
    const right = rights.get(name) ?? "edit";
    if (right === "none") continue;
    visible.set(name, right === "read" ? { ...field, createable: false, updateable: false } : field);
  }
  return { all, visible };
}

function customFields(object: ObjectName, config: SalesforceConfig): readonly FieldDefinition[] {
  const own = (config.customFields[configName(object)] ?? []).map(toCustomField);
  const isEventOnly = object === "Event" ? own.filter(({ custom }) => custom) : own;
  return isActivity(object) && config.keyField !== null
    ? [toKeyField(config.keyField, config.keyUnique), ...isEventOnly]
    : isEventOnly;
}

function toKeyField(name: string, unique: boolean): FieldDefinition {
  return toField({ name, label: "Call Sync Key", externalId: true, unique, caseSensitive: true });
}

function adjust(field: FieldDefinition, object: ListedObject, config: SalesforceConfig): FieldDefinition {
  const length = config.fieldMaxLength[object]?.[field.name] ?? field.length;
  const values = config.picklistValues[object]?.[field.name];
  const picklist = values === undefined ? field.picklist : values.map((value) => ({ value }));
  const defaultValue =
    values === undefined || values.includes(String(field.defaultValue)) ? field.defaultValue : (values[0] ?? null);
  const updateable = field.name === "TaskSubtype" ? config.taskSubtypeUpdateable : field.updateable;
  return { ...field, length, picklist, defaultValue, updateable };
}

export function isRequired(object: ObjectName, name: string, { requiredFields }: SalesforceConfig): boolean {
  return isListed(object) && (requiredFields[object] ?? []).some((each) => each.toLowerCase() === name.toLowerCase());
}
