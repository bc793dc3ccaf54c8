import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import { fromEngineFrame, maxCallsInFlight, type FromEngineFrame } from "../../../src-shared/ipc/host-frames.ts";
import type { CallAnswer } from "../../../src-shared/ipc/window-contract.ts";
import type { EngineState } from "../../../src-shared/ipc/window-views.ts";
import { healthyAfterMs, restartDelayMs } from "./backoff.ts";
import { createCallBook, type CallBook, type HostCall } from "./calls.ts";
import type { EngineProcess, LaunchEngine } from "./engine-process.ts";

/** Time as the host needs it; a test moves it by hand. */
export type HostClock = Readonly<{
  now(): number;
  /** Calls `work` after `ms`; the answer calls it off. */
  after(ms: number, work: () => void): () => void;
}>;

export type EngineHostParts = Readonly<{
  launch: LaunchEngine;
  dataDir: string;
  /** Watch, sync and schedules without being asked. */
  background: boolean;
  clock: HostClock;
  /** The system's proxy for an origin, as a PAC answer. */
  resolveProxy: (url: string) => Promise<string>;
  onState: (state: EngineState) => void;
  onEvent: (event: EngineEvent) => void;
  /** For the log. */
  log: (line: string) => void;
  limits?: Readonly<{ inFlight: number; waiting: number }>;
}>;

/** Keeps one engine alive on a data folder, and carries calls to it across its deaths. */
export type EngineHost = Readonly<{
  /** Until it is called the engine counts as starting, and calls wait. Does nothing the second time. */
  start(): void;
  state(): EngineState;
  call(call: HostCall): Readonly<{ answer: Promise<CallAnswer>; cancel(): void }>;
  /** Tries again at once where the engine waits for its next start, or was refused. */
  restart(): void;
  /** Ends the engine in good order, and by force after `withinMs`. Calls without an answer get `busy`. */
  stop(withinMs: number): Promise<void>;
}>;

/** How long another engine's hold on the data is waited for between looks, ms. */
const heldLookMs = 2_000;
/** An engine that said it failed has this long to close. */
const failedPatienceMs = 10_000;
/** An engine that closed has this long to end its process. */
const closedPatienceMs = 1_000;
const defaultLimits = { inFlight: maxCallsInFlight, waiting: 20_000 } as const;

type Host = {
  readonly parts: EngineHostParts;
  readonly book: CallBook;
  state: EngineState;
  child: EngineProcess | undefined;
  deaths: number;
  restarts: number;
  calledOff: () => void;
  stopping: { readonly done: Promise<void>; readonly finish: () => void } | undefined;
  isStarted: boolean;
};

export function createEngineHost(parts: EngineHostParts): EngineHost {
  const host: Host = {
    parts,
    book: createCallBook(parts.limits ?? defaultLimits),
    state: { phase: "starting", since: parts.clock.now(), restarts: 0 },
    child: undefined,
    deaths: 0,
    restarts: 0,
    calledOff: () => undefined,
    stopping: undefined,
    isStarted: false,
  };
  return {
    start() {
      if (host.isStarted) return;
      host.isStarted = true;
      launch(host);
    },
    state: () => host.state,
    call: (call) => host.book.add(call),
    restart() {
      if (host.child !== undefined || host.stopping !== undefined) return;
      host.calledOff();
      launch(host);
    },
    stop: (withinMs) => stop(host, withinMs),
  };
}

function setState(host: Host, state: EngineState): void {
  host.state = state;
  host.parts.onState(state);
}

function launch(host: Host): void {
  const { parts } = host;
  if (host.child !== undefined || host.stopping !== undefined) return;
  setState(host, { phase: "starting", since: parts.clock.now(), restarts: host.restarts });
  const child = parts.launch();
  host.child = child;
  child.onOutput((text) => parts.log(text.trimEnd()));
  child.onMessage((message) => {
    if (host.child !== child) return;
    child.send({ acknowledge: 1 });
    const frame = fromEngineFrame.safeParse(message);
    if (frame.success) take(host, child, frame.data);
    else parts.log("The engine sent a message that is not in the contract; it was dropped.");
  });
  child.onExit((how) => {
    if (host.child === child) onExit(host, how);
  });
}

