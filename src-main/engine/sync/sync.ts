import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import { defaultRetryPolicy } from "../../../src-shared/domain/retry-policy.ts";
import type { AccountMemory } from "../ports/account-memory.ts";
import type { BudgetStore } from "../ports/budget-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmAnswer } from "../ports/connector.ts";
import type { CrmCheckStore } from "../ports/crm-checks.ts";
import type { DeliveryCounts, DeliveryStore, EngineSession } from "../ports/delivery-store.ts";
import type { Http } from "../ports/http.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Matcher } from "../ports/matcher.ts";
import type { Mirror } from "../ports/mirror.ts";
import type { WindowGauge } from "../ports/pace.ts";
import type { Random } from "../ports/random.ts";
import type { SchemaStore } from "../ports/schema-store.ts";
import type { Team } from "../ports/team.ts";
import { type IntegrationRuntime, type Spending, createIntegrationRuntime } from "./integration-runtime.ts";
import type { StampBase } from "./pace-track.ts";

export type SyncProgress = Readonly<{
  counts: DeliveryCounts;
  apiCalls: number;
  rateLimited: number;
  perIntegration: readonly Readonly<{ integrationId: number; counts: DeliveryCounts }>[];
}>;

export type SyncSummary = Readonly<{
  /** Deliveries that reached this state while it ran; `waiting` and `dead` as they stand at the end. */
  delivered: number;
  waiting: number;
  dead: number;
  apiCalls: number;
  rateLimited: number;
  reason: "idle" | "max_seconds" | "stopped";
}>;

export type SyncAsk = Readonly<{
  until: "idle" | "stopped";
  /** Only the copy of this integration's people is read; nothing is sent. */
  readingOf?: number;
  /** What waits longer than this does not keep it from being idle, ms. */
  idleHorizonMs: number;
  maxMs?: number;
  signal?: AbortSignal;
  onProgress?: (progress: SyncProgress) => void;
}>;

export type SyncParts = Readonly<{
  clock: Clock;
  random: Random;
  deliveries: DeliveryStore;
  integrations: IntegrationStore;
  budget: BudgetStore;
  accountMemory: AccountMemory;
  matcher: Matcher;
  mirror: Mirror;
  schemas: SchemaStore;
  checks: CrmCheckStore;
  connectorFor: (integration: Integration) => Connector;
  contractFor: (integration: Integration) => OwnershipContract;
  http: Http;
  team?: Team;
  requestTimeoutMs: number;
  /** A defect of ours that was settled; for the log. */
  onBug: (error: unknown) => void;
  /** Looks now and then whether dead letters are to go out again: whether it put anything into the queue. */
  revive?: () => boolean;
  /** Called at every turn, some times a second while there is work: for what the process wants to look after. */
  onTurn?: () => void;
}>;

/** Moves deliveries until idle or stopped. One run at a time. */
export type Sync = Readonly<{
  run(ask: SyncAsk): Promise<SyncSummary>;
  /** New work may be there (an import, a replay, a resume). */
  wake(): void;
  gauges(integrationId: number): readonly WindowGauge[];
  /** Counts requests that were sent past the sync (a check that a person asked for); false where no sync works for it. */
  book(integrationId: number, spent: readonly Spending[]): boolean;
}>;

/** Looks at what became due at least this often, ms. */
const tickMs = 500;
const progressMs = 500;
const compactMs = 60_000;
/** Reservations that are older than the newest by this left every short window, ms. */
const compactOlderMs = 10 * 60_000;
/** Nothing of ours waits longer than this for its next try; waits for the CRM's limits may last a day. Both in ms. */
const longestRetryMs = defaultRetryPolicy.capMs + 60_000;
const longestWaitMs = 25 * 3_600_000;
/** A wall clock that goes back by more than this was set, ms. */
const setBackMs = 1_000;
/** Requests in flight may finish for this long after a stop; then they are cut and their answers are lost, ms. */
const stopGraceMs = 8_000;
const dueBatch = 200;
/** How often dead letters are looked at, ms. */
const reviveMs = 30_000;

