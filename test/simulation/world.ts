import { createHash } from "node:crypto";
import type { SandboxClock } from "../../src-main/sandbox/core/clock.ts";
import { createSeededRandom } from "../../src-main/sandbox/core/seeded-random.ts";
import type { Clock } from "../../src-main/engine/ports/clock.ts";

/** Whose timer it is: the engine's process (dies with it, stands still while the PC sleeps), or the world around it. */
type Owner = "engine" | "outside";
type Timer = { at: number; readonly order: number; readonly run: () => void; readonly owner: Owner };

/** A source of chance of its own per purpose, so that a change in one leaves the others as they were. */
export type Chance = Readonly<{
  next(): number;
  /** Whole number, both ends included. */
  between(low: number, high: number): number;
  isHit(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  hex(count: number): string;
}>;

function createChance(seed: number): Chance {
  const next = createSeededRandom(seed);
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    isHit: (share) => next() < share,
    pick: (items) => {
      const picked = items[between(0, items.length - 1)];
      if (picked === undefined) throw new Error("nothing to pick from");
      return picked;
    },
    hex: (count) => Array.from({ length: count }, () => between(0, 255).toString(16).padStart(2, "0")).join(""),
  };
}

/** The world's begin, on every clock but for their own skews. */
export const worldBegin = Date.UTC(2026, 10, 20, 9);

const nextTurn = setImmediate;

/**
 * Everything that happens in one seed happens on this clock: true time, from which the engine's wall and monotonic clocks
 * and the CRMs' clock are derived. Between two timers every promise settles, so the order of events is the seed's alone.
 */
export function createWorld(seed: number) {
  let now = 0;
  let order = 0;
  let timers: Timer[] = [];
  /** Engine's wall clock minus true time. */
  let wallSkew = 0;
  /** True ms that the engine's monotonic clock did not see, because the PC slept. */
  let unseen = 0;
  /** What happens as soon as the PC is awake again; null while it is awake. */
  let atWake: (() => void)[] | null = null;
  const lines: string[] = [];
  const digest = createHash("sha256");

  const trace = (text: string): void => {
    const line = `${String(now).padStart(9)} ${text}`;
    lines.push(line);
    if (lines.length > 20_000) lines.splice(0, 10_000);
    digest.update(`${line}\n`);
  };

  function after(ms: number, owner: Owner, run: () => void): Timer {
    const timer: Timer = { at: now + Math.max(0, Math.ceil(ms)), order: order++, run, owner };
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = timers[middle];
      if (other !== undefined && other.at <= timer.at) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
    return timer;
  }

  const cancel = (timer: Timer): void => {
    const at = timers.indexOf(timer);
    if (at >= 0) timers.splice(at, 1);
  };

  /** Until nothing is left to do without time passing. Nothing here waits for the real world, so one turn is enough. */
  const settle = (): Promise<void> => new Promise((resolve) => void nextTurn(resolve));

  async function advance(ms: number, keepGoing: () => boolean = () => true): Promise<void> {
    const end = now + ms;
    for (;;) {
      await settle();
      if (!keepGoing()) return;
      const [first] = timers;
      if (first === undefined || first.at > end) break;
      timers.shift();
      now = Math.max(now, first.at);
      first.run();
    }
    now = end;
    await settle();
  }

  const engineClock: Clock = {
    now: () => worldBegin + now + wallSkew,
    // The real one has fractions of a millisecond, the wall clock has none.
    monotonic: () => now - unseen + 0.37,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const timer = after(Math.max(1, ms), "engine", () => {
          signal?.removeEventListener("abort", wake);
          resolve();
        });
        const wake = (): void => {
          cancel(timer);
          resolve();
        };
        signal?.addEventListener("abort", wake, { once: true });
      }),
  };

  return {
    seed,
    trace,
    now: () => now,
    after,
    cancel,
    advance,
    settle,
    engineClock,
    chance: (purpose: number): Chance => createChance(seed * 7_919 + purpose * 104_729),
    /** A person or a time server sets the PC's clock. */
    jumpWall: (ms: number): void => {
      wallSkew += ms;
    },
    /** The PC sleeps: the world goes on, the engine's timers stand still; its monotonic clock may or may not have seen it. */
    async sleep(ms: number, seesSleep: boolean): Promise<void> {
      const frozen = timers.filter(({ owner }) => owner === "engine");
      timers = timers.filter(({ owner }) => owner !== "engine");
      atWake = [];
      await advance(ms);
      const waiting = atWake;
      atWake = null;
      for (const run of waiting) after(1, "engine", run);
      if (!seesSleep) unseen += ms;
      for (const timer of frozen) if (!seesSleep) timer.at += ms;
      timers = [...timers, ...frozen].toSorted((a, b) => a.at - b.at || a.order - b.order);
    },
    /** Runs now, or when the PC is awake. */
    whenAwake: (run: () => void): void => {
      if (atWake === null) run();
      else atWake.push(run);
    },
    /** The engine's process is gone, and with it everything it would have done. */
    dropEngineTimers: (): void => {
      timers = timers.filter(({ owner }) => owner !== "engine");
    },
    lines: (count: number): readonly string[] => lines.slice(-count),
    digest: (): string => digest.copy().digest("hex"),
    /** The clock of the CRMs, by `skewMs` beside true time. */
    serverClock: (skewMs: number): SandboxClock => {
      const clock: SandboxClock = {
        now: () => worldBegin + now + skewMs,
        advance: () => {
          throw new Error("the world's time is moved by the world");
        },
        after: (delayMs, work) => {
          const timer = after(delayMs, "outside", work);
          return () => cancel(timer);
        },
        wait: (delayMs) => new Promise((resolve) => void after(delayMs, "outside", resolve)),
        close: () => undefined,
      };
      return clock;
    },
  };
}

export type World = ReturnType<typeof createWorld>;

/**
 * Timers and the time of libraries (the gate's) follow the world while a seed runs. Returns what puts the real ones back.
 */
export function takeOverTimers(world: World): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: Date.now,
  };
  const toHandle = (timer: ReturnType<World["after"]>) => {
    const handle = { timer, ref: () => handle, unref: () => handle, hasRef: () => true };
    return handle;
  };
  const fakeSet = (work: (...given: unknown[]) => void, ms = 1, ...given: unknown[]) =>
    toHandle(world.after(Math.max(1, ms), "engine", () => work(...given)));
  const fakeClear = (handle: unknown): void => {
    if (typeof handle === "object" && handle !== null && "timer" in handle)
      world.cancel(handle.timer as ReturnType<World["after"]>);
  };
  globalThis.setTimeout = fakeSet as unknown as typeof setTimeout;
  globalThis.clearTimeout = fakeClear;
  Date.now = () => world.engineClock.now();
  return () => {
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    Date.now = real.now;
  };
}
