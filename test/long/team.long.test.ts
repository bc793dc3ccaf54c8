import { describe, expect, test } from "vitest";
import { hasRedis, startRedis } from "../builders/redis-server.ts";
import { startTeamRun, type TeamRun } from "../builders/team-run.ts";

const pipedrive = { crm: "pipedrive", window: "burst", config: { burstLimit: 40 } } as const;

const hubspot = { crm: "hubspot", window: "ten_secondly_rolling", config: { tenSecondLimit: 100 } } as const;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

describe.skipIf(!hasRedis)("two engine processes on two data folders with one Redis", () => {
  async function withTeam(
    ask: Omit<Parameters<typeof startTeamRun>[0], "redis" | "pcs">,
    work: (run: TeamRun, redis: Awaited<ReturnType<typeof startRedis>>) => Promise<void>,
  ): Promise<void> {
    const redis = await startRedis();
    try {
      const run = await startTeamRun({ ...ask, redis, pcs: 2 });
      try {
        await work(run, redis);
      } finally {
        await run.close();
      }
    } finally {
      await redis.close();
    }
  }

  async function expectWithin(run: TeamRun): Promise<void> {
    const { max, limit, rateLimited } = await run.look();
    expect(rateLimited).toBe(0);
    expect(max).toBeLessThanOrEqual(limit);
  }

  test("HubSpot's ten seconds: at least 90 % is used, also when one is killed in the middle of a window", async () => {
    await withTeam({ ...hubspot, calls: 45_000 }, async (run) => {
      const first = run.start(0);
      run.start(1);
      await run.until(45);
      const together = await run.utilisation(2);
      first.child.kill("SIGKILL");
      await first.finished;
      // What the dead one had open counts for a while; then all is the other's.
      await run.until(40);
      const alone = await run.utilisation(2);
      run.start(0);
      await run.until(40);
      const again = await run.utilisation(2);
      console.log(`HubSpot: together ${percent(together)}, one killed ${percent(alone)}, both again ${percent(again)}`);
      await expectWithin(run);
      for (const used of [together, alone, again]) expect(used).toBeGreaterThanOrEqual(0.9);
    });
  });

  test("HubSpot's ten seconds, with Redis stopped and started in between: each its half, then all again", async () => {
    await withTeam({ ...hubspot, calls: 45_000 }, async (run, redis) => {
      run.start(0);
      run.start(1);
      await run.until(45);
      await redis.stop();
      await run.until(30);
      // A half sends in five seconds of ten: fewer windows tell more of where in that they begin than of what is used.
      const apart = await run.utilisation(4);
      const status = await run.status(0);
      await redis.start();
      await run.until(40);
      const again = await run.utilisation(4);
      console.log(`HubSpot: without Redis ${percent(apart)}, with it again ${percent(again)}`);
      await expectWithin(run);
      expect(JSON.stringify(status)).toMatch(/Redis can't be reached since .* using half of the limit/);
      expect(JSON.stringify(await run.status(0))).toContain("2 PCs share the limits");
      expect(again).toBeGreaterThanOrEqual(0.9);
    });
  });

  test("Pipedrive's two seconds, while one is killed and Redis is stopped, started and emptied", async () => {
    await withTeam({ ...pipedrive, calls: 900 }, async (run, redis) => {
      const first = run.start(0);
      run.start(1);
      await run.until(120);
      const together = await run.utilisation(5);
      first.child.kill("SIGKILL");
      await first.finished;
      await run.until(60);
      run.start(0);
      await run.until(60);
      await redis.stop();
      await run.until(60);
      await redis.start();
      await run.until(60);
      await redis.command("FLUSHALL");
      await run.until(100);
      const again = await run.utilisation(5);
      console.log(`Pipedrive: ${percent(together)} at first, ${percent(again)} in the end`);
      await expectWithin(run);
    });
  });
});
