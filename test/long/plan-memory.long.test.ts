import { expect, test } from "vitest";
import { runPlans } from "../builders/plan-run.ts";

test("a plan of 50,000 calls takes no more memory than one of 5,000", { timeout: 900_000 }, async () => {
  const [small, large] = await runPlans([5_000, 50_000]);
  if (small === undefined || large === undefined) throw new Error("a plan is missing");
  for (const { calls, lines, bytes, peakMegabytes } of [small, large])
    console.log(
      `${calls} calls: ${lines} lines, ${Math.round(bytes / 1e6)} MB told, at most ${Math.round(peakMegabytes)} MB held`,
    );
  // A line for each call and CRM, and the answer.
  expect([small.lines, large.lines]).toEqual([10_001, 100_001]);
  expect(large.peakMegabytes).toBeLessThan(small.peakMegabytes * 1.3);
  expect(large.peakMegabytes).toBeLessThan(400);
});
