import type { OutsideEdit, OutsideFields, OutsideRecords } from "../core/crm-sandbox.ts";
import type { FieldDefinition } from "./field-definition.ts";
import { isListed, listedObjects, toObjectName, type ListedObject, type ObjectName } from "./object-types.ts";
import type { FieldValue, OrgRecord, Values } from "./org-record.ts";
import type { Org } from "./org.ts";
import { normaliseId } from "./record-id.ts";
import { readValue } from "./record-values.ts";
import { noteActivity, toPlainValue } from "./record-writer.ts";

/** Edits by a colleague in the CRM: no API call, no lag, no rules but that object, record and fields exist. */
export function createOutsideRecords(org: Org): OutsideRecords {
  return {
    objects: listedObjects,
    list: (object) => listLive(org, toListed(object)),
    create: (object, fields) => create(org, toListed(object), fields),
    update: (object, id, fields) => update(org, toListed(object), id, fields),
    remove: (object, id) => remove(org, toListed(object), id),
    merge: (object, id, otherId) => merge(org, toListed(object), id, otherId),
  };
}

/** The administration asks only for objects of its list. */
function toListed(name: string): ListedObject {
  const object = toObjectName(name);
  if (object === undefined || !isListed(object)) throw new Error(`The sandbox has no object ${name}.`);
  return object;
}

function listLive(org: Org, object: ListedObject): readonly OutsideFields[] {
  const live: OutsideFields[] = [];
  for (const record of org.records.current(object).iterate())
    if (record.deletedAt === undefined) live.push(toFlat(org, record));
  return live;
}

function toFlat(org: Org, record: OrgRecord): OutsideFields {
  const fields = org.schema
    .allFields(record.object)
    .map((field) => [field.name, readValue(org, record, field)] as const);
  return Object.fromEntries(fields);
}

const refuse = (status: 400 | 404 | 409, message: string): OutsideEdit => ({ ok: false, status, message });

type Parsed = { readonly ok: true; readonly values: Values } | { readonly ok: false; readonly edit: OutsideEdit };

const systemFields = new Set([
  "Id",
  "IsDeleted",
  "MasterRecordId",
  "CreatedDate",
  "CreatedById",
  "LastModifiedDate",
  "LastModifiedById",
  "SystemModstamp",
]);

function parse(org: Org, object: ListedObject, fields: OutsideFields): Parsed {
  const entries: (readonly [string, FieldValue])[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const field = org.schema.findAny(object, name);
    if (field === undefined || systemFields.has(field.name) || isMade(object, field))
      return { ok: false, edit: refuse(400, `${object} has no field "${name}" that can be set.`) };
    entries.push([field.name, toTyped(field, value)]);
  }
  return { ok: true, values: Object.fromEntries(entries) };
}

function isMade(object: ObjectName, { calculated, name }: FieldDefinition): boolean {
  return calculated && !(name === "Name" && object === "Account");
}

function toTyped({ type, referenceTo }: FieldDefinition, value: unknown): FieldValue {
  const plain = toPlainValue(value);
  if (plain === null) return null;
  if (type === "int" || type === "double" || type === "currency" || type === "percent") return Number(plain);
  if (type === "reference" && !referenceTo.includes("User")) return normaliseId(String(plain)) ?? String(plain);
  return type === "boolean" ? plain === true || plain === "true" : String(plain);
}

