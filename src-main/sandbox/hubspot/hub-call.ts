import type { z } from "zod";
import { headerOf, parseJsonBody, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { Route, RouteParams } from "../core/vendor-router.ts";
import { toObjectName, type ObjectName } from "./object-types.ts";
import { invalid, Refusal } from "./refusal.ts";
import type { Caller } from "./tokens.ts";

/** A request that is signed in, within its limits and of a version that is answered. */
export type HubCall = {
  readonly request: SandboxRequest;
  readonly params: RouteParams;
  readonly version: string;
  readonly caller: Caller;
};

/** What a route does, which decides the scopes, rights, windows and locks that apply. */
export type RouteKind =
  | "read"
  | "write"
  | "search"
  | "link-read"
  | "link-write"
  | "schema-read"
  | "schema-write"
  | "owners"
  | "pipelines"
  | "pipelines-write"
  | "open";

export type HubRoute = Route<{ readonly kind: RouteKind; readonly answer: (call: HubCall) => SandboxAnswer }>;

export function route(
  method: HubRoute["method"],
  path: string,
  kind: RouteKind,
  answer: (call: HubCall) => SandboxAnswer,
): HubRoute {
  return { method, path, handle: { kind, answer } };
}

export function param(call: HubCall, name: string): string {
  return call.params[name] ?? "";
}

/** The object a path parameter names. Throws a `Refusal`. */
export function objectParam(call: HubCall, name = "object"): ObjectName {
  const word = param(call, name);
  const object = toObjectName(word);
  if (object === undefined) throw invalid(`Unable to infer object type from: ${word}`);
  return object;
}

/** The body by a schema. Throws a `Refusal` that names the first thing wrong with it. */
export function parseBody<T extends z.ZodType>({ request }: HubCall, schema: T): z.output<T> {
  const type = headerOf(request, "content-type");
  if (type !== undefined && !type.toLowerCase().startsWith("application/json")) {
    throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", `Content type ${type} is not supported; send application/json.`);
  }
  const parsed = parseJsonBody(request);
  if (!parsed.ok) throw invalid(`Invalid input JSON: ${parsed.message}`);
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  throw invalid(
    `Invalid input JSON${path === "" ? "" : ` at ${path}`}: ${issue?.message ?? "not what this endpoint takes"}`,
  );
}

/** A list in the query: separated by commas, repeated, or both. Undefined when the parameter is absent. */
export function listParam({ request }: HubCall, name: string): readonly string[] | undefined {
  if (!request.query.has(name)) return undefined;
  return request.query
    .getAll(name)
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

export function flagParam({ request }: HubCall, name: string): boolean {
  return request.query.get(name) === "true";
}

/** A page size between 1 and `max`. Throws a `Refusal`. */
export function limitParam({ request }: HubCall, fallback: number, max: number): number {
  const given = request.query.get("limit");
  if (given === null) return fallback;
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw invalid(`The limit must be between 1 and ${max}, not ${given}.`);
  return limit;
}
