import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CaFileError } from "../../../src-main/connectors/http/certificates.ts";
import { createUndiciHttp, type HttpOptions } from "../../../src-main/connectors/http/undici-http.ts";
import type { Http, HttpOutcome, HttpRequest } from "../../../src-main/engine/ports/http.ts";
import { findClosedPort, type RawServer, startRawServer } from "../../builders/raw-server.ts";

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(behaviour: Parameters<typeof startRawServer>[0]): Promise<RawServer> {
  const server = await startRawServer(behaviour);
  closers.push(() => server.close());
  return server;
}

function open(options: HttpOptions = {}): Http {
  const http = createUndiciHttp(options);
  closers.push(() => http.close());
  return http;
}

const post = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "POST",
  url,
  headers: { "content-type": "application/json" },
  body: '{"call":1}',
  timeoutMs: 5_000,
  ...more,
});

const toWords = (outcome: HttpOutcome): string =>
  outcome.kind === "answer" ? `answer: ${outcome.status}` : `${outcome.kind}: ${outcome.detail}`;

const answer = (body: string | Buffer, headers = ""): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`),
    Buffer.from(body),
  ]);

describe("one attempt", () => {
  test("a socket that closes after the body is a lost answer, and the server counts exactly one request", async () => {
    const server = await serve({ onRequest: (socket) => socket.destroy() });
    const outcome = await open().request(post(server.url));
    expect(outcome.kind).toBe("lost");
    expect(server.requests).toHaveLength(1);
    expect(server.connections()).toBe(1);
  });

  test("a reused connection that closes after the second body is not sent a third time", async () => {
    const server = await serve({
      onRequest: (socket) => (server.requests.length === 1 ? socket.write(answer("{}")) : socket.destroy()),
    });
    const http = open({ connections: 1 });
    expect((await http.request(post(server.url))).kind).toBe("answer");
    expect((await http.request(post(server.url))).kind).toBe("lost");
    expect(server.requests).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  test("a reset after the body is lost and counted once, for every method", async () => {
    const server = await serve({ onRequest: (socket) => socket.resetAndDestroy() });
    const http = open();
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "GET"] as const) {
      const { body, ...rest } = post(server.url, { method });
      const outcome = await http.request(
        method === "GET" || method === "DELETE" ? rest : { ...rest, body: body ?? "" },
      );
      expect(outcome.kind, method).toBe("lost");
    }
    expect(server.requests).toHaveLength(5);
  });

  test("a redirect is given back, not followed", async () => {
    const server = await serve({
      onRequest: (socket) => socket.write("HTTP/1.1 307 Go\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"),
    });
    const outcome = await open().request(post(server.url));
    expect(outcome).toMatchObject({ kind: "answer", status: 307, headers: { location: "/elsewhere" } });
    expect(server.requests).toHaveLength(1);
  });

  test("a connection carries one request at a time and is kept for the next one", async () => {
    const open1 = new Set<Socket>();
    const server = await serve({
      onRequest: (socket) => {
        expect(open1.has(socket)).toBe(false);
        open1.add(socket);
        setImmediate(() => {
          open1.delete(socket);
          socket.write(answer("{}"));
        });
      },
    });
    const http = open({ connections: 2 });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => http.request(post(server.url))));
    expect(outcomes.every(({ kind }) => kind === "answer")).toBe(true);
    expect(server.requests).toHaveLength(10);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });
});

describe("never left", () => {
  test("a refused connection names the cause", async () => {
    const outcome = await open().request(post(`http://127.0.0.1:${await findClosedPort()}`));
    expect(toWords(outcome)).toMatch(/^never_left: .*ECONNREFUSED/);
  });

  test("a name that does not resolve", async () => {
    const outcome = await open().request(post("http://no-such-host.invalid/"));
    expect(outcome.kind).toBe("never_left");
  });

  test("a server that speaks no TLS gets nothing of the request", async () => {
    let first = "";
    const server = await serve({
      onConnect: (socket) => {
        socket.on("data", (chunk: Buffer) => {
          first += chunk.toString("latin1");
          socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
        });
      },
    });
    const outcome = await open().request(post(server.url.replace("http:", "https:")));
    expect(outcome.kind).toBe("never_left");
    expect(first).not.toContain("call");
  });

  test("a request that waits for a busy connection when its time is over, and nothing is sent later", async () => {
    const waiting: Socket[] = [];
    const server = await serve({ onRequest: (socket) => waiting.push(socket) });
    const http = open({ connections: 1 });
    const first = http.request(post(server.url));
    await expect.poll(() => waiting.length).toBe(1);
    const second = await http.request(post(server.url, { timeoutMs: 50, body: '{"call":2}' }));
    expect(second.kind).toBe("never_left");
    waiting[0]?.write(answer("{}"));
    expect((await first).kind).toBe("answer");
    const third = http.request(post(server.url, { body: '{"call":3}' }));
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.write(answer("{}"));
    expect((await third).kind).toBe("answer");
    expect(server.requests.map((request) => request.slice(-10))).toEqual(['{"call":1}', '{"call":3}']);
  });

  test("a signal that is aborted already", async () => {
    const server = await serve({});
    const outcome = await open().request(post(server.url, { signal: AbortSignal.abort() }));
    expect(outcome).toEqual({ kind: "never_left", detail: "stopped by us" });
    expect(server.connections()).toBe(0);
  });
});

