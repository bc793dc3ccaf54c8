import { z } from "zod";
import { headerOf, toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { moduleNames } from "./modules.ts";
import type { Org } from "./org.ts";
import { maxPage } from "./read-endpoints.ts";
import { toRecordName } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidId, toErrorBody } from "./refusal.ts";
import { moduleAccess } from "./write-endpoints.ts";
import { moduleParam, numberParam, param, parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { toZohoTime, type ZohoRecord } from "./zoho-record.ts";

const restoreScope = ["ZohoCRM.settings.recycle_bin.UPDATE"];

export function recycleBinRoutes(org: Org, writer: RecordWriter): readonly ZohoRoute[] {
  const restore = (ids: readonly string[]): SandboxAnswer => {
    const results = ids.map((id) => restoreOne(org, writer, id));
    const good = results.filter(({ status }) => status === "success").length;
    return toJsonAnswer(good === results.length ? 200 : good === 0 ? 400 : 207, { recycle_bin: results });
  };
  return [
    route("GET", "/crm/:version/:module/deleted", moduleAccess("read"), (call) => listDeleted(org, call)),
    route("POST", "/crm/:version/settings/recycle_bin/actions/restore", restoreScope, (call) =>
      restore(parseBody(call, z.looseObject({ ids: z.array(z.string()).min(1).max(100) })).ids),
    ),
    route("POST", "/crm/:version/settings/recycle_bin/:id/actions/restore", restoreScope, (call) =>
      restore([param(call, "id")]),
    ),
  ];
}

/** After its time in the bin a record is gone for good. */
function isInBin(org: Org, { deleted }: ZohoRecord): boolean {
  return deleted !== undefined && org.clock.now() < deleted.at + org.config.current().recycleBinMs;
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
  if (record === undefined) {
    const { code, message, status } = toErrorBody(invalidId());
    return Object.assign({ status }, { code, message, details: { id } });
  }
  writer.restore(record, org.tokenUser());
  return Object.assign({ status: "success" }, { code: "SUCCESS", message: "record restored", details: { id } });
}
