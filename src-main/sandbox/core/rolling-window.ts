/** A limit over the last `windowMs`: requests, or whatever else a vendor counts as cost. */
export type RollingWindow = {
  /**
   * Counts an arrival and says whether it fits. What does not fit is not charged, but still counts as arrived.
   * `others` is what other applications of the account use of the same window.
   */
  readonly take: (now: number, limit: number, cost?: number, others?: number) => boolean;
  /** Charged cost within the last `spanMs` (the whole window when left out). */
  readonly used: (now: number, spanMs?: number) => number;
  /** When the oldest charged cost leaves the window; undefined when nothing is charged. */
  readonly frees: (now: number) => number | undefined;
  /** The most that ever arrived within any window of this length, limited requests included. */
  readonly max: () => number;
  readonly clear: () => void;
};

export function createRollingWindow(windowMs: number): RollingWindow {
  const charged = createCostLog(windowMs);
  const arrived = createCostLog(windowMs);
  let max = 0;
  return {
    take: (now, limit, cost = 1, others = 0) => {
      arrived.add(now, cost);
      max = Math.max(max, arrived.sum(now));
      if (charged.sum(now) + others + cost > limit) return false;
      charged.add(now, cost);
      return true;
    },
    used: (now, spanMs = windowMs) => (spanMs >= windowMs ? charged.sum(now) : charged.sumSince(now - spanMs)),
    frees: (now) => {
      const oldest = charged.oldest(now);
      return oldest === undefined ? undefined : oldest + windowMs;
    },
    max: () => max,
    clear: () => {
      charged.clear();
      arrived.clear();
      max = 0;
    },
  };
}

type CostEntry = { readonly at: number; cost: number };
type CostLog = {
  readonly add: (now: number, cost: number) => void;
  readonly sum: (now: number) => number;
  readonly sumSince: (since: number) => number;
  readonly oldest: (now: number) => number | undefined;
  readonly clear: () => void;
};

/** Stamped costs, oldest first; those of one millisecond share an entry. What is `windowMs` old has left. */
function createCostLog(windowMs: number): CostLog {
  let entries: CostEntry[] = [];
  let head = 0;
  let total = 0;
  const prune = (now: number): void => {
    for (let entry = entries[head]; entry !== undefined && entry.at <= now - windowMs; entry = entries[head]) {
      total -= entry.cost;
      head += 1;
    }
    if (head > 1024 && head * 2 > entries.length) {
      entries = entries.slice(head);
      head = 0;
    }
  };
  return {
    add: (now, cost) => {
      prune(now);
      const last = entries.at(-1);
      if (last !== undefined && entries.length > head && last.at === now) last.cost += cost;
      else entries.push({ at: now, cost });
      total += cost;
    },
    sum: (now) => {
      prune(now);
      return total;
    },
    sumSince: (since) => {
      let sum = 0;
      for (let at = entries.length - 1; at >= head; at--) {
        const entry = entries[at];
        if (entry === undefined || entry.at <= since) break;
        sum += entry.cost;
      }
      return sum;
    },
    oldest: (now) => {
      prune(now);
      return entries[head]?.at;
    },
    clear: () => {
      entries = [];
      head = 0;
      total = 0;
    },
  };
}
