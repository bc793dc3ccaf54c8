import { expect, test } from "vitest";
import { runSmallFiles } from "../../builders/small-files-run.ts";

test("two hundred small files arrive once each while the agent is killed, stopped and started", async () => {
  const { calls, once, rows, legs, skipped, stops } = await runSmallFiles({ files: 200, stops: 3, seed: 7 });
  expect(stops).toBeGreaterThan(2);
  // And the one that was written at the very end.
  expect({ calls, once, rows, legs, skipped }).toEqual({ calls: 201, once: 201, rows: 201, legs: 201, skipped: 0 });
}, 240_000);
