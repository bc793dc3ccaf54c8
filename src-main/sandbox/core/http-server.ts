import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { SandboxClock } from "./clock.ts";
import { toTextAnswer, type Reaction, type SandboxAnswer, type SandboxRequest } from "./message.ts";

export type HttpHost = {
  /** `http://127.0.0.1:PORT` without a slash at the end. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

type Respond = (request: SandboxRequest) => Promise<Reaction>;

/**
 * Listens on the loopback interface. Port 0 takes a free one; a port that is taken rejects with the system's error.
 * Connections are kept open for long, so that a client never meets a close that no fault rule asked for.
 */
export async function listen(port: number, clock: SandboxClock, respond: Respond): Promise<HttpHost> {
  const toDate = createDateHeader(clock);
  const server = createServer(
    { keepAliveTimeout: 600_000, requestTimeout: 0, maxHeaderSize: 65_536 },
    (incoming, outgoing) => {
      outgoing.sendDate = false;
      serve(incoming, outgoing, respond, toDate).catch((error: unknown) => incoming.destroy(toError(error)));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`The sandbox could not listen on port ${port}.`);
  return { url: `http://127.0.0.1:${address.port}`, close: () => closeServer(server) };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  respond: Respond,
  toDate: () => string,
): Promise<void> {
  const request = await readRequest(incoming);
  if (request === undefined) return;
  const reaction = await answerSafely(request, respond);
  if (reaction.kind === "close") incoming.socket.destroy();
  else if (reaction.kind === "reset") incoming.socket.resetAndDestroy();
  else if (!outgoing.destroyed) write(outgoing, reaction.answer, toDate());
}

/** A defect of the sandbox must look like one: never like something the vendor would say. */
async function answerSafely(request: SandboxRequest, respond: Respond): Promise<Reaction> {
  try {
    return await respond(request);
  } catch (error) {
    const text = `Defect of the sandbox at ${request.method} ${request.path}: ${toError(error).stack ?? ""}`;
    process.emitWarning(text);
    return { kind: "answer", answer: toTextAnswer(500, "text/plain", text) };
  }
}

/** Undefined when the client went away before the whole request was there. */
function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
}

async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest | undefined> {
  const body = await readBody(incoming);
  if (body === undefined) return undefined;
  const target = incoming.url ?? "/";
  const mark = target.indexOf("?");
  return {
    method: incoming.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)),
    headers: incoming.headers,
    body,
  };
}

function write(outgoing: ServerResponse, answer: SandboxAnswer, date: string): void {
  const bodiless = answer.status === 204 || answer.status === 304;
  const length = bodiless ? {} : { "content-length": String(Buffer.byteLength(answer.body)) };
  outgoing.writeHead(answer.status, { date, ...length, ...answer.headers });
  outgoing.end(bodiless ? undefined : answer.body);
}

/** The `Date` header tells the sandbox's time, as a client learns the server's clock from it. */
function createDateHeader(clock: SandboxClock): () => string {
  let second = -1;
  let text = "";
  return () => {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
