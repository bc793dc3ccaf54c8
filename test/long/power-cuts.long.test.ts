import { expect, test } from "vitest";
import { cutPower } from "../builders/power-cuts.ts";

const seeds = 120;

test(`power that goes while calls are on their way leaves each of them once in the CRM, over ${seeds} seeds`, async () => {
  const sums = { cuts: 0, calls: 0, onTheWay: 0 };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { twice, missing, defects, verified, cuts, calls, onTheWay } = await cutPower(seed);
    expect({ seed, twice, missing, defects, verified }).toEqual({
      seed,
      twice: [],
      missing: 0,
      defects: [],
      verified: true,
    });
    sums.cuts += cuts;
    sums.calls += calls;
    sums.onTheWay += onTheWay;
  }
  console.log(`Power cuts: ${seeds} seeds, ${sums.cuts} cuts, ${sums.onTheWay} of ${sums.calls} calls on their way`);
  expect(sums.onTheWay).toBeGreaterThan(seeds);
}, 1_800_000);
