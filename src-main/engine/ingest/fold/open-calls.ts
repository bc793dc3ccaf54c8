import type { LegRow, PlacedLeg } from "../formats/log-format.ts";

/** A call whose rows may still come. `firstRow` and `lastRow` count rows of the reading. */
export type OpenCall = {
  readonly key: string;
  readonly node: string;
  readonly legs: PlacedLeg[];
  readonly firstRow: number;
  readonly firstLine: number;
  lastRow: number;
  startsFrom: number;
  startsTo: number;
  endedAt: number;
};

export type OpenCalls = Readonly<{
  /** Puts the `count`-th row of the reading into its call; "duplicate" when the same row is in it already. */
  add(row: LegRow & { readonly key: string }, count: number): OpenCall | "duplicate";
  /** Takes out the calls that `isDone` says yes to, in the order of their first rows. */
  take(isDone: (call: OpenCall) => boolean): readonly OpenCall[];
  /** Takes out finished calls from the front, up to the first that is not: what comes out keeps the order of first rows. */
  takeFront(isDone: (call: OpenCall) => boolean): readonly OpenCall[];
  /** Line of the oldest row of a call that is still open, or null. */
  oldestLine(): number | null;
  /** Lines of all rows of open calls. */
  lines(): readonly number[];
  size(): number;
}>;

const begin = (row: LegRow & { readonly key: string }, count: number): OpenCall => ({
  key: row.key,
  node: row.node,
  legs: [row.leg],
  firstRow: count,
  firstLine: row.leg.line,
  lastRow: count,
  startsFrom: row.leg.startedAt,
  startsTo: row.leg.startedAt,
  endedAt: row.endedAt,
});

const toName = ({ node, key }: Readonly<{ node: string; key: string }>): string =>
  node === "" ? key : `${node}\u001f${key}`;

function join(call: OpenCall, row: LegRow, count: number): OpenCall | "duplicate" {
  call.lastRow = count;
  if (call.legs.some((leg) => leg.hash === row.leg.hash)) return "duplicate";
  call.legs.push(row.leg);
  call.startsFrom = Math.min(call.startsFrom, row.leg.startedAt);
  call.startsTo = Math.max(call.startsTo, row.leg.startedAt);
  call.endedAt = Math.max(call.endedAt, row.endedAt);
  return call;
}

/**
 * The calls whose rows are being collected. `keyReuseMs`: rows with the same key that start further apart belong to
 * different calls, because some systems begin to count again.
 */
export function createOpenCalls(keyReuseMs: number): OpenCalls {
  const calls = new Set<OpenCall>();
  // Nearly always one call holds a key: only a key that was used again needs a list.
  const byKey = new Map<string, OpenCall | readonly OpenCall[]>();

  const forget = (call: OpenCall): void => {
    calls.delete(call);
    const name = toName(call);
    const known = byKey.get(name);
    if (known === call) {
      byKey.delete(name);
      return;
    }
    const left = Array.isArray(known) ? known.filter((other) => other !== call) : [];
    if (left.length === 0) byKey.delete(name);
    else byKey.set(name, left);
  };

  const isNear = (call: OpenCall, at: number): boolean =>
    at >= call.startsTo - keyReuseMs && at <= call.startsFrom + keyReuseMs;

  return {
    add: (row, count) => {
      const name = toName(row);
      const known = byKey.get(name);
      const at = row.leg.startedAt;
      if (known === undefined) {
        const first = begin(row, count);
        calls.add(first);
        byKey.set(name, first);
        return first;
      }
      const list: readonly OpenCall[] = "legs" in known ? [known] : known;
      const call = list.find((open) => isNear(open, at));
      if (call !== undefined) return join(call, row, count);
      const opened = begin(row, count);
      calls.add(opened);
      byKey.set(name, [...list, opened]);
      return opened;
    },
    take: (isDone) => {
      const done: OpenCall[] = [];
      for (const call of calls) if (isDone(call)) done.push(call);
      for (const call of done) forget(call);
      return done;
    },
    takeFront: (isDone) => {
      const done: OpenCall[] = [];
      for (const call of calls) {
        if (!isDone(call)) break;
        done.push(call);
      }
      for (const call of done) forget(call);
      return done;
    },
    oldestLine: () => {
      for (const call of calls) return call.firstLine;
      return null;
    },
    lines: () => [...calls].flatMap(({ legs }) => legs.map(({ line }) => line)),
    size: () => calls.size,
  };
}
