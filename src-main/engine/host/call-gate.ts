import { fault, type RawEngine } from "./engine.ts";

/** The door of an engine: once it closes, nothing new comes in, and what is in hand is called off. */
export type CallGate = Readonly<{
  engine: RawEngine;
  refuse(): void;
  /** Calls off what is in hand and resolves when all of it has ended. Callers are told to ask the next engine. */
  empty(): Promise<void>;
}>;

const closing = fault("busy", "The engine is closing.");

export function createCallGate(engine: RawEngine): CallGate {
  const inHand = new Set<Promise<unknown>>();
  const calledOff = new AbortController();
  let isOpen = true;
  return {
    engine: {
      async call(name, input, options) {
        if (!isOpen) return closing;
        const signal = AbortSignal.any([options.signal, calledOff.signal]);
        const work = engine.call(name, input, { ...options, signal });
        inHand.add(work);
        const outcome = await work.finally(() => inHand.delete(work));
        const wasCalledOff = !outcome.ok && outcome.fault.code === "canceled" && !options.signal.aborted;
        return wasCalledOff ? closing : outcome;
      },
    },
    refuse: () => {
      isOpen = false;
    },
    async empty() {
      isOpen = false;
      calledOff.abort();
      await Promise.allSettled(inHand);
    },
  };
}
