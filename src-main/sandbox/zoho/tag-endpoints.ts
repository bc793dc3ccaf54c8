import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { invalidData, invalidId, Refusal, toErrorBody } from "./refusal.ts";
import { maxTagName, maxTagsOfModule, type Tag } from "./tags.ts";
import { moduleQuery, param, parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { toZohoTime } from "./zoho-record.ts";

const scope = (operation: string): readonly string[] => [`ZohoCRM.settings.tags.${operation}`];
const tagInput = z.looseObject({
  id: z.string().optional(),
  name: z.string().min(1).optional(),
  color_code: z.string().nullish(),
});
type TagInput = z.output<typeof tagInput>;
const tagsBody = z.looseObject({ tags: z.array(tagInput).min(1).max(100) });

/** The labels of a module: listed, made, renamed, merged and taken away for all records at once. */
export function tagRoutes(org: Org): readonly ZohoRoute[] {
  const at = "/crm/:version/settings/tags";
  return [
    route("GET", at, scope("READ"), (call) => listTags(org, call)),
    route("POST", at, scope("CREATE"), (call) => createTags(org, call)),
    route("PUT", at, scope("UPDATE"), (call) => {
      const { tags } = parseBody(call, tagsBody);
      return answerEach(tags, 200, (given, position) => changeTag(org, call, given.id ?? "", given, position));
    }),
    route("PUT", `${at}/:id`, scope("UPDATE"), (call) => {
      const { tags } = parseBody(call, tagsBody);
      return answerEach(tags.slice(0, 1), 200, (given) => changeTag(org, call, param(call, "id"), given, 0));
    }),
    route("DELETE", `${at}/:id`, scope("DELETE"), (call) => removeTag(org, call)),
    route("POST", `${at}/:id/actions/merge`, scope("UPDATE"), (call) => mergeTags(org, call)),
    route("GET", `${at}/:id/actions/records_count`, scope("READ"), (call) => {
      const tag = requireTag(org, moduleQuery(call), param(call, "id"));
      return toJsonAnswer(200, { count: String(taggedRecords(org, tag).length) });
    }),
  ];
}

function listTags(org: Org, call: ZohoCall): SandboxAnswer {
  const mine = call.request.query.get("my_tags") === "true";
  const tags = org.tags.list(moduleQuery(call)).filter(({ createdBy }) => !mine || createdBy.id === org.tokenUser().id);
  if (tags.length === 0) return toEmptyAnswer(204);
  return toJsonAnswer(200, {
    tags: tags.map((tag) => ({ ...toWireTag(org, tag), name: tag.name })),
    info: { count: tags.length, allowed_count: maxTagsOfModule },
  });
}

function toWireTag(org: Org, { id, colour, createdAt, modifiedAt, createdBy, modifiedBy }: Tag): object {
  const zone = org.config.current().orgTimeZone;
  return {
    id,
    color_code: colour,
    created_time: toZohoTime(createdAt, zone),
    modified_time: toZohoTime(modifiedAt, zone),
    created_by: { name: createdBy.name, id: createdBy.id },
    modified_by: { name: modifiedBy.name, id: modifiedBy.id },
  };
}

function createTags(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleQuery(call);
  if (!org.registry.allFields(module).has("Tag"))
    throw new Refusal(400, "NOT_SUPPORTED", "the module does not support tags", { module });
  return answerEach(parseBody(call, tagsBody).tags, 201, ({ name, color_code }, position) => {
    const wanted = checkName(org, module, name, position);
    if (org.tags.list(module).length >= maxTagsOfModule)
      throw new Refusal(400, "LIMIT_EXCEEDED", "the number of tags exceeds the limit", { limit: maxTagsOfModule });
    const tag = org.tags.ensure(module, wanted, org.tokenUser(), color_code ?? null);
    return { details: toWireTag(org, tag), message: "tags created successfully" };
  });
}

/** Throws a `Refusal` for a name that is missing, too long or taken by another tag of the module. */
function checkName(org: Org, module: ModuleName, name: string | undefined, position: number, ownId?: string): string {
  const place = { api_name: "name", json_path: `$.tags[${position}].name` };
  if (name === undefined) throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", place);
  if (name.length > maxTagName) throw invalidData({ maximum_length: maxTagName, ...place });
  const known = org.tags.find(module, name);
  if (known !== undefined && known.id !== ownId)
    throw new Refusal(400, "DUPLICATE_DATA", "duplicate data", { id: known.id, ...place });
  return name;
}

type Change = { readonly details: object; readonly message: string };

function changeTag(org: Org, call: ZohoCall, id: string, given: TagInput, position: number): Change {
  const module = moduleQuery(call);
  const before = requireTag(org, module, id);
  const name = given.name === undefined ? before.name : checkName(org, module, given.name, position, id);
  renameOnRecords(org, before, name);
  const colour = given.color_code === undefined ? before.colour : given.color_code;
  const tag = { ...before, name, colour, modifiedAt: org.clock.now(), modifiedBy: org.tokenUser() };
  org.tags.replace(tag);
  return { details: toWireTag(org, tag), message: "tags updated successfully" };
}

function removeTag(org: Org, call: ZohoCall): SandboxAnswer {
  const id = param(call, "id");
  const tag = org.tags.byId(id);
  if (tag === undefined) throw invalidId();
  renameOnRecords(org, tag, undefined);
  org.tags.remove(id);
  return toJsonAnswer(200, {
    tags: { code: "SUCCESS", details: { id }, message: "tags deleted successfully", status: "success" },
  });
}

const mergeBody = z.looseObject({ tags: z.array(z.looseObject({ conflict_id: z.string() })).min(1) });

/** The tag of the path takes the records of the other one, which is gone then. */
function mergeTags(org: Org, call: ZohoCall): SandboxAnswer {
  const tag = org.tags.byId(param(call, "id"));
  if (tag === undefined) throw invalidId();
  return answerEach(parseBody(call, mergeBody).tags, 200, ({ conflict_id }) => {
    const other = requireTag(org, tag.module, conflict_id);
    if (other.id === tag.id) throw invalidId();
    renameOnRecords(org, other, tag.name);
    org.tags.remove(other.id);
    return { details: toWireTag(org, tag), message: "tags merged successfully" };
  });
}

function requireTag(org: Org, module: ModuleName, id: string): Tag {
  const tag = org.tags.byId(id);
  if (tag === undefined || tag.module !== module) throw invalidId();
  return tag;
}

function isCalled(name: string, { name: other }: Tag): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function taggedRecords(org: Org, tag: Tag) {
  return [...org.records.current(tag.module).iterate()].filter(({ deleted, values: { Tag: names } }) => {
    return deleted === undefined && typeof names === "object" && names.some((name) => isCalled(name, tag));
  });
}

/** A tag is the same on every record, so that a change of it is no change of theirs. */
function renameOnRecords(org: Org, tag: Tag, name: string | undefined): void {
  for (const record of taggedRecords(org, tag)) {
    const { Tag: names, ...values } = record.values;
    const held = typeof names === "object" ? names : [];
    const kept = held.flatMap((each) => (isCalled(each, tag) ? (name === undefined ? [] : [name]) : [each]));
    const changed = kept.length === 0 ? values : { ...values, Tag: [...new Set(kept)] };
    org.records.put({ ...record, values: changed });
  }
}

/** One result for each tag of the body; the status tells how many went well. */
function answerEach<T>(
  given: readonly T[],
  goodStatus: 200 | 201,
  change: (each: T, position: number) => Change,
): SandboxAnswer {
  const results = given.map((each, position) => {
    try {
      return { code: "SUCCESS", ...change(each, position), status: "success" };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return toErrorBody(error);
    }
  });
  const good = results.filter(({ status }) => status === "success").length;
  return toJsonAnswer(good === results.length ? goodStatus : good === 0 ? 400 : 207, { tags: results });
}
