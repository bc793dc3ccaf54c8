import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSandbox, type RunningSandbox } from "../../../src-main/sandbox/main.ts";
import {
  cliEntry,
  createCli,
  demoLogs,
  demoReading,
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
  const connected = await cli.run(
    "connect",
    "hubspot",
    "--tenant",
    "acme",
    "--base-url",
    sandbox.hubspot?.baseUrl ?? "",
    "--secret-from-env",
    "TEST_KEY",
  );
  expect(connected.code).toBe(0);
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  await sandbox.close();
  await dropFolder(cli.dataDir);
});

async function startAgent(): Promise<Running> {
  const agent = cli.start("run");
  started.push(agent);
  await agent.said("Running on");
  return agent;
}

const importDemo = () => cli.json("import", demoLogs, "--tenant", "acme", ...demoReading);

async function remoteCount(): Promise<number> {
  const response = await fetch(`${sandbox.admin}/hubspot/records/calls`);
  return ((await response.json()) as readonly unknown[]).length;
}

test("an import hands over to the engine that runs, which delivers at once", async () => {
  const agent = await startAgent();
  const imported = await importDemo();
  expect(imported).toMatchObject({ code: 0 });
  expect(imported.stderr).toContain(`Handed over to the engine that runs (process ${agent.child.pid}).`);
  expect(Number(imported.json["deliveries"])).toBeGreaterThan(30);
  const synced = await cli.json("sync", "--until-idle", "--max-seconds", "60");
  expect(synced).toMatchObject({ code: 0, json: { reason: "idle" } });
  const status = await cli.json("status");
  expect(status.json["deliveries"]).toMatchObject({ queued: 0, sending: 0, delivered: await remoteCount() });
});

test("the agent reads what is put into a watched folder", async () => {
  const folder = join(cli.dataDir, "inbox");
  await mkdir(folder);
  const agent = await startAgent();
  const added = await cli.json("source", "add", folder, "--tenant", "acme", ...demoReading);
  expect(added).toMatchObject({ code: 0, json: { sourceId: 1 } });
  const header = "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID\n";
  await writeFile(
    join(folder, "calls.csv"),
    `${header}14/06/2025,12:03:10,+447700900134,+442079460010,In,0:02:15,Answered,Alice Example,W-1\n`,
  );
  await agent.said("1 new calls");
  const synced = await cli.json("sync", "--until-idle", "--max-seconds", "60");
  expect(synced.code).toBe(0);
  expect(await remoteCount()).toBe(1);
});

test("the agent ends within ten seconds when it is told to, and leaves nothing behind", async () => {
  const agent = await startAgent();
  await importDemo();
  const since = Date.now();
  agent.child.kill("SIGTERM");
  expect(await agent.ended).toMatchObject({ code: 0 });
  expect(Date.now() - since).toBeLessThan(10_000);
  expect(await cli.json("status")).toMatchObject({ code: 0 });
});

test("a second agent on the folder is refused with the first one's process", async () => {
  const agent = await startAgent();
  const second = await cli.run("run");
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(String(agent.child.pid));
});

test("a killed engine is taken over: its calls are looked up, none is written twice", async () => {
  const agent = await startAgent();
  await importDemo();
  agent.child.kill("SIGKILL");
  await agent.ended;
  const synced = await cli.json("sync", "--until-idle", "--max-seconds", "90", "--request-timeout", "2");
  expect(synced).toMatchObject({ code: 0, json: { reason: "idle" } });
  const status = await cli.json("status");
  expect(status.json["deliveries"]).toMatchObject({
    queued: 0,
    sending: 0,
    uncertain: 0,
    delivered: await remoteCount(),
  });
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
    const imported = await importDemo();
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.stderr).not.toContain("Handed over");
    // It still is there, as a process that nobody collected.
    expect(process.kill(pid, 0)).toBe(true);
  } finally {
    parent.kill("SIGKILL");
  }
});

test("a command whose engine is killed under it takes over and ends well", async () => {
  const agent = await startAgent();
  await importDemo();
  const sync = cli.start("sync", "--json", "--max-seconds", "3");
  started.push(sync);
  await sync.said("Handed over");
  agent.child.kill("SIGKILL");
  await sync.said("taking over");
  expect(await sync.ended).toMatchObject({ code: 0, json: { reason: "max_seconds" } });
});
