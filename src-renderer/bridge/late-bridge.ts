import type { PreloadApi } from "../../src-shared/ipc/preload-api.ts";
import type { Bridge } from "./bridge.ts";

type Listen = PreloadApi["onOpen"];

/** Frames that come before anybody listens are handed on to who listens first. */
function keepEarly(listen: Listen): Listen {
  const early: unknown[] = [];
  let hear: ((frame: unknown) => void) | undefined;
  listen((frame) => {
    if (hear === undefined) early.push(frame);
    else hear(frame);
  });
  return (listener) => {
    hear = listener;
    for (const frame of early.splice(0)) listener(frame);
  };
}

/**
 * A bridge at once. What checks every message by the contract is loaded beside the first paint, a third of all that the
 * page runs; calls and subscriptions wait for it, and nothing that the shell says meanwhile is lost.
 */
export function createLateBridge(api: PreloadApi, page: Pick<Window, "addEventListener">): Bridge {
  const heard = { ...api, onOpen: keepEarly(api.onOpen) };
  const loaded = import("./bridge.ts").then(({ createBridge }) => createBridge(heard, page));
  const later = (begin: (bridge: Bridge) => () => void): (() => void) => {
    let end: (() => void) | undefined;
    let isEnded = false;
    const start = async (): Promise<void> => {
      const bridge = await loaded;
      if (!isEnded) end = begin(bridge);
    };
    void start();
    return () => {
      isEnded = true;
      end?.();
    };
  };
  return {
    call: async (name, input, options) => (await loaded).call(name, input, options),
    cancel: (requestId) => void loaded.then((bridge) => bridge.cancel(requestId)),
    subscribe: (topic, onValue) => later((bridge) => bridge.subscribe(topic, onValue)),
    onDropped: (listener) => later((bridge) => bridge.onDropped(listener)),
    onOpen: (listener) => later((bridge) => bridge.onOpen(listener)),
  };
}
