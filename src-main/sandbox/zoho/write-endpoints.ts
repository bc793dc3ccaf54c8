import { headerOf, type SandboxAnswer } from "../core/message.ts";
import type { Field } from "./field-definition.ts";
import { moduleFacts, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { planWrite } from "./record-plan.ts";
import { duplicate, findEqual } from "./record-rules.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidData, invalidId, placeDetails, Refusal } from "./refusal.ts";
import type { UpsertRace } from "./upsert-race.ts";
import { answerBatch, checkUnmodified, runsWorkflow, toWrittenDetails } from "./write-batch.ts";
import {
  listParam,
  moduleParam,
  param,
  parseBody,
  route,
  writeBody,
  type Access,
  type WireRecord,
  type ZohoCall,
  type ZohoRoute,
} from "./zoho-call.ts";
import type { ZohoRecord } from "./zoho-record.ts";
import type { ObjectPermission } from "../core/account-configuration.ts";

type Deps = { readonly org: Org; readonly writer: RecordWriter; readonly race: UpsertRace };

const operations: Readonly<Record<ObjectPermission, string>> = {
  create: "CREATE",
  read: "READ",
  edit: "UPDATE",
  delete: "DELETE",
};

/** Scope and right for one kind of work on the module of the path. */
export function moduleAccess(permission: ObjectPermission): (call: Pick<ZohoCall, "params">) => Access {
  return (call) => {
    const module = moduleParam(call);
    return { scopes: [`ZohoCRM.modules.${module}.${operations[permission]}`], right: { module, permission } };
  };
}

export function writeRoutes(deps: Deps): readonly ZohoRoute[] {
  const update = moduleAccess("edit");
  const remove = moduleAccess("delete");
  return [
    route("POST", "/crm/:version/:module", moduleAccess("create"), (call) => insert(deps, call)),
    route("PUT", "/crm/:version/:module", update, (call) => updateMany(deps, call)),
    route("PUT", "/crm/:version/:module/:id", update, (call) => updateOne(deps, call)),
    route("POST", "/crm/:version/:module/upsert", moduleAccess("create"), (call) => upsert(deps, call)),
    route("DELETE", "/crm/:version/:module", remove, (call) => removeMany(deps, call, listParam(call, "ids"))),
    route("DELETE", "/crm/:version/:module/:id", remove, (call) =>
      removeMany(deps, call, [findByPath(deps.org, call)?.id ?? param(call, "id")]),
    ),
  ];
}

function checkStorage(org: Org): void {
  if (org.config.current().storageFull)
    throw new Refusal(400, "STORAGE_SPACE_EXCEEDED", "the storage space of the organization is exceeded");
}

function insert({ org, writer }: Deps, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const body = parseBody(call, writeBody);
  checkStorage(org);
  return answerBatch(org, body, 201, (given, position) => {
    const plan = planWrite(org, { module, before: undefined, given, position });
    const record = writer.commit(plan, runsWorkflow(body));
    return { code: "SUCCESS", details: toWrittenDetails(org, record), message: "record added" };
  });
}

function updateMany({ org, writer }: Deps, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const body = parseBody(call, writeBody);
  return answerBatch(org, body, 200, (given, position) => {
    const { id } = given;
    if (id === undefined)
      throw new Refusal(
        400,
        "MANDATORY_NOT_FOUND",
        "required field not found",
        placeDetails({ position, field: "id" }),
      );
    const before = typeof id === "string" ? org.records.live(module, id) : undefined;
    if (before === undefined)
      throw invalidData(placeDetails({ position, field: "id" }), "the id given seems to be invalid");
    checkUnmodified(org, call, before);
    const record = writer.commit(planWrite(org, { module, before, given, position }), runsWorkflow(body));
    return { code: "SUCCESS", details: toWrittenDetails(org, record), message: "record updated" };
  });
}

function updateOne({ org, writer }: Deps, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const body = parseBody(call, writeBody);
  return answerBatch(org, { data: body.data.slice(0, 1) }, 200, (given, position) => {
    const before = findByPath(org, call);
    if (before === undefined) throw invalidId();
    checkUnmodified(org, call, before);
    const record = writer.commit(planWrite(org, { module, before, given, position }), runsWorkflow(body));
    return { code: "SUCCESS", details: toWrittenDetails(org, record), message: "record updated" };
  });
}

/** The record of the path: by its id, or by our own id in an external field that the header names. */
export function findByPath(org: Org, call: ZohoCall): ZohoRecord | undefined {
  const module = moduleParam(call);
  const external = headerOf(call.request, "x-external");
  const id = param(call, "id");
  if (external === undefined) return org.records.live(module, id);
  const name = external.startsWith(`${module}.`) ? external.slice(module.length + 1) : external;
  const field = org.registry.allFields(module).get(name);
  if (field?.external === undefined)
    throw invalidData({ header: "X-EXTERNAL", api_name: name }, "the external field is invalid");
  return org.records.findCurrent(module, name, id).find(({ values }) => values[name] === id);
}

function removeMany({ org, writer }: Deps, call: ZohoCall, ids: readonly string[] | undefined): SandboxAnswer {
  const module = moduleParam(call);
  if (ids === undefined)
    throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", { param: "ids" });
  const data = ids.map((id) => ({ id }));
  return answerBatch(org, { data }, 200, ({ id }) => {
    const before = org.records.live(module, String(id));
    if (before === undefined || org.records.isHidden(before)) throw invalidId();
    if (org.config.current().lockedRecords[module]?.includes(before.id) ?? false)
      throw new Refusal(400, "RECORD_LOCKED", "record is locked", { id: before.id, module });
    writer.remove(before, org.tokenUser());
    return { code: "SUCCESS", details: { id: before.id }, message: "record deleted" };
  });
}

function upsert({ org, writer, race }: Deps, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const isOpen = module === "Calls" ? org.config.current().callsUpsert : moduleFacts(module).upsertChecks !== undefined;
  if (!isOpen) throw new Refusal(400, "NOT_SUPPORTED", "the module is not supported for this operation", { module });
  const body = parseBody(call, writeBody);
  checkStorage(org);
  const fields = checkFields(org, module, body.duplicate_check_fields);
  return answerBatch(org, body, 200, (given, position) => {
    const match = findMatch(org, race, { module, given, fields, turn: call.turn });
    const before = match?.record;
    if (before !== undefined) checkUnmodified(org, call, before);
    const record = writer.commit(planWrite(org, { module, before, given, position }), runsWorkflow(body));
    if (before === undefined) race.note(call.turn, record.id);
    return {
      code: "SUCCESS",
      duplicate_field: match?.field ?? null,
      action: before === undefined ? "insert" : "update",
      details: toWrittenDetails(org, record),
      message: before === undefined ? "record added" : "record updated",
    };
  });
}

/** The fields by which an upsert looks for its record: those named, else the module's own and every unique one. */
function checkFields(org: Org, module: ModuleName, named: readonly string[] | undefined): readonly Field[] {
  const known = org.registry.allFields(module);
  const unique = [...known.values()].filter((field) => field.unique !== undefined).map(({ name }) => name);
  const wanted = named ?? [...(moduleFacts(module).upsertChecks ?? []), ...unique];
  return wanted.map((name) => {
    const field = known.get(name);
    if (field !== undefined) return field;
    throw invalidData({ api_name: "duplicate_check_fields", json_path: "$.duplicate_check_fields" });
  });
}

type MatchAsk = {
  readonly module: ModuleName;
  readonly given: WireRecord;
  readonly fields: readonly Field[];
  readonly turn: object;
};

function findMatch(
  org: Org,
  race: UpsertRace,
  { module, given, fields, turn }: MatchAsk,
): { readonly record: ZohoRecord; readonly field: string } | undefined {
  const { upsertRaceInsertsBoth, upsertTwoMatchesError } = org.config.current();
  const named = typeof given["id"] === "string" ? org.records.live(module, given["id"]) : undefined;
  if (named !== undefined) return { record: named, field: "id" };
  const matches = fields.flatMap((field) => {
    const value = given[field.name];
    if (typeof value !== "string" || value === "") return [];
    return findEqual(org, module, field, value)
      .filter(({ id }) => field.unique !== undefined || !upsertRaceInsertsBoth || !race.isUnseen(turn, id))
      .map((record) => ({ record, field: field.name }));
  });
  const [first] = matches;
  const other = matches.find(({ record }) => record.id !== first?.record.id);
  if (other !== undefined && upsertTwoMatchesError) throw duplicate(org, other.record, { api_name: other.field });
  return first;
}
