import { expect, test } from "vitest";
import { defaultShare } from "../../../src-shared/domain/budget.ts";
import { createReportHandlers } from "../../../src-main/engine/api/report-handlers.ts";
import { toLanes } from "../../../src-main/engine/api/lane-view.ts";
import { createPaceRig } from "../../builders/pace-rig.ts";
import { leastShortUse, measureUrgent, measureUse, paceCases } from "../../builders/pace-cases.ts";

/** The long tests go through every phase of each, and for longer. */
const short = {
  hubspot: { phaseMs: 10_000, phases: ["steady", "killed in the middle of a window"] },
  pipedrive: { phaseMs: 10_000, phases: ["killed in the middle of a window"] },
  zoho: { phaseMs: 60_000, phases: ["steady"] },
} as const;

test.each(paceCases)(
  "$name is used to 97 % and not exceeded",
  async (each) => {
    const uses = await measureUse(each, short[each.crm]);
    for (const { phase, share, refused, most } of uses) {
      expect([phase, refused, most <= each.limit]).toEqual([phase, 0, true]);
      expect(share, phase).toBeGreaterThanOrEqual(leastShortUse(each));
    }
  },
  120_000,
);

test("a real-time call behind a long bulk queue starts within the time of one call and 50 ms, wherever in a window it comes", async () => {
  const waits = await measureUrgent(200, [1, 1_300, 2_700, 900]);
  const interval = 10_000 / Math.floor(100 * defaultShare);
  expect(Math.max(...waits)).toBeLessThanOrEqual(interval + 50);
}, 120_000);

test("credentials that are revoked under a full queue: its calls wait and none fails; given back, they go on within the limit", async () => {
  const rig = await createPaceRig({
    crm: "hubspot",
    account: { tenSecondLimit: 100, otherAppsPerMinute: 0 },
    wayMs: 2,
  });
  const counts = () => rig.parts().deliveries.counts(rig.integrationId);
  try {
    rig.importCalls(170, 1, "queue");
    rig.start();
    await rig.world.advance(8_000);
    expect(counts().delivered).toBeGreaterThan(20);
    rig.stage.configure({ plainTokenRevoked: true });
    await rig.world.advance(30_000);
    const { delivered, waiting, uncertain } = counts();
    expect(counts()).toMatchObject({ queued: 0, sending: 0, dead: 0 });
    expect(delivered + waiting + uncertain).toBe(170);
    expect(rig.parts().integrations.get(rig.integrationId)).toMatchObject({
      state: "blocked",
      blockedReason: "auth_revoked",
    });
    rig.stage.configure({ plainTokenRevoked: false });
    // It looks again by itself every five minutes.
    await rig.world.advance(400_000, () => counts().delivered < 170);
    expect(counts()).toMatchObject({ delivered: 170, dead: 0, waiting: 0 });
    expect(rig.stats().rateLimited).toBe(0);
    expect(rig.stats().windows.find(({ name }) => name === "ten_secondly_rolling")?.max).toBeLessThanOrEqual(98);
  } finally {
    await rig.close();
  }
}, 120_000);

test("a share that is set in the middle of a long queue counts within seconds, and the status tells when each lane is empty", async () => {
  const rig = await createPaceRig({
    crm: "hubspot",
    account: { tenSecondLimit: 100, otherAppsPerMinute: 0 },
    wayMs: 2,
  });
  const { now } = rig.world.engineClock;
  const account = () => {
    const found = rig.parts().integrations.get(rig.integrationId);
    if (found === undefined) throw new Error("the integration is gone");
    return found;
  };
  const lanes = () => toLanes(rig.parts(), account(), rig.parts().gauges(rig.integrationId), now());
  try {
    rig.importCalls(240, 3, "bulk");
    expect(lanes()[3]).toMatchObject({ waiting: 240, perMinute: null, drainsAt: null, why: "no_pace" });
    rig.start();
    await rig.world.advance(12_000);
    rig.parts().integrations.update(rig.integrationId, { settings: { useAtMostPercent: "50" } }, now());
    await rig.world.advance(12_000);
    const before = rig.stats().requests;
    await rig.world.advance(10_000);
    const used = rig.stats().requests - before;
    expect(used).toBeLessThanOrEqual(50);
    expect(used).toBeGreaterThanOrEqual(40);
    const { drainsAt = null, perMinute = null } = lanes()[3] ?? {};
    expect(perMinute).toBeGreaterThan(200);
    await rig.world.advance(120_000, () => rig.parts().deliveries.counts(rig.integrationId).delivered < 240);
    // The pace of the minutes before was higher.
    expect(now() - (drainsAt ?? 0)).toBeLessThan(20_000);
    expect(lanes()[3]).toMatchObject({ waiting: 0, perMinute: null, drainsAt: null, why: "empty" });
  } finally {
    await rig.close();
  }
}, 120_000);

test("what others use of a short window is kept for the next start, and the statement tells that of the day alone", async () => {
  const rig = await createPaceRig({ crm: "hubspot", account: { tenSecondLimit: 100, otherAppsPerMinute: 60 } });
  const { now } = rig.world.engineClock;
  try {
    rig.importCalls(20, 0, "queue");
    rig.start();
    await rig.world.advance(15_000);
    const { budget, gauges } = rig.parts();
    const kept = budget.wordsBetween(rig.integrationId, 0, now() + 60_000).filter(({ window }) => window !== "day");
    expect(kept).toMatchObject([{ window: "ten_seconds", limit: 100 }]);
    expect(kept[0]?.others).toBeGreaterThanOrEqual(10);
    expect(gauges(rig.integrationId).find(({ name }) => name === "ten_seconds")?.usedByOthers).toBeLessThan(20);
    const { run } = createReportHandlers(rig.parts())["reports:statement"];
    const date = new Date(now()).toISOString().slice(0, 10);
    let statement: unknown;
    void run(
      { date, timeZone: "UTC", skippedRows: 0 },
      { signal: new AbortController().signal, onProgress: () => undefined },
      (commit) => commit(),
    ).then((answer) => (statement = answer));
    await rig.world.advance(1_000, () => statement === undefined);
    expect(statement).toMatchObject({ ok: true });
    const { value } = statement as { value: { byIntegration: { usedByOthers: Record<string, number> }[] } };
    expect(value.byIntegration.map(({ usedByOthers }) => Object.keys(usedByOthers))).toEqual([["day"]]);
  } finally {
    await rig.close();
  }
}, 120_000);
