import { checkBody, type WireFields } from "./body-schemas.ts";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import { settleStage } from "./deal-stage.ts";
import type { CoreObject, ObjectName } from "./object-types.ts";
import { toStoredFields } from "./record-input.ts";
import {
  checkCustomFields,
  checkFeatureCaps,
  checkFieldRights,
  checkLengths,
  checkLock,
  checkPermission,
  checkReferences,
  checkRequired,
  checkRules,
  type Operation,
} from "./record-rules.ts";
import { badRequest } from "./refusal.ts";

/** Writes through the API, with every rule of the account. All throw a `Refusal`. */
export type RecordWriter = {
  readonly create: (object: CoreObject, body: unknown) => CompanyRecord;
  readonly update: (record: CompanyRecord, object: CoreObject, body: unknown) => CompanyRecord;
  readonly remove: (record: CompanyRecord) => CompanyRecord;
  /** Stores what other endpoints made, with the automation that follows a write. */
  readonly save: (record: CompanyRecord, operation: Operation) => CompanyRecord;
  /** Forgets automation that is still to come. */
  readonly clear: () => void;
};

export function createRecordWriter(company: Company): RecordWriter {
  const pending = new Set<() => void>();
  const { clock } = company;

  const automate = (record: CompanyRecord, operation: Operation): void => {
    for (const { object, on, set, afterMs } of company.config.current().automationEdits) {
      if (object !== record.object || on !== operation) continue;
      const cancel = clock.after(afterMs, () => {
        pending.delete(cancel);
        const now = company.current(object).get(record.id);
        if (now !== undefined && now.deletedAt === undefined) company.put(withEdit(company, now, set));
      });
      pending.add(cancel);
    }
  };
  const save = (record: CompanyRecord, operation: Operation): CompanyRecord => {
    company.put(record);
    automate(record, operation);
    return record;
  };
  const prepare = (object: CoreObject, body: unknown, before: CompanyRecord | undefined) => {
    if (object === "activities" && isFields(body) && "person_id" in body) throw readOnlyPerson();
    const given = checkBody(object, withoutGone(company, object, body));
    checkLengths(company, object, given);
    const custom = { ...before?.custom, ...checkCustomFields(company, object, given["custom_fields"]) };
    checkReferences(company, object, given);
    const place = object === "deals" ? settleStage(company, given, before) : {};
    const fields = { ...before?.fields, ...toStoredFields(company, object, given, before), ...place };
    if (before === undefined) checkRequired(company, object, fields, custom);
    checkRules(company, object, before === undefined ? "create" : "update", { ...fields, ...custom });
    return { fields, custom, given };
  };
  return {
    save,
    create: (object, body) => {
      checkPermission(company, object, "create");
      checkFeatureCaps(company, object);
      const { fields, custom, given } = prepare(object, body, undefined);
      const now = clock.now();
      const added = typeof given["add_time"] === "string" ? Date.parse(given["add_time"]) : now;
      return save(
        {
          ...emptyRecord(company, object, now),
          fields,
          custom,
          addTime: added,
        },
        "create",
      );
    },
    update: (record, object, body) => {
      checkPermission(company, object, "edit");
      checkLock(company, object, record.id);
      const { fields, custom } = prepare(object, body, record);
      return save({ ...record, fields, custom, updateTime: clock.now() }, "update");
    },
    remove: (record) => {
      checkPermission(company, record.object, "delete");
      checkLock(company, record.object, record.id);
      const now = clock.now();
      return save({ ...record, deletedAt: now, updateTime: now }, "update");
    },
    clear: () => {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}

/** A record with an id and a place, and nothing in it. */
export function emptyRecord(company: Company, object: ObjectName, now: number): CompanyRecord {
  return {
    id: company.nextId(object),
    object,
    order: company.nextOrder(),
    fields: {},
    custom: {},
    addTime: now,
    updateTime: now,
    deletedAt: undefined,
    creatorId: company.me(),
  };
}

/** An edit by somebody else: standard names and codes of custom fields side by side. */
export function withEdit(company: Company, record: CompanyRecord, set: WireFields): CompanyRecord {
  const { object } = record;
  const isCustom = (name: string): boolean =>
    object !== "callLogs" && (company.registry.find(object, name)?.isCustom ?? false);
  const entries = Object.entries(set);
  return {
    ...record,
    fields: { ...record.fields, ...Object.fromEntries(entries.filter(([name]) => !isCustom(name))) },
    custom: { ...record.custom, ...Object.fromEntries(entries.filter(([name]) => isCustom(name))) },
    updateTime: company.clock.now(),
  };
}

/** Rights first: a field that is gone or hidden is refused before its value is looked at. */
function withoutGone(company: Company, object: CoreObject, body: unknown): unknown {
  if (isFields(body)) checkFieldRights(company, object, body);
  return body;
}

function readOnlyPerson() {
  return badRequest(
    "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead. See https://developers.pipedrive.com/docs/api/v1/Activities for more information.",
  );
}

function isFields(value: unknown): value is WireFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
