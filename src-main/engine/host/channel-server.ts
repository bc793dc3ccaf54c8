import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import { toEngineFrame, type FromEngineFrame, type ToEngineFrame } from "../../../src-shared/ipc/host-frames.ts";
import type { RequestFrame } from "../../../src-shared/ipc/frames.ts";
import type { Channel } from "./channel.ts";
import { fault, type RawEngine } from "./engine.ts";
import { createOutbox, toResultFrames, type Outbox } from "./outbox.ts";
import { EngineStartError } from "./start-error.ts";

/** What an engine gets from its shell. */
export type HostedEngineAsk = Readonly<{
  dataDir: string;
  background: boolean;
  /** A PAC answer from the system's proxy settings. Rejects where the shell cannot tell. */
  resolveProxy: (url: string) => Promise<string>;
  onEvent: (event: EngineEvent) => void;
  onFailure: (error: unknown) => void;
}>;

export type HostedEngine = Readonly<{ engine: RawEngine; close(): Promise<void> }>;

export type ChannelServerParts = Readonly<{
  channel: Channel;
  pid: number;
  start: (ask: HostedEngineAsk) => Promise<HostedEngine>;
  /** Ends this process, when all is closed or nothing more can be done. */
  exit: (code: number) => void;
}>;

const notStarted = fault("busy", "The engine is still starting.");
const proxyPatienceMs = 10_000;

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);

/** Serves one engine to the shell that started this process, until the shell says stop or is gone. */
export function serveChannel(parts: ChannelServerParts): void {
  const outbox = createOutbox(parts.channel);
  const running = new Map<number, AbortController>();
  const proxies = createProxyAsker(outbox);
  let starting: Promise<HostedEngine> | undefined;
  let engine: HostedEngine | undefined;
  let ending = false;

  const fail = (error: unknown) => {
    outbox.send({ failed: describe(error) });
    void end(1);
  };
  const start = async (ask: Pick<HostedEngineAsk, "dataDir" | "background">) => {
    if (starting !== undefined) return;
    starting = parts.start({
      ...ask,
      resolveProxy: proxies.ask,
      onEvent: (event) => outbox.offer(toEventKey(event), { push: event }),
      onFailure: fail,
    });
    try {
      engine = await starting;
      outbox.send({ started: true });
    } catch (error) {
      if (error instanceof EngineStartError) {
        outbox.send({ refused: error.kind, message: error.message });
        await end(0);
      } else fail(error);
    }
  };
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    for (const call of running.values()) call.abort();
    try {
      const opened = await starting?.catch(() => undefined);
      await opened?.close();
      outbox.send({ stopped: true });
      parts.exit(code);
    } catch (error) {
      outbox.send({ failed: describe(error) });
      parts.exit(1);
    }
  };

  parts.channel.onMessage((message) => {
    const frame = toEngineFrame.safeParse(message);
    if (!frame.success) return fail(new Error("the shell sent a message that is not in the contract"));
    take(frame.data, { outbox, running, proxies, start, end, engine: () => engine?.engine });
  });
  parts.channel.onClose(() => void end(0));
  outbox.send({ loaded: true, pid: parts.pid });
}

type Door = Readonly<{
  outbox: Outbox;
  running: Map<number, AbortController>;
  proxies: ProxyAsker;
  start: (ask: Pick<HostedEngineAsk, "dataDir" | "background">) => Promise<void>;
  end: (code: number) => Promise<void>;
  engine: () => RawEngine | undefined;
}>;

function take(frame: ToEngineFrame, door: Door): void {
  if ("acknowledge" in frame) door.outbox.acknowledge(frame.acknowledge);
  else if ("start" in frame) void door.start(frame.start);
  else if ("stop" in frame) void door.end(0);
  else if ("proxy" in frame) door.proxies.settle(frame.proxy, frame.answer);
  else if ("cancel" in frame) door.running.get(frame.id)?.abort();
  else void answer(frame, door);
}

async function answer(request: Exclude<RequestFrame, { cancel: true }>, door: Door): Promise<void> {
  const { id } = request;
  const engine = door.engine();
  if (engine === undefined) return door.outbox.send({ id, fault: notStarted.fault });
  const controller = new AbortController();
  door.running.set(id, controller);
  const outcome = await engine
    .call(request.call, request.input, {
      requestId: request.requestId,
      signal: controller.signal,
      onProgress: (progress) => door.outbox.offer(`progress ${id}`, { id, progress }),
    })
    .finally(() => door.running.delete(id));
  const frames: readonly FromEngineFrame[] = outcome.ok
    ? toResultFrames(id, outcome.value)
    : [{ id, fault: outcome.fault }];
  for (const frame of frames) door.outbox.send(frame);
}

/** Events of one kind about one thing replace each other while the shell is slow; different ones do not. */
function toEventKey(event: EngineEvent): string {
  switch (event.event) {
    case "source:read":
    case "source:trouble":
    case "source:progress":
    case "source:state":
      return `${event.event} ${event.sourceId}`;
    case "integration:blocked":
      return `${event.event} ${event.integrationId}`;
    default:
      return event.event;
  }
}

type ProxyAsker = Readonly<{
  ask(url: string): Promise<string>;
  settle(id: number, answer: string | null): void;
}>;

/** Asks the shell for the way to a URL. Each look-up is asked again: PAC files and networks change under a running agent. */
function createProxyAsker(outbox: Outbox): ProxyAsker {
  const asked = new Map<number, (found: string | null) => void>();
  let lastId = 0;
  return {
    ask(url) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        const settle = (found: string | null) => {
          clearTimeout(late);
          asked.delete(id);
          if (found === null) reject(new Error("the proxy settings of the system could not be read"));
          else resolve(found);
        };
        const late = setTimeout(() => settle(null), proxyPatienceMs);
        asked.set(id, settle);
        // Only the origin matters to proxy settings; paths and queries of a CRM stay in this process.
        outbox.send({ resolveProxy: id, url: new URL(url).origin });
      });
    },
    settle: (id, found) => asked.get(id)?.(found),
  };
}
