import { expect, test } from "vitest";
import { cutPower } from "../../builders/power-cuts.ts";

test.each([1, 2, 3, 4])(
  "power that goes four times while calls are on their way leaves each of them once in the CRM (seed %i)",
  async (seed) => {
    const { twice, missing, defects, verified, onTheWay } = await cutPower(seed);
    expect({ twice, missing, defects, verified }).toEqual({ twice: [], missing: 0, defects: [], verified: true });
    expect(onTheWay).toBeGreaterThan(0);
  },
  120_000,
);
