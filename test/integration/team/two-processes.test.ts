import { afterEach, describe, expect, test, vi } from "vitest";
import { hasRedis, startRedis, type RealRedis } from "../../builders/redis-server.ts";
import { startTeamRun, type TeamRun } from "../../builders/team-run.ts";

vi.setConfig({ testTimeout: 300_000 });

let redis: RealRedis | undefined;
let run: TeamRun | undefined;
afterEach(async () => {
  await run?.close();
  await redis?.close();
});

describe.skipIf(!hasRedis)("two engine processes on two data folders with one Redis", () => {
  test("they use one account's window together, never beyond it, also while one is killed and Redis is gone and back", async () => {
    redis = await startRedis();
    const config = { burstLimit: 40 };
    run = await startTeamRun({ crm: "pipedrive", redis, calls: 250, pcs: 2, config, window: "burst" });
    const first = run.start(0);
    run.start(1);
    // Both are there: nobody is missing whose requests could be unknown.
    await run.joined(2);
    await run.until(45);
    const used = await run.utilisation(2);
    console.log(`Two processes used ${(used * 100).toFixed(1)} % of Pipedrive's two seconds`);
    await redis.stop();
    first.child.kill("SIGKILL");
    await first.finished;
    const status = await run.status(1);
    expect(JSON.stringify(status)).toMatch(/Redis can't be reached since .* using half of the limit/);
    await redis.start();
    await run.until(10);
    const { max, limit, rateLimited } = await run.look();
    expect(rateLimited).toBe(0);
    expect(max).toBeLessThanOrEqual(limit);
    // A busy computer sends later than it may; what a free one reaches is measured by the long run.
    expect(max).toBeGreaterThanOrEqual(0.9 * limit);
  });
});
