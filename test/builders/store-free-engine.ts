import { appendFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serveChannel, type HostedEngine, type HostedEngineAsk } from "../../src-main/engine/host/channel-server.ts";
import { fault, type RawEngine } from "../../src-main/engine/host/engine.ts";
import { openParentChannel } from "../../src-main/engine/host/parent-channel.ts";
import { EngineStartError } from "../../src-main/engine/host/start-error.ts";

/**
 * An engine without a store behind the real channel server, for tests of the host: it runs on Electron builds that are
 * too old for the database module, and does as it is told. It writes what it did to `done.log` in the data folder.
 */
type Call = (
  input: any,
  context: Readonly<{ requestId: string | undefined; onProgress: (progress: unknown) => void; signal: AbortSignal }>,
) => Promise<unknown>;

let inHand = 0;
let mostInHand = 0;

function createCalls(ask: HostedEngineAsk): Readonly<Record<string, Call>> {
  const note = (line: string) => appendFileSync(join(ask.dataDir, "done.log"), `${line}\n`);
  return {
    echo: async (input) => input,
    slowEcho: async (input) => {
      await sleep(1);
      return input;
    },
    mostInHand: async () => mostInHand,
    list: async ({ count }) => Array.from({ length: count as number }, (_, id) => ({ id, text: `line ${id} ü` })),
    flood: async ({ count }, { onProgress }) => {
      for (let step = 1; step <= count; step += 1) onProgress({ step });
      return { count };
    },
    events: async ({ count }) => {
      for (let each = 0; each < count; each += 1) ask.onEvent({ event: "ledger:changed", call: `call ${each}` });
      return null;
    },
    /** Notes the click, and dies before the answer the first time. */
    record: async ({ dieOnce }, { requestId }) => {
      note(`record ${requestId}`);
      const mark = join(ask.dataDir, "died-once");
      if (dieOnce === true && !existsSync(mark)) {
        appendFileSync(mark, "");
        process.kill(process.pid, "SIGKILL");
        await sleep(10_000);
      }
      return { requestId };
    },
    fail: async () => {
      ask.onFailure(new Error("the disk is on fire"));
      return new Promise(() => undefined);
    },
    untilCanceled: async (_input, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      note("canceled");
      return "canceled";
    },
    proxy: async ({ url }) => ask.resolveProxy(url as string).catch((error: Error) => `rejected: ${error.message}`),
    say: async ({ text }) => {
      process.stderr.write(`${text}\n`);
      return null;
    },
    pid: async () => process.pid,
  };
}

async function start(ask: HostedEngineAsk): Promise<HostedEngine> {
  const folder = basename(ask.dataDir);
  const isFree = existsSync(join(ask.dataDir, "free"));
  if (folder.startsWith("refused") && !isFree) throw new EngineStartError("refused", "This folder is no good.");
  if (folder.startsWith("held") && !isFree) throw new EngineStartError("in_use", "Somebody else works here.");
  if (folder.startsWith("bug")) throw new Error("a bug at the start");
  const calls = createCalls(ask);
  const engine: RawEngine = {
    async call(name, input, context) {
      const call = calls[name];
      if (call === undefined) return fault("bad_input", `There is no call named ${name}.`);
      inHand += 1;
      mostInHand = Math.max(mostInHand, inHand);
      try {
        return { ok: true, value: await call(input, context) };
      } finally {
        inHand -= 1;
      }
    },
  };
  return {
    engine,
    close: async () => {
      if (folder.startsWith("hangs")) await new Promise(() => setInterval(() => undefined, 1_000));
      appendFileSync(join(ask.dataDir, "done.log"), "closed\n");
    },
  };
}

const channel = openParentChannel(process);
if (channel === undefined) throw new Error("nobody listens");
serveChannel({
  channel,
  pid: process.pid,
  start,
  exit(code) {
    process.exitCode = code;
    if (process.connected) process.disconnect();
    setTimeout(() => process.exit(), 200);
  },
});
