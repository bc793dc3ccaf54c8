import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import type { Org } from "./org.ts";
import { toWireTags } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidId, Refusal } from "./refusal.ts";
import { maxTagName, maxTagsOfRecord } from "./tags.ts";
import { answerBatch } from "./write-batch.ts";
import { moduleAccess } from "./write-endpoints.ts";
import {
  listParam,
  moduleParam,
  param,
  parseBody,
  route,
  type WireRecord,
  type ZohoCall,
  type ZohoRoute,
} from "./zoho-call.ts";

const tagName = z.looseObject({ name: z.string().min(1).max(maxTagName) });
const tagsBody = z.looseObject({
  tags: z.array(tagName).min(1).optional(),
  ids: z.array(z.union([z.string(), z.number()])).optional(),
  over_write: z.boolean().optional(),
});
type Wanted = { readonly names: readonly string[]; readonly ids: readonly string[]; readonly overwrites: boolean };

/** Tags put on records and taken from them: one record by its path, many by their ids. */
export function recordTagRoutes(org: Org, writer: RecordWriter): readonly ZohoRoute[] {
  const update = moduleAccess("edit");
  const many = "/crm/:version/:module/actions";
  const one = "/crm/:version/:module/:id/actions";
  return [
    route("POST", `${many}/add_tags`, update, (call) => changeTags(org, writer, call, addTo)),
    route("POST", `${many}/remove_tags`, update, (call) => changeTags(org, writer, call, takeFrom)),
    route("POST", `${one}/add_tags`, update, (call) => changeTags(org, writer, call, addTo)),
    route("POST", `${one}/remove_tags`, update, (call) => changeTags(org, writer, call, takeFrom)),
  ];
}

type Combine = (held: readonly string[], wanted: Wanted) => readonly string[];

const isOneOf = (names: readonly string[], name: string): boolean =>
  names.some((each) => each.toLowerCase() === name.toLowerCase());
const addTo: Combine = (held, { names, overwrites }) =>
  overwrites ? names : [...held, ...names.filter((name) => !isOneOf(held, name))];
const takeFrom: Combine = (held, { names }) => held.filter((name) => !isOneOf(names, name));

/** Older versions name tags and ids in the query, newer ones in the body. Throws a `Refusal` where they are missing. */
function toWanted(call: ZohoCall): Wanted {
  const body = call.request.body.length === 0 ? {} : parseBody(call, tagsBody);
  const names = body.tags?.map(({ name }) => name) ?? listParam(call, "tag_names");
  if (names === undefined)
    throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", {
      api_name: "tags",
      json_path: "$.tags",
    });
  const id = param(call, "id");
  const ids = id === "" ? (body.ids?.map(String) ?? listParam(call, "ids")) : [id];
  if (ids === undefined)
    throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", { api_name: "ids", json_path: "$.ids" });
  return { names, ids, overwrites: body.over_write ?? call.request.query.get("over_write") === "true" };
}

function changeTags(org: Org, writer: RecordWriter, call: ZohoCall, combine: Combine): SandboxAnswer {
  const module = moduleParam(call);
  if (!org.registry.allFields(module).has("Tag"))
    throw new Refusal(400, "NOT_SUPPORTED", "the module does not support tags", { module });
  const wanted = toWanted(call);
  const data = wanted.ids.map((id) => ({ id }));
  let changed = 0;
  const write = ({ id }: WireRecord): Readonly<Record<string, unknown>> => {
    const before = org.records.live(module, String(id));
    if (before === undefined || org.records.isHidden(before)) throw invalidId();
    const { Tag: held, ...values } = before.values;
    const names = combine(typeof held === "object" ? held : [], wanted);
    if (names.length > maxTagsOfRecord)
      throw new Refusal(400, "LIMIT_EXCEEDED", "the number of tags exceeds the limit", {
        limit: maxTagsOfRecord,
        id: before.id,
      });
    const tagged = names.length === 0 ? values : { ...values, Tag: names };
    const record = writer.change(before, { values: tagged }, org.tokenUser());
    changed += 1;
    const details = { id: record.id, tags: toWireTags(org, record, names) };
    return { code: "SUCCESS", details, message: "tags updated successfully" };
  };
  if (param(call, "id") !== "") return answerBatch(org, { data }, 200, write);
  const more = () => ({ wf_scheduler: "ALL", success_count: String(changed), locked_count: 0 });
  return answerBatch(org, { data }, 200, write, { more });
}
