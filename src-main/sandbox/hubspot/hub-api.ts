import { randomUUID } from "node:crypto";
import type { SandboxClock } from "../core/clock.ts";
import { toJsonAnswer, toTextAnswer, withHeaders, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { RequestStats } from "../core/request-stats.ts";
import { createVendorRouter, type FoundRoute } from "../core/vendor-router.ts";
import type { Turn, VendorApi } from "../core/vendor-server.ts";
import { checkScopes, scopesFor, writtenObject } from "./access-rights.ts";
import type { ConfigSource, HubspotConfig } from "./configuration.ts";
import type { HubCall, HubRoute } from "./hub-call.ts";
import type { Limits } from "./limits.ts";
import type { OauthServer } from "./oauth-endpoints.ts";
import { toObjectName, type ObjectName } from "./object-types.ts";
import { locked, Refusal, toRefusalAnswer, toUnknownPathAnswer } from "./refusal.ts";
import type { Caller, Tokens } from "./tokens.ts";
import { toDatedPath } from "./versions.ts";

export type HubApiDeps = {
  readonly clock: SandboxClock;
  readonly config: ConfigSource;
  readonly tokens: Tokens;
  readonly oauth: OauthServer;
  readonly limits: Limits;
  readonly stats: RequestStats;
  readonly routes: readonly HubRoute[];
};

type Found = Extract<FoundRoute<HubRoute["handle"]>, { kind: "found" }>;

/** Longer than this, an address is refused. */
const maxTarget = 16_384;

/**
 * HubSpot's front door. When a request arrives it is signed in, counted and let in or refused by the limits; the rest
 * (version, state of the account, scopes, locks, the work itself) is done when its turn is executed.
 */
export function createHubApi({ clock, config, tokens, oauth, limits, stats, routes }: HubApiDeps): VendorApi {
  const find = createVendorRouter(routes);
  const writing = new Map<ObjectName, number>();
  let migratesUntil = 0;
  config.onChange((keys) => {
    const { migratingForMs } = config.current();
    if (keys.has("migratingForMs")) migratesUntil = migratingForMs === null ? 0 : clock.now() + migratingForMs;
  });

  const checkAccount = (): void => {
    const { accountSuspended, paymentRequired } = config.current();
    if (accountSuspended) throw new Refusal(403, "BANNED", "This account has been suspended.");
    if (paymentRequired)
      throw new Refusal(402, "PAYMENT_REQUIRED", "The subscription of this account does not cover this call.");
  };
  const answerMigrating = (): SandboxAnswer | undefined => {
    const leftMs = migratesUntil - clock.now();
    if (leftMs <= 0) return undefined;
    const body = {
      status: "error",
      message: "This portal is being migrated. Try again later.",
      correlationId: randomUUID(),
      category: "MIGRATION_IN_PROGRESS",
    };
    return toJsonAnswer(477, body, { "Retry-After": String(Math.ceil(leftMs / 1000)) });
  };
  const work = (request: SandboxRequest, found: Found, caller: Caller, concurrentWrites: number): SandboxAnswer => {
    checkAccount();
    const call: HubCall = { request, params: found.params, version: found.params["version"] ?? "v1", caller };
    const current = config.current();
    checkScopes(caller, scopesFor(found.handle.kind, call, current));
    const cap = current.lockAboveConcurrentWrites;
    if (cap !== null && concurrentWrites > cap) throw locked();
    return answerMigrating() ?? found.handle.answer(call);
  };
  const isAnswered = ({ params }: Found): boolean => {
    const version = params["version"];
    return version === undefined || config.current().apiVersions.includes(version);
  };

  /** Everything up to the limits, when the request arrives; what is left is a turn. */
  const arrive = (request: SandboxRequest): Turn => {
    const routed = find({ method: request.method, path: toDatedPath(request.path) });
    stats.count(toEndpoint(request, routed));
    if (routed.kind === "unknown" || (routed.kind === "found" && !isAnswered(routed)))
      return toTurn(toUnknownPathAnswer);
    if (routed.kind === "wrong-method") return toTurn(() => toWrongMethod(routed.allowed));
    const isSearch = routed.handle.kind === "search";
    const caller = refuseAsAnswer(() => tokens.authenticate(request));
    if (isAnswer(caller)) return toTurn(() => caller);
    const limited = limits.admit(caller, isSearch);
    if (limited !== undefined) stats.countLimited();
    const object = writtenObject(routed.handle.kind, routed);
    const concurrent = object === undefined ? 0 : enter(writing, object);
    const execute = (): SandboxAnswer => {
      const answer =
        limited ??
        checkSize(request, config.current()) ??
        refuseAsAnswer(() => work(request, routed, caller, concurrent));
      return withHeaders(answer, limits.headers(caller, isSearch));
    };
    return { execute, finish: () => leave(writing, object) };
  };
  return {
    isSignIn: oauth.isSignIn,
    begin: (request) => {
      if (!oauth.isSignIn(request)) return withCorrelation(arrive(request));
      stats.count(`${request.method} ${request.path.replace(/tokens\/.+$/, "tokens/{token}")}`);
      return withCorrelation(toTurn(() => oauth.respond(request) ?? toUnknownPathAnswer()));
    },
    toFaultAnswer: (status) => toFaultAnswer(status, config.current().internalErrorCategory),
  };
}

function toTurn(execute: () => SandboxAnswer): Turn {
  return { execute, finish: () => undefined };
}

function withCorrelation({ execute, finish }: Turn): Turn {
  return { execute: () => withHeaders(execute(), { "X-HubSpot-Correlation-Id": randomUUID() }), finish };
}

function refuseAsAnswer<T>(work: () => T): T | SandboxAnswer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return toRefusalAnswer(error);
    throw error;
  }
}

