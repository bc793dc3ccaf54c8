import { expect, test } from "vitest";
import { runSmallFiles } from "../builders/small-files-run.ts";

test("ten thousand small files arrive once each while the agent is killed, stopped and started twenty times", async () => {
  const { calls, once, rows, legs, skipped, stops } = await runSmallFiles({ files: 10_000, stops: 20, seed: 11 });
  expect(stops).toBeGreaterThan(19);
  const all = 10_001;
  expect({ calls, once, rows, legs, skipped }).toEqual({ calls: all, once: all, rows: all, legs: all, skipped: 0 });
}, 1_800_000);
