import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock, systemRandom } from "../../../src-main/engine/main.ts";
import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { createCli, dropFolder, makeFolder, type Cli } from "./cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const secret = "a shared secret of the hook";
let folder: string;
let cli: Cli;
let server: Server;
let posts: Readonly<{ headers: IncomingHttpHeaders; body: string }>[];

beforeEach(async () => {
  folder = await makeFolder();
  cli = createCli(join(folder, "data"), { HOOK_SECRET: secret });
  posts = [];
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      posts.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await dropFolder(folder);
});

function hookUrl(): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the hook does not listen");
  return `http://127.0.0.1:${address.port}/hook`;
}

test("alerts are set, tested, shown and removed; the secret is never shown", async () => {
  const set = await cli.json("alerts", "set", "webhook", "--url", hookUrl(), "--secret-from-env", "HOOK_SECRET");
  expect(set, set.stderr).toMatchObject({ code: 0, json: { secret: null, settings: { webhook: { url: hookUrl() } } } });
  const times = await cli.json("alerts", "set", "times", "--after", "5", "--digest", "07:30");
  expect(times.json).toMatchObject({ settings: { afterMinutes: 5, perHour: 6, digestAt: 450 } });
  const tried = await cli.json("alerts", "test");
  expect(tried, tried.stderr).toMatchObject({ code: 0, json: { results: [{ channel: "webhook", problem: null }] } });
  const [post] = posts;
  const signed = `${String(post?.headers["x-callledger-timestamp"])}.${post?.body}`;
  expect(post?.headers["x-callledger-signature"]).toBe(
    `sha256=${createHmac("sha256", secret).update(signed).digest("hex")}`,
  );
  const shown = await cli.json("alerts", "show");
  expect(shown.json).toMatchObject({ messages: [{ kind: "test", channel: "webhook", problem: null }] });
  expect(shown.stderr).toContain("a summary of the day before at 07:30");
  expect(JSON.stringify([set, times, tried, shown])).not.toContain(secret);
  expect((await cli.json("alerts", "remove", "webhook")).json).toMatchObject({ settings: { webhook: null } });
  expect(await cli.run("alerts", "test")).toMatchObject({ code: 2 });
});

test("alerts that would go in the clear or to nobody are refused by name", async () => {
  const far = await cli.run(
    "alerts",
    "set",
    "webhook",
    "--url",
    "http://hooks.example.com/x",
    "--secret-from-env",
    "A",
  );
  expect(far).toMatchObject({ code: 2, stderr: expect.stringContaining("by https") });
  const plain = ["--host", "mail.example.com", "--from", "a@example.com", "--to", "b@example.com"];
  const clear = await cli.run("alerts", "set", "email", ...plain, "--security", "none");
  expect(clear).toMatchObject({ code: 2, stderr: expect.stringContaining("must be encrypted") });
  expect(await cli.run("alerts", "set", "email", "--host", "mail.example.com")).toMatchObject({ code: 2 });
  expect(await cli.run("alerts", "set", "pager")).toMatchObject({ code: 2 });
  expect(await cli.run("alerts", "remove", "pager")).toMatchObject({ code: 2 });
});

test("how the silence of a source is told is listed and set", async () => {
  const logs = join(folder, "logs");
  await mkdir(logs);
  await mkdir(cli.dataDir);
  const store = openStore({ dataDir: cli.dataDir, clock: systemClock, random: systemRandom, mode: "write" });
  store.tenants.ensure("acme", systemClock.now());
  store.close();
  const added = await cli.json(
    "source",
    "add",
    logs,
    "--tenant",
    "acme",
    "--country",
    "GB",
    "--timezone",
    "Europe/London",
  );
  expect(added, added.stderr).toMatchObject({ code: 0 });
  const days = ["--holidays", "2026-12-25,2026-12-28"];
  const set = await cli.json("silence", "set", "1", "--hours", "08:30-18:00", "--least", "20", ...days);
  const settings = { isOn: true, least: 20, hours: { from: 510, to: 1_080 }, holidays: ["2026-12-25", "2026-12-28"] };
  expect(set, set.stderr).toMatchObject({ code: 0, json: { settings, raised: null } });
  expect((await cli.json("silence", "set", "1", "--off")).json).toMatchObject({
    settings: { ...settings, isOn: false },
  });
  const listed = await cli.json("silence", "list");
  expect(listed.stderr).toContain("its silence is not told");
  expect(await cli.run("silence", "set", "1", "--hours", "18:00-08:30")).toMatchObject({ code: 2 });
  expect(await cli.run("silence", "set", "7", "--on")).toMatchObject({ code: 2 });
  expect((await cli.json("status")).json).toMatchObject({ silent: [] });
});
