import { z } from "zod";
import { headerOf, parseJsonBody, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { Route, RouteParams } from "../core/vendor-router.ts";
import type { ObjectPermission } from "../core/account-configuration.ts";
import { toModuleName, type ModuleName } from "./modules.ts";
import { invalidData, invalidModule, Refusal } from "./refusal.ts";
import type { Caller } from "./tokens.ts";

/** A request that is signed in and within the limits. `turn` tells concurrent requests apart. */
export type ZohoCall = {
  readonly request: SandboxRequest;
  readonly params: RouteParams;
  readonly version: string;
  readonly caller: Caller;
  readonly turn: object;
};

/** The scopes of which each must be granted, and what the user must be allowed to do. */
export type Access = {
  readonly scopes: readonly string[];
  readonly right?: { readonly module: ModuleName; readonly permission: ObjectPermission };
};

export type ZohoHandle = {
  /** Throws a `Refusal` for an unknown module. */
  readonly access: (call: Pick<ZohoCall, "params" | "request">) => Access;
  readonly answer: (call: ZohoCall) => SandboxAnswer;
};
export type ZohoRoute = Route<ZohoHandle>;

export function route(
  method: ZohoRoute["method"],
  path: string,
  access: ZohoHandle["access"] | readonly string[],
  answer: ZohoHandle["answer"],
): ZohoRoute {
  const toAccess: ZohoHandle["access"] = typeof access === "function" ? access : () => ({ scopes: access });
  return { method, path, handle: { access: toAccess, answer } };
}

export function param({ params }: Pick<ZohoCall, "params">, name: string): string {
  return params[name] ?? "";
}

/** The module that the path names. Throws a `Refusal`. */
export function moduleParam(call: Pick<ZohoCall, "params">): ModuleName {
  const name = param(call, "module");
  const module = toModuleName(name);
  if (module === undefined) throw invalidModule(name);
  return module;
}

/** The module of `?module=`. Throws a `Refusal`. */
export function moduleQuery({ request }: Pick<ZohoCall, "request">): ModuleName {
  const name = request.query.get("module");
  if (name === null)
    throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", { param: "module" });
  const module = toModuleName(name);
  if (module === undefined) throw invalidModule(name);
  return module;
}

/** The body by a schema. Throws a `Refusal` that names the first thing wrong with it. */
export function parseBody<T extends z.ZodType>({ request }: Pick<ZohoCall, "request">, schema: T): z.output<T> {
  const type = headerOf(request, "content-type");
  if (type !== undefined && /multipart|xml|csv/i.test(type))
    throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "The content type is not supported", { content_type: type });
  const parsed = parseJsonBody(request);
  if (!parsed.ok) throw invalidData({ expected_data_type: "jsonobject" }, "body");
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("");
  const isMissing = issue?.code === "invalid_type" && /received undefined/.test(issue.message);
  const name = String(issue?.path.at(-1) ?? "body");
  const details = { api_name: name, json_path: `$${path}` };
  if (isMissing) throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", details);
  throw invalidData({ ...details, expected_data_type: issue?.code === "invalid_type" ? issue.expected : "jsonobject" });
}

const record = z.record(z.string(), z.unknown());
export type WireRecord = z.output<typeof record>;

/** Body of every write of records. */
export const writeBody = z.looseObject({
  data: z.array(record).min(1),
  trigger: z.array(z.string()).optional(),
  duplicate_check_fields: z.array(z.string()).optional(),
});
export type WriteBody = z.output<typeof writeBody>;

/** Comma-separated; undefined when the parameter is absent or empty. */
export function listParam({ request }: Pick<ZohoCall, "request">, name: string): readonly string[] | undefined {
  const given = request.query.get(name);
  if (given === null || given === "") return undefined;
  return given
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** A whole number within bounds. Throws a `Refusal`. */
export function numberParam(
  { request }: Pick<ZohoCall, "request">,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  const given = request.query.get(name);
  if (given === null) return fallback;
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw invalidData({ param_name: name, maximum: max }, `the value of ${name} seems to be invalid`);
}
