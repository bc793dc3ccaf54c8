import { afterEach, describe, expect, test, vi } from "vitest";
import { hasRedis, startRedis, type RealRedis } from "../../builders/redis-server.ts";
import { until } from "../../builders/team-pc.ts";
import { startTeamRun, type TeamRun } from "../../builders/team-run.ts";

vi.setConfig({ testTimeout: 300_000 });

let redis: RealRedis | undefined;
let run: TeamRun | undefined;
afterEach(async () => {
  await run?.close();
  await redis?.close();
});

describe.skipIf(!hasRedis)("two engine processes on two data folders with one Redis", () => {
  test("they use one account's window together and never beyond it, and say so when Redis is gone", async () => {
    redis = await startRedis();
    const config = { burstLimit: 40 };
    run = await startTeamRun({ crm: "pipedrive", redis, calls: 250, pcs: 2, config, window: "burst" });
    run.start(0);
    run.start(1);
    // Both are there: nobody is missing whose requests could be unknown.
    await run.joined(2);
    await run.until(40);
    const used = await run.utilisation(1);
    console.log(`Two processes used ${(used * 100).toFixed(1)} % of Pipedrive's two seconds`);
    await redis.stop();
    const isAlone = async (): Promise<boolean> =>
      /Redis can't be reached since .* using half of the limit/.test(JSON.stringify(await run?.status(1)));
    await until(isAlone);
    const { max, limit, rateLimited } = await run.look();
    expect(rateLimited).toBe(0);
    expect(max).toBeLessThanOrEqual(limit);
    // A busy computer sends later than it may; what a free one reaches is measured by the long run.
    expect(max).toBeGreaterThanOrEqual(0.9 * limit);
  });
});
