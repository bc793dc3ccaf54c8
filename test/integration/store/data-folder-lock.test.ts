import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "../../../src-main/engine/store/data-folder-lock.ts";

const holder = fileURLToPath(new URL("lock-holder.ts", import.meta.url));
let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "callledger-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

/** The child's first line. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no output to read");
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n")) return text.trim();
  }
  throw new Error(`the child said "${text}" and ended`);
}

async function start(command: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  return child;
}
const startHolder = (): Promise<ChildProcess> => start(process.execPath, [holder, dataDir]);

/** Takes the folder and gives it back. */
function take(): boolean {
  const lock = acquireLock(dataDir, 2_000);
  if ("heldBy" in lock) return false;
  lock.release();
  return true;
}

test("one process holds the folder; another is told which, and gets it when it is released", async () => {
  const child = await startHolder();
  expect(await firstLine(child)).toBe("held");
  expect(acquireLock(dataDir, 2_000)).toEqual({ heldBy: { pid: child.pid, since: 1_000 } });
  const second = await startHolder();
  expect(JSON.parse(await firstLine(second))).toEqual({ heldBy: { pid: child.pid, since: 1_000 } });
  child.stdin?.write("release\n");
  await once(child, "exit");
  expect(take()).toBe(true);
});

test("a second engine in the same process is refused too, and releasing twice harms nobody", () => {
  const lock = acquireLock(dataDir, 1_000);
  if ("heldBy" in lock) throw new Error("nobody else is there");
  expect(acquireLock(dataDir, 2_000)).toEqual({ heldBy: { pid: process.pid, since: 1_000 } });
  lock.release();
  const next = acquireLock(dataDir, 3_000);
  lock.release();
  expect(acquireLock(dataDir, 4_000)).toEqual({ heldBy: { pid: process.pid, since: 3_000 } });
  if ("release" in next) next.release();
  expect(existsSync(join(dataDir, "engine.lock.json"))).toBe(false);
});

test("a killed engine gives the folder up at once", async () => {
  const child = await startHolder();
  await firstLine(child);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(join(dataDir, "engine.lock.json"))).toBe(true);
  expect(take()).toBe(true);
});

/** State letter of a process, Linux. */
const stateOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .charAt(0);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test.runIf(process.platform === "linux")(
  "a dead engine that nobody reaps holds nothing, although its process id is still there",
  async () => {
    // The shell starts the engine and becomes `sleep`, which never waits for its child.
    const parent = await start("/bin/sh", [
      "-c",
      `"$1" "$2" "$3" & exec sleep 60`,
      "sh",
      process.execPath,
      holder,
      dataDir,
    ]);
    expect(await firstLine(parent)).toBe("held");
    const { pid } = JSON.parse(readFileSync(join(dataDir, "engine.lock.json"), "utf8"));
    expect(take()).toBe(false);
    process.kill(pid, "SIGKILL");
    // The first thread is a zombie before the last one has closed its files.
    await until(() => stateOf(pid) === "Z" && take());
    expect(stateOf(pid)).toBe("Z");
    expect(() => process.kill(pid, 0)).not.toThrow();
  },
);
