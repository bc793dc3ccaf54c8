import { expect, test } from "vitest";
import { runPlans } from "../builders/plan-run.ts";

// A short run is no measure: its heap is still growing to the size that it keeps.
test("a plan of 100,000 calls takes no more memory than one of 20,000", { timeout: 900_000 }, async () => {
  const [small, large] = await runPlans([20_000, 100_000]);
  if (small === undefined || large === undefined) throw new Error("a plan is missing");
  for (const { calls, lines, bytes, peakMegabytes } of [small, large])
    console.log(
      `${calls} calls: ${lines} lines, ${Math.round(bytes / 1e6)} MB told, at most ${Math.round(peakMegabytes)} MB held`,
    );
  // A line for each call and CRM, and the answer.
  expect([small.lines, large.lines]).toEqual([40_001, 200_001]);
  expect(large.peakMegabytes).toBeLessThan(small.peakMegabytes * 1.3);
  expect(large.peakMegabytes).toBeLessThan(400);
});
