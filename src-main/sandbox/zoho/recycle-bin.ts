import { z } from "zod";
import { headerOf, toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { moduleFacts, moduleNames } from "./modules.ts";
import type { Org } from "./org.ts";
import { maxPage } from "./read-endpoints.ts";
import { toRecordName } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidId, toErrorBody } from "./refusal.ts";
import { moduleAccess } from "./write-endpoints.ts";
import {
  listParam,
  moduleParam,
  numberParam,
  param,
  parseBody,
  route,
  type ZohoCall,
  type ZohoRoute,
} from "./zoho-call.ts";
import { toZohoTime, type ZohoRecord } from "./zoho-record.ts";

const restoreScope = ["ZohoCRM.settings.recycle_bin.UPDATE"];

export function recycleBinRoutes(org: Org, writer: RecordWriter): readonly ZohoRoute[] {
  const answerEach = (ids: readonly string[], work: (id: string) => { readonly status: string }): SandboxAnswer => {
    const results = ids.map((id) => work(id));
    const good = results.filter(({ status }) => status === "success").length;
    return toJsonAnswer(good === results.length ? 200 : good === 0 ? 400 : 207, { recycle_bin: results });
  };
  const restore = (ids: readonly string[]): SandboxAnswer => answerEach(ids, (id) => restoreOne(org, writer, id));
  const purge = (ids: readonly string[]): SandboxAnswer => answerEach(ids, (id) => purgeOne(org, id));
  const bin = "/crm/:version/settings/recycle_bin";
  const binScope = (operation: string): readonly string[] => [`ZohoCRM.settings.recycle_bin.${operation}`];
  return [
    route("GET", bin, binScope("READ"), (call) => listBin(org, call)),
    route("GET", `${bin}/:id`, binScope("READ"), (call) => readBin(org, param(call, "id"))),
    route("DELETE", bin, binScope("DELETE"), (call) =>
      purge(listParam(call, "ids") ?? listInBin(org).map(({ id }) => id)),
    ),
    route("DELETE", `${bin}/:id`, binScope("DELETE"), (call) => purge([param(call, "id")])),
    route("GET", "/crm/:version/:module/deleted", moduleAccess("read"), (call) => listDeleted(org, call)),
    route("POST", `${bin}/actions/restore`, restoreScope, (call) =>
      restore(parseBody(call, z.looseObject({ ids: z.array(z.string()).min(1).max(100) })).ids),
    ),
    route("POST", `${bin}/:id/actions/restore`, restoreScope, (call) => restore([param(call, "id")])),
  ];
}

function listInBin(org: Org): readonly ZohoRecord[] {
  return moduleNames
    .flatMap((module) => [...org.records.current(module).iterate()])
    .filter((record) => isInBin(org, record))
    .toSorted((left, right) => (right.deleted?.at ?? 0) - (left.deleted?.at ?? 0));
}

function listBin(org: Org, call: ZohoCall): SandboxAnswer {
  const ids = listParam(call, "ids");
  const perPage = numberParam(call, "per_page", { fallback: maxPage, max: maxPage });
  const page = numberParam(call, "page", { fallback: 1, max: 100_000 });
  const found = listInBin(org).filter(({ id }) => ids === undefined || ids.includes(id));
  const rows = found.slice((page - 1) * perPage, page * perPage);
  if (rows.length === 0) return toEmptyAnswer(204);
  return toJsonAnswer(200, {
    recycle_bin: rows.map((record) => toBinRow(org, record)),
    info: { per_page: perPage, count: rows.length, page, more_records: found.length > page * perPage },
  });
}

function readBin(org: Org, id: string): SandboxAnswer {
  const record = listInBin(org).find((each) => each.id === id);
  return record === undefined ? toEmptyAnswer(204) : toJsonAnswer(200, { recycle_bin: [toBinRow(org, record)] });
}

function toBinRow(org: Org, record: ZohoRecord): object {
  const { id, module, deleted } = record;
  const owner = org.findUser(String(record.values["Owner"] ?? ""));
  return {
    id,
    display_name: toRecordName(record),
    deleted_time: deleted === undefined ? null : toZohoTime(deleted.at, org.config.current().orgTimeZone),
    owner: owner === undefined ? null : { name: owner.name, id: owner.id },
    module: { api_name: module, id: moduleFacts(module).id },
    deleted_by: deleted === undefined ? null : { name: deleted.by.name, id: deleted.by.id },
  };
}

/** Out of the bin for good. */
function purgeOne(org: Org, id: string): { readonly status: string } {
  const record = listInBin(org).find((each) => each.id === id);
  if (record?.deleted === undefined) return notInBin(id);
  org.records.put({ ...record, deleted: { ...record.deleted, isPurged: true } });
  return Object.assign({ status: "success" }, { code: "SUCCESS", message: "record deleted", details: { id } });
}

function notInBin(id: string): { readonly status: string } {
  const { code, message, status } = toErrorBody(invalidId());
  return Object.assign({ status }, { code, message, details: { id } });
}

/** After its time in the bin a record is gone for good. */
function isInBin(org: Org, { deleted }: ZohoRecord): boolean {
  if (deleted === undefined || deleted.isPurged === true) return false;
  return org.clock.now() < deleted.at + org.config.current().recycleBinMs;
}

/** Records are found here as soon as they are deleted: it is the bin itself, no index. */
function listDeleted(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const type = call.request.query.get("type") ?? "all";
  const since = Date.parse(headerOf(call.request, "if-modified-since") ?? "");
  const perPage = numberParam(call, "per_page", { fallback: maxPage, max: maxPage });
  const page = numberParam(call, "page", { fallback: 1, max: 100_000 });
  const found = [...org.records.current(module).iterate()]
    .filter(({ deleted }) => deleted !== undefined)
    .filter((record) => type === "all" || (type === "recycle") === isInBin(org, record))
    .filter(({ deleted }) => Number.isNaN(since) || (deleted?.at ?? 0) > since)
    .toSorted((left, right) => (right.deleted?.at ?? 0) - (left.deleted?.at ?? 0));
  const rows = found.slice((page - 1) * perPage, page * perPage);
  if (rows.length === 0) return toEmptyAnswer(204);
  return toJsonAnswer(200, {
    data: rows.map((record) => toDeletedRow(org, record)),
    info: { per_page: perPage, count: rows.length, page, more_records: found.length > page * perPage },
  });
}

function toDeletedRow(org: Org, record: ZohoRecord): object {
  const { deleted, createdBy, id } = record;
  const inBin = isInBin(org, record);
  return {
    id,
    display_name: inBin ? toRecordName(record) : null,
    type: inBin ? "recycle" : "permanent",
    deleted_time: deleted === undefined ? null : toZohoTime(deleted.at, org.config.current().orgTimeZone),
    deleted_by: deleted === undefined ? null : { name: deleted.by.name, id: deleted.by.id },
    created_by: { name: createdBy.name, id: createdBy.id },
  };
}

function restoreOne(org: Org, writer: RecordWriter, id: string): { readonly status: string } {
  const record = moduleNames
    .map((module) => org.records.current(module).get(id))
    .find((found) => found !== undefined && isInBin(org, found));
  if (record === undefined) return notInBin(id);
  writer.restore(record, org.tokenUser());
  return Object.assign({ status: "success" }, { code: "SUCCESS", message: "record restored", details: { id } });
}
