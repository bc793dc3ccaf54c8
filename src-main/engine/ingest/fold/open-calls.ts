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
  /** The log said that nothing more of the call will come. */
  isOver: boolean;
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
  isOver: row.isLast === true,
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
  call.isOver ||= row.isLast === true;
  return call;
}

type KeyTable = Map<string, OpenCall | readonly OpenCall[]>;

function enter(table: KeyTable, call: OpenCall): void {
  const name = toName(call);
  const known = table.get(name);
  // Nearly always one call holds a key: only a key that was used again needs a list.
  if (known === undefined) table.set(name, call);
  else table.set(name, "legs" in known ? [known, call] : [...known, call]);
}

function leave(table: KeyTable, call: OpenCall): void {
  const name = toName(call);
  const known = table.get(name);
  const left = Array.isArray(known) ? known.filter((other) => other !== call) : [];
  if (left.length === 0) table.delete(name);
  else table.set(name, left);
}

/**
 * The calls whose rows are being collected. `keyReuseMs`: rows with the same key that start further apart belong to
 * different calls, because some systems begin to count again.
 */
export function createOpenCalls(keyReuseMs: number): OpenCalls {
  let calls: OpenCall[] = [];
  let byKey: KeyTable = new Map();

  const isNear = (call: OpenCall, at: number): boolean =>
    at >= call.startsTo - keyReuseMs && at <= call.startsFrom + keyReuseMs;

  /**
   * Where most calls go, the table is made anew: one that is emptied and filled for ever leaves old parts behind that
   * hold on to what came later, until the garbage collector looks at everything (some 80 MB in a large file).
   */
  const keep = (kept: OpenCall[], done: readonly OpenCall[]): void => {
    calls = kept;
    if (kept.length > done.length) {
      for (const call of done) leave(byKey, call);
      return;
    }
    byKey = new Map();
    for (const call of kept) enter(byKey, call);
  };

  return {
    add: (row, count) => {
      const known = byKey.get(toName(row));
      const at = row.leg.startedAt;
      if (known !== undefined) {
        const call = "legs" in known ? known : known.find((open) => isNear(open, at));
        if (call !== undefined && isNear(call, at)) return join(call, row, count);
      }
      const opened = begin(row, count);
      calls.push(opened);
      enter(byKey, opened);
      return opened;
    },
    take: (isDone) => {
      const done: OpenCall[] = [];
      const kept: OpenCall[] = [];
      for (const call of calls) (isDone(call) ? done : kept).push(call);
      keep(kept, done);
      return done;
    },
    takeFront: (isDone) => {
      const first = calls.findIndex((call) => !isDone(call));
      const count = first < 0 ? calls.length : first;
      if (count === 0) return [];
      const done = calls.slice(0, count);
      keep(calls.slice(count), done);
      return done;
    },
    oldestLine: () => calls[0]?.firstLine ?? null,
    lines: () => calls.flatMap(({ legs }) => legs.map(({ line }) => line)),
    size: () => calls.length,
  };
}
