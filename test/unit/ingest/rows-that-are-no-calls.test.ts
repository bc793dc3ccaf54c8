import { expect, test } from "vitest";
import { join } from "node:path";
import { parsePath } from "../../builders/parsed-log.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/call-logs");

/** How many rows of a fixture were left out for a reason. */
async function countSkipped(path: string, reason: string): Promise<Readonly<{ skipped: number; calls: number }>> {
  const { calls, summary } = await parsePath(join(fixtures, path));
  return { skipped: summary.skipped.filter((row) => row.reason === reason).length, calls: calls.length };
}

test("heads that a Panasonic prints on every page are told as such, and are no calls", async () => {
  const { skipped, calls } = await countSkipped("panasonic-smdr/smdr.log", "page_header");
  expect(skipped).toBeGreaterThanOrEqual(2);
  expect(calls).toBeGreaterThan(0);
});

test("a CUCM's records of voice quality are told as such, every one", async () => {
  const cmr = "cisco-cucm-cdr/cmr_StandAloneCluster_01_202506020915_1043";
  expect(await countSkipped(cmr, "cmr_record")).toEqual({ skipped: 6, calls: 0 });
});
