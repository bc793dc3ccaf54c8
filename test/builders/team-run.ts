import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { startSandbox } from "../../src-main/sandbox/main.ts";
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
  /** More for `connect`. */
  connect?: readonly string[];
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
  /** Looks until so many requests more came. */
  until(requests: number): Promise<Seen>;
  /** Share of the limit that was used in so many windows from now on, 0 to 1. */
  utilisation(windows: number): Promise<number>;
  status(pc: number): Promise<Record<string, unknown>>;
  deliveries(pc: number): Promise<Record<string, number>>;
  close(): Promise<void>;
}>;

const endMs = 60_000;

const logOf = (pc: number, calls: number): string =>
  [
    "Start Time,Caller,Callee,Direction,Duration,Result,Call ID",
    ...Array.from({ length: calls }, (_, call) => {
      const at = new Date(Date.UTC(2026, 5, 1, 8) + call * 61_000).toISOString();
      return `${at},07700900${String(call % 1_000).padStart(3, "0")},02079460010,Inbound,60,Answered,P${pc}-${call}`;
    }),
    "",
  ].join("\n");

/** PCs of one team, each a real process on a data folder of its own, on one account and one Redis. */
export async function startTeamRun(ask: TeamRunAsk): Promise<TeamRun> {
  const home = mkdtempSync(join(tmpdir(), "callledger-team-"));
  const sandbox = await startSandbox();
  const access = sandbox[ask.crm];
  if (access === undefined) throw new Error(`the sandbox serves no ${ask.crm}`);
  const admin = createSandboxAdmin(sandbox.admin, ask.crm);
  await admin.configure(ask.config);
  const envOf = (pc: number) => ({ CALLLEDGER_DATA: join(home, `pc-${pc}`), TEAM_RUN_TOKEN: access.token });
  const running: Running[] = [];
  for (let pc = 0; pc < ask.pcs; pc += 1) {
    const path = join(home, `calls-${pc}.csv`);
    writeFileSync(path, logOf(pc, ask.calls));
    const connect = ["connect", ask.crm, "--tenant", "acme", "--base-url", access.baseUrl];
    await runCli(
      [...connect, "--secret-from-env", "TEAM_RUN_TOKEN", "--unknown-caller", "log", ...(ask.connect ?? [])],
      envOf(pc),
    );
    await runCli(["import", path, "--tenant", "acme", "--country", "GB", "--timezone", "Europe/London"], envOf(pc));
    await runCli(["team", "set", ask.redis.url], envOf(pc));
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
