import type { CallRecord } from "../../../src-shared/domain/call-record.ts";
import type { Fold, Leg, ReadCall } from "../ports/ingest-store.ts";
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
export const sameCallMs = 86_400_000;

const nothing: StoredLegs = { legs: [], superseded: [] };
const plain = ({ hash, startedAt, data }: Leg): Leg => ({ hash, startedAt, data });

function toBatchCall(call: ReadCall, fold: Fold): BatchCall {
  const { node, logKey, record, excluded, settlesAt, legs } = call;
  const common = { node, logKey, keyStartedAt: record.startedAt, settlesAt, read: legs };
  if (legs.length === 1) return { ...common, record, excluded, stored: { legs, superseded: [] }, duplicates: [] };
  const { stored, duplicates } = joinLegs(nothing, legs, fold);
  if (stored.legs.length === legs.length) return { ...common, record, excluded, stored, duplicates };
  const folded = fold(inOrder(stored.legs.map(plain)));
  return { ...common, ...folded, stored, duplicates };
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
