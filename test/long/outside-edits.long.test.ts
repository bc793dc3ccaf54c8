import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { playEdits } from "../property/outside-edits/play-edits.ts";
import { wrongEngines } from "../property/outside-edits/wrong-engines.ts";
import { checkPlaces } from "../simulation/mutants.ts";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url);
const atPath = (file: string): string => fileURLToPath(new URL(`test/property/outside-edits/${file}`, root));

const perTest = 100;
const firsts = Array.from({ length: 10 }, (_, index) => 101 + index * perTest);

test.each(firsts)(
  "100 seeds from %i on lose no outside edit and write no field that is not ours",
  { timeout: 1_800_000 },
  async (first) => {
    const broken = [];
    for (let seed = first; seed < first + perTest; seed += 1) {
      const { violation } = await playEdits(seed);
      if (violation !== null) broken.push({ seed, violation });
    }
    expect(broken).toEqual([]);
  },
);

/** What tells a wrong engine from a right one: each is found out within these seeds. */
const seedsToDie = 60;

test.each(wrongEngines)("a wrong engine is found out: $name", { timeout: 900_000 }, async (mutant) => {
  checkPlaces(mutant, root);
  const hook = ["--import", atPath("mutate-hook.ts"), atPath("run-seeds.ts"), "1", String(seedsToDie)];
  const { stdout } = await run(process.execPath, hook, {
    env: { ...process.env, WRONG_ENGINE: mutant.name },
    cwd: fileURLToPath(root),
    maxBuffer: 64 * 1_024 * 1_024,
  });
  const found: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
  console.log(`${mutant.name}: ${JSON.stringify(found)}`);
  expect(found).not.toBeNull();
});
