import { afterEach, beforeEach, expect, test } from "vitest";
import { type SyncRig, createSyncRig } from "../../builders/sync-rig.ts";
import { type Guard, guardTransactions, throwDiskFault } from "../../simulation/crash.ts";

let rig: SyncRig;
let guard: Guard;
let left = Number.POSITIVE_INFINITY;

beforeEach(async () => {
  rig = await createSyncRig();
  guard = guardTransactions({
    before: () => undefined,
    within: () => {
      left -= 1;
      if (left === 0) throwDiskFault("SQLITE_FULL");
    },
    after: () => undefined,
  });
});
afterEach(async () => {
  guard.release();
  await rig.close();
});

test(
  "whichever transaction meets a full disk: the run ends with the disk's error, and no call is a mistake of ours",
  { timeout: 90_000 },
  async () => {
    await rig.contact("+447700900000");
    rig.importCalls([{ logKey: "C-0" }]);
    await rig.untilIdle();
    let failures = 0;
    for (const transaction of [2, 5, 7, 9]) {
      rig.importCalls([{ logKey: "C-0", durationSeconds: 60 + transaction }]);
      left = transaction;
      await rig.untilIdle().catch((error: unknown) => {
        failures += 1;
        expect(error).toMatchObject({ code: "SQLITE_FULL" });
      });
      left = Number.POSITIVE_INFINITY;
      await rig.untilIdle();
      expect(rig.store.deliveries.counts()).toMatchObject({ delivered: 1, dead: 0 });
    }
    expect(failures).toBeGreaterThan(2);
    const [call] = await rig.calls();
    expect(call?.properties["hs_call_duration"]).toBe("69000");
  },
);

test(
  "a worker that was hired while a request was on its way ends the run as well: no call stays claimed",
  { timeout: 120_000 },
  async () => {
    const busy = await createSyncRig({
      connector: (real) => ({ ...real, limits: { ...real.limits, writeRows: 1 } }),
    });
    try {
      await busy.contact("+447700900000");
      let failures = 0;
      for (const transaction of [12, 15, 18, 21, 24, 27, 30]) {
        busy.importCalls(Array.from({ length: 8 }, (_, index) => ({ logKey: `C-${transaction}-${index}` })));
        left = transaction;
        await busy.untilIdle().catch((error: unknown) => {
          failures += 1;
          expect(error).toMatchObject({ code: "SQLITE_FULL" });
        });
        expect(left).toBeLessThanOrEqual(0);
        left = Number.POSITIVE_INFINITY;
        await busy.untilIdle();
        expect(busy.store.deliveries.counts()).toMatchObject({ sending: 0, uncertain: 0, dead: 0 });
      }
      expect(failures).toBe(7);
    } finally {
      await busy.close();
    }
  },
);
