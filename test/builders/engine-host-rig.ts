import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createEngineHost,
  type EngineHost,
  type EngineHostParts,
} from "../../src-main/shell/engine-host/engine-host.ts";
import type { LaunchEngine } from "../../src-main/shell/engine-host/engine-process.ts";
import type { CallAnswer } from "../../src-shared/ipc/window-contract.ts";
import type { EngineState } from "../../src-shared/ipc/window-views.ts";

type Rig = Readonly<{
  host: EngineHost;
  dataDir: string;
  states: readonly Readonly<EngineState & { heardAt: number }>[];
  events: readonly string[];
  lines: readonly string[];
  done: () => readonly string[];
  call: (
    name: string,
    input: unknown,
    requestId?: string,
    onProgress?: (progress: unknown) => void,
  ) => Promise<CallAnswer>;
  until: (isSo: () => boolean, what: string, withinMs?: number) => Promise<void>;
  phase: (phase: EngineState["phase"], withinMs?: number) => Promise<EngineState>;
}>;

type RigAsk = Readonly<{ folder?: string; resolveProxy?: EngineHostParts["resolveProxy"] }>;

const clock = {
  now: () => Date.now(),
  after(ms: number, work: () => void) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Looks every few ms; throws with `what` after `withinMs`. */
export async function until(isSo: () => boolean, what: string, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`it did not come about: ${what}`);
    await sleep(5);
  }
}

/** A host on a data folder of its own, which goes with it. */
export async function withRig(launch: LaunchEngine, ask: RigAsk, work: (rig: Rig) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), `${ask.folder ?? "host"}-`));
  const states: (EngineState & { heardAt: number })[] = [];
  const events: string[] = [];
  const lines: string[] = [];
  const host = createEngineHost({
    launch,
    dataDir,
    background: false,
    clock,
    resolveProxy: ask.resolveProxy ?? (() => Promise.resolve("DIRECT")),
    onState: (state) => states.push({ ...state, heardAt: Date.now() }),
    onEvent: (event) => events.push(event.event),
    log: (line) => lines.push(line),
  });
  try {
    host.start();
    await work({
      host,
      dataDir,
      states,
      events,
      lines,
      done: () => readDone(dataDir),
      call: (name, input, requestId, onProgress = () => undefined) =>
        host.call({ name, input, requestId, onProgress }).answer,
      until,
      phase: async (phase, withinMs) => {
        await until(
          () => host.state().phase === phase,
          `phase ${phase}, it is ${host.state().phase}: ${lines.join(" | ")}`,
          withinMs,
        );
        return host.state();
      },
    });
  } finally {
    await host.stop(500);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function readDone(dataDir: string): readonly string[] {
  try {
    return readFileSync(join(dataDir, "done.log"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

export const pidOf = (state: EngineState): number => (state.phase === "running" ? state.pid : 0);