function take(host: Host, child: EngineProcess, frame: FromEngineFrame): void {
  const { parts, book } = host;
  const now = parts.clock.now();
  // What a failed engine still answers is not heard: the next one is asked the same.
  if ("id" in frame) {
    if (host.state.phase === "running" || host.state.phase === "stopping") book.take(frame);
  } else if ("push" in frame) parts.onEvent(frame.push);
  else if ("loaded" in frame) child.send({ start: { dataDir: parts.dataDir, background: parts.background } });
  else if ("started" in frame) {
    setState(host, { phase: "running", since: now, restarts: host.restarts, pid: child.pid() ?? 0 });
    book.connect((message) => child.send(message));
  } else if ("refused" in frame) onRefused(host, frame);
  else if ("failed" in frame) onFailed(host, child, frame.failed);
  else if ("stopped" in frame) {
    // Everything is closed. A process that still does not end has nothing left to lose.
    host.calledOff();
    host.calledOff = parts.clock.after(closedPatienceMs, () => child.kill());
  } else if ("resolveProxy" in frame) void answerProxy(parts, child, frame.resolveProxy, frame.url);
}

/** The answer of the system's settings; the engine takes null for "cannot tell" and sends nothing past them. */
async function answerProxy(parts: EngineHostParts, child: EngineProcess, id: number, url: string): Promise<void> {
  const answer = await parts.resolveProxy(url).catch((error: unknown) => {
    parts.log(`The proxy for ${url} could not be looked up: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  });
  child.send({ proxy: id, answer });
}

function onRefused(host: Host, { refused, message }: { refused: string; message: string }): void {
  const since = host.parts.clock.now();
  if (refused !== "in_use") setState(host, { phase: "refused", since, message });
  else setState(host, { phase: "held", since, message, retryAt: since + heldLookMs });
}

/** It says itself that it is of no further use: it is closing, and gets a bounded time for it. */
function onFailed(host: Host, child: EngineProcess, failure: string): void {
  host.parts.log(`The engine failed: ${failure}`);
  host.book.disconnect();
  if (host.stopping !== undefined) return;
  host.calledOff = host.parts.clock.after(failedPatienceMs, () => child.kill());
  sayDied(host);
}

function sayDied(host: Host): void {
  const { now } = host.parts.clock;
  if (host.state.phase === "restarting") return;
  if (host.state.phase === "running" && now() - host.state.since >= healthyAfterMs) host.deaths = 0;
  host.deaths += 1;
  const since = now();
  setState(host, { phase: "restarting", since, restarts: host.restarts, retryAt: since + restartDelayMs(host.deaths) });
}

function onExit(host: Host, how: string): void {
  const { parts, book } = host;
  host.calledOff();
  host.child = undefined;
  book.disconnect();
  if (host.stopping !== undefined) {
    host.stopping.finish();
    return;
  }
  if (host.state.phase === "refused") return;
  if (host.state.phase !== "held") {
    parts.log(`The engine ended: ${how}.`);
    sayDied(host);
  }
  const again = () => {
    host.restarts += 1;
    launch(host);
  };
  const retryAt = "retryAt" in host.state ? host.state.retryAt : parts.clock.now();
  host.calledOff = parts.clock.after(Math.max(0, retryAt - parts.clock.now()), again);
}

async function stop(host: Host, withinMs: number): Promise<void> {
  const { parts, book } = host;
  if (host.stopping === undefined) {
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    host.stopping = { done, finish };
    host.calledOff();
    const { child } = host;
    if (child === undefined) finish();
    else {
      setState(host, { phase: "stopping", since: parts.clock.now() });
      child.send({ stop: true });
      host.calledOff = parts.clock.after(withinMs, () => {
        parts.log("The engine did not end in time and was ended by force.");
        child.kill();
      });
    }
  }
  await host.stopping.done;
  book.end("CallLedger is closing.");
  setState(host, { phase: "stopped", since: parts.clock.now() });
}
