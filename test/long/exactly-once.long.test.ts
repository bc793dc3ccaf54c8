import { expect, test } from "vitest";
import { killRun } from "../builders/kill-run.ts";

test.each([1, 2, 3])(
  "300 calls, 10 % of answers lost after the commit, some commits late, 20 kills in the middle of work: exactly 300 (seed %i)",
  { timeout: 900_000 },
  async (seed) => {
    const run = await killRun({ calls: 300, files: 20, kills: 20, seed, lostRate: 0.1, lateRate: 0.1 });
    expect(run.kills).toBe(20);
    expect(run.records).toHaveLength(300);
    expect(new Set(run.records.map(({ properties }) => properties["callledger_key"])).size).toBe(300);
    for (const { expected, actual } of run.links) expect(actual).toEqual([expected]);
    expect(run.rateLimited).toBe(0);
    expect(run.deliveries).toEqual({
      queued: 0,
      waiting: 0,
      sending: 0,
      uncertain: 0,
      delivered: 300,
      dead: 0,
      acknowledged: 0,
    });
    expect(run.auditOk).toBe(true);
    expect(run.balanced).toBe(true);
  },
);
