/**
 * The sandboxes' time: wall time plus an offset that only grows, so that a test moves a day instead of waiting for one.
 * Work that is scheduled here comes due either because real time passed or because the clock was advanced.
 */
export type SandboxClock = {
  /** Milliseconds since the epoch; never runs backwards. */
  readonly now: () => number;
  /** Moves the clock and runs what comes due on the way, each at its own due time and in order of due time. */
  readonly advance: (ms: number) => void;
  /** Runs `work` once `delayMs` of sandbox time have passed; the answer cancels it. */
  readonly after: (delayMs: number, work: () => void) => () => void;
  /** Resolves once `delayMs` of sandbox time have passed. */
  readonly wait: (delayMs: number) => Promise<void>;
  /** Drops everything scheduled. */
  readonly close: () => void;
};

type Timer = { readonly due: number; readonly order: number; readonly work: () => void };

/** Node fires a longer `setTimeout` at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The only place of the sandbox that reads the wall clock. It begins `behindMs` behind it. */
export function createSandboxClock(wallTime: () => number = Date.now, behindMs = 0): SandboxClock {
  let offsetMs = -behindMs;
  let latest = 0;
  let order = 0;
  let timers: Timer[] = [];
  let pending: NodeJS.Timeout | undefined;

  const now = (): number => {
    latest = Math.max(latest, wallTime() + offsetMs);
    return latest;
  };
  const arm = (): void => {
    clearTimeout(pending);
    pending = undefined;
    const [first] = timers;
    if (first !== undefined) pending = setTimeout(fire, Math.min(Math.max(first.due - now(), 0), longestTimeoutMs));
  };
  const takeDue = (until: number): Timer | undefined => {
    const [first] = timers;
    return first !== undefined && first.due <= until ? timers.shift() : undefined;
  };
  const fire = (): void => {
    for (let timer = takeDue(now()); timer !== undefined; timer = takeDue(now())) timer.work();
    arm();
  };
  const after = (delayMs: number, work: () => void): (() => void) => {
    const timer: Timer = { due: now() + Math.max(delayMs, 0), order: order++, work };
    insertByDue(timers, timer);
    if (timers[0] === timer) arm();
    return () => {
      const at = timers.indexOf(timer);
      if (at >= 0) timers.splice(at, 1);
      if (at === 0) arm();
    };
  };
  return {
    now,
    after,
    advance: (ms) => {
      const target = now() + ms;
      for (let timer = takeDue(target); timer !== undefined; timer = takeDue(target)) {
        offsetMs += Math.max(timer.due - now(), 0);
        timer.work();
      }
      offsetMs += Math.max(target - now(), 0);
      arm();
    },
    wait: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    close: () => {
      timers = [];
      clearTimeout(pending);
    },
  };
}

function insertByDue(timers: Timer[], timer: Timer): void {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = timers[middle];
    if (other !== undefined && (other.due < timer.due || (other.due === timer.due && other.order < timer.order)))
      low = middle + 1;
    else high = middle;
  }
  timers.splice(low, 0, timer);
}
