import type { EngineHost } from "./engine-host/engine-host.ts";
import { askEngine } from "./topics/topic-readers.ts";

/** Pauses and resumes all connections at once, as the tray does. Calls are still read. */
export type PauseSwitch = Readonly<{ pauseAll(): Promise<void>; resumeAll(): Promise<void> }>;

const note = "From the tray.";

export function createPauseSwitch(host: Pick<EngineHost, "call">, newRequestId: () => string): PauseSwitch {
  const each = async (state: "active" | "paused", name: "integrations:pause" | "integrations:resume") => {
    const listed = await askEngine(host, "integrations:list", {});
    const wanted = (listed?.integrations ?? []).filter((integration) => integration.state === state);
    await Promise.all(wanted.map(({ id }) => askEngine(host, name, { id, note }, newRequestId())));
  };
  return {
    pauseAll: () => each("active", "integrations:pause"),
    resumeAll: () => each("paused", "integrations:resume"),
  };
}
