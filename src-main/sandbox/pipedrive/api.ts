import { randomUUID } from "node:crypto";
import { withHeaders, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { RequestStats } from "../core/request-stats.ts";
import { createVendorRouter, type FoundRoute } from "../core/vendor-router.ts";
import type { Turn, VendorApi } from "../core/vendor-server.ts";
import type { ApiHandle, ApiRoute } from "./api-call.ts";
import type { ConfigSource } from "./configuration.ts";
import type { Limits } from "./limits.ts";
import type { OauthServer } from "./oauth-endpoints.ts";
import { Refusal, scopeMismatch, toFaultAnswer, toGatewayAnswer, toRefusalAnswer, type ApiVersion } from "./refusal.ts";
import type { Caller, Tokens } from "./tokens.ts";

export type ApiDeps = {
  readonly config: ConfigSource;
  readonly tokens: Tokens;
  readonly oauth: OauthServer;
  readonly limits: Limits;
  readonly stats: RequestStats;
  readonly routes: readonly ApiRoute[];
};

type Found = Extract<FoundRoute<ApiHandle>, { kind: "found" }>;

/** Addresses of the first version that were taken away in 2026. */
const retired = /^\/v1\/(persons|organizations|deals|activities|pipelines|stages|products|itemSearch)(\/|$)/;

/** The front door: signs in, counts and limits a request when it arrives; the rest is done when its turn is executed. */
export function createApi({ config, tokens, oauth, limits, stats, routes }: ApiDeps): VendorApi {
  const find = createVendorRouter(routes);

  const work = (request: SandboxRequest, { handle, params }: Found, caller: Caller): SandboxAnswer => {
    if (config.current().accountSuspended) return toGatewayAnswer(402, "Payment required: the account is not open");
    if (request.body.length > config.current().maxBodyBytes) return toGatewayAnswer(413, "Request entity too large");
    if (!isCovered(caller, handle.scopes)) throw scopeMismatch();
    return handle.answer({ request, params, caller });
  };
  const arrive = (request: SandboxRequest): Turn => {
    const path = toPath(request.path);
    const version: ApiVersion = path.startsWith("/api/v2/") ? "v2" : "v1";
    const routed = find({ method: request.method, path });
    stats.count(toEndpoint(request.method, path, routed));
    const caller = tokens.authenticate(request);
    if (caller === undefined) return toTurn(toUnauthorized);
    if (routed.kind !== "found") return toTurn(() => toUnfound(routed, path, config));
    const { cost, isSearch } = routed.handle;
    const limited = limits.admit(caller, cost, isSearch);
    if (limited !== undefined) {
      if (limited.status === 429) stats.countLimited();
      return toTurn(() => limited);
    }
    return toTurn(() =>
      withHeaders(
        guard(version, () => work(request, routed, caller)),
        limits.headers(caller, isSearch),
      ),
    );
  };
  return {
    isSignIn: oauth.isSignIn,
    begin: (request) => {
      if (!oauth.isSignIn(request)) return withCorrelation(arrive(request));
      stats.count(`${request.method} ${request.path}`);
      return withCorrelation(toTurn(() => oauth.respond(request)));
    },
    toFaultAnswer,
  };
}

/** The first version is answered under two roots. */
function toPath(path: string): string {
  return path.startsWith("/api/v1/") ? path.slice("/api".length) : path;
}

/** `full` covers what `read` does; a route without scopes is open to every token. */
function isCovered({ scopes }: Caller, wanted: readonly string[]): boolean {
  if (scopes === null || wanted.length === 0) return true;
  return wanted.some((scope) => scopes.includes(scope) || scopes.includes(scope.replace(/:read$/, ":full")));
}

function toUnauthorized(): SandboxAnswer {
  return toGatewayAnswer(401, "unauthorized access", { "x-401-by-gw": "true" });
}

function toUnfound(routed: FoundRoute<ApiHandle>, path: string, config: ConfigSource): SandboxAnswer {
  if (routed.kind === "wrong-method")
    return toGatewayAnswer(405, "Method not allowed", { allow: routed.allowed.join(", ") });
  if (retired.test(path)) {
    const { retiredV1 } = config.current();
    return toGatewayAnswer(retiredV1, retiredV1 === 410 ? "This endpoint is no longer available" : "Unknown method .");
  }
  return toGatewayAnswer(404, "Unknown method .");
}

function guard(version: ApiVersion, run: () => SandboxAnswer): SandboxAnswer {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return toRefusalAnswer(error, version);
    throw error;
  }
}

function toTurn(execute: () => SandboxAnswer): Turn {
  return { execute, finish: () => undefined };
}

function withCorrelation({ execute, finish }: Turn): Turn {
  return { execute: () => withHeaders(execute(), { "x-correlation-id": randomUUID() }), finish };
}

function toEndpoint(method: string, path: string, routed: FoundRoute<ApiHandle>): string {
  if (routed.kind === "found") return routed.endpoint.replace(/:(\w+)/g, "{$1}");
  return retired.test(path) ? `${method} (retired path)` : `${method} (unknown path)`;
}
