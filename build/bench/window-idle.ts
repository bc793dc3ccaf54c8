import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { median } from "./contender.ts";
import { measureTree, untilIdle, type MeasuredProcess } from "./process-tree.ts";

/** Starting an app and letting it rest. */
export type IdleRun = Readonly<{ loadedMs: number; pssMb: number; processes: readonly MeasuredProcess[] }>;

export type IdleContender = Readonly<{
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  /** A line that the app writes when its page is loaded (`did-finish-load`). */
  loaded: string;
}>;

const startWithinMs = 60_000;
const restWithinMs = 180_000;

/** An Electron with one empty window: what every app of its kind costs before it does anything. */
export async function writeBlankApp(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "blank", main: "main.cjs" }));
  await writeFile(join(folder, "blank.html"), "<!doctype html><title>blank</title>");
  await writeFile(
    join(folder, "main.cjs"),
    `const { app, BrowserWindow } = require("electron");
app.setPath("userData", ${JSON.stringify(join(folder, "data"))});
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true } });
  window.webContents.once("did-finish-load", () => process.stderr.write("The blank page is loaded.\\n"));
  window.loadFile("blank.html");
});
`,
  );
  return folder;
}

function untilSaid(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`"${words}" was not said: ${said.slice(-2_000)}`)), startWithinMs);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      if (!said.includes(words)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`the app ended with ${code}: ${said.slice(-2_000)}`)));
  });
}

export async function runIdle({ command, env, loaded }: IdleContender): Promise<IdleRun> {
  const [program = "", ...args] = command;
  const startedAt = performance.now();
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    await untilSaid(child, loaded);
    const loadedMs = performance.now() - startedAt;
    const { pid } = child;
    if (pid === undefined) throw new Error("the app has no process id");
    await untilIdle(pid, restWithinMs);
    const processes = await measureTree(pid);
    return { loadedMs, processes, pssMb: processes.reduce((sum, { pssMb }) => sum + pssMb, 0) };
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

export type IdleResult = Readonly<{ app: readonly IdleRun[]; blank: readonly IdleRun[]; memory: number; load: number }>;

/** Both in turn, `rounds` times; ratios of the medians. */
export async function measureIdle(app: IdleContender, blank: IdleContender, rounds: number): Promise<IdleResult> {
  const runs: Readonly<Record<"app" | "blank", IdleRun[]>> = { app: [], blank: [] };
  for (let round = 0; round < rounds; round += 1) {
    runs.blank.push(await runIdle(blank));
    runs.app.push(await runIdle(app));
  }
  const ratio = (of: (run: IdleRun) => number): number => median(runs.app.map(of)) / median(runs.blank.map(of));
  return { ...runs, memory: ratio(({ pssMb }) => pssMb), load: ratio(({ loadedMs }) => loadedMs) };
}
