import { randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import {
  helloFrame,
  maxAnswerBytes,
  maxRequestBytes,
  protocolVersion,
  requestFrame,
  type AnswerFrame,
  type Endpoint,
  type RequestFrame,
} from "../../../src-shared/ipc/frames.ts";
import { preferredAddress, removeEndpoint, removeStaleSocket, shortAddress, writeEndpoint } from "./endpoint-file.ts";
import type { RawEngine } from "./engine.ts";
import { readFrames, toLine } from "./frame-stream.ts";

/** A stranger gets this much and this long to say a right token. */
const helloBytes = 1_024;
const helloTimeoutMs = 5_000;
const maxConnections = 64;

export type SocketServer = Readonly<{
  push(event: EngineEvent): void;
  /** Takes no more connections; those that are open stay until `close`. */
  stopListening(): Promise<void>;
  close(): Promise<void>;
}>;

const sameToken = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Serves `engine` on a socket that only this user can reach, and says where in the data folder. The caller holds the lock. */
export async function startSocketServer(ask: { dataDir: string; engine: RawEngine }): Promise<SocketServer> {
  await removeStaleSocket(ask.dataDir);
  const token = randomBytes(32).toString("hex");
  const sockets = new Set<Socket>();
  const listeners = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      listeners.delete(socket);
    });
    welcome(socket, token, ask.engine, () => listeners.add(socket));
  });
  server.maxConnections = maxConnections;
  const address = await bind(server, ask.dataDir);
  // A later failure of the listening socket must not bring the engine down: CLI commands then say that nobody answers.
  server.on("error", () => undefined);
  const ours: Endpoint = { protocol: protocolVersion, address: address.path, token, pid: process.pid };
  await writeEndpoint(ask.dataDir, ours);

  let stopped: Promise<void> | undefined;
  const stopListening = () =>
    (stopped ??= (async () => {
      await removeEndpoint(ask.dataDir, ours);
      server.close();
      if (address.ownFolder !== null) await rm(address.ownFolder, { recursive: true, force: true });
    })());
  return {
    push(event) {
      const line = toLine({ push: event } satisfies AnswerFrame);
      for (const socket of listeners) if (!socket.writableNeedDrain) socket.write(line);
    },
    stopListening,
    async close() {
      await stopListening();
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

async function bind(server: Server, dataDir: string) {
  const first = preferredAddress(dataDir, process.platform, randomBytes(4).toString("hex"));
  if (first !== undefined) {
    try {
      await listen(server, first.path);
      if (process.platform !== "win32") await chmod(first.path, 0o600);
      return first;
    } catch {
      // The folder's file system may have no sockets (some shares, some mounts): a folder of our own has.
    }
  }
  const second = await shortAddress(process.env);
  await listen(server, second.path);
  return second;
}

function welcome(socket: Socket, token: string, engine: RawEngine, wantsEvents: () => void): void {
  let isKnown = false;
  const running = new Map<number, AbortController>();
  const late = setTimeout(() => socket.destroy(), helloTimeoutMs);
  socket.once("close", () => {
    clearTimeout(late);
    for (const call of running.values()) call.abort();
  });
  // A peer that went away is no error of ours; "close" follows and ends its calls.
  socket.on("error", () => undefined);
  readFrames(socket, () => (isKnown ? maxRequestBytes : helloBytes), {
    onBroken: () => socket.destroy(),
    onFrame(frame) {
      if (isKnown) {
        const request = requestFrame.safeParse(frame);
        if (request.success) answer(socket, running, engine, request.data);
        else socket.destroy();
        return;
      }
      const hello = helloFrame.safeParse(frame);
      if (!hello.success || !sameToken(hello.data.hello, token)) {
        socket.destroy();
        return;
      }
      isKnown = true;
      clearTimeout(late);
      if (hello.data.events) wantsEvents();
      socket.write(toLine({ welcome: true, pid: process.pid, protocol: protocolVersion } satisfies AnswerFrame));
    },
  });
}

function answer(socket: Socket, running: Map<number, AbortController>, engine: RawEngine, request: RequestFrame) {
  const { id } = request;
  if ("cancel" in request) {
    running.get(id)?.abort();
    return;
  }
  if (running.has(id)) {
    socket.destroy();
    return;
  }
  const controller = new AbortController();
  running.set(id, controller);
  const send = (frame: AnswerFrame) => {
    if (!socket.destroyed) socket.write(bounded(frame, id));
  };
  void engine
    .call(request.call, request.input, {
      requestId: request.requestId,
      signal: controller.signal,
      // Progress that the other side is too slow to read is not worth keeping.
      onProgress: (progress) => {
        if (!socket.writableNeedDrain) send({ id, progress });
      },
    })
    .then((outcome) => send(outcome.ok ? { id, result: outcome.value } : { id, fault: outcome.fault }))
    .finally(() => running.delete(id));
}

function bounded(frame: AnswerFrame, id: number): string {
  const line = toLine(frame);
  if (Buffer.byteLength(line) <= maxAnswerBytes) return line;
  const message = "The answer is too large for one message: ask for less at a time.";
  return toLine({ id, fault: { code: "bad_input", message } } satisfies AnswerFrame);
}
