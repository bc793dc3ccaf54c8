import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { limitParam, listParam, route, toData, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { idOf, type CompanyRecord } from "./company-record.ts";
import { firstPlace } from "./deal-stage.ts";
import { fromCursor, toCursor } from "./list-cursor.ts";
import { singular, type CoreObject } from "./object-types.ts";
import { checkPermission } from "./record-rules.ts";
import type { Wire } from "./record-wire.ts";
import { schemaRefusal } from "./refusal.ts";
import { scoreOf, searchableTypes, searchTexts, toTexts, type SearchAsk } from "./search-match.ts";

const searched = ["deals", "persons", "organizations"] as const;
const itemTypes = ["deal", "person", "organization", "product", "lead", "file", "mail_attachment", "project"];
/** Words that `fields` takes, by object; activities are not searchable at all. */
const fieldWords: Readonly<Record<(typeof searched)[number], readonly string[]>> = {
  persons: ["name", "email", "phone", "notes", "custom_fields"],
  organizations: ["name", "address", "notes", "custom_fields"],
  deals: ["title", "notes", "custom_fields"],
};
type Hit = { readonly record: CompanyRecord; readonly object: CoreObject; readonly score: number };

const access = { cost: 20, isSearch: true } as const;

export function searchRoutes(company: Company): readonly ApiRoute[] {
  const families = { persons: "contacts", organizations: "contacts", deals: "deals" } as const;
  return [
    ...searched.map((object) =>
      route(
        "GET",
        `/api/v2/${object}/search`,
        { ...access, scopes: [`${families[object]}:read`, "search:read"] },
        (call) => searchOne(company, call, object),
      ),
    ),
    route("GET", "/api/v2/itemSearch", { ...access, scopes: ["search:read"] }, (call) => searchItems(company, call)),
    route("GET", "/api/v2/itemSearch/field", { ...access, scopes: ["search:read"] }, (call) =>
      searchField(company, call),
    ),
  ];
}

function searchOne(company: Company, call: ApiCall, object: (typeof searched)[number]): SandboxAnswer {
  checkPermission(company, object, "read");
  const organization = call.request.query.get("organization_id");
  const hits = findAll(company, object, toAsk(call, fieldWords[object])).filter(
    ({ record }) => organization === null || idOf(record.fields["org_id"]) === organization,
  );
  const { page, nextCursor } = toPage(company, call, hits, 500);
  return toData({ items: page.map((hit) => toItem(company, hit)) }, 200, { next_cursor: nextCursor });
}

function searchItems(company: Company, call: ApiCall): SandboxAnswer {
  const types = listParam(call, "item_types") ?? itemTypes;
  const unknown = types.find((type) => !itemTypes.includes(type));
  if (unknown !== undefined) throw schemaRefusal("item_types", `'${unknown}' cannot be searched`);
  const words = [...new Set(Object.values(fieldWords).flat())];
  const ask = toAsk(call, words);
  const hits = searched
    .filter((object) => types.includes(singular[object]))
    .flatMap((object) => findAll(company, object, ask));
  const { page, nextCursor } = toPage(company, call, hits, 100);
  const related = call.request.query.get("search_for_related_items") === "true" ? { related_items: [] } : {};
  return toData({ items: page.map((hit) => toItem(company, hit)), ...related }, 200, { next_cursor: nextCursor });
}

/** One field of one object, case-sensitive. */
function searchField(company: Company, call: ApiCall): SandboxAnswer {
  const { query } = call.request;
  const object = searched.find((name) => singular[name] === query.get("entity_type"));
  if (object === undefined) throw schemaRefusal("entity_type", "must be deal, person or organization");
  const code = query.get("field") ?? "";
  const field = company.registry.find(object, code);
  if (field === undefined || (field.isCustom && !searchableTypes.has(field.type)))
    throw schemaRefusal("field", `'${code}' cannot be searched`);
  const match = query.get("match") ?? "exact";
  if (match !== "exact" && match !== "beginning" && match !== "middle")
    throw schemaRefusal("match", "must be exact, beginning or middle");
  const term = toTerm(call, match === "exact");
  const fits = (text: string): boolean => {
    if (match === "exact") return text === term;
    return match === "beginning" ? text.startsWith(term) : text.includes(term);
  };
  const hits = [...company.searched(object).iterate()]
    .filter((record) => company.isLive(record))
    .filter(({ custom, fields }) => toTexts(field.isCustom ? custom[code] : fields[code]).some(fits))
    .map((record): Hit => ({ record, object, score: 1 }));
  const { page, nextCursor } = toPage(company, call, hits, 500);
  const data = page.map(({ record }) => ({ id: Number(record.id), name: titleOf(record) }));
  return toJsonAnswer(200, { success: true, data, additional_data: { next_cursor: nextCursor } });
}

function findAll(company: Company, object: CoreObject, ask: SearchAsk): readonly Hit[] {
  return [...company.searched(object).iterate()]
    .filter((record) => company.isLive(record))
    .flatMap((record): readonly Hit[] => {
      const score = scoreOf(company, object, record, ask);
      return score === undefined ? [] : [{ record, object, score }];
    })
    .toSorted((left, right) => right.score - left.score || Number(left.record.id) - Number(right.record.id));
}

function toTerm({ request }: ApiCall, isExact: boolean): string {
  const term = request.query.get("term") ?? "";
  const least = isExact ? 1 : 2;
  if (term.length < least) throw schemaRefusal("term", `must have at least ${least} characters`);
  return term;
}

function toAsk(call: ApiCall, words: readonly string[]): SearchAsk {
  const isExact = call.request.query.get("exact_match") === "true";
  const fields = listParam(call, "fields");
  const unknown = fields?.find((name) => !words.includes(name));
  if (unknown !== undefined) throw schemaRefusal("fields", `'${unknown}' is not one of ${words.join(", ")}`);
  return { term: toTerm(call, isExact), fields, isExact };
}

/** Pages of a search are counted, as its order has no key. */
function toPage(company: Company, call: ApiCall, hits: readonly Hit[], max: number) {
  const limit = limitParam(call, 100, max);
  const cursor = call.request.query.get("cursor");
  const start = cursor === null ? 0 : fromCursor(company, cursor, "search").id;
  const end = start + limit;
  const next = { field: "search", value: "", direction: "asc", id: end, at: company.clock.now() } as const;
  return { page: hits.slice(start, end), nextCursor: end < hits.length ? toCursor(next) : null };
}

function toItem(company: Company, { record, object, score }: Hit): Wire {
  const { fields } = record;
  const texts = searchTexts(company, object, record);
  const owner = { visible_to: fields["visible_to"] ?? 3, owner: { id: fields["owner_id"] ?? null } };
  const rest = { custom_fields: texts.custom_fields ?? [], notes: texts.notes ?? [] };
  const base = { id: Number(record.id), type: singular[object] };
  const organization = toLinked(company, "organizations", fields["org_id"]);
  if (object === "persons") {
    const item = {
      ...base,
      name: titleOf(record),
      phones: texts.phone,
      emails: texts.email,
      ...owner,
      organization,
      ...rest,
    };
    return { result_score: score, item };
  }
  if (object === "organizations")
    return {
      result_score: score,
      item: { ...base, name: titleOf(record), address: texts.address?.[0] ?? null, ...owner, ...rest },
    };
  const deal = {
    ...base,
    title: titleOf(record),
    value: fields["value"] ?? 0,
    currency: fields["currency"] ?? "EUR",
    status: fields["status"] ?? "open",
    ...owner,
    stage: toStage(company, Number(fields["stage_id"] ?? firstPlace.stage_id)),
    person: toLinked(company, "persons", fields["person_id"]),
    organization,
    ...rest,
    is_archived: fields["is_archived"] ?? false,
  };
  return { result_score: score, item: deal };
}

function toStage({ pipelines }: Company, id: number): Wire {
  return { id, name: pipelines.findStage(id)?.name ?? null };
}

function toLinked(company: Company, object: CoreObject, given: unknown): Wire | null {
  const id = idOf(given);
  const record = id === undefined ? undefined : company.current(object).get(id);
  if (record === undefined) return null;
  const address = object === "organizations" ? { address: toTexts(record.fields["address"])[0] ?? null } : {};
  return { id: Number(record.id), name: titleOf(record), ...address };
}

function titleOf({ fields }: CompanyRecord): string {
  return toTexts(fields["name"] ?? fields["title"])[0] ?? "";
}
