import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineClient } from "../engine/host/engine-client.ts";
import type { Engine } from "../engine/host/engine.ts";
import { CliFault } from "./cli-fault.ts";

/** How long an engine may take to answer that holds the lock: it may be starting, or closing. */
const patienceMs = 15_000;
const lookAgainMs = 150;
/** An engine that goes away again and again with the call in hand is not taken over for ever. */
const maxTakeovers = 5;

export type OpenAsk = Readonly<{
  dataDir: string;
  requestTimeoutMs?: number;
  /** Told when a call is handed to an engine that runs already, or taken over from one that went away. */
  onNote: (note: string) => void;
}>;

type Holder = Readonly<{ engine: Engine; pid: number | null }>;

/**
 * An engine for a command that changes something: our own where the data folder is free, else the one that runs. When
 * that one goes away with a call in hand, the call is taken over under its request id.
 */
export async function openEngine(ask: OpenAsk): Promise<Engine> {
  let holder = await acquire(ask);
  if (holder.pid !== null) ask.onNote(`Handed over to the engine that runs (process ${holder.pid}).`);
  return {
    async call(name, input, options = {}) {
      const requestId = options.requestId ?? randomUUID();
      for (let takeovers = 0; ; takeovers += 1) {
        const outcome = await holder.engine.call(name, input, { ...options, requestId });
        const wentAway = !outcome.ok && outcome.fault.code === "busy" && holder.pid !== null;
        if (!wentAway || options.signal?.aborted === true || takeovers >= maxTakeovers) return outcome;
        ask.onNote("The engine that worked on this went away; taking over.");
        await holder.engine.close();
        holder = await acquire(ask);
      }
    },
    close: () => holder.engine.close(),
  };
}

async function acquire({ dataDir, requestTimeoutMs }: OpenAsk): Promise<Holder> {
  const { startEngine } = await import("../engine/main.ts");
  const { EngineStartError } = await import("../engine/host/start-error.ts");
  const { createEngineClient } = await import("../engine/host/engine-client.ts");
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      const engine = await startEngine({ dataDir, ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }) });
      return { engine, pid: null };
    } catch (error) {
      if (!(error instanceof EngineStartError) || error.kind !== "in_use") throw error;
      const client: EngineClient | undefined = await createEngineClient(dataDir);
      if (client !== undefined) return { engine: client, pid: client.pid };
      if (Date.now() > deadline) throw new CliFault(1, `${error.message} It does not answer.`, "busy");
    }
    await sleep(lookAgainMs);
  }
}
