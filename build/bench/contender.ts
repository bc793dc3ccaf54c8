import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { projectRoot } from "../checks/project-files.ts";

const usage = z.strictObject({ maxRssBytes: z.number(), cpuMs: z.number() });

export type Run = Readonly<{
  /** From the start of the process to its end, ms. */
  wallMs: number;
  /** User and system time of the process, ms. */
  cpuMs: number;
  /** The most memory it held at once. */
  maxRssBytes: number;
  /** Its last line on stdout. */
  answer: unknown;
}>;

export type Contender = Readonly<{
  /** A file of the project, run by this Node. */
  file: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}>;

function parseLastLine(output: string): unknown {
  const line = output.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`the contender's last line is no JSON: ${line.slice(0, 200)}`);
  }
}

export type Started = Readonly<{
  /** Rejects when it fails, with what it said. */
  ended: Promise<Run>;
  /** Asks it to end, as a service's stop does. */
  stop(): void;
}>;

/** Starts a contender in a process of its own. */
export function start({ file, args, env = {} }: Contender, scratch: string): Started {
  const usageFile = join(scratch, "usage.json");
  const reporter = new URL("report-usage.ts", import.meta.url).href;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", reporter, join(projectRoot, file), ...args], {
    env: { ...process.env, ...env, CALLLEDGER_BENCH_USAGE: usageFile },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-4_000)));
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const finish = async (): Promise<Run> => {
    const exitCode = await closed;
    const wallMs = performance.now() - startedAt;
    if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}: ${errors}${output.slice(-1_000)}`);
    return { wallMs, answer: parseLastLine(output), ...usage.parse(JSON.parse(await readFile(usageFile, "utf8"))) };
  };
  return { ended: finish(), stop: () => void child.kill() };
}

/** Runs a contender to its end. Rejects when it fails, with what it said. */
export const run = (contender: Contender, scratch: string): Promise<Run> => start(contender, scratch).ended;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
