import {
  checkRequired,
  checkAutomation,
  checkDuplicates,
  checkRight,
  checkUnique,
  checkValidation,
  type WriteKind,
} from "./record-rules.ts";
import { readChanges, type Changes, type RecordBody } from "./record-input.ts";
import type { ObjectName } from "./object-types.ts";
import { toDateTime, toDay, type FieldValue, type OrgRecord, type Values } from "./org-record.ts";
import { apiUser, automationUserId, type Org } from "./org.ts";
import { checkReferences, checkUnlocked } from "./references.ts";
import { badRecord, Refusal } from "./refusal.ts";
import { closedTaskStatus } from "./standard-fields.ts";
import type { Transaction } from "./transaction.ts";

/** What holds for every record of one request. */
export type WriteContext = {
  readonly tx: Transaction;
  /** Records of the same object in the request: triggers get them together. */
  readonly rows: number;
  readonly allowDuplicates: boolean;
  readonly version: string;
};

/** Creates a record as the token's user. Throws a `Refusal`, and then nothing is written. */
export function createRecord(org: Org, object: ObjectName, body: RecordBody, context: WriteContext): OrgRecord {
  checkRight(org, object, "create");
  if (org.config.current().storageFull) throw badRecord("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded");
  const changes = readChanges(org, object, "create", body);
  const now = org.clock.now();
  const blank: OrgRecord = {
    id: org.records.nextId(object),
    object,
    values: toDefaults(org, object),
    createdAt: now,
    createdBy: apiUser.id,
    modifiedAt: now,
    modifiedBy: apiUser.id,
    deletedAt: undefined,
    masterId: undefined,
  };
  return write(org, { ...blank, values: merge(blank.values, changes) }, { changes, on: "create" }, context);
}

/** Changes a live record as the token's user. Throws a `Refusal`, and then nothing is written. */
export function updateRecord(org: Org, before: OrgRecord, body: RecordBody, context: WriteContext): OrgRecord {
  checkRight(org, before.object, "edit");
  requireEditable(org, before);
  const changes = readChanges(org, before.object, "update", body);
  const after = {
    ...before,
    values: merge(before.values, changes),
    modifiedAt: Math.max(org.clock.now(), before.modifiedAt),
    modifiedBy: apiUser.id,
  };
  return write(org, after, { changes, on: "update" }, context);
}

/** Puts a live record into the recycle bin. Throws a `Refusal`. */
export function deleteRecord(org: Org, before: OrgRecord, tx: Transaction): void {
  checkRight(org, before.object, "delete");
  requireEditable(org, before);
  checkUnlocked(org, before.object, before.id);
  const now = org.clock.now();
  tx.put({ ...before, deletedAt: now, modifiedAt: now, modifiedBy: apiUser.id });
  tx.afterCommit(() => org.records.noteDeletion(before.object, before.id, now));
}

function requireEditable(org: Org, record: OrgRecord): void {
  if (record.deletedAt !== undefined) throw entityDeleted(org);
  if (!org.records.isVisible(record))
    throw badRecord("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id");
}

export function entityDeleted(org: Org): Refusal {
  return new Refusal(org.config.current().entityDeletedStatus, "ENTITY_IS_DELETED", "entity is deleted", {
    fields: [],
  });
}

type Intent = { readonly changes: Changes; readonly on: WriteKind };

/** The rules in the order in which Salesforce applies them, then the write itself and what follows from it. */
function write(org: Org, record: OrgRecord, { changes, on }: Intent, context: WriteContext): OrgRecord {
  const changed = new Set([...changes.keys()].map(({ name }) => name));
  const after = withCompletion(record);
  checkRequired(org, after.object, on, after.values, changed);
  if (on === "update") checkUnlocked(org, after.object, after.id);
  const targets = checkReferences(org, after.object, [...changes.keys()], after.values);
  checkAutomation(org, after.object, on, context.rows);
  checkValidation(org, on, after);
  checkDuplicates(org, after, context.version, context.allowDuplicates);
  checkUnique(org, after, changed);
  context.tx.put(after);
  for (const target of targets) noteActivity(after, target, context.tx);
  scheduleAutomation(org, after, on, context.tx);
  return after;
}

function toDefaults(org: Org, object: ObjectName): Values {
  const defaults = org.schema
    .fields(object)
    .filter(({ defaultValue, calculated }) => defaultValue !== null && !calculated)
    .map(({ name, defaultValue }) => [name, defaultValue] as const);
  return { ...Object.fromEntries(defaults), OwnerId: apiUser.id };
}

function merge(before: Values, changes: Changes): Values {
  const entries: (readonly [string, FieldValue])[] = [...changes].map(([{ name, defaultValue, nillable }, value]) => [
    name,
    // A picklist with a default takes it for an emptied value.
    value === null && !nillable && defaultValue !== null ? defaultValue : value,
  ]);
  const after = { ...before, ...Object.fromEntries(entries) };
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== null));
}

function withCompletion(record: OrgRecord): OrgRecord {
  if (record.object !== "Task") return record;
  const { CompletedDateTime: completed, ...values } = record.values;
  if (values["Status"] !== closedTaskStatus) return { ...record, values };
  return { ...record, values: { ...values, CompletedDateTime: completed ?? toDateTime(record.modifiedAt) } };
}

/** A closed task moves the last activity of the records it is about; that is no change of theirs. */
export function noteActivity(activity: OrgRecord, target: OrgRecord, tx: Pick<Transaction, "put">): void {
  if (activity.object !== "Task" || activity.values["Status"] !== closedTaskStatus) return;
  const day = activity.values["ActivityDate"] ?? toDay(activity.modifiedAt);
  const known = target.values["LastActivityDate"];
  if (typeof day !== "string" || (typeof known === "string" && known >= day)) return;
  tx.put({ ...target, values: { ...target.values, LastActivityDate: day } });
}

/** Automation of the org edits the record afterwards, as another user. */
function scheduleAutomation(org: Org, record: OrgRecord, on: WriteKind, tx: Transaction): void {
  for (const edit of org.config.current().automationEdits) {
    if (edit.object !== record.object || edit.on !== on) continue;
    tx.afterCommit(() => org.later(edit.afterMs, () => applyEdit(org, record, edit.set)));
  }
}

function applyEdit(org: Org, { object, id }: OrgRecord, set: Readonly<Record<string, unknown>>): void {
  const record = org.records.find(object, id);
  if (record === undefined || record.deletedAt !== undefined) return;
  const known = Object.entries(set).flatMap(([name, value]) => {
    const field = org.schema.findAny(object, name);
    return field === undefined ? [] : [[field.name, toPlainValue(value)] as const];
  });
  const values = Object.fromEntries(
    Object.entries({ ...record.values, ...Object.fromEntries(known) }).filter(([, value]) => value !== null),
  );
  org.records.put({ ...record, values, modifiedAt: org.clock.now(), modifiedBy: automationUserId });
}

export function toPlainValue(value: unknown): FieldValue {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}
