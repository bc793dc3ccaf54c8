import type { PreloadApi } from "../../src-shared/ipc/preload-api.ts";
import type { Bridge } from "./bridge.ts";
import { createLateBridge } from "./late-bridge.ts";

declare global {
  interface Window {
    readonly callledger?: PreloadApi;
  }
}

/** The bridge of this window. Throws where the page was opened outside of the app. */
export function openBridge(): Bridge {
  if (window.callledger === undefined) throw new Error("CallLedger's window runs inside the app only.");
  return createLateBridge(window.callledger, window);
}
