import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { moduleFacts } from "./modules.ts";
import type { Org } from "./org.ts";
import { answerPage, fieldsParam, modifiedSince } from "./read-endpoints.ts";
import { planWrite } from "./record-plan.ts";
import { toWireRecord } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { findRelatedList, relatedLists, relatedRecords, toWireList, type RelatedList } from "./related-lists.ts";
import { invalidData, invalidId, Refusal } from "./refusal.ts";
import { checkRight, checkScopes } from "./scopes.ts";
import { answerBatch, runsWorkflow, toWrittenDetails } from "./write-batch.ts";
import { findByPath, moduleAccess } from "./write-endpoints.ts";
import {
  moduleParam,
  moduleQuery,
  param,
  parseBody,
  route,
  writeBody,
  type ZohoCall,
  type ZohoRoute,
} from "./zoho-call.ts";
import type { ZohoRecord } from "./zoho-record.ts";

const settingsScope = ["ZohoCRM.settings.related_lists.READ"];

/** What hangs on a record: its notes, activities, contacts and deals. Only notes can be written through the list. */
export function relatedRoutes(org: Org, writer: RecordWriter): readonly ZohoRoute[] {
  const at = "/crm/:version/:module/:id/:relation";
  const read = moduleAccess("read");
  const update = moduleAccess("edit");
  const lists = "/crm/:version/settings/related_lists";
  return [
    route("GET", at, read, (call) => listRelated(org, call)),
    route("POST", at, update, (call) => addNotes(org, writer, call)),
    route("PUT", at, update, (call) => refuseLink(call)),
    route("DELETE", at, update, (call) => refuseLink(call)),
    route("GET", `${at}/:relatedId`, read, (call) => readRelated(org, call)),
    route("PUT", `${at}/:relatedId`, update, (call) => changeNote(org, writer, call)),
    route("DELETE", `${at}/:relatedId`, update, (call) => removeNote(org, writer, call)),
    route("GET", lists, settingsScope, (call) => {
      const module = moduleQuery(call);
      const wire = relatedLists(module).map((each, position) => toWireList(module, each, position));
      return wire.length === 0 ? toEmptyAnswer(204) : toJsonAnswer(200, { related_lists: wire });
    }),
    route("GET", `${lists}/:id`, settingsScope, (call) => {
      const module = moduleQuery(call);
      const wire = relatedLists(module).map((each, position) => toWireList(module, each, position));
      const found = wire.filter((each) => "id" in each && each.id === param(call, "id"));
      return found.length === 0 ? toEmptyAnswer(204) : toJsonAnswer(200, { related_lists: found });
    }),
  ];
}

/** Throws a `Refusal` for a relation that the module does not have. */
function relationParam(call: ZohoCall): RelatedList {
  const found = findRelatedList(moduleParam(call), param(call, "relation"));
  if (found === undefined) throw invalidData({ resource_path_index: 2 }, "The relation name given seems to be invalid");
  return found;
}

/** The record of the path. Throws a `Refusal` where it is gone or hidden. */
function parentOf(org: Org, call: ZohoCall): ZohoRecord {
  const parent = findByPath(org, call);
  if (parent === undefined || org.records.isHidden(parent))
    throw invalidData({ resource_path_index: 1 }, "the id given seems to be invalid");
  return parent;
}

/** The related module's own scope and right are wanted as well. */
function checkRelated(
  org: Org,
  call: ZohoCall,
  { module }: RelatedList,
  permission: "read" | "create" | "delete",
): void {
  const operation = { read: "READ", create: "CREATE", delete: "DELETE" }[permission];
  checkScopes(call.caller, [`ZohoCRM.modules.${module}.${operation}`]);
  checkRight(org.config.current(), { module, permission });
}

function listRelated(org: Org, call: ZohoCall): SandboxAnswer {
  const relation = relationParam(call);
  checkRelated(org, call, relation, "read");
  const fields = fieldsParam(call);
  if (fields === undefined && !call.version.startsWith("v2"))
    throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {
      param_name: "fields",
    });
  const since = modifiedSince(call);
  const found = relatedRecords(org, parentOf(org, call), relation).filter(
    ({ modifiedAt }) => since === undefined || modifiedAt > since,
  );
  if (found.length === 0) return toEmptyAnswer(since === undefined ? 204 : 304);
  return answerPage(org, call, { found, toWire: (record) => toWireRecord(org, record, fields) });
}

function readRelated(org: Org, call: ZohoCall): SandboxAnswer {
  const relation = relationParam(call);
  checkRelated(org, call, relation, "read");
  const found = relatedRecords(org, parentOf(org, call), relation).find(({ id }) => id === param(call, "relatedId"));
  if (found === undefined) return toEmptyAnswer(204);
  return toJsonAnswer(200, { data: [toWireRecord(org, found, fieldsParam(call))] });
}

/** `POST /Contacts/{id}/Notes`: the parent is that of the path. Throws a `Refusal` for every other list. */
function addNotes(org: Org, writer: RecordWriter, call: ZohoCall): SandboxAnswer {
  const relation = requireNotes(relationParam(call));
  checkRelated(org, call, relation, "create");
  const parent = parentOf(org, call);
  const body = parseBody(call, writeBody);
  const link = { Parent_Id: { id: parent.id, module: { api_name: parent.module } } };
  return answerBatch(org, body, 201, (given, position) => {
    const ask = { module: "Notes", before: undefined, given: { ...given, ...link }, position } as const;
    const record = writer.commit(planWrite(org, ask), runsWorkflow(body));
    return { code: "SUCCESS", details: toWrittenDetails(org, record), message: "record added" };
  });
}

function changeNote(org: Org, writer: RecordWriter, call: ZohoCall): SandboxAnswer {
  const before = requireNote(org, call);
  const body = parseBody(call, writeBody);
  return answerBatch(org, { data: body.data.slice(0, 1) }, 200, ({ Parent_Id: _parent, ...given }, position) => {
    const ask = { module: "Notes", before, given, position } as const;
    const record = writer.commit(planWrite(org, ask), runsWorkflow(body));
    return { code: "SUCCESS", details: toWrittenDetails(org, record), message: "record updated" };
  });
}

function removeNote(org: Org, writer: RecordWriter, call: ZohoCall): SandboxAnswer {
  const note = requireNote(org, call);
  checkRelated(org, call, relationParam(call), "delete");
  return answerBatch(org, { data: [{ id: note.id }] }, 200, () => {
    writer.remove(note, org.tokenUser());
    return { code: "SUCCESS", details: { id: note.id }, message: "record deleted" };
  });
}

function requireNote(org: Org, call: ZohoCall): ZohoRecord {
  const relation = requireNotes(relationParam(call));
  const id = param(call, "relatedId");
  const note = relatedRecords(org, parentOf(org, call), relation).find((each) => each.id === id);
  if (note === undefined) throw invalidId();
  return note;
}

/** Links by lookup are changed on the record that holds them. */
function requireNotes(relation: RelatedList): RelatedList {
  if (relation.module === "Notes") return relation;
  const { singular } = moduleFacts(relation.module);
  throw new Refusal(400, "NOT_SUPPORTED", `the relation is a lookup of the ${singular.toLowerCase()}`, {
    api_name: relation.field,
    module: relation.module,
  });
}

function refuseLink(call: ZohoCall): SandboxAnswer {
  const { module, field } = relationParam(call);
  throw new Refusal(400, "NOT_SUPPORTED", "the relation cannot be updated", { api_name: field, module });
}
