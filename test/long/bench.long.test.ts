import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { projectRoot } from "../../build/checks/project-files.ts";

const positive = z.number().positive();

async function bench<T extends z.ZodType>(args: readonly string[], schema: T): Promise<z.output<T>> {
  const program = join(projectRoot, "build/bench/bench.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: projectRoot });
  return schema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
}

const queues = z.object({
  whole: z.object({ perSecond: positive, cpuMicros: positive }),
  claims: z.array(z.object({ size: z.int(), claimMicros: positive, peakRssMb: positive })),
  backlog: z.object({ delivered: z.int(), peakRssMb: positive }),
  ratios: z.looseObject({ floor: positive, plainjob: positive }),
});

test(
  "the bench of the queue tells what claiming and completing cost beside others, and with a long queue",
  {
    timeout: 300_000,
  },
  async () => {
    const args = ["--queue", "--jobs", "200", "--sizes", "400,800", "--rounds", "1"];
    const { claims, backlog } = await bench(args, queues);
    expect(claims.map(({ size }) => size)).toEqual([400, 800]);
    expect(backlog.delivered).toBeGreaterThan(800);
  },
);

const searches = z.object({
  entries: z.int(),
  searches: z.array(z.object({ what: z.string(), p50: positive, p95: positive })),
  ratios: z.object({ bare: positive, scan: positive, budget: positive }),
});

test("the bench of the search tells every kind of search in the audit log", { timeout: 300_000 }, async () => {
  const { entries, searches: all } = await bench(["--search", "--stored", "2000"], searches);
  expect(entries).toBeGreaterThanOrEqual(2_000);
  expect(all.map(({ what }) => what)).toContain("seven digits of a number");
});

const growth = z.object({
  small: positive,
  large: positive,
  watched: positive,
  latencyMs: z.object({ median: positive, most: positive }),
  ratios: z.object({ growth: positive, watched: positive }),
});

test(
  "the bench of a grown ledger tells both rates, that of a watched folder, and how long a row takes to be queued",
  {
    timeout: 300_000,
  },
  async () => {
    const { latencyMs } = await bench(["--growth", "--stored", "2000", "--more", "600", "--rounds", "1"], growth);
    // A file has to stay the same for two and a half seconds before it is read.
    expect(latencyMs.median).toBeGreaterThan(2_000);
  },
);