function isAnswer(value: Caller | SandboxAnswer): value is SandboxAnswer {
  return "status" in value;
}

function enter(writing: Map<ObjectName, number>, object: ObjectName): number {
  const count = (writing.get(object) ?? 0) + 1;
  writing.set(object, count);
  return count;
}

function leave(writing: Map<ObjectName, number>, object: ObjectName | undefined): void {
  if (object !== undefined) writing.set(object, (writing.get(object) ?? 1) - 1);
}

function checkSize({ path, query, body }: SandboxRequest, { maxBodyBytes }: HubspotConfig): SandboxAnswer | undefined {
  if (path.length + query.toString().length > maxTarget)
    return toTextAnswer(414, "text/html", "<h1>414 URI Too Long</h1>");
  return body.length > maxBodyBytes ? toTextAnswer(413, "text/html", "<h1>413 Payload Too Large</h1>") : undefined;
}

function toWrongMethod(allowed: readonly string[]): SandboxAnswer {
  const body = {
    status: "error",
    message: "HTTP 405 Method Not Allowed",
    correlationId: randomUUID(),
    category: "METHOD_NOT_ALLOWED",
  };
  return toJsonAnswer(405, body, { Allow: allowed.join(", ") });
}

/** Edges of the vendor's network answer in HTML, its services in the envelope. */
function toFaultAnswer(status: number, internalErrorCategory: string): SandboxAnswer {
  if (status === 502 || status === 503 || status === 504 || status > 520)
    return toTextAnswer(status, "text/html;charset=utf-8", `<html><body><h1>Error ${status}</h1></body></html>`);
  const category = status >= 500 ? internalErrorCategory : status === 429 ? "RATE_LIMITS" : "VALIDATION_ERROR";
  return toJsonAnswer(status, { status: "error", message: "internal error", correlationId: randomUUID(), category });
}

/** `METHOD /path` as it was asked for, with ids replaced: objects and versions stay readable. */
function toEndpoint({ method, path }: SandboxRequest, routed: FoundRoute<unknown>): string {
  if (routed.kind !== "found") return `${method} (unknown path)`;
  const named = routed.endpoint.replace(/:(\w+)/g, (_match, name: string) =>
    toReadable(name, routed.params[name] ?? ""),
  );
  return path.startsWith("/crm/v") ? named.replace(/\/crm\/([\w-]+)\/(v\d+)/, "/crm/$2/$1") : named;
}

function toReadable(name: string, value: string): string {
  if (name === "version") return value;
  const object = name === "object" || name === "from" || name === "to" ? toObjectName(value) : undefined;
  return object ?? (name.endsWith("Id") ? "{id}" : `{${name}}`);
}