function withoutNulls(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function create(org: Org, object: ListedObject, fields: OutsideFields): OutsideEdit {
  const parsed = parse(org, object, fields);
  if (!parsed.ok) return parsed.edit;
  const defaults = org.schema
    .allFields(object)
    .filter(({ defaultValue, calculated }) => defaultValue !== null && !calculated)
    .map(({ name, defaultValue }) => [name, defaultValue] as const);
  const now = org.clock.now();
  const by = org.colleagueId();
  const values = withoutNulls({ ...Object.fromEntries(defaults), OwnerId: by, ...parsed.values });
  const record: OrgRecord = {
    id: org.records.nextId(object),
    object,
    values,
    createdAt: now,
    createdBy: by,
    modifiedAt: now,
    modifiedBy: by,
    deletedAt: undefined,
    masterId: undefined,
  };
  org.records.put(record);
  noteTargets(org, record);
  return { ok: true, record: toFlat(org, record) };
}

function noteTargets(org: Org, activity: OrgRecord): void {
  for (const [field, objects] of [
    ["WhoId", ["Contact", "Lead"]],
    ["WhatId", ["Account", "Opportunity"]],
  ] as const) {
    const id = activity.values[field];
    if (typeof id !== "string") continue;
    for (const object of objects) {
      const target = org.records.find(object, id);
      if (target !== undefined) noteActivity(activity, target, org.records);
    }
  }
}

function findLive(org: Org, object: ListedObject, given: string): OrgRecord | undefined {
  const id = normaliseId(given);
  const record = id === undefined ? undefined : org.records.find(object, id);
  return record?.deletedAt === undefined ? record : undefined;
}

const missing = (object: string, id: string): OutsideEdit => refuse(404, `There is no ${object} ${id}.`);

function update(org: Org, object: ListedObject, id: string, fields: OutsideFields): OutsideEdit {
  const before = findLive(org, object, id);
  if (before === undefined) return missing(object, id);
  const parsed = parse(org, object, fields);
  if (!parsed.ok) return parsed.edit;
  const record = {
    ...before,
    values: withoutNulls({ ...before.values, ...parsed.values }),
    modifiedAt: org.clock.now(),
    modifiedBy: org.colleagueId(),
  };
  org.records.put(record);
  noteTargets(org, record);
  return { ok: true, record: toFlat(org, record) };
}

/** Into the recycle bin. */
function remove(org: Org, object: ListedObject, id: string): OutsideEdit {
  const before = findLive(org, object, id);
  if (before === undefined) return missing(object, id);
  const now = org.clock.now();
  const record = { ...before, deletedAt: now, modifiedAt: now, modifiedBy: org.colleagueId() };
  org.records.put(record);
  org.records.noteDeletion(object, before.id, now);
  return { ok: true, record: toFlat(org, record) };
}

/** The loser lies in the recycle bin and names the winner, who takes over its activities and, for accounts, its people. */
function merge(org: Org, object: ListedObject, id: string, otherId: string): OutsideEdit {
  if (object === "Task" || object === "Opportunity") return refuse(409, `Salesforce cannot merge ${object} records.`);
  const winner = findLive(org, object, id);
  const loser = findLive(org, object, otherId);
  if (winner === undefined) return missing(object, id);
  if (loser === undefined) return missing(object, otherId);
  if (winner.id === loser.id) return refuse(409, "A record cannot be merged with itself.");
  const now = org.clock.now();
  const by = org.colleagueId();
  const merged = { ...winner, values: { ...loser.values, ...winner.values }, modifiedAt: now, modifiedBy: by };
  org.records.put(merged);
  org.records.put({ ...loser, deletedAt: now, masterId: winner.id, modifiedAt: now, modifiedBy: by });
  org.records.noteDeletion(object, loser.id, now);
  repoint(org, loser.id, winner.id);
  return { ok: true, record: toFlat(org, merged) };
}

const links: readonly (readonly [ObjectName, string])[] = [
  ["Task", "WhoId"],
  ["Task", "WhatId"],
  ["Event", "WhoId"],
  ["Event", "WhatId"],
  ["Contact", "AccountId"],
  ["Opportunity", "AccountId"],
];

function repoint(org: Org, from: string, to: string): void {
  for (const [object, field] of links) {
    const held = [...org.records.current(object).iterate()].filter(({ values }) => values[field] === from);
    for (const record of held)
      org.records.put({ ...record, values: { ...record.values, [field]: to }, modifiedAt: org.clock.now() });
  }
}
