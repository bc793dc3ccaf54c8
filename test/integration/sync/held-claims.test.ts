import { expect, test } from "vitest";
import { createSyncRig } from "../../builders/sync-rig.ts";

test("few calls are claimed before their turn: a claim holds a call from being corrected, and from who is more urgent", async () => {
  const ahead: number[] = [];
  let countClaims = (): number => 0;
  let inFlight = 0;
  const rig = await createSyncRig({
    unknownCaller: "log",
    connector: (real) => ({ ...real, limits: { ...real.limits, writeRows: 1 } }),
    http: (real) => ({
      ...real,
      request: async (asked) => {
        inFlight += 1;
        if (asked.url.endsWith("/batch/create")) ahead.push(countClaims() - inFlight);
        try {
          return await real.request(asked);
        } finally {
          inFlight -= 1;
        }
      },
    }),
  });
  countClaims = () => rig.store.deliveries.counts().sending;
  try {
    rig.importCalls(Array.from({ length: 60 }, (_, index) => ({ logKey: `C-${index}` })));
    expect(await rig.untilIdle()).toMatchObject({ delivered: 60 });
    expect(ahead).toHaveLength(60);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(3);
  } finally {
    await rig.close();
  }
});
