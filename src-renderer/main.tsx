import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import type { EngineState } from "../src-shared/ipc/window-views.ts";
import type { Bridge } from "./bridge/bridge.ts";
import { openBridge } from "./bridge/window-bridge.ts";

function EngineLine({ bridge }: Readonly<{ bridge: Bridge }>) {
  const [engine, setEngine] = useState<EngineState | undefined>();
  useEffect(() => bridge.subscribe("engine", ({ now }) => setEngine(now)), [bridge]);
  return (
    <main>
      <h1>CallLedger</h1>
      <p role="status" data-engine={engine?.phase ?? "unknown"}>
        {engine === undefined ? "The agent is being asked." : `The agent is ${engine.phase}.`}
      </p>
    </main>
  );
}

const root = document.querySelector("#root");
if (root === null) throw new Error("the page has no root element");
createRoot(root).render(
  <StrictMode>
    <EngineLine bridge={openBridge()} />
  </StrictMode>,
);
