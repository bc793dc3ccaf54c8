import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCrowd } from "../../build/bench/crowd.ts";
import { startOffice } from "./office.ts";
import { widenLimits } from "./wide-limits.ts";

export type PlanRun = Readonly<{ calls: number; lines: number; bytes: number; peakMegabytes: number }>;

const people = 2_000;
const entry = fileURLToPath(new URL("../../src-main/cli/main.ts", import.meta.url));

/** The most memory that a process has had (Linux). */
const peakOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;

/** Plans logs of these sizes for two CRMs on the command line, read through a pipe, and looks at the memory they take. */
export async function runPlans(sizes: readonly number[]): Promise<readonly PlanRun[]> {
  const office = await startOffice({ crms: ["hubspot", "salesforce"], requestTimeoutMs: 60_000 });
  try {
    await widenLimits(office);
    const crowd = createCrowd({ people, calls: Math.max(...sizes), seed: 5 });
    for (const { admin, words, id } of office.crms) {
      await admin.createMany(
        words.person,
        crowd.people.map(({ name, typed }) => words.toPerson({ name, phone: typed })),
      );
      await office.call("mirror:sync", { id });
    }
    await office.sync();
    const runs: PlanRun[] = [];
    for (const calls of sizes) {
      const path = join(office.dataDir, `plan-${calls}.csv`);
      const rows = crowd.calls.slice(0, calls).map(({ number }, index) => {
        const at = new Date(Date.UTC(2026, 5, 1, 8) + index * 1_000).toISOString();
        return `${at},${number},02079460010,Inbound,${30 + (index % 600)},Answered,P-${index}`;
      });
      writeFileSync(path, ["Start Time,Caller,Callee,Direction,Duration,Result,Call ID", ...rows, ""].join("\n"));
      runs.push({ calls, ...(await runPlan(path, join(office.dataDir, "data"))) });
    }
    return runs;
  } finally {
    await office.close();
  }
}

async function runPlan(path: string, dataDir: string): Promise<Omit<PlanRun, "calls">> {
  const reading = ["--tenant", "acme", "--country", "GB", "--timezone", "Europe/London"];
  const args = [entry, "import", path, ...reading, "--dry-run", "--plan", "--json", "--data", dataDir];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  let [lines, bytes, peakMegabytes] = [0, 0, 0];
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
    if (child.pid !== undefined && child.exitCode === null) peakMegabytes = Math.max(peakMegabytes, peakOf(child.pid));
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`the plan ended with ${code}`);
  return { lines, bytes, peakMegabytes };
}