describe("lost", () => {
  const broken: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["closed before the headers", (socket) => void socket.end()],
    ["half of the headers", (socket) => void socket.end("HTTP/1.1 200 OK\r\ncontent-le")],
    ["half an answer", (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":')],
    [
      "a chunked answer without its end",
      (socket) => void socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    ],
    ["an answer that is no HTTP", (socket) => void socket.end("220 mail.example ESMTP\r\n")],
    ["a reset", (socket) => void socket.resetAndDestroy()],
    ["gzip that is none", (socket) => void socket.write(answer("not packed", "content-encoding: gzip\r\n"))],
    [
      "gzip that is cut",
      (socket) => void socket.write(answer(gzipSync("x".repeat(5_000)).subarray(0, 20), "content-encoding: gzip\r\n")),
    ],
    ["an encoding that nobody asked for", (socket) => void socket.write(answer("x", "content-encoding: rot13\r\n"))],
  ];

  test.each(broken)("%s", async (_name, respond) => {
    const server = await serve({ onRequest: respond });
    const outcome = await open().request(post(server.url));
    expect(outcome.kind).toBe("lost");
    expect(server.requests).toHaveLength(1);
  });

  test("no answer in time: the timeout counts the whole answer, not each part", async () => {
    const timers: NodeJS.Timeout[] = [];
    const server = await serve({
      onRequest: (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        timers.push(setInterval(() => socket.write("x"), 10));
      },
    });
    const outcome = await open().request(post(server.url, { timeoutMs: 150 }));
    timers.forEach(clearInterval);
    expect(outcome).toEqual({ kind: "lost", detail: "no whole answer in time" });
  });

  test("a request in flight that is stopped by its signal", async () => {
    const stop = new AbortController();
    const server = await serve({ onRequest: () => stop.abort() });
    const outcome = await open().request(post(server.url, { signal: stop.signal }));
    expect(outcome).toEqual({ kind: "lost", detail: "stopped by us" });
    expect(server.requests).toHaveLength(1);
  });

  test("an answer larger than the bound, packed or unpacked", async () => {
    const server = await serve({
      onRequest: (socket, request) =>
        socket.write(
          request.includes("/packed")
            ? answer(gzipSync(Buffer.alloc(100_000)), "content-encoding: gzip\r\n")
            : answer("x".repeat(2_000)),
        ),
    });
    const http = open({ maxAnswerBytes: 1_000 });
    expect(toWords(await http.request(post(server.url)))).toMatch(/^lost: .*1000/);
    expect((await http.request(post(`${server.url}/packed`))).kind).toBe("lost");
  });
});

describe("answers", () => {
  const text = JSON.stringify({ name: "Zoë Example", list: [1, 2, 3] });
  const packings: readonly (readonly [string, Buffer])[] = [
    ["gzip", gzipSync(text)],
    ["br", brotliCompressSync(text)],
    ["deflate", deflateSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["identity", Buffer.from(text)],
  ];

  test.each(packings)("are unpacked from %s", async (encoding, packed) => {
    const server = await serve({
      onRequest: (socket) => socket.write(answer(packed, `content-encoding: ${encoding}\r\n`)),
    });
    expect(await open().request(post(server.url))).toMatchObject({ kind: "answer", status: 200, body: text });
  });

  test("keep their headers in lower case, repeated ones joined", async () => {
    const server = await serve({
      onRequest: (socket) => socket.write(answer("{}", "X-Limit: 5\r\nX-Part: a\r\nx-part: b\r\n")),
    });
    const outcome = await open().request(post(server.url));
    expect(outcome).toMatchObject({ headers: { "x-limit": "5", "x-part": "a, b" } });
  });

  test("without a body are answers", async () => {
    const server = await serve({
      onRequest: (socket) => socket.write("HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n"),
    });
    expect(await open().request(post(server.url))).toMatchObject({ kind: "answer", status: 204, body: "" });
  });

  test("a request that cannot be built is a bug and is thrown", async () => {
    const server = await serve({});
    await expect(open().request(post(server.url, { headers: { "bad name": "x" } }))).rejects.toThrow();
    await expect(open().request(post("nowhere"))).rejects.toThrow();
  });
});

describe("proxies", () => {
  /** A proxy that knows CONNECT, and remembers where it was asked to. */
  function createTunnel(target: () => number, asked: string[], refuse = false) {
    return serve({
      onRequest: (socket, request) => {
        asked.push(request.slice(0, request.indexOf("\r\n")));
        if (!request.startsWith("CONNECT")) return void socket.write(answer('{"via":"proxy"}'));
        if (refuse) return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        const upstream = connect(target(), "127.0.0.1");
        socket.removeAllListeners("data");
        upstream.once("connect", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          socket.pipe(upstream).pipe(socket);
        });
      },
    });
  }

  test("a plain request goes to the proxy with its whole address", async () => {
    const asked: string[] = [];
    const proxy = await createTunnel(() => 0, asked);
    const http = open({ resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${proxy.port}`) });
    expect(await http.request(post("http://crm.example/calls"))).toMatchObject({
      kind: "answer",
      body: '{"via":"proxy"}',
    });
    expect(asked).toEqual(["POST http://crm.example/calls HTTP/1.1"]);
  });

  test("a proxy that refuses CONNECT is never left", async () => {
    const asked: string[] = [];
    const proxy = await createTunnel(() => 0, asked, true);
    const http = open({ resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${proxy.port}`) });
    const outcome = await http.request(post("https://crm.example/calls"));
    expect(outcome.kind).toBe("never_left");
    expect(asked).toEqual(["CONNECT crm.example:443 HTTP/1.1"]);
  });

  test("TLS that fails behind the tunnel is never left", async () => {
    const asked: string[] = [];
    const server = await serve({ onConnect: (socket) => socket.end("no tls here\r\n") });
    const proxy = await createTunnel(() => server.port, asked);
    const http = open({ resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${proxy.port}`) });
    const outcome = await http.request(post("https://crm.example/calls"));
    expect(outcome.kind).toBe("never_left");
  });

  test("the next route is taken only when the one before took nothing", async () => {
    const server = await serve({ onRequest: (socket) => socket.write(answer("{}")) });
    const closed = await findClosedPort();
    const http = open({ resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${closed}; DIRECT`) });
    expect((await http.request(post(server.url))).kind).toBe("answer");

    const dropping = await serve({ onRequest: (socket) => socket.destroy() });
    const other = open({ resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${dropping.port}; DIRECT`) });
    expect((await other.request(post(server.url))).kind).toBe("lost");
    expect(server.requests).toHaveLength(1);
  });

  test("settings that fail or name no usable route send nothing past the proxy", async () => {
    const server = await serve({ onRequest: (socket) => socket.write(answer("{}")) });
    const failing = open({ resolveProxy: () => Promise.reject(new Error("no PAC")) });
    const strange = open({ resolveProxy: () => Promise.resolve("SOCKS4 127.0.0.1:1080") });
    expect((await failing.request(post(server.url))).kind).toBe("never_left");
    expect((await strange.request(post(server.url))).kind).toBe("never_left");
    expect(server.connections()).toBe(0);
  });
});

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));

/** An HTTPS server with a certificate that only the fixture's own file vouches for. */
async function serveTls(): Promise<Readonly<{ port: number; bodies: string[] }>> {
  const bodies: string[] = [];
  const credentials = {
    key: readFileSync(fixture("loopback-key.pem")),
    cert: readFileSync(fixture("loopback-cert.pem")),
  };
  const server = createHttpsServer(credentials, (request, response) => {
    request.setEncoding("utf8").on("data", (chunk: string) => bodies.push(chunk));
    request.on("end", () => response.end('{"secure":true}'));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return { port: (server.address() as AddressInfo).port, bodies };
}

describe("certificates", () => {
  test("a certificate that nobody vouches for is never left; an extra CA file makes it trusted", async () => {
    const { port, bodies } = await serveTls();
    const refused = await open().request(post(`https://127.0.0.1:${port}/`));
    expect(toWords(refused)).toMatch(/^never_left: .*certificate/i);
    expect(bodies).toEqual([]);
    const trusting = open({ extraCaFiles: [fixture("loopback-cert.pem")] });
    expect(await trusting.request(post(`https://127.0.0.1:${port}/`))).toMatchObject({
      kind: "answer",
      body: '{"secure":true}',
    });
    expect(bodies).toEqual(['{"call":1}']);
  });

  test("a certificate of another host is never left", async () => {
    const { port, bodies } = await serveTls();
    const proxy = await serve({
      onRequest: (socket) => {
        const upstream = connect(port, "127.0.0.1");
        socket.removeAllListeners("data");
        upstream.once("connect", () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          socket.pipe(upstream).pipe(socket);
        });
      },
    });
    const http = open({
      extraCaFiles: [fixture("loopback-cert.pem")],
      resolveProxy: () => Promise.resolve(`PROXY 127.0.0.1:${proxy.port}`),
    });
    expect((await http.request(post("https://other.example/"))).kind).toBe("never_left");
    expect(bodies).toEqual([]);
    // The same tunnel carries a request to the host that the certificate names, once.
    expect((await http.request(post("https://crm.example/"))).kind).toBe("answer");
    expect(bodies).toEqual(['{"call":1}']);
  });

  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "callledger-ca-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("a CA file that is missing or holds no certificate is told at the start", async () => {
    const empty = join(folder, "empty.pem");
    await writeFile(empty, "nothing");
    expect(() => createUndiciHttp({ extraCaFiles: [join(folder, "missing.pem")] })).toThrow(CaFileError);
    expect(() => createUndiciHttp({ extraCaFiles: [empty] })).toThrow(/holds no certificate/);
  });
});
