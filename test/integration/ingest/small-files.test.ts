import { expect, test } from "vitest";
import { runSmallFiles } from "../../builders/small-files-run.ts";

test("six hundred small files arrive once each while the agent is killed, stopped and started", async () => {
  const { calls, once, rows, legs, skipped, stops } = await runSmallFiles({ files: 600, stops: 4, seed: 7 });
  expect(stops).toBeGreaterThan(3);
  // And the one that was written at the very end.
  expect({ calls, once, rows, legs, skipped }).toEqual({ calls: 601, once: 601, rows: 601, legs: 601, skipped: 0 });
}, 240_000);
