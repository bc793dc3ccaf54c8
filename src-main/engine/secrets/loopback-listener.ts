import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Outcome } from "../../../src-shared/domain/fault.ts";

/** Ports at which a browser may come back: vendors compare the whole address, so an app is registered with each of them. */
export const redirectPorts: readonly number[] = [33_333, 33_334, 33_335];

/** By name: not every vendor takes an address in figures. */
export const toRedirectUri = (port: number): string => `http://localhost:${port}/callback`;

/** What the browser brought back: a code with the other parameters beside it, or the person's no. */
export type BrowserAnswer =
  | Readonly<{ kind: "code"; code: string; query: URLSearchParams }>
  | Readonly<{ kind: "refused"; code: string; message: string }>;

export type LoopbackListener = Readonly<{
  redirectUri: string;
  /** Resolves once, with the first answer that has the right state. */
  answer: Promise<BrowserAnswer>;
  close(): Promise<void>;
}>;

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a browser that is sent to this address comes back to this machine, and to nothing else than we listen for. */
export function isLoopbackRedirect(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password, search, hash } = new URL(address);
  const extras = [username, password, search, hash].join("");
  return protocol === "http:" && loopbackNames.has(hostname) && port !== "" && extras === "";
}

/**
 * Listens on this machine alone for a browser that comes back from a consent page, at the first of these addresses
 * whose port is free. Nothing else than one GET of that address with the right `state` is answered well.
 */
export async function listenForBrowser(
  redirectUris: readonly string[],
  state: string,
): Promise<Outcome<LoopbackListener, string>> {
  for (const redirectUri of redirectUris) {
    const listener = await listenAt(redirectUri, state);
    if (listener !== undefined) return { ok: true, value: listener };
  }
  const ports = redirectUris.map((address) => new URL(address).port).join(", ");
  return {
    ok: false,
    fault: `The browser could not come back: other programs use the ports for it (${ports}). Close what uses one of them, then try again.`,
  };
}

async function listenAt(redirectUri: string, state: string): Promise<LoopbackListener | undefined> {
  const answered = Promise.withResolvers<BrowserAnswer>();
  const port = Number(new URL(redirectUri).port);
  const respond = createResponder(redirectUri, state, answered.resolve);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer));
  };
  // The name stands for either address; a machine may have no IPv6.
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000 }, respond);
    const code = await listen(server, port, host);
    if (code === null) servers.push(server);
    else if (host === "127.0.0.1" || code === "EADDRINUSE") {
      await close();
      return undefined;
    }
  }
  return { redirectUri, answer: answered.promise, close };
}

/** The system's code where it could not, else null. */
function listen(server: Server, port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ port, host, exclusive: true }, () => resolve(null));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

type Page = Readonly<{ status: number; title: string; text: string; headers?: Readonly<Record<string, string>> }>;

function createResponder(redirectUri: string, state: string, tell: (answer: BrowserAnswer) => void) {
  const expected = new URL(redirectUri);
  /** A page on the web that names this machine otherwise gets nothing. */
  const hosts = new Set([...loopbackNames].map((name) => `${name}:${expected.port}`));
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { page, answer } = judge(request, expected, hosts, state);
    // Told once the person's page is on its way, as the listener closes then.
    if (answer !== undefined) response.once("close", () => tell(answer));
    write(response, page);
  };
}

function judge(
  request: IncomingMessage,
  expected: URL,
  hosts: ReadonlySet<string>,
  state: string,
): Readonly<{ page: Page; answer?: BrowserAnswer }> {
  if (!hosts.has((request.headers.host ?? "").toLowerCase())) return { page: pages.foreign };
  const url = URL.canParse(request.url ?? "", expected.origin)
    ? new URL(request.url ?? "", expected.origin)
    : undefined;
  if (url === undefined || url.pathname !== expected.pathname || url.origin !== expected.origin)
    return { page: pages.nothing };
  if (request.method !== "GET") return { page: pages.method };
  const query = url.searchParams;
  const isOurs = ["state", "code", "error"].every((name) => query.getAll(name).length < 2);
  if (!isOurs || !isSame(query.get("state") ?? "", state)) return { page: pages.stranger };
  const error = query.get("error");
  if (error !== null)
    return {
      page: pages.refused,
      answer: { kind: "refused", code: error, message: query.get("error_description") ?? error },
    };
  const code = query.get("code") ?? "";
  return code === "" ? { page: pages.stranger } : { page: pages.done, answer: { kind: "code", code, query } };
}

/** In the same time whatever the difference. */
function isSame(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

const pages = {
  done: {
    status: 200,
    title: "Signed in",
    text: "CallLedger has what it needs and goes on by itself. You can close this page.",
  },
  refused: {
    status: 200,
    title: "Not signed in",
    text: "Access was not allowed, so nothing is connected. You can close this page and start again in CallLedger.",
  },
  stranger: {
    status: 400,
    title: "Not this sign-in",
    text: "This page does not belong to the sign-in that CallLedger is waiting for. Start again in CallLedger.",
  },
  nothing: { status: 404, title: "Nothing here", text: "CallLedger waits here for a sign-in only." },
  method: {
    status: 405,
    title: "Not like this",
    text: "CallLedger waits here for a sign-in only.",
    headers: { allow: "GET" },
  },
  foreign: { status: 421, title: "Nothing here", text: "This address is for this computer alone." },
} as const satisfies Record<string, Page>;

function write(response: ServerResponse, { status, title, text, headers }: Page): void {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CallLedger: ${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    // The address holds a code: nothing may keep it, load from it or pass it on.
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    connection: "close",
    ...headers,
  });
  response.end(body);
}
