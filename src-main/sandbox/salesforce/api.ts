import { toJsonAnswer, toTextAnswer, withHeaders, type SandboxAnswer, type SandboxRequest } from "../core/message.ts";
import type { RequestStats } from "../core/request-stats.ts";
import { createVendorRouter, type RouteMethod } from "../core/vendor-router.ts";
import type { Turn, VendorApi } from "../core/vendor-server.ts";
import { withSession, type AsyncApi } from "./async-api.ts";
import type { Limits } from "./limits.ts";
import type { OrgRoute } from "./org-call.ts";
import type { Org } from "./org.ts";
import { notFound, Refusal, toRefusalAnswer } from "./refusal.ts";
import type { SignIn } from "./sign-in.ts";
import { checkApiScope, sessionOver, type Tokens } from "./tokens.ts";
import { createTransaction, type Transaction } from "./transaction.ts";
import { SeveralMatches } from "./upsert.ts";
import { recordUrl } from "./record-wire.ts";
import { checkVersion, listVersions } from "./version-endpoints.ts";
import type { SubDispatch } from "./composite-endpoints.ts";

type Parts = {
  readonly org: Org;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly signIn: SignIn;
  readonly stats: RequestStats;
  readonly asyncApi: AsyncApi;
};

/** Makes the routes; those of composite requests dispatch into the whole table again. */
export type RouteFactory = (dispatch: SubDispatch) => readonly OrgRoute[];

const dataPath = /^\/services\/data\/v(\d{2,3}\.0)(\/.*)?$/;

export function createSalesforceApi(parts: Parts, createRoutes: RouteFactory): VendorApi {
  const { org, limits, signIn, stats, asyncApi } = parts;
  const dispatch: SubDispatch = (request, tx) => runRoute(request, tx);
  const find = createVendorRouter(createRoutes(dispatch));

  /** The answer to a data request that was let in; a refusal undoes what it wrote. */
  const runRoute = (request: SandboxRequest, tx: Transaction): SandboxAnswer => {
    const start = tx.mark();
    const [, version = ""] = dataPath.exec(request.path) ?? [];
    const base = `/services/data/v${version}`;
    try {
      const found = find(request);
      if (found.kind === "unknown") throw notFound();
      if (found.kind === "wrong-method") throw wrongMethod(request.method, found.allowed);
      return found.handle({ request, params: found.params, version, base, tx });
    } catch (error) {
      tx.rollBack(start);
      if (error instanceof SeveralMatches)
        return toJsonAnswer(
          300,
          error.records.map((record) => recordUrl(record, base)),
        );
      if (error instanceof Refusal) return toRefusalAnswer(error);
      throw error;
    }
  };
  const execute = (request: SandboxRequest): SandboxAnswer => {
    const tx = createTransaction(org.records);
    const answer = runRoute(request, tx);
    tx.commit();
    return answer;
  };
  const endpointOf = (request: SandboxRequest): string => {
    if (signIn.isSignIn(request.path)) return `${request.method} ${request.path.replace(/^\/id\/.*/, "/id")}`;
    if (asyncApi.isPath(request.path)) return asyncApi.endpointOf(request);
    const found = find(request);
    return found.kind === "found" ? found.endpoint : `${request.method} (unknown)`;
  };
  return {
    isSignIn: ({ path }) => signIn.isSignIn(path),
    begin: (given) => {
      const request = withOverride(given);
      stats.count(endpointOf(request));
      if (signIn.isSignIn(request.path)) return toTurn(() => signIn.answer(request));
      if (/^\/services\/data\/?$/.test(request.path)) return toTurn(() => listVersions(org.config.current()));
      if (asyncApi.isPath(request.path)) {
        const refused = refusalOf(parts, () => checkAsync(parts, request));
        return toTurn(() => asyncApi.answer(request, refused));
      }
      const refusal = refusalOf(parts, () => checkData(parts, request));
      if (refusal !== undefined) return toTurn(() => withHeaders(toRefusalAnswer(refusal), limits.header()));
      const finish = limits.run();
      return { execute: () => withHeaders(execute(request), limits.header()), finish };
    },
    toFaultAnswer,
  };
}

