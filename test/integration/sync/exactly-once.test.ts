import { expect, test } from "vitest";
import { killRun } from "../../builders/kill-run.ts";

test(
  "calls whose answers are lost, that commit late, in a process that is killed again and again, are in HubSpot exactly once and linked to the right person",
  { timeout: 180_000 },
  async () => {
    const run = await killRun({ calls: 90, files: 6, kills: 6, seed: 7, lostRate: 0.3, lateRate: 0.2 });
    expect(run.kills).toBe(6);
    expect(run.records).toHaveLength(90);
    expect(new Set(run.records.map(({ properties }) => properties["callledger_key"])).size).toBe(90);
    for (const { expected, actual } of run.links) expect(actual).toEqual([expected]);
    expect(run.rateLimited).toBe(0);
    for (const { limit, max } of run.windows) expect(max).toBeLessThanOrEqual(limit);
    expect(run.deliveries).toEqual({
      queued: 0,
      waiting: 0,
      sending: 0,
      uncertain: 0,
      delivered: 90,
      dead: 0,
      acknowledged: 0,
    });
    expect(run.auditOk).toBe(true);
    expect(run.balanced).toBe(true);
  },
);
