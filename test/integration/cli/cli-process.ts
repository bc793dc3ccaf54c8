import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const cliEntry = fileURLToPath(new URL("../../../src-main/cli/main.ts", import.meta.url));
export const demoLogs = fileURLToPath(new URL("../../../build/demo/logs", import.meta.url));

/** How the demo's logs are to be read. */
export const demoReading = [
  "--country",
  "GB",
  "--timezone",
  "Europe/London",
  "--assume",
  '{"outsideLinePrefix":"9","extensionLengths":[3,4]}',
];

export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string; json: Record<string, unknown> }>;

export type Running = Readonly<{
  child: ChildProcess;
  /** Resolves when stdout or stderr holds the text. */
  said(text: string): Promise<void>;
  ended: Promise<Ended>;
}>;

/** The command line as people have it: a process of its own, on a data folder of its own. */
export type Cli = Readonly<{
  dataDir: string;
  start(...args: string[]): Running;
  run(...args: string[]): Promise<Ended>;
  /** With `--json`; the last line of stdout is in `json`. */
  json(...args: string[]): Promise<Ended>;
  /** As `json`, with this piped in. */
  pipe(input: string, ...args: string[]): Promise<Ended>;
}>;

export function createCli(dataDir: string, env: Readonly<Record<string, string>> = {}): Cli {
  const variables = { CALLLEDGER_DATA: dataDir, TZ: "Europe/London", ...env };
  const start = (...args: string[]) => startCli(args, variables);
  return {
    dataDir,
    start,
    run: (...args) => start(...args).ended,
    json: (...args) => start(...args, "--json").ended,
    pipe: (input, ...args) => startCli([...args, "--json"], variables, input).ended,
  };
}

export function startCli(args: readonly string[], env: Readonly<Record<string, string>>, input?: string): Running {
  const child = spawn(process.execPath, [cliEntry, ...args], {
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command that ends without reading what is piped in is no error.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const heard = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    heard();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
    heard();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => {
      resolve({ code, stdout, stderr, json: lastJson(stdout) });
      heard();
    });
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if ((stdout + stderr).includes(text)) resolve();
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`it ended without saying "${text}":\n${stdout}\n${stderr}`));
        else return;
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    });
  return { child, said, ended };
}

function lastJson(stdout: string): Record<string, unknown> {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "cl-cli-"));
}

export const dropFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** The people of the sandbox are no newcomers: its search has caught up with them. */
export async function letSearchCatchUp(admin: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${admin}/clock`, { method: "POST", headers, body: '{"advanceMs":60000}' });
  if (!response.ok) throw new Error(`the sandbox's clock did not move: ${response.status}`);
}
