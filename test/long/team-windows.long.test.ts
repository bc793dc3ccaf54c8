import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { BudgetWindow } from "../../src-shared/domain/budget.ts";
import { hasRedis, startRedis } from "../builders/redis-server.ts";
import { createTeamPc, type TeamPc, until } from "../builders/team-pc.ts";

const window: BudgetWindow = {
  name: "five_seconds",
  lengthMs: 5_000,
  limit: 50,
  share: 0.98,
  daily: false,
  reset: { kind: "rolling" },
};
const answerMs = 30;
const workers = 4;

/** A vendor that counts arrivals in any five seconds, and tells what is left. */
function aVendor() {
  const arrivals: number[] = [];
  let max = 0;
  return {
    arrive: (): number => {
      const now = performance.now();
      arrivals.push(now);
      const used = arrivals.filter((at) => at > now - window.lengthMs).length;
      max = Math.max(max, used);
      return window.limit - used;
    },
    max: () => max,
    /** Share of the limit that was used in two windows from now on. */
    utilisation: async (): Promise<number> => {
      const [since, before] = [performance.now(), arrivals.length];
      await delay(2 * window.lengthMs);
      return (arrivals.length - before) / ((window.limit * (performance.now() - since)) / window.lengthMs);
    },
  };
}

/** A PC that sends as fast as it may until it is stopped; the answers of a killed one are heard by nobody. */
function work(pc: TeamPc, vendor: ReturnType<typeof aVendor>) {
  let isStopped = false;
  const one = async (): Promise<void> => {
    while (!isStopped) {
      const room = await pc.reserve({ [window.name]: 1 });
      if ("waitMs" in room) {
        await delay(room.waitMs);
        continue;
      }
      const remaining = vendor.arrive();
      await delay(answerMs);
      if (!isStopped) pc.pace.settle(room, [{ window: window.name, remaining }]);
    }
  };
  const done = Promise.all(Array.from({ length: workers }, one));
  return async (): Promise<void> => {
    isStopped = true;
    await pc.kill();
    await done;
  };
}

describe.skipIf(!hasRedis)("two PCs that send as fast as they may through a real Redis", () => {
  test("at least 95 % is used and the limit never passed: together, when one is killed, without Redis, and with it again", async () => {
    const redis = await startRedis();
    const vendor = aVendor();
    const pcs = [createTeamPc(redis, { windows: [window] }), createTeamPc(redis, { windows: [window] })] as const;
    await until(() => pcs.some((pc) => Object.keys(pc.told()).length === 2));
    await redis.edit("s.wait = {}");
    const stops = pcs.map((pc) => work(pc, vendor));
    try {
      await delay(window.lengthMs);
      const together = await vendor.utilisation();
      await redis.stop();
      // One window and five seconds for what the other sent; then each has its half.
      await delay(3 * window.lengthMs);
      const apart = await vendor.utilisation();
      await redis.start();
      await delay(2 * window.lengthMs);
      const again = await vendor.utilisation();
      await stops[0]?.();
      await delay(3 * window.lengthMs);
      const alone = await vendor.utilisation();
      const shares = { together, apart, again, alone, max: vendor.max() };
      console.log("Share of the limit that two PCs used:", shares);
      expect(vendor.max()).toBeLessThanOrEqual(window.limit);
      for (const used of [together, again, alone]) expect(used).toBeGreaterThanOrEqual(0.95);
      // Each of them rounds its half down.
      expect(apart).toBeGreaterThanOrEqual(0.9);
    } finally {
      await Promise.all(stops.map((stop) => stop()));
      await redis.close();
    }
  });
});
