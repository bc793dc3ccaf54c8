import { headerOf, toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { compareIds } from "../core/record-view.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { readPageToken, toPageToken } from "./page-token.ts";
import { toWireRecord } from "./record-wire.ts";
import { invalidData, invalidId, Refusal } from "./refusal.ts";
import { findByPath, moduleAccess } from "./write-endpoints.ts";
import { checkView } from "./view-endpoints.ts";
import { listParam, moduleParam, numberParam, param, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { parseZohoTime, type ZohoRecord } from "./zoho-record.ts";

export const maxPage = 200;
const maxListed = 2000;
const maxWithToken = 100_000;
const maxFields = 50;
const maxIds = 100;
const sortFields = ["id", "Created_Time", "Modified_Time"] as const;
type SortField = (typeof sortFields)[number];

export function readRoutes(org: Org): readonly ZohoRoute[] {
  const read = moduleAccess("read");
  return [
    route("GET", "/crm/:version/:module", read, (call) => list(org, call)),
    route("GET", "/crm/:version/:module/:id", read, (call) => readOne(org, call)),
  ];
}

/** Live records as reads show them; converted leads only when asked for. */
export function visibleRecords(org: Org, module: ModuleName, call: ZohoCall): readonly ZohoRecord[] {
  const records = [...org.records.readView(module).iterate()].filter(org.records.isLive);
  return records.filter((record) => isOfConversion(record, call.request.query.get("converted")));
}

/** `converted=true|false|both`; leads that were converted are left out by default. */
export function isOfConversion({ module, conversion }: ZohoRecord, asked: string | null): boolean {
  if (module !== "Leads" || asked === "both") return true;
  return (conversion !== undefined) === (asked === "true");
}

/** The fields of a list: wanted on list calls, at most fifty. Throws a `Refusal`. */
export function fieldsParam(call: ZohoCall): readonly string[] | undefined {
  const fields = listParam(call, "fields");
  if (fields !== undefined && fields.length > maxFields)
    throw new Refusal(400, "LIMIT_EXCEEDED", "the number of fields exceeds the limit", {
      limit: maxFields,
      param_name: "fields",
    });
  return fields;
}

function list(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const { query } = call.request;
  checkView(module, call);
  const ids = listParam(call, "ids");
  if (ids !== undefined && ids.length > maxIds)
    throw new Refusal(400, "LIMIT_EXCEEDED", "the number of ids exceeds the limit", {
      limit: maxIds,
      param_name: "ids",
    });
  const fields = fieldsParam(call);
  // Old versions list without `fields`; from v3 on they are wanted.
  if (fields === undefined && !call.version.startsWith("v2"))
    throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {
      param_name: "fields",
    });
  const since = modifiedSince(call);
  const sort = toSort(query.get("sort_by"), query.get("sort_order"));
  const found = visibleRecords(org, module, call)
    .filter(({ id }) => ids === undefined || ids.includes(id))
    .filter(({ modifiedAt }) => since === undefined || modifiedAt > since)
    .toSorted(sort.compare);
  if (found.length === 0) return toEmptyAnswer(since === undefined ? 204 : 304);
  return answerPage(org, call, { found, sort, toWire: (record) => toWireRecord(org, record, fields) });
}

export function modifiedSince({ request }: ZohoCall): number | undefined {
  const header = headerOf(request, "if-modified-since");
  if (header === undefined) return undefined;
  const time = parseZohoTime(header) ?? Date.parse(header);
  if (Number.isNaN(time)) throw invalidData({ header: "If-Modified-Since" }, "the header value is invalid");
  return time;
}

type Sort = {
  readonly by: SortField;
  readonly order: "asc" | "desc";
  readonly compare: (left: ZohoRecord, right: ZohoRecord) => number;
};

function toSort(by: string | null, order: string | null): Sort {
  const field = by === null ? "id" : sortFields.find((name) => name === by);
  if (field === undefined) throw invalidData({ param_name: "sort_by", supported_values: sortFields });
  const direction = order === "asc" ? 1 : -1;
  const keyOf = { id: () => 0, Created_Time: createdAt, Modified_Time: modifiedAt }[field];
  return {
    by: field,
    order: direction === 1 ? "asc" : "desc",
    compare: (left, right) => direction * (keyOf(left) - keyOf(right) || compareIds(left.id, right.id)),
  };
}

const createdAt = (record: ZohoRecord): number => record.createdAt;
const modifiedAt = (record: ZohoRecord): number => record.modifiedAt;

type Page = {
  readonly found: readonly ZohoRecord[];
  readonly sort?: Sort;
  readonly toWire: (record: ZohoRecord) => object;
};

/** Pages by number up to 2,000 rows, beyond them by token. */
export function answerPage(org: Org, call: ZohoCall, { found, sort, toWire }: Page): SandboxAnswer {
  const perPage = numberParam(call, "per_page", { fallback: maxPage, max: maxPage });
  const token = call.request.query.get("page_token");
  if (token !== null && call.request.query.has("page"))
    throw new Refusal(400, "AMBIGUITY_DURING_PROCESSING", "page and page_token cannot be given together");
  const number = numberParam(call, "page", { fallback: 1, max: Number.MAX_SAFE_INTEGER });
  const offset = token === null ? (number - 1) * perPage : readPageToken(org, call, token);
  if (token === null && offset + perPage > maxListed)
    throw new Refusal(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", "use page_token beyond 2000 records", {
      limit: maxListed,
    });
  if (offset >= maxWithToken)
    throw new Refusal(400, "PAGINATION_LIMIT_EXCEEDED", "no more than 100000 records can be paged", {
      limit: maxWithToken,
    });
  const rows = found.slice(offset, offset + perPage);
  if (rows.length === 0) return toEmptyAnswer(204);
  const hasMore = found.length > offset + perPage;
  const next = hasMore ? toPageToken(org, call, offset + perPage) : undefined;
  const previous = offset > 0 ? toPageToken(org, call, Math.max(offset - perPage, 0)) : undefined;
  return toJsonAnswer(200, {
    data: rows.map(toWire),
    info: {
      per_page: perPage,
      next_page_token: next?.token ?? null,
      count: rows.length,
      sort_by: sort?.by ?? null,
      page: Math.floor(offset / perPage) + 1,
      previous_page_token: previous?.token ?? null,
      page_token_expiry: next?.expiry ?? null,
      sort_order: sort?.order ?? null,
      more_records: hasMore,
    },
  });
}

function readOne(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const isExternal = headerOf(call.request, "x-external") !== undefined;
  const id = isExternal ? (findByPath(org, call)?.id ?? "") : param(call, "id");
  if (!isExternal && !/^\d+$/.test(id))
    throw invalidData({ resource_path_index: 1 }, "the id given seems to be invalid");
  const found = org.records.readView(module).get(id);
  if (!org.records.isLive(found) || !isOfConversion(found, call.request.query.get("converted") ?? "both"))
    return missing(org);
  const since = modifiedSince(call);
  if (since !== undefined && found.modifiedAt <= since) return toEmptyAnswer(304);
  return toJsonAnswer(200, { data: [toWireRecord(org, found, fieldsParam(call))] });
}

/** The vendor does not say which of the two it is. Throws a `Refusal` for the other. */
function missing(org: Org): SandboxAnswer {
  if (org.config.current().missingIdAnswer === "INVALID_DATA") throw invalidId();
  return toEmptyAnswer(204);
}
