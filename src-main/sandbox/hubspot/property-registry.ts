import type { SandboxClock } from "../core/clock.ts";
import type { ConfigSource, HubspotConfig } from "./configuration.ts";
import { objectNames, perObject, type ObjectName } from "./object-types.ts";
import { createPropertyGroups, type PropertyGroups } from "./property-groups.ts";
import {
  toDefinition,
  toOptions,
  type PropertyCreateInput,
  type PropertyDefinition,
  type PropertyUpdateInput,
} from "./property-definition.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { mainGroup, standardProperties } from "./standard-properties.ts";

/** The properties of every object as the token's user sees them: HubSpot's, those created, and what the configuration does to them. */
export type PropertyRegistry = {
  readonly groups: PropertyGroups;
  readonly find: (object: ObjectName, name: string) => PropertyDefinition | undefined;
  readonly list: (object: ObjectName) => readonly PropertyDefinition[];
  readonly listArchived: (object: ObjectName) => readonly PropertyDefinition[];
  readonly uniqueNames: (object: ObjectName) => readonly string[];
  /** Throws a `Refusal`: a taken name, an unknown group, too many unique properties, a portal that allows none on calls. */
  readonly create: (object: ObjectName, input: PropertyCreateInput) => PropertyDefinition;
  readonly update: (object: ObjectName, name: string, input: PropertyUpdateInput) => PropertyDefinition;
  readonly archive: (object: ObjectName, name: string) => void;
  /** Called whenever properties may have come, gone or changed. */
  readonly onChange: (listener: () => void) => void;
  readonly clear: () => void;
};

/** HubSpot allows this many unique properties an object. */
const maxUnique = 10;

/** What is in force for one object, worked out once for many writes. */
type Effective = {
  readonly byName: ReadonlyMap<string, PropertyDefinition>;
  readonly list: readonly PropertyDefinition[];
  readonly unique: readonly string[];
};
type Created = Readonly<Record<ObjectName, Map<string, PropertyDefinition>>>;

export function createPropertyRegistry(clock: SandboxClock, config: ConfigSource): PropertyRegistry {
  const createdAt = clock.now();
  const created: Created = perObject(() => new Map());
  const listeners: (() => void)[] = [];
  let cached = new Map<ObjectName, Effective>();
  const changed = (): void => {
    cached = new Map();
    for (const listener of listeners) listener();
  };
  config.onChange(changed);

  const of = (object: ObjectName): Effective => {
    const known = cached.get(object) ?? toEffective(object, config.current(), [...created[object].values()], createdAt);
    cached.set(object, known);
    return known;
  };
  const groups = createPropertyGroups(config, (object, group) =>
    of(object).list.some(({ groupName }) => groupName === group),
  );
  const own = (object: ObjectName, name: string): PropertyDefinition => {
    const definition = of(object).byName.get(name);
    if (definition === undefined) throw notFound(`Property '${name}' does not exist.`);
    const mine = created[object].get(name);
    if (mine === undefined) throw invalid(`Property '${name}' is defined by HubSpot and cannot be changed.`);
    return mine;
  };
  return {
    groups,
    find: (object, name) => of(object).byName.get(name),
    list: (object) => of(object).list,
    listArchived: (object) => [...created[object].values()].filter(({ archivedAt }) => archivedAt !== undefined),
    uniqueNames: (object) => of(object).unique,
    create: (object, input) => {
      if (of(object).byName.has(input.name)) throw nameTaken(input.name);
      checkDefinition(object, input, groups);
      const before = created[object].get(input.name);
      if (input.hasUniqueValue === true && before === undefined) {
        const unique = of(object).list.filter(
          ({ hasUniqueValue, hubspotDefined }) => hasUniqueValue && !hubspotDefined,
        );
        checkUnique(object, unique.length, config.current().uniqueCallProperty);
      }
      const now = clock.now();
      // A name that was archived comes back with its old definition.
      const definition =
        before === undefined
          ? toDefinition(input, input.groupName, now)
          : { ...before, archivedAt: undefined, updatedAt: now };
      created[object].set(definition.name, definition);
      changed();
      return definition;
    },
    update: (object, name, input) => {
      const before = own(object, name);
      if (input.groupName !== undefined) groups.require(object, input.groupName);
      const { options, ...rest } = input;
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const replaced = options === undefined || options.length === 0 ? before.options : toOptions(options);
      const definition: PropertyDefinition = { ...before, ...given, options: replaced, updatedAt: clock.now() };
      created[object].set(name, definition);
      changed();
      return definition;
    },
    archive: (object, name) => {
      const before = own(object, name);
      if (isInUse(object, name, config)) {
        throw invalid(`Property '${name}' is in use and cannot be deleted.`, {
          subCategory: "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE",
        });
      }
      created[object].set(name, { ...before, archivedAt: clock.now() });
      changed();
    },
    onChange: (listener) => void listeners.push(listener),
    clear: () => {
      for (const object of objectNames) created[object].clear();
      groups.clear();
      changed();
    },
  };
}

