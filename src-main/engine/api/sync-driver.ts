import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CallFault, CallInput } from "../../../src-shared/ipc/contract.ts";
import type { SyncProgressView, SyncSummaryView } from "../../../src-shared/ipc/sync-views.ts";
import { fault } from "../host/engine.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import type { CallContext } from "./dispatcher.ts";

type RunAsk = CallInput<"sync:run">;

/** The part of the sync that is driven from here. */
export type SyncRunner = Readonly<{
  run(
    ask: Readonly<{
      until: "idle" | "stopped";
      idleHorizonMs: number;
      readingOf?: number;
      maxMs?: number;
      signal?: AbortSignal;
      onProgress?: (progress: SyncProgressView) => void;
    }>,
  ): Promise<SyncSummaryView>;
  wake(): void;
}>;

export type SyncDriver = Readonly<{
  run(ask: RunAsk, context: CallContext<SyncProgressView>): Answer;
  /**
   * Reads the copy of an integration's people until `isDone`: by the sync that runs, or by one of its own that sends
   * nothing. Ends without it being done where the integration cannot be worked with.
   */
  readPeople(id: number, isDone: () => boolean, signal: AbortSignal): Promise<void>;
  wake(): void;
  /** Stops what runs; it ends within the sync's own bound. */
  stop(): Promise<void>;
}>;

/** How often one who joined a running sync looks whether it is idle. */
const joinedLookMs = 200;

type Running = { readonly ended: Promise<void>; readonly controller: AbortController; last: SyncProgressView };

type Answer = Promise<Outcome<SyncSummaryView, CallFault>>;

const closing = fault("busy", "The engine is closing.");

const nothingDone: SyncSummaryView = {
  delivered: 0,
  waiting: 0,
  dead: 0,
  apiCalls: 0,
  rateLimited: 0,
  reason: "stopped",
};

/** What was done adds up; what stands is the later one's. */
const addUp = (earlier: SyncSummaryView, later: SyncSummaryView): SyncSummaryView => ({
  ...later,
  delivered: earlier.delivered + later.delivered,
  apiCalls: earlier.apiCalls + later.apiCalls,
  rateLimited: earlier.rateLimited + later.rateLimited,
});

const noProgress: SyncProgressView = {
  delivered: 0,
  waiting: 0,
  dead: 0,
  queued: 0,
  uncertain: 0,
  apiCalls: 0,
  rateLimited: 0,
};

const doneSince = (before: SyncProgressView, now: SyncProgressView) => ({
  delivered: now.delivered - before.delivered,
  apiCalls: now.apiCalls - before.apiCalls,
  rateLimited: now.rateLimited - before.rateLimited,
});

/**
 * One sync at a time. Who asks while one runs joins it: woken, watched until it is idle by the joiner's own horizon, and
 * counted from there. When the one that runs ends first, the joiner takes over.
 */
export function createSyncDriver(parts: {
  runner: SyncRunner;
  deliveries: DeliveryStore;
  clock: Clock;
  onProgress: (progress: SyncProgressView) => void;
}): SyncDriver {
  const { runner, deliveries, clock } = parts;
  let running: Running | undefined;
  let isStopped = false;

  async function lead(
    ask: RunAsk & Readonly<{ readingOf?: number }>,
    maxMs: number | null,
    context: CallContext<SyncProgressView>,
  ) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    if (context.signal.aborted) stop();
    context.signal.addEventListener("abort", stop);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const mine: Running = { ended, controller, last: noProgress };
    running = mine;
    try {
      return await runner.run({
        until: ask.until,
        idleHorizonMs: ask.idleHorizonMs,
        ...(ask.readingOf === undefined ? {} : { readingOf: ask.readingOf }),
        ...(maxMs === null ? {} : { maxMs }),
        signal: controller.signal,
        onProgress: (progress) => {
          mine.last = progress;
          parts.onProgress(progress);
          context.onProgress(progress);
        },
      });
    } finally {
      context.signal.removeEventListener("abort", stop);
      running = undefined;
      end();
    }
  }

  /** Watches a sync that somebody else started; undefined when that one ended before this one was done. */
  async function join(theirs: Running, ask: RunAsk, maxMs: number | null, context: CallContext<SyncProgressView>) {
    const before = theirs.last;
    const since = clock.monotonic();
    let hasEnded = false;
    void theirs.ended.then(() => (hasEnded = true));
    runner.wake();
    const summary = (reason: SyncSummaryView["reason"]): SyncSummaryView => {
      const { waiting, dead } = deliveries.counts();
      return { ...doneSince(before, theirs.last), waiting, dead, reason };
    };
    for (;;) {
      await clock.sleep(joinedLookMs, context.signal);
      if (context.signal.aborted) return { done: true, summary: summary("stopped") } as const;
      context.onProgress({ ...theirs.last, ...doneSince(before, theirs.last) });
      const now = clock.now();
      if (ask.until === "idle" && !deliveries.hasWork(now, now + ask.idleHorizonMs))
        return { done: true, summary: summary("idle") } as const;
      if (maxMs !== null && clock.monotonic() - since >= maxMs)
        return { done: true, summary: summary("max_seconds") } as const;
      if (hasEnded) return { done: false, summary: summary("stopped") } as const;
    }
  }

  async function run(ask: RunAsk, context: CallContext<SyncProgressView>): Answer {
    const since = clock.monotonic();
    const left = () => (ask.maxMs === null ? null : Math.max(1, ask.maxMs - (clock.monotonic() - since)));
    let total = nothingDone;
    while (running !== undefined) {
      const joined = await join(running, ask, left(), context);
      total = addUp(total, joined.summary);
      if (joined.done) return { ok: true, value: total };
    }
    if (isStopped) return closing;
    total = addUp(total, await lead(ask, left(), context));
    // Stopped from inside, not by who asked: the rest is somebody else's to do.
    return isStopped && !context.signal.aborted ? closing : { ok: true, value: total };
  }

  async function readPeople(id: number, isDone: () => boolean, signal: AbortSignal): Promise<void> {
    runner.wake();
    while (running !== undefined && !isDone() && !signal.aborted) await clock.sleep(joinedLookMs, signal);
    if (isDone() || isStopped || signal.aborted) return;
    const ask = { until: "idle", idleHorizonMs: 0, maxMs: null, readingOf: id } as const;
    await lead(ask, null, { signal, onProgress: () => undefined });
  }

  return {
    run,
    readPeople,
    wake: () => runner.wake(),
    async stop() {
      isStopped = true;
      const current = running;
      current?.controller.abort();
      await current?.ended;
    },
  };
}
