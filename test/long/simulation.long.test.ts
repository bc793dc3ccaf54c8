import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { crashPoints } from "../simulation/crash-points.ts";
import { mutants } from "../simulation/mutants.ts";
import { killAll, toLine } from "../simulation/run-mutants.ts";

type Result = Readonly<{
  failed: readonly Readonly<{ seed: number; invariant: string }>[];
  hits: Readonly<Record<string, number>>;
  ms: number;
}>;

const run = promisify(execFile);
const entry = fileURLToPath(new URL("../simulation/run.ts", import.meta.url));

async function runSeeds(seeds: string): Promise<Result> {
  const { stdout } = await run(process.execPath, [entry, "--seeds", seeds, "--json"], {
    maxBuffer: 256 * 1_024 * 1_024,
  });
  const lines = stdout.trim().split("\n");
  const result = JSON.parse(lines.at(-1) ?? "") as Result;
  if (result.failed.length > 0) console.error(lines.slice(0, -1).join("\n"));
  return result;
}

test(
  "5,000 seeds break no promise, and each crash point was hit at least 20 times",
  { timeout: 7_200_000 },
  async () => {
    const halves = await Promise.all(["1-2500", "2501-5000"].map(runSeeds));
    const hitsOf = (point: string): number => halves.reduce((sum, { hits }) => sum + (hits[point] ?? 0), 0);
    console.log(crashPoints.map((point) => `${String(hitsOf(point)).padStart(6)}  ${point}`).join("\n"));
    expect(halves.flatMap(({ failed }) => failed)).toEqual([]);
    expect(crashPoints.filter((point) => hitsOf(point) < 20)).toEqual([]);
  },
);

test("every wrong engine is killed within 100 seeds", { timeout: 7_200_000 }, async () => {
  const deaths = await killAll(mutants, 100, (death) => console.log(toLine(death)));
  expect(deaths.filter(({ seed }) => seed === null).map(({ name }) => name)).toEqual([]);
});
