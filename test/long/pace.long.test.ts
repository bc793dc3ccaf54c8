import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { defaultShare } from "../../src-shared/domain/budget.ts";
import { leastUse, measureUrgent, measureUse, paceCases, pacePhases } from "../builders/pace-cases.ts";
import { createSyncRig } from "../builders/sync-rig.ts";

const minuteMs = 60_000;

test.each(paceCases)(
  "$name is used to 97 % for minutes, also after a kill and after jumps of the clock, and nothing is refused",
  async (each) => {
    const uses = await measureUse(each, { phaseMs: 3 * minuteMs, phases: pacePhases });
    console.log(each.name, JSON.stringify(uses));
    for (const { phase, share, refused, most } of uses) {
      expect([phase, refused, most <= each.limit]).toEqual([phase, 0, true]);
      expect(share, phase).toBeGreaterThanOrEqual(leastUse);
    }
  },
  20 * minuteMs,
);

test(
  "a real-time call behind 100,000 bulk deliveries starts within the time of one call and 50 ms",
  async () => {
    const waits = await measureUrgent(100_000, [1, 1_300, 2_700, 900, 4_100, 77, 3_333, 10_000, 4_567, 2_345]);
    console.log("waits in ms:", waits.join(", "));
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000 / Math.floor(100 * defaultShare) + 50);
  },
  20 * minuteMs,
);

test(
  "HubSpot's ten seconds are used to 97 % of our share in real time, and nothing is refused",
  async () => {
    const rig = await createSyncRig({
      unknownCaller: "log",
      requestTimeoutMs: 10_000,
      connector: (real) => ({ ...real, limits: { ...real.limits, writeRows: 1 } }),
    });
    try {
      const limit = 100;
      await rig.admin("POST", "/config", { tenSecondLimit: limit, otherAppsPerMinute: 0 });
      rig.importCalls(Array.from({ length: 900 }, (_, index) => ({ logKey: `C-${index}` })));
      const stopping = new AbortController();
      const run = rig.sync.run({ until: "stopped", idleHorizonMs: 0, signal: stopping.signal });
      await delay(15_000);
      const windows = 6;
      const before = await rig.admin("GET", "/stats");
      await delay(windows * 10_000);
      const after = await rig.admin("GET", "/stats");
      stopping.abort();
      await run;
      const share = (after.requests - before.requests) / (windows * limit);
      console.log(`${after.requests - before.requests} calls in ${windows} windows of ${limit}: ${share}`);
      expect(after.rateLimited).toBe(0);
      expect(share).toBeGreaterThanOrEqual(0.97 * defaultShare);
    } finally {
      await rig.close();
    }
  },
  5 * minuteMs,
);
