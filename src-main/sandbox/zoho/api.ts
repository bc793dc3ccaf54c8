import { toJsonAnswer, withHeaders, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { RequestStats } from "../core/request-stats.ts";
import type { Turn, VendorApi } from "../core/vendor-server.ts";
import { createVendorRouter } from "../core/vendor-router.ts";
import type { ZohoConfig } from "./configuration.ts";
import type { Limits } from "./limits.ts";
import type { AccountsServer } from "./oauth-endpoints.ts";
import type { Org } from "./org.ts";
import { Refusal, toRefusalAnswer, unknownPath, wrongMethod } from "./refusal.ts";
import { costOf } from "./request-cost.ts";
import { checkRight, checkScopes } from "./scopes.ts";
import type { Caller, Tokens } from "./tokens.ts";
import type { ZohoCall, ZohoHandle, ZohoRoute } from "./zoho-call.ts";

/** Versions that are still answered, oldest first. */
const versions = new Set(["v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"]);

/** First parts of paths that are no modules: what is not answered below them is no path here. */
const roots: ReadonlySet<string> = new Set(["settings", "org", "users", "files", "actions"]);

export type ZohoApiDeps = {
  readonly org: Org;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly accounts: AccountsServer;
  readonly stats: RequestStats;
  readonly routes: readonly ZohoRoute[];
  /** Told when a request has been answered. */
  readonly onFinish: (turn: object) => void;
};

type Found = { readonly handle: ZohoHandle; readonly params: ZohoCall["params"]; readonly endpoint: string };

export type ZohoApi = {
  readonly api: VendorApi;
  /** A request inside another one, of the same caller: answered, not charged. */
  readonly runInner: (call: ZohoCall, request: SandboxRequest) => SandboxAnswer;
};

export function createZohoApi(deps: ZohoApiDeps): ZohoApi {
  const { accounts, limits, org, stats, tokens, onFinish } = deps;
  const findRoute = createVendorRouter(deps.routes);
  /** Throws a `Refusal` for a path, a version or a method that is none. */
  const find = (request: SandboxRequest): Found => {
    const found = findRoute(request);
    if (found.kind === "wrong-method") throw wrongMethod();
    if (found.kind === "unknown" || !versions.has(found.params["version"] ?? "")) throw unknownPath();
    if (roots.has(found.params["module"] ?? "")) throw unknownPath();
    return found;
  };
  const execute = (found: Found, request: SandboxRequest, caller: Caller, turn: object): SandboxAnswer => {
    const { handle, params } = found;
    return guard(() => {
      const call = { request, params, version: params["version"] ?? "", caller, turn };
      const { scopes, right } = handle.access(call);
      checkScopes(caller, scopes);
      checkRight(org.config.current(), right);
      return handle.answer(call);
    });
  };
  /** Everything that is decided when a request arrives: who calls, what is called, and whether it still fits. */
  const admit = (request: SandboxRequest): Turn => {
    const turn = {};
    let caller: Caller;
    let found: Found;
    try {
      found = find(request);
      caller = tokens.authenticate(request);
      checkSize(request, org.config.current());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return toDone(toRefusalAnswer(error));
    }
    const admission = limits.admit(costOf(found.endpoint, request, org.config.current()));
    if (!admission.ok) {
      stats.countLimited();
      return toDone(withHeaders(admission.refusal, limits.headers()));
    }
    return {
      execute: () => withHeaders(execute(found, request, caller, turn), limits.headers()),
      finish: () => {
        admission.release();
        onFinish(turn);
      },
    };
  };
  return {
    runInner: (call, request) => guard(() => execute(find(request), request, call.caller, call.turn)),
    api: {
      isSignIn: ({ path }) => accounts.isAccountsPath(path),
      begin: (request) => {
        stats.count(toEndpoint(request, findRoute, accounts));
        if (accounts.isAccountsPath(request.path)) return { execute: () => accounts.answer(request), finish: ignore };
        return admit(request);
      },
      toFaultAnswer: (status) => toFaultAnswer(status),
    },
  };
}

function ignore(): void {
  // Nothing is held by a request that was not let in.
}

function toDone(answer: SandboxAnswer): Turn {
  return { execute: () => answer, finish: ignore };
}

function guard(work: () => SandboxAnswer): SandboxAnswer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return toRefusalAnswer(error);
    throw error;
  }
}

function toEndpoint(
  request: SandboxRequest,
  findRoute: ReturnType<typeof createVendorRouter<ZohoHandle>>,
  accounts: AccountsServer,
): string {
  const { method, path } = request;
  if (accounts.isAccountsPath(path)) return `${method} ${path}`;
  const found = findRoute(request);
  if (found.kind !== "found") return `${method} (no such path)`;
  const module = found.params["module"];
  return module === undefined ? found.endpoint : found.endpoint.replace(":module", module);
}

/** Files have a limit of their own. Throws a `Refusal`. */
function checkSize({ body, path }: SandboxRequest, { maxBodyBytes }: ZohoConfig): void {
  if (maxBodyBytes === null || body.length <= maxBodyBytes || path.endsWith("/upload")) return;
  throw new Refusal(413, "REQUEST_ENTITY_TOO_LARGE", "the request is too large", { maximum_size: maxBodyBytes });
}

const faultCodes: Readonly<Record<number, string>> = {
  401: "INVALID_TOKEN",
  403: "NO_PERMISSION",
  404: "RESOURCE_NOT_FOUND",
  408: "REQUEST_TIMEOUT",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_ERROR",
};

/** The vendor's own body; gateways in front of it answer in HTML. */
function toFaultAnswer(status: number): SandboxAnswer {
  if (status === 502 || status === 503 || status === 504) {
    const body = `<html><head><title>${status}</title></head><body><h1>${status} Service Unavailable</h1></body></html>\n`;
    return { status, headers: { "content-type": "text/html;charset=utf-8" }, body };
  }
  const code = faultCodes[status] ?? (status >= 500 ? "INTERNAL_ERROR" : "INVALID_DATA");
  return toJsonAnswer(status, { code, details: {}, message: code.toLowerCase().replaceAll("_", " "), status: "error" });
}
