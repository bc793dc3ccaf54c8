import { z } from "zod";
import { headerOf, parseJsonBody, toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { Route, RouteMethod, RouteParams } from "../core/vendor-router.ts";
import { toObjectName, type ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import { checkRight } from "./record-rules.ts";
import type { RecordBody } from "./record-input.ts";
import type { WriteContext } from "./record-writer.ts";
import { badJson, notFound, Refusal } from "./refusal.ts";
import type { Transaction } from "./transaction.ts";

/** A request that is signed in, within its limits and of a version that is answered. */
export type OrgCall = {
  readonly request: SandboxRequest;
  readonly params: RouteParams;
  /** `67.0`. */
  readonly version: string;
  /** `/services/data/v67.0`. */
  readonly base: string;
  /** The writes of the whole request; undone by the dispatcher when the call is refused. */
  readonly tx: Transaction;
};

export type OrgRoute = Route<(call: OrgCall) => SandboxAnswer>;

export function route(method: RouteMethod, path: string, handle: (call: OrgCall) => SandboxAnswer): OrgRoute {
  return { method, path: `/services/data/:version${path}`, handle };
}

export function param(call: OrgCall, name: string): string {
  return call.params[name] ?? "";
}

/** The object that a path names. Throws the 404 of one that does not exist or may not be seen. */
export function objectParam(org: Org, call: OrgCall): ObjectName {
  const object = toObjectName(param(call, "object"));
  if (object === undefined) throw notFound();
  checkRight(org, object, "read");
  return object;
}

/** The body as JSON. Throws a 415 or a `JSON_PARSER_ERROR`. */
export function jsonBody({ request }: OrgCall): unknown {
  const type = headerOf(request, "content-type");
  if (type === undefined || !/^application\/(json|[\w.-]+\+json)\b/i.test(type)) {
    throw new Refusal(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      `Content-Type of the request should be application/json, not ${type ?? "missing"}`,
    );
  }
  const parsed = parseJsonBody(request);
  if (!parsed.ok) throw badJson(parsed.message);
  return parsed.value;
}

/** The body by a schema. Throws a `JSON_PARSER_ERROR` that names the first thing wrong with it. */
export function parseBody<T extends z.ZodType>(call: OrgCall, schema: T): z.output<T> {
  const checked = schema.safeParse(jsonBody(call));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  throw badJson(`${path === "" ? "The request body" : path}: ${issue?.message ?? "not what this resource takes"}`);
}

const recordBody = z.record(z.string(), z.unknown());

export function parseRecord(call: OrgCall): RecordBody {
  return parseBody(call, recordBody);
}

export function writeContext({ request, version, tx }: OrgCall, rows = 1): WriteContext {
  const header = headerOf(request, "sforce-duplicate-rule-header") ?? "";
  return { tx, rows, version, allowDuplicates: /allowSave\s*=\s*true/i.test(header) };
}

/** A list in the query, separated by commas. Undefined when the parameter is absent. */
export function listParam({ request }: OrgCall, name: string): readonly string[] | undefined {
  const given = request.query.get(name);
  return given
    ?.split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

export function ok(value: unknown): SandboxAnswer {
  return toJsonAnswer(200, value);
}
