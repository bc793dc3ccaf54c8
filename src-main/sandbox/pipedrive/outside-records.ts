import type { OutsideEdit, OutsideFields, OutsideRecords } from "../core/crm-sandbox.ts";
import type { Company } from "./company.ts";
import { idOf, type CompanyRecord } from "./company-record.ts";
import { objectNames, toCoreObject, toObjectName, type ObjectName } from "./object-types.ts";
import { toLogWire } from "./call-log-endpoints.ts";
import { toStoredFields } from "./record-input.ts";
import { mergeRecords } from "./record-merge.ts";
import { toWire } from "./record-wire.ts";
import { emptyRecord } from "./record-writer.ts";
import { badRequest, notFoundAt, Refusal } from "./refusal.ts";

/**
 * Edits by a person in Pipedrive. Fields are those of the second version; custom ones by their code, flat or under
 * `custom_fields`; phones and e-mails also as plain texts. A new record may bring its `id`, and both times may be given.
 */
export function createOutsideRecords(company: Company): OutsideRecords {
  return {
    objects: objectNames,
    list: (word) =>
      [...company.current(require(word)).iterate()]
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map((record) => show(company, record)),
    create: (word, given) =>
      edit(company, () => {
        const object = require(word);
        const id = idOf(given["id"]);
        if (id !== undefined && company.current(object).get(id) !== undefined)
          throw new Refusal(409, "ERR_CONFLICT", `There is already a record ${id}.`);
        const empty = emptyRecord(company, object, company.clock.now());
        return change(company, id === undefined ? empty : { ...empty, id }, given, undefined);
      }),
    update: (word, id, given) =>
      edit(company, () => {
        const record = requireLive(company, require(word), id);
        return change(company, { ...record, updateTime: company.clock.now() }, given, record);
      }),
    remove: (word, id) =>
      edit(company, () => {
        const now = company.clock.now();
        const gone = { ...requireLive(company, require(word), id), deletedAt: now, updateTime: now };
        company.put(gone);
        return gone;
      }),
    merge: (word, id, otherId) =>
      edit(company, () => {
        const object = toCoreObject(word);
        if (object === undefined || object === "activities") throw badRequest(`Records of ${word} cannot be merged.`);
        const survivor = requireLive(company, object, id);
        return mergeRecords(company, object, {
          survivor,
          loser: requireLive(company, object, otherId),
          winner: survivor,
        });
      }),
  };
}

function require(word: string): ObjectName {
  const object = toObjectName(word);
  if (object === undefined) throw notFoundAt(`There is no object "${word}".`);
  return object;
}

function requireLive(company: Company, object: ObjectName, id: string): CompanyRecord {
  const record = company.current(object).get(id);
  if (record === undefined || record.deletedAt !== undefined)
    throw notFoundAt(`There is no live record ${id} among the ${object}.`);
  return record;
}

function edit(company: Company, work: () => CompanyRecord): OutsideEdit {
  try {
    return { ok: true, record: show(company, work()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const status = error.status === 404 || error.status === 409 ? error.status : 400;
    return { ok: false, status, message: error.message };
  }
}

function show(company: Company, record: CompanyRecord): OutsideFields {
  return record.object === "callLogs" ? toLogWire(record) : toWire(company, record);
}

/** Fields that the account works out itself. */
const computed = new Set([
  "id",
  "add_time",
  "update_time",
  "is_deleted",
  "creator_user_id",
  "first_name",
  "last_name",
  "custom_fields",
]);

function change(
  company: Company,
  record: CompanyRecord,
  given: OutsideFields,
  before: CompanyRecord | undefined,
): CompanyRecord {
  const { object } = record;
  const core = toCoreObject(object);
  const nested = isFields(given["custom_fields"]) ? given["custom_fields"] : {};
  const flat = Object.fromEntries(Object.entries(given).filter(([name]) => !computed.has(name)));
  const isCustom = (name: string): boolean =>
    core !== undefined && company.registry.find(core, name)?.isCustom === true;
  const named = Object.entries(flat);
  const unknown = [...Object.keys(flat), ...Object.keys(nested)].find(
    (name) => core !== undefined && company.registry.find(core, name) === undefined,
  );
  if (unknown !== undefined) throw badRequest(`There is no field "${unknown}" among the ${object}.`);
  const fields = toPoints(Object.fromEntries(named.filter(([name]) => !isCustom(name))));
  const stored = core === undefined ? fields : toStoredFields(company, core, fields, before);
  const person = object === "activities" && fields["participants"] === undefined ? toParticipant(fields) : {};
  const changed = {
    ...record,
    fields: { ...before?.fields, ...stored, ...person },
    custom: { ...before?.custom, ...nested, ...Object.fromEntries(named.filter(([name]) => isCustom(name))) },
    addTime: toTime(given["add_time"]) ?? record.addTime,
    updateTime: toTime(given["update_time"]) ?? record.updateTime,
    creatorId: Number(given["creator_user_id"] ?? record.creatorId),
  };
  company.put(changed);
  return changed;
}

function toParticipant(fields: OutsideFields): OutsideFields {
  const person = fields["person_id"];
  if (person === undefined) return {};
  return { participants: person === null ? [] : [{ person_id: person, primary: true }] };
}

function toPoints(fields: OutsideFields): OutsideFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const isPoints = (name === "phones" || name === "emails") && Array.isArray(value);
      return [
        name,
        isPoints ? value.map((each: unknown) => (typeof each === "string" ? { value: each } : each)) : value,
      ];
    }),
  );
}

function toTime(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const time = typeof given === "string" ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`${JSON.stringify(given)} is no time in ISO 8601.`);
  return time;
}

function isFields(value: unknown): value is OutsideFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
