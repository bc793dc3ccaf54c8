import { Pool, ProxyAgent, type Dispatcher } from "undici";
import type { Http, HttpOutcome, HttpRequest } from "../../engine/ports/http.ts";
import { createTrust } from "./certificates.ts";
import { acceptedEncodings } from "./content-encoding.ts";
import { exchange } from "./exchange.ts";
import { parsePacAnswer, type Route } from "./proxy.ts";

export type HttpOptions = Readonly<{
  /** A PAC answer for a URL (`PROXY host:8080; DIRECT`), as Electron's `resolveProxy` gives it. Default: direct. */
  resolveProxy?: (url: string) => Promise<string>;
  /** PEM files of further certificate authorities. */
  extraCaFiles?: readonly string[];
  /** Sockets to one origin. */
  connections?: number;
  /** Until connected (TCP, TLS, a proxy's CONNECT), ms. */
  connectTimeoutMs?: number;
  /** Largest answer, packed and unpacked. */
  maxAnswerBytes?: number;
  userAgent?: string;
}>;

const direct: Route = { kind: "direct" };

/**
 * The one implementation of the way out: an undici pool per origin (and proxy), HTTP/1.1, one request at a time on a
 * connection, no retry, no redirect followed. Throws `CaFileError` when an extra CA file cannot be used.
 */
export function createUndiciHttp(options: HttpOptions = {}): Http {
  const openPool = createPoolOpener(options);
  const pools = new Map<string, Dispatcher>();
  const maxBytes = options.maxAnswerBytes ?? 32 * 1024 * 1024;
  const baseHeaders = {
    "accept-encoding": acceptedEncodings,
    "user-agent": options.userAgent ?? "CallLedger",
  };

  const poolFor = (origin: string, route: Route): Dispatcher => {
    const name = route.kind === "direct" ? origin : `${route.url} ${origin}`;
    const known = pools.get(name);
    if (known !== undefined) return known;
    const opened = openPool(origin, route);
    pools.set(name, opened);
    return opened;
  };

  const request = async (asked: HttpRequest): Promise<HttpOutcome> => {
    const url = new URL(asked.url);
    const timeout = AbortSignal.timeout(asked.timeoutMs);
    const signal = asked.signal === undefined ? timeout : AbortSignal.any([timeout, asked.signal]);
    const routes = await findRoutes(options.resolveProxy, asked.url);
    let outcome: HttpOutcome = { kind: "never_left", detail: "the proxy settings name no usable route" };
    // The next route is tried only when the one before provably took nothing: the request is still sent once.
    for (const route of routes) {
      const headers = { ...baseHeaders, ...asked.headers };
      outcome = await exchange(poolFor(url.origin, route), { ...asked, headers, url, signal, maxBytes });
      if (outcome.kind !== "never_left" || signal.aborted) return outcome;
    }
    return outcome;
  };

  return {
    request,
    close: async () => {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.close()));
    },
  };
}

async function findRoutes(resolve: HttpOptions["resolveProxy"], url: string): Promise<readonly Route[]> {
  if (resolve === undefined) return [direct];
  try {
    return parsePacAnswer(await resolve(url));
  } catch {
    // Sending past a proxy that the office demands would be worse than waiting.
    return [];
  }
}

function createPoolOpener(options: HttpOptions): (origin: string, route: Route) => Dispatcher {
  const connections = options.connections ?? 8;
  const timeout = options.connectTimeoutMs ?? 10_000;
  const secureContext = createTrust(options.extraCaFiles ?? []);
  const tls = { secureContext, timeout, allowH2: false };
  // Times are bounded as a whole by the request's signal, so undici's own timers for the parts are off.
  const shared = { connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 } as const;
  return (origin, route) => {
    if (route.kind === "direct") return new Pool(origin, { ...shared, connect: tls });
    return new ProxyAgent({ uri: route.url, ...shared, connectTimeout: timeout, requestTls: tls, proxyTls: tls });
  };
}
