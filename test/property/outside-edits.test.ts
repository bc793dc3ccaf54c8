import { expect, test } from "vitest";
import { type EditRun, playEdits } from "./outside-edits/play-edits.ts";

/** Seeds of all four CRMs; thousands run with the long tests. */
const seeds = Array.from({ length: 12 }, (_, index) => 1 + index);

test(
  "whatever the contract, the edits, the kills and the lost answers: no payload holds a field that is not ours, and no outside edit is lost",
  { timeout: 300_000 },
  async () => {
    const runs: EditRun[] = [];
    for (const seed of seeds) runs.push(await playEdits(seed));
    expect(
      runs.flatMap(({ seed, violation, trace }) => (violation === null ? [] : [{ seed, violation, trace }])),
    ).toEqual([]);
    const sum = (of: "edits" | "conflicts" | "kills"): number => runs.reduce((all, run) => all + run[of], 0);
    // The seeds do what they are there for.
    expect(sum("edits")).toBeGreaterThan(seeds.length);
    expect(sum("conflicts")).toBeGreaterThan(seeds.length);
    expect(sum("kills")).toBeGreaterThan(seeds.length / 4);
  },
);
