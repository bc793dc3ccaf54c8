import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { listServed } from "./list-served.ts";
import { contentSecurityPolicy } from "../../src-main/shell/security/app-url.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Serves the page of the app that was built for this run, under the app's own policy. Runs once, before all tests. */
// oxlint-disable-next-line import/no-default-export -- the shape that Playwright asks of a set-up
export default async function servePage(): Promise<() => Promise<void>> {
  const files = await listServed(join(process.env["E2E_APP"] ?? "", "dist", "app", "renderer"));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const file = files.get(path === "/" ? "/index.html" : path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    void readFile(file).then((body) =>
      response
        .writeHead(200, {
          "content-type": types[extname(file)] ?? "application/octet-stream",
          "content-security-policy": contentSecurityPolicy,
        })
        .end(body),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  process.env["CALLLEDGER_UI_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return () => new Promise((closed) => server.close(() => closed()));
}
