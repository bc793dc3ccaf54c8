import { randomUUID } from "node:crypto";
import { createConnection, type Socket } from "node:net";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import { answerFrame, maxAnswerBytes, protocolVersion, type AnswerFrame } from "../../../src-shared/ipc/frames.ts";
import { readEndpoint } from "./endpoint-file.ts";
import { fault, type Engine, type RawEngine } from "./engine.ts";
import { readFrames, toLine } from "./frame-stream.ts";
import { createTypedEngine } from "./typed-engine.ts";

const helloTimeoutMs = 5_000;

export type EngineClient = Engine & Readonly<{ pid: number; closed: Promise<void> }>;

type Pending = Readonly<{
  settle: (outcome: Outcome<unknown, CallFault>) => void;
  onProgress: (progress: unknown) => void;
}>;

/** What a caller gets when the engine went away with the call in hand. It may have been done: ask again with the same request id. */
export const engineGone = "The engine that worked on this went away.";

/**
 * A connection to the engine that runs on this data folder, or undefined when none answers. Calls in flight when the
 * connection ends get the fault `busy`.
 */
export async function createEngineClient(
  dataDir: string,
  onEvent?: (event: EngineEvent) => void,
): Promise<EngineClient | undefined> {
  const endpoint = await readEndpoint(dataDir);
  if (endpoint === undefined || endpoint.protocol !== protocolVersion) return undefined;
  const socket = createConnection(endpoint.address);
  const pending = new Map<number, Pending>();
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      for (const call of pending.values()) call.settle(fault("busy", engineGone));
      pending.clear();
      resolve();
    });
  });
  const welcomed = waitForWelcome(socket, pending, onEvent);
  socket.write(toLine({ hello: endpoint.token, protocol: protocolVersion, events: onEvent !== undefined }));
  const pid = await welcomed;
  if (pid === undefined) {
    socket.destroy();
    return undefined;
  }
  const typed = createTypedEngine(createRawClient(socket, pending), randomUUID, async () => {
    socket.end();
    await closed;
  });
  return { ...typed, pid, closed };
}

function waitForWelcome(
  socket: Socket,
  pending: Map<number, Pending>,
  onEvent: ((event: EngineEvent) => void) | undefined,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(undefined), helloTimeoutMs);
    const end = (pid: number | undefined) => {
      clearTimeout(late);
      resolve(pid);
    };
    // "close" always follows and settles what was asked.
    socket.on("error", () => end(undefined));
    socket.once("close", () => end(undefined));
    readFrames(socket, () => maxAnswerBytes, {
      onBroken: () => socket.destroy(),
      onFrame(frame) {
        const parsed = answerFrame.safeParse(frame);
        if (!parsed.success) socket.destroy();
        else if ("welcome" in parsed.data) end(parsed.data.pid);
        else if ("push" in parsed.data) onEvent?.(parsed.data.push);
        else settle(pending, parsed.data);
      },
    });
  });
}

function settle(pending: Map<number, Pending>, frame: Exclude<AnswerFrame, { welcome: true } | { push: EngineEvent }>) {
  const call = pending.get(frame.id);
  if (call === undefined) return;
  if ("progress" in frame) {
    call.onProgress(frame.progress);
    return;
  }
  pending.delete(frame.id);
  call.settle("fault" in frame ? { ok: false, fault: frame.fault } : { ok: true, value: frame.result });
}

function createRawClient(socket: Socket, pending: Map<number, Pending>): RawEngine {
  let lastId = 0;
  return {
    call(name, input, { requestId, onProgress, signal }) {
      if (socket.destroyed || socket.writableEnded) return Promise.resolve(fault("busy", engineGone));
      const id = ++lastId;
      return new Promise((resolve) => {
        const cancel = () => socket.write(toLine({ id, cancel: true }));
        const settleOnce = (outcome: Outcome<unknown, CallFault>) => {
          signal.removeEventListener("abort", cancel);
          resolve(outcome);
        };
        pending.set(id, { settle: settleOnce, onProgress });
        socket.write(toLine({ id, call: name, input, ...(requestId === undefined ? {} : { requestId }) }));
        if (signal.aborted) cancel();
        else signal.addEventListener("abort", cancel);
      });
    },
  };
}
