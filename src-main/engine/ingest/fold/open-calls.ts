import type { LegRow } from "../formats/log-format.ts";
import type { Leg } from "../../ports/ingest-store.ts";

export type PlacedLeg = Leg & Readonly<{ line: number }>;

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
  /** Puts a leg into its call; "duplicate" when the same row is in it already. */
  add(row: LegRow & { readonly key: string }, place: Readonly<{ row: number; line: number }>): OpenCall | "duplicate";
  /** Takes out the calls that `isDone` says yes to, in the order of their first rows. */
  take(isDone: (call: OpenCall) => boolean): readonly OpenCall[];
  /** Takes out finished calls from the front, up to the first that is not: what comes out keeps the order of first rows. */
  takeFront(isDone: (call: OpenCall) => boolean): readonly OpenCall[];
  /** Line of the oldest row of a call that is still open, or null. */
  oldestLine(): number | null;
  size(): number;
}>;

const begin = (row: LegRow & { readonly key: string }, place: Readonly<{ row: number; line: number }>): OpenCall => ({
  key: row.key,
  node: row.node,
  legs: [{ ...row.leg, line: place.line }],
  firstRow: place.row,
  firstLine: place.line,
  lastRow: place.row,
  startsFrom: row.leg.startedAt,
  startsTo: row.leg.startedAt,
  endedAt: row.endedAt,
});

function join(call: OpenCall, row: LegRow, place: Readonly<{ row: number; line: number }>): OpenCall | "duplicate" {
  call.lastRow = place.row;
  if (call.legs.some((leg) => leg.hash === row.leg.hash)) return "duplicate";
  call.legs.push({ ...row.leg, line: place.line });
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
  const byKey = new Map<string, OpenCall[]>();

  const forget = (call: OpenCall): void => {
    calls.delete(call);
    const name = `${call.node}\u001f${call.key}`;
    const left = byKey.get(name)?.filter((other) => other !== call) ?? [];
    if (left.length === 0) byKey.delete(name);
    else byKey.set(name, left);
  };

  return {
    add: (row, place) => {
      const name = `${row.node}\u001f${row.key}`;
      const known = byKey.get(name);
      const at = row.leg.startedAt;
      const call = known?.find((open) => at >= open.startsTo - keyReuseMs && at <= open.startsFrom + keyReuseMs);
      if (call !== undefined) return join(call, row, place);
      const opened = begin(row, place);
      calls.add(opened);
      byKey.set(name, known === undefined ? [opened] : [...known, opened]);
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
    size: () => calls.size,
  };
}
