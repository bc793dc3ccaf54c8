import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { hasRedis } from "../../../build/bench/queues/redis-process.ts";
import { projectRoot } from "../../../build/checks/project-files.ts";

const side = z.record(z.string(), z.number().positive());
const result = z.object({
  rows: z.int(),
  calls: z.int(),
  ingest: z.object({ product: side, script: side }),
  delivery: z.object({ product: side, script: side }),
  ratios: z.record(z.string(), z.number().positive()),
});

test(
  "the bench imports and delivers with both contenders and prints its ratios, last as JSON",
  { timeout: 120_000 },
  async () => {
    const bench = join(projectRoot, "build/bench/bench.ts");
    const args = [bench, "--rows", "2000", "--calls", "20", "--rounds", "1"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
    expect(stdout).toContain("ingest, rows a second");
    const measured = result.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    expect(measured).toMatchObject({ rows: 2000, calls: 20 });
    // Where there is a redis-server, bullmq is measured as well, without and with the CPU of that server.
    const beside = hasRedis() ? ["bullmqSpeed", "bullmqCpu", "bullmqCpuWithServer"] : [];
    expect(Object.keys(measured.ratios)).toEqual([
      "ingestSpeed",
      "ingestMemory",
      "deliverySpeed",
      "deliveryCpu",
      ...beside,
    ]);
    expect(measured.ratios["bullmqCpuWithServer"] ?? 0).toBeLessThan(measured.ratios["bullmqCpu"] ?? 1);
  },
);

test("the bench of the mirror tells what a look-up costs beside a bare search", { timeout: 60_000 }, async () => {
  const bench = join(projectRoot, "build/bench/bench.ts");
  const args = [bench, "--people", "--stored", "2000", "--rounds", "1"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
  expect(stdout).toContain("a look-up in the mirror");
  const people = z.object({ lookUpMicros: z.number().positive(), searchMicros: z.number().positive(), ratios: side });
  expect(people.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).lookUpMicros).toBeLessThan(5_000);
});
