import type { CallRecord } from "../../../src-shared/domain/call-record.ts";
import type { Fold, ReadCall } from "../ports/ingest-store.ts";
import { type StoredLegs, inOrder, joinLegs } from "./call-legs.ts";

export type ReadLeg = ReadCall["legs"][number];

/** A call of a batch: all rows that the batch has of it, each once. */
export type BatchCall = Readonly<{
  node: string;
  logKey: string;
  /** Start of the first row that named it: part of the id when the call is new. */
  keyStartedAt: number;
  record: CallRecord;
  excluded: ReadCall["excluded"];
  settlesAt: number | null;
  stored: StoredLegs;
  /** The rows as read, for joining a stored call. */
  read: readonly ReadLeg[];
  /** Rows that the batch itself repeats. */
  duplicates: readonly ReadLeg[];
}>;

/** A log key names the same call while starts are this close: counters of a PBX restart. */
export const sameCallMs = 43_200_000;

const nothing: StoredLegs = { legs: [], superseded: [] };

function toBatchCall(call: ReadCall, fold: Fold): BatchCall {
  const { node, logKey, settlesAt, legs, record } = call;
  const { stored, duplicates } =
    legs.length === 1 ? { stored: { legs, superseded: [] }, duplicates: [] } : joinLegs(nothing, legs, fold);
  // Read without repetitions: what the reader folded is what the rows say.
  const isPlain = stored.legs.length === legs.length;
  const { excluded } = call;
  const said = isPlain ? { record, excluded } : fold(inOrder(stored.legs));
  return {
    node,
    logKey,
    keyStartedAt: record.startedAt,
    record: said.record,
    excluded: said.excluded,
    settlesAt,
    stored,
    read: legs,
    duplicates,
  };
}

function merge(first: BatchCall, second: BatchCall, fold: Fold): BatchCall {
  const { stored, duplicates, changed } = joinLegs(first.stored, second.read, fold);
  const folded = changed ? fold(inOrder(stored.legs)) : { record: first.record, excluded: first.excluded };
  return {
    ...first,
    ...folded,
    stored,
    settlesAt: second.settlesAt,
    read: [...first.read, ...second.read],
    duplicates: [...first.duplicates, ...duplicates],
  };
}

/** The calls of a batch as they came, with the rows that each of them repeats taken out. */
export function toBatchCalls(calls: readonly ReadCall[], fold: Fold): readonly BatchCall[] {
  return calls.map((call) => toBatchCall(call, fold));
}

/** New calls of a batch, each once, in the order they came. */
export function mergeNew(calls: readonly BatchCall[], fold: Fold): readonly BatchCall[] {
  // Nearly always: every key once.
  if (new Set(calls.map(({ logKey }) => logKey)).size === calls.length) return calls;
  const merged: BatchCall[] = [];
  const places = new Map<string, number[]>();
  for (const call of calls) {
    const name = `${call.node}\n${call.logKey}`;
    const known = places.get(name);
    const isSame = (place: number): boolean => {
      const other = merged[place];
      return other !== undefined && Math.abs(other.keyStartedAt - call.keyStartedAt) <= sameCallMs;
    };
    const place = known?.find(isSame);
    const first = place === undefined ? undefined : merged[place];
    if (place !== undefined && first !== undefined) {
      merged[place] = merge(first, call, fold);
      continue;
    }
    if (known === undefined) places.set(name, [merged.length]);
    else known.push(merged.length);
    merged.push(call);
  }
  return merged;
}
