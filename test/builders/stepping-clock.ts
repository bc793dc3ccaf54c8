import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import Bottleneck from "bottleneck";
import { systemClock } from "../../src-main/engine/main.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";

/** Waits that are over sooner than this pass in real time, ms. */
const realMs = 50;

/** `requests`: at an engine's gate or under way; those that wait on the clock are not among them. */
type Work = { requests: number; onChange: () => void };
type Scope = Readonly<{ work: Work; isRequest: boolean }>;
type Sleeper = { readonly until: number; readonly wake: () => void };

const scope = new AsyncLocalStorage<Scope>();

/** Every request of an engine passes its gate, which spaces them in real time. */
const schedule = Bottleneck.prototype.schedule as (this: Bottleneck, run: () => Promise<unknown>) => Promise<unknown>;
Bottleneck.prototype.schedule = function countRequests(this: Bottleneck, run: () => Promise<unknown>) {
  const work = scope.getStore()?.work;
  if (work === undefined) return schedule.call(this, run);
  work.requests += 1;
  return schedule
    .call(this, () => scope.run({ work, isRequest: true }, run))
    .finally(() => {
      work.requests -= 1;
      work.onChange();
    });
} as typeof Bottleneck.prototype.schedule;

export type SteppingClock = Readonly<{
  clock: Clock;
  /** Runs an engine on this clock: its requests hold the clock. */
  run<T>(engine: () => Promise<T>): Promise<T>;
  /** Looks before each step; what it does may end the wait for that step. Null: nobody looks. */
  watch(look: (() => Promise<void>) | null): void;
}>;

/**
 * A clock that steps to the next moment that somebody waits for, `stepMs` at least, as soon as the engine can do nothing
 * but wait. It stands still while a request is at the gate or under way, however slow the computer is. `onStep` hears of
 * each step, for clocks that follow.
 */
export function createSteppingClock(stepMs: number, onStep: (ms: number) => Promise<void>): SteppingClock {
  let ahead = 0;
  let look: (() => Promise<void>) | null = null;
  let isStepping = false;
  let change = Promise.withResolvers<void>();
  const sleepers = new Set<Sleeper>();
  const work: Work = {
    requests: 0,
    onChange: () => {
      change.resolve();
      change = Promise.withResolvers();
    },
  };
  const monotonic = (): number => systemClock.monotonic() + ahead;
  const next = (): Sleeper | undefined => [...sleepers].toSorted((a, b) => a.until - b.until)[0];

  /** Nothing is under way, and what the last answer set off has come to its own wait or request. */
  async function settle(): Promise<void> {
    do {
      while (work.requests > 0) await change.promise;
      await delay(1);
    } while (work.requests > 0);
  }

  async function step(): Promise<void> {
    await settle();
    await look?.();
    await settle();
    const sleeper = next();
    if (sleeper === undefined) return;
    const ms = Math.ceil(Math.max(sleeper.until - monotonic(), stepMs));
    ahead += ms;
    await onStep(ms);
    for (const each of sleepers) if (each.until <= monotonic()) each.wake();
  }

  async function stepOn(): Promise<void> {
    if (isStepping) return;
    isStepping = true;
    while (sleepers.size > 0) await step();
    isStepping = false;
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= realMs) return systemClock.sleep(ms, signal);
    if (signal?.aborted === true) return Promise.resolve();
    const isRequest = scope.getStore()?.isRequest === true;
    if (isRequest) work.requests -= 1;
    return new Promise((resolve) => {
      const wake = (): void => {
        if (!sleepers.delete(sleeper)) return;
        signal?.removeEventListener("abort", wake);
        if (isRequest) work.requests += 1;
        resolve();
      };
      const sleeper: Sleeper = { until: monotonic() + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", wake);
      work.onChange();
      void stepOn();
    });
  }

  return {
    clock: { now: () => systemClock.now() + ahead, monotonic, sleep },
    run: (engine) => scope.run({ work, isRequest: false }, engine),
    watch: (watcher) => {
      look = watcher;
    },
  };
}
