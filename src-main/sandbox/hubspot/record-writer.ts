import type { AssociationType } from "./association-types.ts";
import type { HubRecord } from "./hub-record.ts";
import { uniqueIndex } from "./hub-records.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { Writer } from "./property-history.ts";
import { checkValue, maxLengthOf } from "./property-values.ts";
import { checkUnlocked, linkRecords } from "./record-links.ts";
import { checkRules } from "./record-rules.ts";
import { Refusal, toPropertyRefusal, type PropertyError } from "./refusal.ts";

export type WireProperties = Readonly<Record<string, unknown>>;
export type Link = { readonly type: AssociationType; readonly toId: string };

/** A write that has passed every check and only needs to be done. */
export type PlannedWrite = {
  readonly object: ObjectName;
  readonly before: HubRecord | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly links: readonly Link[];
};

export type RecordWriter = {
  /** Throws a `Refusal` with every property that is wrong. */
  readonly planCreate: (
    object: ObjectName,
    given: WireProperties,
    version: string,
    links?: readonly Link[],
  ) => PlannedWrite;
  readonly planUpdate: (before: HubRecord, given: WireProperties, version: string) => PlannedWrite;
  readonly commit: (plan: PlannedWrite, writer?: Writer) => HubRecord;
  /** Deletes for users; restorable in HubSpot for 90 days. */
  readonly archive: (record: HubRecord) => void;
  /** Forgets edits of the CRM's automation that are still to come. */
  readonly clear: () => void;
};

export function createRecordWriter(portal: Portal): RecordWriter {
  const { clock, config, records, history } = portal;
  const pending = new Set<() => void>();
  const commit = (plan: PlannedWrite, writer: Writer): HubRecord => {
    const now = clock.now();
    const { object, before } = plan;
    const record: HubRecord =
      before === undefined
        ? {
            id: records.nextId(object),
            object,
            properties: withSource(plan.properties, writer),
            createdAt: now,
            updatedAt: now,
            archivedAt: undefined,
            mergedIds: [],
          }
        : { ...before, properties: plan.properties, updatedAt: now };
    records.put(record);
    history.record(before, record, writer, now);
    for (const { type, toId } of plan.links) linkRecords(portal, type, record.id, toId);
    return record;
  };
  const applyEdit = (object: ObjectName, id: string, set: WireProperties): void => {
    const before = records.current(object).get(id);
    if (before === undefined || before.archivedAt !== undefined) return;
    commit({ object, before, properties: withChanges(before.properties, toTexts(set)), links: [] }, "user");
  };
  const automate = (record: HubRecord, on: "create" | "update"): void => {
    for (const edit of config.current().automationEdits) {
      if (edit.object !== record.object || edit.on !== on) continue;
      const cancel = clock.after(edit.afterMs, () => {
        pending.delete(cancel);
        applyEdit(record.object, record.id, edit.set);
      });
      pending.add(cancel);
    }
  };
  return {
    planCreate: (object, given, version, links = []) => ({
      object,
      before: undefined,
      properties: checkWrite(portal, object, undefined, given, version),
      links,
    }),
    planUpdate: (before, given, version) => {
      checkUnlocked(config.current().lockedRecords, before.object, before.id);
      return {
        object: before.object,
        before,
        properties: checkWrite(portal, before.object, before, given, version),
        links: [],
      };
    },
    commit: (plan, writer = "own") => {
      const record = commit(plan, writer);
      automate(record, plan.before === undefined ? "create" : "update");
      return record;
    },
    archive: (record) => {
      const now = clock.now();
      records.put({ ...record, archivedAt: now, updatedAt: now });
    },
    clear: () => {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}

/** A new record tells where it came from, so that an admin can filter on it. */
export function withSource(
  properties: Readonly<Record<string, string>>,
  writer: Writer,
): Readonly<Record<string, string>> {
  return { ...properties, hs_object_source_label: writer === "own" ? "Integration" : "CRM UI" };
}

function toTexts(set: WireProperties): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** Empty values are left out, as HubSpot keeps none. */
export function withChanges(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const merged = { ...before, ...changes };
  return Object.values(changes).includes("")
    ? Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""))
    : merged;
}

/** The properties the record will have. Throws a `Refusal` that names every wrong one. */
function checkWrite(
  portal: Portal,
  object: ObjectName,
  before: HubRecord | undefined,
  given: WireProperties,
  version: string,
): Readonly<Record<string, string>> {
  const config = portal.config.current();
  const problems: PropertyError[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const checked = checkOne(portal, object, name, value);
    if (checked.ok) values[name] = checked.value;
    else problems.push({ name, error: checked.error, message: checked.message });
  }
  const after = withChanges(before?.properties ?? {}, values);
  problems.push(...checkRules({ object, on: before === undefined ? "create" : "update", after, version }, config));
  if (problems.length > 0) throw toPropertyRefusal(problems, config.portalId);
  checkUniqueValues(portal, object, before?.id, values);
  return after;
}

function checkOne({ registry, config, pipelines }: Portal, object: ObjectName, name: string, value: unknown) {
  const definition = registry.find(object, name);
  if (definition === undefined)
    return { ok: false as const, error: "PROPERTY_DOESNT_EXIST", message: `Property "${name}" does not exist` };
  if (definition.readOnlyValue)
    return {
      ok: false as const,
      error: "READ_ONLY_VALUE",
      message: `Property "${name}" is a read only property; its value cannot be set.`,
    };
  const current = config.current();
  return checkValue(definition, value, {
    maxLength: maxLengthOf(object, name, current),
    activeOwnerIds:
      definition.referencedObjectType === "OWNER"
        ? current.users.filter(({ active }) => active).map(({ id }) => id)
        : [],
    externalValues:
      definition.options.length === 0 && definition.externalOptions ? pipelines.valuesOf(name) : undefined,
  });
}

/** The live record, other than `ownId`, that has this value of a unique property. */
export function holderOf(
  { records }: Portal,
  object: ObjectName,
  name: string,
  value: string,
  ownId?: string,
): HubRecord | undefined {
  return records
    .current(object)
    .find(uniqueIndex(name), value)
    .find(({ id, archivedAt }) => id !== ownId && archivedAt === undefined);
}

function checkUniqueValues(
  portal: Portal,
  object: ObjectName,
  ownId: string | undefined,
  values: Readonly<Record<string, string>>,
): void {
  for (const name of portal.registry.uniqueNames(object)) {
    const value = values[name];
    if (value === undefined || value === "") continue;
    const holder = holderOf(portal, object, name, value, ownId);
    if (holder !== undefined) throw toConflict(portal, object, name, value, holder.id);
  }
}

export function toConflict(
  { config }: Portal,
  object: ObjectName,
  name: string,
  value: string,
  holderId: string,
): Refusal {
  if (object === "contacts" && name === "email")
    return new Refusal(409, "CONFLICT", `Contact already exists. Existing ID: ${holderId}`);
  const { portalId, uniqueConflictStatus } = config.current();
  const message = `Cannot set PropertyValueCoordinates{propertyName=${name}, value=${value}}. ${holderId} already has that value.`;
  return toPropertyRefusal([{ name, error: "CONFLICTING_UNIQUE_VALUE", message }], portalId, uniqueConflictStatus);
}