/** HubSpot's own properties, those of the configuration and those made, less what is hidden or removed. */
function toEffective(
  object: ObjectName,
  current: HubspotConfig,
  created: readonly PropertyDefinition[],
  bornAt: number,
): Effective {
  const custom = (current.customFields[object] ?? []).map((input) =>
    toDefinition(input, mainGroup(object, current), bornAt),
  );
  const made = created.filter(({ archivedAt }) => archivedAt === undefined);
  const all = [...standardProperties(object, current, bornAt), ...custom, ...made];
  const rights = current.fieldPermissions[object] ?? {};
  const seen = all.filter(({ name }) => rights[name] !== "none" && !current.removedFields[object]?.includes(name));
  const list = seen.map((definition) => {
    const values = current.picklistValues[object]?.[definition.name];
    const options =
      values === undefined ? definition.options : toOptions(values.map((value) => ({ value, label: value })));
    return { ...definition, options, readOnlyValue: definition.readOnlyValue || rights[definition.name] === "read" };
  });
  const unique = list.filter(({ hasUniqueValue }) => hasUniqueValue).map(({ name }) => name);
  return { byName: new Map(list.map((definition) => [definition.name, definition])), list, unique };
}

function nameTaken(name: string): Refusal {
  return new Refusal(409, "OBJECT_ALREADY_EXISTS", `A property named '${name}' already exists.`, {
    subCategory: "Properties.PROPERTY_WITH_NAME_EXISTS",
    context: { propertyName: [name] },
  });
}

function checkDefinition(object: ObjectName, input: PropertyCreateInput, groups: PropertyGroups): void {
  if (!/^[a-z][a-z0-9_]*$/.test(input.name)) {
    throw invalid(
      `Property name '${input.name}' must begin with a letter and hold only lower-case letters, digits and underscores.`,
    );
  }
  groups.require(object, input.groupName);
  const needsOptions = input.type === "enumeration" && input.externalOptions !== true;
  if (needsOptions && (input.options ?? []).length === 0)
    throw invalid(`Property '${input.name}' of type enumeration needs options.`);
  const unfit = input.hasUniqueValue === true && input.type !== "string" && input.type !== "number";
  if (unfit) throw invalid(`Property '${input.name}' of type ${input.type} cannot have unique values.`);
}

function checkUnique(object: ObjectName, present: number, allowedOnCalls: boolean): void {
  if (object === "calls" && !allowedOnCalls)
    throw invalid("Unique value properties are not supported for object type 0-48.");
  if (present >= maxUnique)
    throw invalid(`The limit of ${maxUnique} unique value properties for ${object} is reached.`);
}

/** What an admin's rules refer to. */
function isInUse(object: ObjectName, name: string, config: ConfigSource): boolean {
  const { validationRules, conditionalRequired, automationEdits, requiredFields } = config.current();
  return (
    validationRules.some((rule) => rule.object === object && rule.when.field === name) ||
    conditionalRequired.some(
      (rule) => rule.object === object && (rule.property === name || rule.when.property === name),
    ) ||
    automationEdits.some((edit) => edit.object === object && Object.hasOwn(edit.set, name)) ||
    (requiredFields[object]?.includes(name) ?? false)
  );
}