export function createSync(parts: SyncParts): Sync {
  const { clock, deliveries, integrations } = parts;
  let runtimes = new Map<number, Readonly<{ settings: string; runtime: IntegrationRuntime }>>();
  let wakeUp: () => void = () => undefined;
  let isRunning = false;

  function createRun(session: EngineSession, isReadingOnly: boolean) {
    const stopping = new AbortController();
    const cut = new AbortController();
    const counters = { apiCalls: 0, rateLimited: 0 };
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure ??= error;
      stopping.abort();
      wakeUp();
    };
    const onAnswer = (answer: CrmAnswer): void => {
      counters.apiCalls += 1;
      if (answer.kind === "answer" && answer.status === 429) counters.rateLimited += 1;
    };
    const stampBases = new Map<number, StampBase>();
    function stampBaseOf(integrationId: number): StampBase {
      const base = stampBases.get(integrationId) ?? { aheadMs: null };
      stampBases.set(integrationId, base);
      return base;
    }
    const runtimeOf = (integration: Integration): IntegrationRuntime => {
      const settings = JSON.stringify([
        integration.baseUrl,
        integration.secret,
        integration.contract,
        integration.settings,
        parts.team?.settings(),
        integration.account?.accountId,
      ]);
      const known = runtimes.get(integration.id);
      if (known !== undefined && known.settings === settings) return known.runtime;
      // A changed key, contract or address takes effect as soon as nobody is at work under the old one, which takes no more.
      known?.runtime.retire();
      if (known !== undefined && known.runtime.isAtWork()) return known.runtime;
      known?.runtime.leave().catch(fail);
      const made = createIntegrationRuntime(integration, {
        ...parts,
        connector: parts.connectorFor(integration),
        contract: parts.contractFor(integration),
        session,
        stampBase: stampBaseOf(integration.id),
        isReadingOnly,
        stopping: stopping.signal,
        cut: cut.signal,
        onAnswer,
        onFailure: fail,
        onRest: () => wakeUp(),
      });
      runtimes.set(integration.id, { settings, runtime: made });
      // A person who starts a sync expects it to look again, whatever was looked up before.
      parts.matcher.forget(integration.id);
      // Held calls are found by the copy of the CRM; another policy decides about all of them anew.
      if (integration.unknownCaller !== "hold") deliveries.recheckHeld(integration.id, clock.now());
      return made;
    };
    const isBusy = (): boolean =>
      [...runtimes.values()].some(({ runtime }) => runtime.active() > 0 || runtime.isReading());
    return { stopping, cut, counters, fail, runtimeOf, isBusy, failure: () => failure };
  }
  type Run = ReturnType<typeof createRun>;

  function progressOf(run: Run): SyncProgress {
    return {
      counts: deliveries.counts(),
      ...run.counters,
      perIntegration: [...runtimes.keys()].map((integrationId) => ({
        integrationId,
        counts: deliveries.counts(integrationId),
      })),
    };
  }

  /** Sleeps until woken, a tick, or the stop. */
  async function nap(run: Run, draining: readonly Promise<boolean>[]): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    const quiet = new AbortController();
    // When nothing was done there is nothing to hurry for: wait for the tick.
    const worked = Promise.all(draining).then((each) => (each.includes(true) ? undefined : woken));
    await Promise.race([woken, clock.sleep(tickMs, quiet.signal), worked]);
    quiet.abort();
    if (run.failure() !== undefined) throw run.failure();
  }

  async function loop(run: Run, ask: SyncAsk, startedAt: number): Promise<SyncSummary["reason"]> {
    let progressAt = 0;
    let compactAt = clock.monotonic() + compactMs;
    let reviveAt = clock.monotonic();
    let wallAhead = clock.now() - clock.monotonic();
    for (;;) {
      parts.onTurn?.();
      const now = clock.now();
      const isSetBack = now - clock.monotonic() < wallAhead - setBackMs;
      if (isSetBack) deliveries.endLongWaits(now, { retryMs: longestRetryMs, otherMs: longestRetryMs });
      wallAhead = now - clock.monotonic();
      if (ask.signal?.aborted === true) return "stopped";
      if (ask.maxMs !== undefined && clock.monotonic() - startedAt >= ask.maxMs) return "max_seconds";
      const due = ask.readingOf === undefined ? deliveries.releaseDue(now, dueBatch) : 0;
      const served = integrations.list().filter(({ id }) => id === (ask.readingOf ?? id));
      const draining = served.map((integration) => run.runtimeOf(integration).drain());
      // Many are due: the next ones at once, but others are heard in between.
      await (due < dueBatch ? nap(run, draining) : clock.sleep(0));
      if (clock.monotonic() >= compactAt) {
        for (const { id } of integrations.list()) parts.budget.compact(id, compactOlderMs);
        compactAt = clock.monotonic() + compactMs;
      }
      if (ask.onProgress !== undefined && clock.monotonic() - progressAt >= progressMs) {
        progressAt = clock.monotonic();
        ask.onProgress(progressOf(run));
      }
      const hasWork = due === dueBatch || deliveries.hasWork(clock.now(), clock.now() + ask.idleHorizonMs);
      const isIdle = ask.readingOf !== undefined || !hasWork;
      const endsHere = ask.until === "idle" && !run.isBusy() && isIdle;
      if (ask.readingOf === undefined && (endsHere || clock.monotonic() >= reviveAt)) {
        // Where it did something, there may be more to do at once.
        const hasRevived = parts.revive?.() === true;
        reviveAt = clock.monotonic() + (hasRevived ? 0 : reviveMs);
        if (hasRevived) continue;
      }
      if (endsHere) return "idle";
    }
  }

  /** Takes nothing new, lets requests in flight finish for a bounded time, then cuts them. */
  async function stop(run: Run): Promise<void> {
    run.stopping.abort();
    const drained = Promise.all([...runtimes.values()].map(({ runtime }) => runtime.finished()));
    const grace = new AbortController();
    await Promise.race([drained, clock.sleep(stopGraceMs, grace.signal).then(() => run.cut.abort())]);
    await drained;
    grace.abort();
  }

  async function runOnce(ask: SyncAsk): Promise<SyncSummary> {
    const session = deliveries.openSession(clock.now());
    deliveries.endLongWaits(clock.now(), { retryMs: longestRetryMs, otherMs: longestWaitMs });
    const before = deliveries.counts().delivered;
    runtimes = new Map();
    const run = createRun(session, ask.readingOf !== undefined);
    const onAbort = (): void => wakeUp();
    ask.signal?.addEventListener("abort", onAbort);
    try {
      const reason = await loop(run, ask, clock.monotonic());
      await stop(run);
      if (run.failure() !== undefined) throw run.failure();
      ask.onProgress?.(progressOf(run));
      const counts = deliveries.counts();
      return {
        delivered: Math.max(0, counts.delivered - before),
        waiting: counts.waiting,
        dead: counts.dead,
        ...run.counters,
        reason,
      };
    } finally {
      ask.signal?.removeEventListener("abort", onAbort);
      run.stopping.abort();
      run.cut.abort();
      await Promise.all([...runtimes.values()].map(({ runtime }) => runtime.leave()));
      deliveries.closeSession(session, clock.now());
      // Only a run that was killed leaves behind what it knew: every other looks anew.
      parts.accountMemory.forget();
    }
  }

  return {
    run: async (ask) => {
      if (isRunning) throw new Error("a sync is running already");
      isRunning = true;
      try {
        return await runOnce(ask);
      } finally {
        isRunning = false;
      }
    },
    wake: () => wakeUp(),
    book: (integrationId, spent) => {
      const known = runtimes.get(integrationId)?.runtime;
      known?.book(spent);
      return known !== undefined;
    },
    gauges: (integrationId) => runtimes.get(integrationId)?.runtime.gauges() ?? [],
  };
}
