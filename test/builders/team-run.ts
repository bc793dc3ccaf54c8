import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { startEngine } from "../../src-main/engine/main.ts";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import type { CallAsk, CallName } from "../../src-shared/ipc/contract.ts";
import { type Running, runCli, startCli } from "./command-line.ts";
import type { RealRedis } from "./redis-server.ts";
import { createSandboxAdmin } from "./sandbox-admin.ts";

export type TeamRunAsk = Readonly<{
  crm: "pipedrive" | "hubspot";
  redis: RealRedis;
  /** Calls of each PC. */
  calls: number;
  pcs: number;
  /** Of the sandbox. */
  config: object;
  /** The window that is measured. */
  window: string;
}>;

const stats = z.looseObject({
  requests: z.number(),
  rateLimited: z.number(),
  windows: z.array(z.looseObject({ name: z.string(), windowMs: z.number(), limit: z.number(), max: z.number() })),
});

/** What the sandbox counted so far. `max`: the most that ever arrived within any window. */
export type Seen = Readonly<{
  at: number;
  requests: number;
  rateLimited: number;
  limit: number;
  windowMs: number;
  max: number;
}>;

export type TeamRun = Readonly<{
  /** A `sync` in a process of its own, on the data folder of this PC. */
  start(pc: number): Running;
  look(): Promise<Seen>;
  /** So many PCs share: then nobody is waited for any more. */
  joined(pcs: number): Promise<void>;
  /** Looks until so many requests more came. */
  until(requests: number): Promise<Seen>;
  /** Share of the limit that was used in so many windows from now on, 0 to 1. */
  utilisation(windows: number): Promise<number>;
  status(pc: number): Promise<Record<string, unknown>>;
  deliveries(pc: number): Promise<Record<string, number>>;
  close(): Promise<void>;
}>;

/** A busy computer takes its time; nothing is asserted about it. */
const endMs = 300_000;
const tokenVariable = "TEAM_RUN_TOKEN";

const logOf = (pc: number, calls: number): string =>
  [
    "Start Time,Caller,Callee,Direction,Duration,Result,Call ID",
    ...Array.from({ length: calls }, (_, call) => {
      const at = new Date(Date.UTC(2026, 5, 1, 8) + call * 61_000).toISOString();
      return `${at},07700900${String(call % 1_000).padStart(3, "0")},02079460010,Inbound,60,Answered,P${pc}-${call}`;
    }),
    "",
  ].join("\n");

/** Connects a data folder, gives it its calls and its team. */
async function prepare(dataDir: string, log: string, ask: TeamRunAsk & Readonly<{ baseUrl: string }>): Promise<void> {
  const engine = await startEngine({ dataDir });
  const call = async <C extends CallName>(name: C, input: CallAsk<C>): Promise<void> => {
    const answer = await engine.call(name, input);
    if (!answer.ok) throw new Error(`${name}: ${answer.fault.message}`);
  };
  try {
    const { crm, baseUrl } = ask;
    const secret = { kind: "env", name: tokenVariable } as const;
    const account = { label: null, unknownCaller: "log", since: null, secret, setup: true } as const;
    await call("integrations:connect", { crm, tenant: "acme", baseUrl, ...account });
    const settings = { region: "GB", timeZone: "Europe/London" };
    await call("ingest:import", { paths: [log], tenant: "acme", format: "auto", settings });
    const team = { url: ask.redis.url, secret: { kind: "none" }, share: 50 } as const;
    await call("team:set", { settings: team, password: null });
  } finally {
    await engine.close();
  }
}

/** PCs of one team, each a real process on a data folder of its own, on one account and one Redis. */
export async function startTeamRun(ask: TeamRunAsk): Promise<TeamRun> {
  const home = mkdtempSync(join(tmpdir(), "callledger-team-"));
  const sandbox = await startSandbox();
  const access = sandbox[ask.crm];
  if (access === undefined) throw new Error(`the sandbox serves no ${ask.crm}`);
  const admin = createSandboxAdmin(sandbox.admin, ask.crm);
  await admin.configure(ask.config);
  const envOf = (pc: number) => ({ CALLLEDGER_DATA: join(home, `pc-${pc}`), [tokenVariable]: access.token });
  process.env[tokenVariable] = access.token;
  const running: Running[] = [];
  for (let pc = 0; pc < ask.pcs; pc += 1) {
    const path = join(home, `calls-${pc}.csv`);
    writeFileSync(path, logOf(pc, ask.calls));
    await prepare(envOf(pc).CALLLEDGER_DATA, path, { ...ask, baseUrl: access.baseUrl });
  }
  const look = async (): Promise<Seen> => {
    const seen = stats.parse(await (await fetch(`${sandbox.admin}/${ask.crm}/stats`)).json());
    const window = seen.windows.find(({ name }) => name === ask.window);
    if (window === undefined) throw new Error(`the sandbox counts no ${ask.window}`);
    const { limit, windowMs, max } = window;
    return { at: performance.now(), requests: seen.requests, rateLimited: seen.rateLimited, limit, windowMs, max };
  };
  return {
    look,
    start: (pc) => {
      const made = startCli(["sync", "--until-idle"], envOf(pc));
      running.push(made);
      return made;
    },
    joined: async (pcs) => {
      const count = `local n = 0
        for _, key in ipairs(redis.call('KEYS', 'callledger:team:1:{${ask.crm}*')) do
          for _ in pairs(cjson.decode(redis.call('GET', key)).mem) do n = n + 1 end
        end
        return n`;
      for (const started = performance.now(); Number(await ask.redis.command("EVAL", count, "0")) < pcs;) {
        if (performance.now() > started + endMs) throw new Error(`fewer than ${pcs} PCs joined`);
        await delay(20);
      }
      await ask.redis.edit("s.wait = {}");
    },
    until: async (requests) => {
      const first = await look();
      for (let seen = first; ; seen = await look()) {
        if (seen.requests >= first.requests + requests) return seen;
        if (seen.at > first.at + endMs)
          throw new Error(`only ${seen.requests - first.requests} of ${requests} requests came`);
        await delay(20);
      }
    },
    utilisation: async (windows) => {
      const first = await look();
      await delay(windows * first.windowMs);
      const last = await look();
      const allowed = (first.limit * (last.at - first.at)) / first.windowMs;
      return (last.requests - first.requests) / allowed;
    },
    status: (pc) => runCli(["status"], envOf(pc)),
    deliveries: async (pc) =>
      z.looseObject({ deliveries: z.record(z.string(), z.number()) }).parse(await runCli(["status"], envOf(pc)))
        .deliveries,
    close: async () => {
      for (const { child, finished } of running) {
        child.kill("SIGKILL");
        await finished;
      }
      await sandbox.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
