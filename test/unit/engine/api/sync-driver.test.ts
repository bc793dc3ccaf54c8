import { expect, test } from "vitest";
import { createSyncDriver, type SyncRunner } from "../../../../src-main/engine/api/sync-driver.ts";
import type { DeliveryStore } from "../../../../src-main/engine/ports/delivery-store.ts";
import type { SyncProgressView, SyncSummaryView } from "../../../../src-shared/ipc/sync-views.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

type RunAsk = Parameters<SyncRunner["run"]>[0];

const progress = (change: Partial<SyncProgressView>): SyncProgressView => ({
  delivered: 0,
  waiting: 0,
  dead: 0,
  queued: 0,
  uncertain: 0,
  apiCalls: 0,
  rateLimited: 0,
  ...change,
});
const summary = (change: Partial<SyncSummaryView>): SyncSummaryView => ({
  delivered: 0,
  waiting: 0,
  dead: 0,
  apiCalls: 0,
  rateLimited: 0,
  reason: "idle",
  ...change,
});

/** A driver over a runner whose runs end when the test says so, or when they are stopped. */
function setUp() {
  const clock = createVirtualClock();
  const runs: { ask: RunAsk; end: (summary: SyncSummaryView) => void }[] = [];
  let wakes = 0;
  const work = { hasWork: true };
  const runner: SyncRunner = {
    run: (ask) =>
      new Promise((resolve) => {
        runs.push({ ask, end: resolve });
        ask.signal?.addEventListener("abort", () => resolve(summary({ reason: "stopped" })));
      }),
    wake: () => (wakes += 1),
  };
  const counts = { queued: 0, waiting: 2, sending: 0, uncertain: 0, delivered: 9, dead: 1, acknowledged: 0 };
  const deliveries = { hasWork: () => work.hasWork, counts: () => counts } as unknown as DeliveryStore;
  const driver = createSyncDriver({ runner, deliveries, clock, onProgress: () => undefined });
  const context = () => {
    const controller = new AbortController();
    const shown: SyncProgressView[] = [];
    const onProgress = (each: SyncProgressView) => void shown.push(each);
    return { controller, shown, signal: controller.signal, onProgress };
  };
  return { clock, runs, driver, work, context, wakes: () => wakes };
}

const untilIdle = { until: "idle", idleHorizonMs: 1_000, maxMs: null } as const;
const untilStopped = { until: "stopped", idleHorizonMs: 0, maxMs: null } as const;

test("a second sync joins the one that runs, and ends when its own idle is reached", async () => {
  const { clock, runs, driver, work, context, wakes } = setUp();
  const first = driver.run(untilStopped, context());
  runs[0]?.ask.onProgress?.(progress({ delivered: 5, apiCalls: 7 }));
  const joiner = context();
  const second = driver.run(untilIdle, joiner);
  await clock.advance(300);
  expect(wakes()).toBe(1);
  runs[0]?.ask.onProgress?.(progress({ delivered: 8, apiCalls: 11 }));
  work.hasWork = false;
  await clock.advance(300);
  expect(await second).toEqual({
    ok: true,
    value: { delivered: 3, waiting: 2, dead: 1, apiCalls: 4, rateLimited: 0, reason: "idle" },
  });
  expect(joiner.shown[0]).toMatchObject({ delivered: 0 });
  expect(runs).toHaveLength(1);
  runs[0]?.end(summary({ reason: "stopped" }));
  await first;
});

test("who joined takes over when the one that ran is gone, and adds up what both did", async () => {
  const { clock, runs, driver, context } = setUp();
  const owner = context();
  const first = driver.run(untilStopped, owner);
  const second = driver.run(untilIdle, context());
  runs[0]?.ask.onProgress?.(progress({ delivered: 2, apiCalls: 2 }));
  owner.controller.abort();
  await clock.advance(300);
  expect(await first).toMatchObject({ ok: true, value: { reason: "stopped" } });
  expect(runs).toHaveLength(2);
  runs[1]?.end(summary({ delivered: 4, apiCalls: 5 }));
  expect(await second).toMatchObject({ ok: true, value: { delivered: 6, apiCalls: 7, reason: "idle" } });
});

test("time that was spent joined counts against the hard stop", async () => {
  const { clock, runs, driver, context } = setUp();
  const owner = context();
  const first = driver.run(untilStopped, owner);
  const second = driver.run({ ...untilIdle, maxMs: 5_000 }, context());
  await clock.advance(4_000);
  owner.controller.abort();
  await clock.advance(300);
  await first;
  expect(runs[1]?.ask.maxMs).toBeLessThanOrEqual(1_000);
  runs[1]?.end(summary({ reason: "max_seconds" }));
  expect(await second).toMatchObject({ ok: true, value: { reason: "max_seconds" } });
});

test("a closing engine stops what runs and hands it back as busy, so that the caller takes over", async () => {
  const { driver, context } = setUp();
  const running = driver.run(untilIdle, context());
  await driver.stop();
  expect(await running).toEqual({ ok: false, fault: { code: "busy", message: "The engine is closing." } });
  expect(await driver.run(untilIdle, context())).toMatchObject({ ok: false, fault: { code: "busy" } });
});

test("a caller who stops gets the account of what was done", async () => {
  const { driver, context } = setUp();
  const caller = context();
  const running = driver.run(untilIdle, caller);
  caller.controller.abort();
  expect(await running).toMatchObject({ ok: true, value: { reason: "stopped" } });
});
