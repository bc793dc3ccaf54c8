import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import {
  cliEntry,
  createCli,
  dropFolder,
  letSearchCatchUp,
  makeFolder,
  type Cli,
  type Running,
} from "./cli-process.ts";

let sandbox: RunningSandbox;
let cli: Cli;
let started: Running[];

beforeEach(async () => {
  sandbox = await startSandbox({ demo: true });
  await letSearchCatchUp(sandbox.admin);
  cli = createCli(await makeFolder(), { TEST_KEY: sandbox.hubspot?.token ?? "" });
  started = [];
  const key = ["--secret-from-env", "TEST_KEY"];
  const url = ["--base-url", sandbox.hubspot?.baseUrl ?? ""];
  expect(await cli.run("connect", "hubspot", "--tenant", "acme", ...url, ...key)).toMatchObject({ code: 0 });
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  await sandbox.close();
  await dropFolder(cli.dataDir);
});

/** A log of as many answered calls, all from one person whom the sandbox knows. */
function toLog(count: number): string {
  const rows = Array.from({ length: count }, (_, n) => {
    const minute = String(n % 60).padStart(2, "0");
    return `14/06/2025,12:${minute}:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,W-${n}`;
  });
  return `Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n${rows.join("\n")}\n`;
}

async function importCalls(count: number) {
  const file = join(cli.dataDir, "calls.csv");
  await writeFile(file, toLog(count));
  const imported = await cli.json("import", file, "--tenant", "acme", "--country", "GB");
  expect(imported, imported.stderr).toMatchObject({ code: 0, json: { calls: count, deliveries: count } });
  return imported;
}

async function startAgent(): Promise<Running> {
  const agent = cli.start("run");
  started.push(agent);
  await agent.said("Running on");
  return agent;
}

async function remoteCount(): Promise<number> {
  const response = await fetch(`${sandbox.admin}/hubspot/records/calls`);
  return ((await response.json()) as readonly unknown[]).length;
}

/** The sandbox answers the next write this late, and commits it at once. */
async function delayNextWrite(delayMs: number): Promise<void> {
  const rules = [{ match: { method: "POST", path: "batch/create" }, kind: "delay", delayMs, times: 1 }];
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${sandbox.admin}/hubspot/faults`, {
    method: "POST",
    headers,
    body: JSON.stringify(rules),
  });
  expect(response.status).toBeLessThan(300);
}

/** Resolves when the CRM has a call: what a check asks of the same path makes none. */
async function writeArrived(): Promise<void> {
  while ((await remoteCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("an import hands over to the engine that runs, which delivers at once", async () => {
  const agent = await startAgent();
  const imported = await importCalls(12);
  expect(imported.stderr).toContain(`Handed over to the engine that runs (process ${agent.child.pid}).`);
  const synced = await cli.json("sync", "--until-idle", "--max-seconds", "60");
  expect(synced).toMatchObject({ code: 0, json: { reason: "idle" } });
  const status = await cli.json("status");
  expect(status.json["deliveries"]).toMatchObject({ queued: 0, sending: 0, delivered: 12 });
  expect(await remoteCount()).toBe(12);
});

test("the agent reads what is put into a watched folder", async () => {
  const folder = join(cli.dataDir, "inbox");
  await mkdir(folder);
  const agent = await startAgent();
  const added = await cli.json("source", "add", folder, "--tenant", "acme", "--country", "GB");
  expect(added).toMatchObject({ code: 0, json: { sourceId: 1 } });
  await writeFile(join(folder, "calls.csv"), toLog(3));
  await agent.said("3 new calls");
  const synced = await cli.json("sync", "--until-idle", "--max-seconds", "60");
  expect(synced.code).toBe(0);
  expect(await remoteCount()).toBe(3);
  expect(await cli.json("source", "remove", "1")).toMatchObject({ code: 0, json: { removed: 1 } });
  expect((await cli.json("source", "list")).json).toEqual({ sources: [] });
});

test("the agent ends within ten seconds when it is told to, and leaves the folder to the next", async () => {
  await delayNextWrite(60_000);
  const agent = await startAgent();
  await importCalls(3);
  await writeArrived();
  const since = Date.now();
  agent.child.kill("SIGTERM");
  expect(await agent.ended).toMatchObject({ code: 0 });
  expect(Date.now() - since).toBeLessThan(10_000);
  const status = await cli.json("status");
  expect(status.json["deliveries"]).toMatchObject({ sending: 0, uncertain: 3 });
});

test("a second agent on the folder is refused with the first one's process", async () => {
  const agent = await startAgent();
  const second = await cli.run("run");
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`in use by another CallLedger (process ${agent.child.pid})`);
});

test("an engine that is killed while the CRM has its write is taken over: the calls are looked up, none is written twice", async () => {
  await delayNextWrite(3_000);
  const agent = await startAgent();
  await importCalls(12);
  await writeArrived();
  agent.child.kill("SIGKILL");
  await agent.ended;
  const synced = await cli.json("sync", "--until-idle", "--max-seconds", "90", "--request-timeout", "2");
  expect(synced).toMatchObject({ code: 0, json: { reason: "idle", delivered: 12 } });
  expect(await remoteCount()).toBe(12);
  const story = await cli.run("why", "W-3");
  expect(story.stdout).toContain("Delivered to HubSpot");
  expect(story.stdout).toContain("The engine stopped while this was on its way");
});

test("an engine that is a zombie holds nothing", async () => {
  // The shell starts the agent and becomes a program that never collects its children.
  const script = 'node_bin="$1"; shift; "$node_bin" "$@" & echo "pid $!"; exec sleep 60';
  const parent = spawn("sh", ["-c", script, "sh", process.execPath, cliEntry, "run"], {
    env: { ...process.env, CALLLEDGER_DATA: cli.dataDir, TEST_KEY: sandbox.hubspot?.token ?? "" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const pid = await new Promise<number>((resolve) => {
      let heard = "";
      parent.stdout.on("data", (chunk: Buffer) => {
        heard += chunk.toString("utf8");
        const found = /pid (\d+)[\s\S]*Running on/.exec(heard);
        if (found !== null) resolve(Number(found[1]));
      });
    });
    process.kill(pid, "SIGKILL");
    const imported = await importCalls(2);
    expect(imported.stderr).not.toContain("Handed over");
    // It still is there, as a process that nobody collected.
    expect(process.kill(pid, 0)).toBe(true);
  } finally {
    parent.kill("SIGKILL");
  }
});

test("a command whose engine is killed under it takes over and ends well", async () => {
  const agent = await startAgent();
  const sync = cli.start("sync", "--json", "--max-seconds", "3");
  started.push(sync);
  await sync.said("Handed over");
  agent.child.kill("SIGKILL");
  await sync.said("taking over");
  expect(await sync.ended).toMatchObject({ code: 0, json: { reason: "max_seconds" } });
});

test("a holder that does not answer is named, and nothing hangs", async () => {
  const agent = await startAgent();
  agent.child.kill("SIGSTOP");
  const paused = await cli.run("integrations", "pause", "1");
  expect(paused.code).toBe(1);
  expect(paused.stderr).toContain(`in use by another CallLedger (process ${agent.child.pid}). It does not answer.`);
  agent.child.kill("SIGCONT");
});
