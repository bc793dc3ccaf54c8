import { expect, test } from "vitest";
import { expectExactlyOnce } from "../../builders/exactly-once.ts";
import { killRun } from "../../builders/kill-run.ts";

test(
  "calls whose answers are lost, that commit late, in a process that is killed again and again, are in four CRMs exactly once and linked to the right person",
  { timeout: 180_000 },
  async () => {
    const ask = { calls: 40, files: 4, kills: 4, seed: 7, lostRate: 0.1, lateRate: 0.05 };
    const run = await killRun(ask);
    expectExactlyOnce(run, ask);
    for (const { crm, spending } of run.crms) {
      console.log(`${crm}: ${spending.formula}`);
      // Forty calls are a small part of what signing in takes; the long run holds what the formula allows.
      expect(spending.batches + spending.probes + spending.lookUps, crm).toBeGreaterThan(0);
      expect(spending.spent, crm).toBeLessThanOrEqual(2 * (spending.batches + spending.probes + spending.lookUps));
    }
  },
);
