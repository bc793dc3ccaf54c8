import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";

/** One process of a running app. */
export type MeasuredProcess = Readonly<{ pid: number; name: string; pssMb: number }>;

const fileOf = (pid: number, name: string): Promise<string> =>
  // A process may end while it is looked at: then it has no memory and no time.
  readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");

/** Fields of `stat` behind the name, which may hold anything. */
async function statOf(pid: number): Promise<readonly string[]> {
  const text = await fileOf(pid, "stat");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** A process and everything below it. */
export async function listTree(root: number): Promise<readonly number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of all) parents.set(pid, Number((await statOf(pid))[1]));
  const isBelow = (pid: number | undefined): boolean =>
    pid === root || (pid !== undefined && pid > 1 && isBelow(parents.get(pid)));
  return all.filter((pid) => isBelow(pid));
}

/** Clock ticks that the processes have used so far. */
async function ticksOf(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const [, , , , , , , , , , , user = "0", system = "0"] = await statOf(pid);
    ticks += Number(user) + Number(system);
  }
  return ticks;
}

const lookMs = 1_000;
const ticksASecond = 100;
const quietLooks = 6;

/** Resolves when an app has done next to nothing for six seconds on end. Rejects when that does not happen within `withinMs`. */
export async function untilIdle(root: number, withinMs: number): Promise<void> {
  let quiet = 0;
  let last = await ticksOf(await listTree(root));
  for (let waited = 0; quiet < quietLooks; waited += lookMs) {
    if (waited > withinMs) throw new Error(`the app did not come to rest within ${withinMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const now = await ticksOf(await listTree(root));
    quiet = now - last <= (ticksASecond * lookMs * 0.04) / 1_000 ? quiet + 1 : 0;
    last = now;
  }
}

/** Memory of an app: each page counted once, shared ones by share (PSS). Linux only. */
export async function measureTree(root: number): Promise<readonly MeasuredProcess[]> {
  const measured: MeasuredProcess[] = [];
  for (const pid of await listTree(root)) {
    const pss = /^Pss:\s+(\d+) kB/m.exec(await fileOf(pid, "smaps_rollup"));
    if (pss === null) continue;
    const [program = "", ...args] = (await fileOf(pid, "cmdline")).split("\0");
    const kind = args.find((each) => each.startsWith("--type="))?.slice("--type=".length) ?? "main";
    measured.push({ pid, name: `${basename(program)} ${kind}`, pssMb: Number(pss[1]) / 1_024 });
  }
  return measured;
}
