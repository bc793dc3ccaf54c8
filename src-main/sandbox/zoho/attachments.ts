import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { readFile } from "./multipart.ts";
import type { Org } from "./org.ts";
import { toRecordName } from "./record-wire.ts";
import { invalidData, invalidId, Refusal } from "./refusal.ts";
import { answerBatch } from "./write-batch.ts";
import { moduleAccess } from "./write-endpoints.ts";
import {
  listParam,
  moduleParam,
  numberParam,
  param,
  route,
  type Access,
  type ZohoCall,
  type ZohoRoute,
} from "./zoho-call.ts";
import { toZohoTime, type Actor, type ZohoRecord } from "./zoho-record.ts";

const maxFileBytes = 20 * 1024 * 1024;

type Attachment = {
  readonly id: string;
  readonly parent: ZohoRecord;
  readonly name: string;
  readonly bytes: Buffer;
  /** Where the file lies, for one that is only linked. */
  readonly url: string | undefined;
  readonly at: number;
  readonly by: Actor;
};

export type Attachments = { readonly routes: readonly ZohoRoute[]; readonly clear: () => void };

/** Files on records: uploaded, or linked by their address; listed, given back, deleted. */
export function createAttachments(org: Org): Attachments {
  const kept = new Map<string, Attachment>();
  const at = "/crm/:version/:module/:id/Attachments";
  const access =
    (operation: string, permission: "read" | "edit") =>
    (call: Pick<ZohoCall, "params">): Access => {
      const own = moduleAccess(permission)(call);
      return { ...own, scopes: [...own.scopes, `ZohoCRM.modules.attachments.${operation}`] };
    };
  const parentOf = (call: ZohoCall): ZohoRecord => {
    const parent = org.records.live(moduleParam(call), param(call, "id"));
    if (parent === undefined || org.records.isHidden(parent)) throw invalidId();
    return parent;
  };
  const of = ({ id }: ZohoRecord): readonly Attachment[] => [...kept.values()].filter(({ parent }) => parent.id === id);
  const find = (call: ZohoCall, id: string): Attachment => {
    const found = of(parentOf(call)).find((each) => each.id === id);
    if (found === undefined) throw invalidData({ resource_path_index: 4 }, "the related id given seems to be invalid");
    return found;
  };
  const remove = (call: ZohoCall, ids: readonly string[]): SandboxAnswer =>
    answerBatch(org, { data: ids.map((id) => ({ id })) }, 200, ({ id }) => {
      kept.delete(find(call, String(id)).id);
      return { code: "SUCCESS", details: { id }, message: "record deleted" };
    });
  const add = (call: ZohoCall): SandboxAnswer => {
    const parent = parentOf(call);
    const url = call.request.query.get("attachmentUrl") ?? undefined;
    if (url !== undefined && !URL.canParse(url))
      throw invalidData({ param_name: "attachmentUrl" }, "the attachmentUrl given seems to be invalid");
    const file = readFile(call.request);
    if (url === undefined && file === undefined)
      throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", { param: "file" });
    const { name = url ?? "", bytes = Buffer.alloc(0) } = file ?? {};
    if (bytes.length > maxFileBytes)
      throw new Refusal(413, "REQUEST_ENTITY_TOO_LARGE", "the file is too large", { maximum_size: maxFileBytes });
    const { id: userId, name: userName } = org.tokenUser();
    const by = { id: userId, name: userName };
    const made = { id: org.records.nextId(), parent, name, bytes, url, at: org.clock.now(), by };
    kept.set(made.id, made);
    const time = toZohoTime(made.at, org.config.current().orgTimeZone);
    const details = { Modified_Time: time, Modified_By: by, Created_Time: time, id: made.id, Created_By: by };
    const message = "attachment uploaded successfully";
    return toJsonAnswer(200, { data: [{ code: "SUCCESS", details, message, status: "success" }] });
  };
  const list = (call: ZohoCall): SandboxAnswer => {
    if ((listParam(call, "fields") ?? []).length === 0)
      throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", { param: "fields" });
    const perPage = numberParam(call, "per_page", { fallback: 200, max: 200 });
    const page = numberParam(call, "page", { fallback: 1, max: Number.MAX_SAFE_INTEGER });
    const all = of(parentOf(call));
    const rows = all.slice((page - 1) * perPage, page * perPage);
    if (rows.length === 0) return toEmptyAnswer(204);
    const info = { per_page: perPage, count: rows.length, page, more_records: all.length > page * perPage };
    return toJsonAnswer(200, { data: rows.map((each) => toWire(org, each)), info });
  };
  return {
    routes: [
      route("POST", at, access("CREATE", "edit"), add),
      route("GET", at, access("READ", "read"), list),
      route("GET", `${at}/:attachmentId`, access("READ", "read"), (call) =>
        download(find(call, param(call, "attachmentId"))),
      ),
      route("DELETE", `${at}/:attachmentId`, access("DELETE", "edit"), (call) =>
        remove(call, [param(call, "attachmentId")]),
      ),
      route("DELETE", at, access("DELETE", "edit"), (call) => remove(call, listParam(call, "ids") ?? [])),
    ],
    clear: () => kept.clear(),
  };
}

function download({ name, bytes, url }: Attachment): SandboxAnswer {
  if (url !== undefined) throw new Refusal(400, "NOT_SUPPORTED", "a link has no file to download");
  const headers = {
    "content-type": "application/x-download;charset=utf-8",
    "content-disposition": `attachment;filename*=UTF-8''${encodeURIComponent(name)}`,
  };
  return { status: 200, headers, body: bytes };
}

function toWire(org: Org, { id, parent, name, bytes, url, at, by }: Attachment): object {
  const time = toZohoTime(at, org.config.current().orgTimeZone);
  return {
    id,
    File_Name: name,
    Size: String(bytes.length),
    Parent_Id: { name: toRecordName(parent), id: parent.id },
    $se_module: parent.module,
    $type: url === undefined ? "Attachment" : "Link URL",
    $link_url: url ?? null,
    $file_id: url === undefined ? id : null,
    $editable: true,
    Owner: by,
    Created_By: by,
    Modified_By: by,
    Created_Time: time,
    Modified_Time: time,
  };
}
