import type { z } from "zod";
import { headerOf, parseJsonBody, toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { Route, RouteParams } from "../core/vendor-router.ts";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import type { ObjectName } from "./object-types.ts";
import { badRequest, Refusal, schemaRefusal } from "./refusal.ts";
import type { Caller } from "./tokens.ts";

/** A request that is signed in and within the limits. */
export type ApiCall = { readonly request: SandboxRequest; readonly params: RouteParams; readonly caller: Caller };

export type ApiHandle = {
  /** Tokens of the daily budget. */
  readonly cost: number;
  /** One of these scopes lets in; none asked for: every token does. */
  readonly scopes: readonly string[];
  readonly isSearch: boolean;
  readonly answer: (call: ApiCall) => SandboxAnswer;
};
export type ApiRoute = Route<ApiHandle>;

type Access = { readonly cost: number; readonly scopes: readonly string[]; readonly isSearch?: boolean };

/** `path` begins with `/api/v2/` or `/v1/`; the latter is also answered under `/api/v1/`. */
export function route(
  method: ApiRoute["method"],
  path: string,
  { cost, scopes, isSearch = false }: Access,
  answer: ApiHandle["answer"],
): ApiRoute {
  return { method, path, handle: { cost, scopes, isSearch, answer } };
}

export function param({ params }: Pick<ApiCall, "params">, name: string): string {
  return params[name] ?? "";
}

export function toData(data: unknown, status = 200, additional?: unknown): SandboxAnswer {
  return toJsonAnswer(status, {
    success: true,
    data,
    ...(additional === undefined ? {} : { additional_data: additional }),
  });
}

/** The JSON body, whatever it is. Throws a `Refusal`. */
export function jsonBody({ request }: ApiCall): unknown {
  const type = headerOf(request, "content-type");
  if (type !== undefined && !type.toLowerCase().includes("json"))
    throw new Refusal(415, "ERR_UNSUPPORTED_MEDIA_TYPE", `Content type ${type} is not supported`);
  const parsed = parseJsonBody(request);
  if (!parsed.ok) throw badRequest("Bad request: the body is not JSON");
  return parsed.value;
}

/** A body of the first version by a schema: what does not fit is a "Bad request" that names it. */
export function parseV1<T extends z.ZodType>(call: ApiCall, schema: T): z.output<T> {
  const checked = schema.safeParse(jsonBody(call));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw badRequest(`Bad request: ${issue?.path.map(String).join(".") ?? ""} ${issue?.message ?? ""}`.trim());
}

/** A page size between 1 and `max`. Throws a `Refusal`. */
export function limitParam({ request }: ApiCall, fallback: number, max: number): number {
  const given = request.query.get("limit");
  if (given === null) return fallback;
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw schemaRefusal("limit", `must be between 1 and ${max}`);
  return limit;
}

export function listParam({ request }: ApiCall, name: string): readonly string[] | undefined {
  const given = request.query.get(name);
  if (given === null) return undefined;
  return given
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** Offset paging of the first version. */
export function toOffsetPage<T>(call: ApiCall, all: readonly T[], fallback: number, max: number) {
  const start = Number(call.request.query.get("start") ?? "0");
  if (!Number.isInteger(start) || start < 0) throw badRequest("Bad request: start must be a whole number");
  const given = Number(call.request.query.get("limit") ?? String(fallback));
  if (!Number.isInteger(given) || given < 1) throw badRequest("Bad request: limit must be a whole number");
  const limit = Math.min(given, max);
  const page = all.slice(start, start + limit);
  const more = start + limit < all.length;
  const pagination = {
    start,
    limit,
    more_items_in_collection: more,
    ...(more ? { next_start: start + limit } : {}),
  };
  return { page, additional: { pagination } };
}

/** The record of an id as reads or as writes see it; a purged, hidden or unknown one is a 404. */
export function requireRecord(
  company: Company,
  object: ObjectName,
  id: string,
  sight: "shown" | "current",
): CompanyRecord {
  const view = sight === "shown" ? company.shown(object) : company.current(object);
  const record = view.get(id);
  if (record === undefined || company.isPurged(record) || !company.isVisible(record)) throw notFound(company);
  return record;
}

export function notFound({ config }: Company): Refusal {
  return new Refusal(404, config.current().notFoundCode, "A resource required to process the request was not found.");
}
