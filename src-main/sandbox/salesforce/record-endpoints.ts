import { headerOf, toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import {
  listParam,
  objectParam,
  ok,
  param,
  parseRecord,
  route,
  writeContext,
  type OrgCall,
  type OrgRoute,
} from "./org-call.ts";
import { objectOfId, type ObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import type { Org } from "./org.ts";
import { normaliseId } from "./record-id.ts";
import { recordUrl, toWireRecord } from "./record-wire.ts";
import { createRecord, deleteRecord, entityDeleted, updateRecord } from "./record-writer.ts";
import { badRecord, notFound, Refusal } from "./refusal.ts";
import { pathId, readRelated } from "./related-records.ts";
import { findByKey, requireKeyField, upsertRecord, type KeyAsk } from "./upsert.ts";

/** One record at a time, by its id or by an external id. */
export function recordRoutes(org: Org): readonly OrgRoute[] {
  const byId = "/sobjects/:object/:id";
  const byKey = "/sobjects/:object/:field/:value";
  return [
    route("POST", "/sobjects/:object", (call) => create(org, call)),
    route("GET", byId, (call) => read(org, call, requireLive(org, call, "read"))),
    route("PATCH", byId, (call) => update(org, call)),
    route("DELETE", byId, (call) => remove(org, call, requireLive(org, call, "write"))),
    route("GET", byKey, (call) => readByKey(org, call)),
    route("PATCH", byKey, (call) => upsert(org, call)),
    route("DELETE", byKey, (call) => removeByKey(org, call)),
  ];
}

export function toSaved(id: string): object {
  return { id, success: true, errors: [] };
}

function create(org: Org, call: OrgCall): SandboxAnswer {
  const record = createRecord(org, objectParam(org, call), parseRecord(call), writeContext(call));
  return toJsonAnswer(201, toSaved(record.id), { location: recordUrl(record, call.base) });
}

function update(org: Org, call: OrgCall): SandboxAnswer {
  const record = requireLive(org, call, "write");
  checkUnmodified(call, record);
  updateRecord(org, record, parseRecord(call), writeContext(call));
  return toEmptyAnswer(204);
}

function remove(org: Org, call: OrgCall, record: OrgRecord): SandboxAnswer {
  checkUnmodified(call, record);
  deleteRecord(org, record, call.tx);
  return toEmptyAnswer(204);
}

function read(org: Org, call: OrgCall, record: OrgRecord): SandboxAnswer {
  checkUnmodified(call, record);
  const since = Date.parse(headerOf(call.request, "if-modified-since") ?? "");
  if (!Number.isNaN(since) && record.modifiedAt < since + 1000) return toEmptyAnswer(304);
  return ok(toWireRecord(org, record, call.base, listParam(call, "fields")));
}

/** The live record that the path names by id. Throws the `Refusal` of one that is gone, deleted or hidden. */
function requireLive(org: Org, call: OrgCall, right: "read" | "write"): OrgRecord {
  return findLive(org, objectParam(org, call), param(call, "id"), right);
}

export function findLive(org: Org, object: ObjectName, given: string, right: "read" | "write"): OrgRecord {
  const id = normaliseId(given);
  const record = id === undefined || objectOfId(id) !== object ? undefined : org.records.find(object, id);
  if (record === undefined) throw notFound();
  if (record.deletedAt !== undefined) throw entityDeleted(org);
  if (org.records.isVisible(record)) return record;
  if (right === "read") throw notFound();
  throw badRecord("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id");
}

/** Somebody changed the record since the caller read it. */
function checkUnmodified({ request }: OrgCall, { modifiedAt }: OrgRecord): void {
  const since = Date.parse(headerOf(request, "if-unmodified-since") ?? "");
  if (Number.isNaN(since) || modifiedAt < since + 1000) return;
  throw new Refusal(412, "PRECONDITION_FAILED", "The record was changed after the time given in If-Unmodified-Since.");
}

function keyOf(org: Org, call: OrgCall): KeyAsk {
  const object = objectParam(org, call);
  return { object, field: requireKeyField(org, object, param(call, "field")), value: param(call, "value") };
}

function toAddresses(records: readonly OrgRecord[], base: string): SandboxAnswer {
  return toJsonAnswer(
    300,
    records.map((record) => recordUrl(record, base)),
  );
}

function readByKey(org: Org, call: OrgCall): SandboxAnswer {
  const object = objectParam(org, call);
  const id = pathId(object, call);
  if (id !== undefined) return readRelated(org, call, findLive(org, object, id, "read"));
  const ask = keyOf(org, call);
  if (ask.field.type === "id") return read(org, call, findLive(org, ask.object, ask.value, "read"));
  const found = findByKey(org, ask, "shown");
  const [only] = found;
  if (only === undefined) throw notFound();
  return found.length > 1 ? toAddresses(found, call.base) : read(org, call, only);
}

function removeByKey(org: Org, call: OrgCall): SandboxAnswer {
  const found = findByKey(org, keyOf(org, call), "current");
  const [only] = found;
  if (only === undefined) throw notFound();
  return found.length > 1 ? toAddresses(found, call.base) : remove(org, call, only);
}

/** Before version 46.0 an update by external id answered nothing. */
const answersSinceVersion = 46;

function upsert(org: Org, call: OrgCall): SandboxAnswer {
  const ask = keyOf(org, call);
  const body = parseRecord(call);
  if (ask.field.type === "id") {
    updateRecord(org, findLive(org, ask.object, ask.value, "write"), body, writeContext(call));
    return toEmptyAnswer(204);
  }
  if (Object.keys(body).some((name) => name.toLowerCase() === ask.field.name.toLowerCase())) {
    throw badRecord("INVALID_FIELD", `The ${ask.field.name} field should not be specified in the sobject data.`, [
      ask.field.name,
    ]);
  }
  const updateOnly = call.request.query.get("updateOnly") === "true";
  const { record, created } = upsertRecord(org, ask, body, { ...writeContext(call), updateOnly });
  if (!created && Number(call.version) < answersSinceVersion) return toEmptyAnswer(204);
  return toJsonAnswer(created ? 201 : 200, { ...toSaved(record.id), created });
}
