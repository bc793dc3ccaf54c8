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
  synced: z.object({ perSecond: positive, cpuMicros: positive }),
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

const quantiles = z.object({ p50Ms: positive, p95Ms: positive, maxMs: positive });
const measured = z.object({
  whole: quantiles,
  parts: z.object({
    still: quantiles,
    further: z.object({ p50Ms: z.number() }),
    accepted: z.object({ p50Ms: z.number() }),
  }),
});

test(
  "the bench of arrivals tells how long a row takes until the CRM holds its record, and what it waits for",
  {
    timeout: 300_000,
  },
  async () => {
    const schema = z.object({
      told: measured,
      untold: measured,
      floor: quantiles,
      ratios: z.record(z.string(), positive),
    });
    const { told, untold, ratios } = await bench(["--arrival", "--calls", "3"], schema);
    expect(Object.keys(ratios)).toEqual(["floor", "work"]);
    // A file has to stay the same for two and a half seconds; a call that may get further rows waits for a minute.
    expect(told.parts.still.p50Ms).toBeGreaterThan(2_000);
    expect(told.parts.further.p50Ms).toBe(0);
    expect(untold.parts.further.p50Ms).toBeGreaterThan(50_000);
    for (const { whole, parts } of [told, untold])
      expect(whole.maxMs).toBeGreaterThan(parts.still.p50Ms + parts.further.p50Ms);
  },
);
