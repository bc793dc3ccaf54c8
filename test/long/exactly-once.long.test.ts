import { expect, test } from "vitest";
import { expectExactlyOnce } from "../builders/exactly-once.ts";
import { killRun } from "../builders/kill-run.ts";

test.each([1, 2, 3])(
  "250 calls into four CRMs, 10 % of answers lost, some commits late, 20 kills in the middle of work: exactly 250 in each, at no more than 1.3 times what the work takes (seed %i)",
  { timeout: 900_000 },
  async (seed) => {
    const ask = { calls: 250, files: 20, kills: 20, seed, lostRate: 0.1, lateRate: 0.05 };
    const run = await killRun(ask);
    expectExactlyOnce(run, ask);
    for (const { crm, spending } of run.crms) {
      console.log(`seed ${seed}, ${crm}: ${spending.formula}`);
      expect(spending.isWithin, `${crm}: ${spending.formula}`).toBe(true);
    }
  },
);
