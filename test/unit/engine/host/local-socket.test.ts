import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createEngineClient, engineGone } from "../../../../src-main/engine/host/engine-client.ts";
import { endpointFileName, readEndpoint } from "../../../../src-main/engine/host/endpoint-file.ts";
import { fault, type RawEngine } from "../../../../src-main/engine/host/engine.ts";
import { startSocketServer, type SocketServer } from "../../../../src-main/engine/host/socket-server.ts";
import { maxRequestBytes, protocolVersion } from "../../../../src-shared/ipc/frames.ts";

let dataDir: string;
let servers: SocketServer[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cl-socket-"));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function serve(engine: Partial<RawEngine> = {}, folder = dataDir): Promise<SocketServer> {
  const server = await startSocketServer({
    dataDir: folder,
    engine: { call: () => Promise.resolve(fault("failed", "not this one")), ...engine },
  });
  servers.push(server);
  return server;
}

async function connected(folder = dataDir) {
  const client = await createEngineClient(folder);
  if (client === undefined) throw new Error("no engine answered");
  return client;
}

/** Writes bytes to the socket and resolves with all that comes back until it is closed. */
async function talk(lines: string): Promise<string> {
  const endpoint = await readEndpoint(dataDir);
  const socket = createConnection(endpoint?.address ?? "");
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString("utf8")));
  // The other side may close while we still write: the close is what is asked for.
  socket.on("error", () => undefined);
  socket.write(lines);
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return heard;
}

const paused = { id: 7, note: "" };

test("a call goes over the socket with its request id, and its answer comes back checked", async () => {
  const seen: unknown[] = [];
  await serve({
    call: (name, input, { requestId }) => {
      seen.push({ name, input, requestId });
      return Promise.resolve({ ok: true, value: { removed: 7 } });
    },
  });
  const client = await connected();
  const outcome = await client.call("integrations:remove", { id: 7 }, { requestId: "request-1" });
  expect(outcome).toEqual({ ok: true, value: { removed: 7 } });
  expect(seen).toEqual([{ name: "integrations:remove", input: { id: 7 }, requestId: "request-1" }]);
  await client.close();
});

test("an answer that breaks the contract is a fault, not a value", async () => {
  await serve({ call: () => Promise.resolve({ ok: true, value: { removed: "seven", token: "secret" } }) });
  const client = await connected();
  const outcome = await client.call("integrations:remove", { id: 7 });
  expect(outcome).toMatchObject({ ok: false, fault: { code: "internal" } });
  await client.close();
});

test("progress arrives before the answer", async () => {
  const progress = { delivered: 1, waiting: 0, dead: 0, queued: 2, uncertain: 0, apiCalls: 3, rateLimited: 0 };
  const summary = { delivered: 3, waiting: 0, dead: 0, apiCalls: 3, rateLimited: 0, reason: "idle" };
  await serve({
    call: (_name, _input, { onProgress }) => {
      onProgress(progress);
      return Promise.resolve({ ok: true, value: summary });
    },
  });
  const client = await connected();
  const shown: unknown[] = [];
  const outcome = await client.call(
    "sync:run",
    { until: "idle", idleHorizonMs: 0, maxMs: null },
    { onProgress: (each) => shown.push(each) },
  );
  expect(shown).toEqual([progress]);
  expect(outcome).toEqual({ ok: true, value: summary });
  await client.close();
});

test("a caller who gives up aborts the call at the engine", async () => {
  await serve({
    call: (_name, _input, { signal }) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(fault("canceled", "stopped")))),
  });
  const client = await connected();
  const controller = new AbortController();
  const outcome = client.call("integrations:pause", paused, { signal: controller.signal });
  controller.abort();
  expect(await outcome).toEqual({ ok: false, fault: { code: "canceled", message: "stopped" } });
  await client.close();
});

test("a caller that goes away aborts its calls", async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  await serve({
    call: (_name, _input, { signal }) => {
      begin();
      return new Promise(() => signal.addEventListener("abort", () => resolve()));
    },
  });
  const client = await connected();
  const outcome = client.call("integrations:pause", paused);
  await begun;
  await client.close();
  await aborted;
  expect(await outcome).toEqual({ ok: false, fault: { code: "busy", message: engineGone } });
});

test("calls in flight get a fault when the engine goes away", async () => {
  const server = await serve({ call: () => new Promise(() => undefined) });
  const client = await connected();
  const outcome = client.call("integrations:pause", paused);
  await server.close();
  expect(await outcome).toEqual({ ok: false, fault: { code: "busy", message: engineGone } });
  expect(await client.call("integrations:pause", paused)).toMatchObject({ ok: false, fault: { code: "busy" } });
});

test("who does not know the token gets no word and no connection", async () => {
  await serve();
  const hello = JSON.stringify({ hello: "0".repeat(64), protocol: protocolVersion, events: false });
  expect(await talk(`${hello}\n`)).toBe("");
});

test("who sends a call before the token is cut off", async () => {
  let called = false;
  await serve({
    call: () => {
      called = true;
      return Promise.resolve(fault("failed", "x"));
    },
  });
  expect(await talk(`${JSON.stringify({ id: 1, call: "status:get", input: {} })}\n`)).toBe("");
  expect(called).toBe(false);
});

test("a stranger cannot make the engine keep a long line", async () => {
  await serve();
  expect(await talk("x".repeat(2_000))).toBe("");
});

test("a line longer than a request may be ends the connection, and the engine goes on", async () => {
  await serve();
  const endpoint = await readEndpoint(dataDir);
  const hello = JSON.stringify({ hello: endpoint?.token, protocol: protocolVersion, events: false });
  const heard = await talk(`${hello}\n${"x".repeat(maxRequestBytes + 1)}`);
  expect(heard).toContain("welcome");
  const client = await connected();
  await client.close();
});

test("the endpoint file is for its user alone, and goes with the engine", async () => {
  const server = await serve();
  const file = join(dataDir, endpointFileName);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(await readFile(file, "utf8")));
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  await server.close();
  expect(await readEndpoint(dataDir)).toBeUndefined();
});

test("what a killed engine left behind neither hinders the next nor is taken for it", async () => {
  await serve();
  const stale = await readFile(join(dataDir, endpointFileName), "utf8");
  for (const server of servers) await server.close();
  await writeFile(join(dataDir, endpointFileName), stale);
  await writeFile(join(dataDir, "engine.sock"), "");
  expect(await createEngineClient(dataDir)).toBeUndefined();
  await serve();
  const client = await connected();
  await client.close();
});

test("a data folder whose path is too long for a socket has it elsewhere", async () => {
  const { mkdir } = await import("node:fs/promises");
  const long = join(dataDir, "a".repeat(60), "b".repeat(60));
  await mkdir(long, { recursive: true });
  const server = await serve({ call: () => Promise.resolve({ ok: true, value: { removed: 1 } }) }, long);
  const endpoint = await readEndpoint(long);
  expect(Buffer.byteLength(endpoint?.address ?? "")).toBeLessThan(104);
  const client = await connected(long);
  expect(await client.call("integrations:remove", { id: 1 })).toEqual({ ok: true, value: { removed: 1 } });
  await client.close();
  await server.close();
  await expect(stat(endpoint?.address ?? "")).rejects.toThrow("ENOENT");
});

test("events reach who asked for them", async () => {
  const server = await serve();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const client = await createEngineClient(dataDir, resolve);
  server.push({ event: "backup:done", file: "x.db" });
  expect(await promise).toEqual({ event: "backup:done", file: "x.db" });
  await client?.close();
});
