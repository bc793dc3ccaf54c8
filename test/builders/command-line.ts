import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src-main/cli/main.ts", import.meta.url));

export type Finished = Readonly<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;

export type Running = Readonly<{ child: ChildProcess; finished: Promise<Finished> }>;

/** Starts the real command line in a process of its own, `as` another user of this computer where that is asked for. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  as: Readonly<{ uid?: number; gid?: number }> = {},
): Running {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    ...as,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const finished = new Promise<Finished>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, finished };
}

/** Runs a command to its end and gives its JSON line; throws with what it said when it did not exit 0. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await startCli([...args, "--json"], env).finished;
  if (code !== 0) throw new Error(`callledger ${args.join(" ")} ended with ${code}: ${stderr}\n${stdout}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
}
