import type { CallAnswer } from "../../../src-shared/ipc/window-contract.ts";
import type { FromEngineFrame, ToEngineFrame } from "../../../src-shared/ipc/host-frames.ts";

export type HostCall = Readonly<{
  name: string;
  input: unknown;
  /** Of a change. The same id is sent again after a restart, so that it is done once. */
  requestId: string | undefined;
  onProgress: (progress: unknown) => void;
}>;

type Open = {
  readonly call: HostCall;
  readonly settle: (answer: CallAnswer) => void;
  /** Pages of a large answer, as far as they came. */
  pages: string[];
  isCanceled: boolean;
  /** Engines that died while it was with them. */
  deaths: number;
};

type Answer = Extract<FromEngineFrame, { id: number }>;

/** A call that so many engines died on is not given to another: it may be what ends them. */
const mostDeaths = 5;

/**
 * Calls on their way to an engine that may die under them. At most `limits.inFlight` are with the engine, the rest
 * waits here in order; after a death everything that has no answer is sent again, changes under their request ids. What
 * five engines died on is answered with `internal`.
 */
export type CallBook = Readonly<{
  add(call: HostCall): Readonly<{ answer: Promise<CallAnswer>; cancel(): void }>;
  take(frame: Answer): void;
  /** An engine is there: send what waits. */
  connect(send: (frame: ToEngineFrame) => void): void;
  /** The engine is gone: what was with it waits for the next one. */
  disconnect(): void;
  /** Nothing more will be answered. */
  end(message: string): void;
  size(): number;
}>;

export type CallLimits = Readonly<{ inFlight: number; waiting: number }>;

const busy = (message: string): CallAnswer => ({ ok: false, fault: { code: "busy", message } });

const diedOn: CallAnswer = {
  ok: false,
  fault: {
    code: "internal",
    message: `The engine ended ${mostDeaths} times while it worked on this, so it is not tried again. What it had changed by then stays; its log says why it ended.`,
  },
};

export function createCallBook(limits: CallLimits): CallBook {
  const open = new Map<number, Open>();
  let waiting: number[] = [];
  const inFlight = new Set<number>();
  let send: ((frame: ToEngineFrame) => void) | undefined;
  let ended: string | undefined;
  let lastId = 0;

  const pump = () => {
    let next = 0;
    while (send !== undefined && inFlight.size < limits.inFlight && next < waiting.length) {
      const id = waiting[next++];
      const entry = id === undefined ? undefined : open.get(id);
      if (id === undefined || entry === undefined) continue;
      inFlight.add(id);
      send(toRequest(id, entry.call));
      if (entry.isCanceled) send({ id, cancel: true });
    }
    if (next > 0) waiting = waiting.slice(next);
  };
  const settle = (id: number, answer: CallAnswer) => {
    const entry = open.get(id);
    open.delete(id);
    inFlight.delete(id);
    entry?.settle(answer);
    pump();
  };
  const cancel = (id: number) => {
    const entry = open.get(id);
    if (entry === undefined) return;
    entry.isCanceled = true;
    if (inFlight.has(id)) send?.({ id, cancel: true });
    else settle(id, { ok: false, fault: { code: "canceled", message: "It was called off before it began." } });
  };

  return {
    add(call) {
      if (ended !== undefined) return { answer: Promise.resolve(busy(ended)), cancel: () => undefined };
      if (open.size >= limits.waiting + limits.inFlight)
        return { answer: Promise.resolve(busy("Too much is asked of the engine at once.")), cancel: () => undefined };
      const id = ++lastId;
      const answer = new Promise<CallAnswer>((resolve) => {
        open.set(id, { call, settle: resolve, pages: [], isCanceled: false, deaths: 0 });
      });
      waiting.push(id);
      pump();
      return { answer, cancel: () => cancel(id) };
    },
    take(frame) {
      const entry = open.get(frame.id);
      if (entry === undefined) return;
      if ("progress" in frame) entry.call.onProgress(frame.progress);
      else if ("fault" in frame) settle(frame.id, { ok: false, fault: frame.fault });
      else if ("page" in frame) {
        entry.pages.push(frame.text);
        if (frame.page + 1 === frame.pages) settle(frame.id, { ok: true, value: JSON.parse(entry.pages.join("")) });
      } else settle(frame.id, { ok: true, value: frame.result });
    },
    connect(to) {
      send = to;
      pump();
    },
    disconnect() {
      send = undefined;
      for (const id of inFlight) {
        const entry = open.get(id);
        if (entry === undefined) continue;
        entry.pages = [];
        entry.deaths += 1;
        if (entry.deaths >= mostDeaths) settle(id, diedOn);
      }
      // In the order in which they were asked: ids rise.
      // oxlint-disable-next-line unicorn/no-array-sort -- the oldest Electron that runs this has no toSorted
      waiting = [...inFlight, ...waiting].sort((a, b) => a - b);
      inFlight.clear();
    },
    end(message) {
      ended = message;
      for (const id of open.keys()) settle(id, busy(message));
    },
    size: () => open.size,
  };
}

const toRequest = (id: number, { name, input, requestId }: HostCall): ToEngineFrame => ({
  id,
  call: name,
  input,
  ...(requestId === undefined ? {} : { requestId }),
});
