import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Protocol } from "electron";
import { appScheme, contentSecurityPolicy, isAppUrl } from "./app-url.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Call before the app is ready. */
export function registerAppScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Every file that the scheme serves, by its URL path. What is not in the list does not exist, whatever the path says. */
export function listServed(root: string, below = ""): ReadonlyMap<string, string> {
  const served = new Map<string, string>();
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [url, file] of listServed(root, path)) served.set(url, file);
    else if (Object.hasOwn(types, extname(entry.name))) served.set(path, join(root, path));
  }
  return served;
}

const headers = (type: string): Record<string, string> => ({
  "content-type": type,
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
});

/** Answers the window's requests from `root`, and nothing else. */
export function serveApp(protocol: Protocol, root: string): void {
  const served = listServed(root);
  protocol.handle(appScheme, async (request) => {
    const file = isAppUrl(request.url) ? served.get(new URL(request.url).pathname) : undefined;
    if (file === undefined || request.method !== "GET")
      return new Response("Not found.", { status: 404, headers: headers("text/plain; charset=utf-8") });
    return new Response(await readFile(file), { headers: headers(types[extname(file)] ?? "application/octet-stream") });
  });
}