const nothing = (): void => undefined;

function toTurn(execute: () => SandboxAnswer): Turn {
  return { execute, finish: nothing };
}

const maxHeadBytes = 16_384;

function headBytes({ path, query, headers }: SandboxRequest): number {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return Buffer.byteLength(`${path}?${query.toString()}${lines.join("")}`);
}

/** What these checks of a request end in; undefined: it is let in. */
function refusalOf({ stats }: Parts, check: () => void): Refusal | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "REQUEST_LIMIT_EXCEEDED") stats.countLimited();
    return error;
  }
}

/** A data request, in the order in which Salesforce looks. Throws a `Refusal`. */
function checkData({ org, tokens, limits }: Parts, request: SandboxRequest): void {
  const [, version] = dataPath.exec(request.path) ?? [];
  if (version === undefined) throw notFound();
  const config = org.config.current();
  checkVersion(version, config);
  if (headBytes(request) > maxHeadBytes)
    throw new Refusal(414, "URI_TOO_LONG", `The address and the headers are larger than ${maxHeadBytes} bytes.`);
  // Uploads of bulk jobs have a limit of their own.
  if (request.body.length > config.maxBodyBytes && !/\/jobs\/ingest\//.test(request.path))
    throw new Refusal(413, "REQUEST_TOO_LARGE", `The request body is larger than ${config.maxBodyBytes} bytes.`);
  checkApiScope(tokens.authenticate(request));
  if (config.apiDisabled === "org")
    throw new Refusal(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.");
  if (config.apiDisabled === "user") throw new Refusal(403, "API_CURRENTLY_DISABLED", "API is disabled for this User.");
  limits.admit();
}

/** The older bulk API looks at the session and at the day's calls. Throws a `Refusal`. */
function checkAsync({ org, tokens, limits }: Parts, request: SandboxRequest): void {
  const [, version = ""] = /^\/services\/async\/([\d.]+)\//.exec(request.path) ?? [];
  checkVersion(version, org.config.current());
  checkApiScope(tokens.authenticate(withSession(request)));
  limits.admit();
}

/** Clients that cannot PATCH say so in the query of a POST. */
function withOverride(request: SandboxRequest): SandboxRequest {
  const method = request.query.get("_HttpMethod");
  return request.method === "POST" && method !== null ? { ...request, method: method.toUpperCase() } : request;
}

function wrongMethod(method: string, allowed: readonly RouteMethod[]): Refusal {
  return new Refusal(
    405,
    "METHOD_NOT_ALLOWED",
    `HTTP Method '${method}' not allowed. Allowed are ${allowed.join(",")}`,
  );
}

const faultBodies: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["UNKNOWN_EXCEPTION", "The request could not be understood."],
  403: ["REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."],
  404: ["NOT_FOUND", "The requested resource does not exist"],
  500: [
    "UNKNOWN_EXCEPTION",
    "An unexpected error occurred. Please include this ErrorId if you contact support: 123-456 (789)",
  ],
  503: ["SERVER_UNAVAILABLE", "The server is too busy to handle your request. Please try again later."],
};

/** What Salesforce, or the edge in front of it, says with a status of its own accord. */
function toFaultAnswer(status: number): SandboxAnswer {
  if (status === 401) return toRefusalAnswer(sessionOver());
  if (status === 406) return { status, headers: {}, body: "" };
  const known = faultBodies[status];
  if (known !== undefined) return toRefusalAnswer(new Refusal(status, ...known));
  return toTextAnswer(status, "text/html;charset=utf-8", `<html><body><h1>HTTP ${status}</h1></body></html>\n`);
}
