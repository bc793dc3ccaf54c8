import { z } from "zod";
import type { CallRecord } from "../../../src-shared/domain/call-record.ts";
import type { Fold, Leg } from "../ports/ingest-store.ts";
import { fromJson } from "./json-column.ts";

/**
 * The legs of a stored call in the order they came. `superseded`: hashes of rows that another row with the same leg
 * identity replaced, or that were less complete than the one we have: met again, they are duplicates.
 */
export type StoredLegs = Readonly<{ legs: readonly Leg[]; superseded: readonly string[] }>;

const storedLegs = z.array(
  z.union([
    z.string(),
    z.tuple([z.string(), z.int(), z.record(z.string(), z.union([z.string(), z.number(), z.null()]))]),
  ]),
);

/** Compact JSON: `[hash, startedAt, data]` for a leg, a bare hash for a superseded row. */
export function toLegsText({ legs, superseded }: StoredLegs): string {
  // Written a million times by an import: most hashes need no escaping, so that mostly the data is left to JSON.stringify.
  const items = legs.map(({ hash, startedAt, data }) => `[${toText(hash)},${startedAt},${JSON.stringify(data)}]`);
  if (superseded.length > 0) items.push(...superseded.map(toText));
  return `[${items.join(",")}]`;
}

const plainText = /^[\w.:+/=-]*$/;
const toText = (hash: string): string => (plainText.test(hash) ? `"${hash}"` : JSON.stringify(hash));

export function fromLegsText(text: string): StoredLegs {
  const legs: Leg[] = [];
  const superseded: string[] = [];
  for (const item of fromJson(storedLegs, text)) {
    if (typeof item === "string") superseded.push(item);
    else legs.push({ hash: item[0], startedAt: item[1], data: item[2] });
  }
  return { legs, superseded };
}

/** By start, then in the order they came. */
export function inOrder(legs: readonly Leg[]): readonly Leg[] {
  return legs.toSorted((a, b) => a.startedAt - b.startedAt);
}

/** A truncated or early row must never overwrite a complete one. */
function isLessComplete(next: CallRecord, current: CallRecord): boolean {
  return (
    next.status !== "answered" && (current.status === "answered" || next.durationSeconds < current.durationSeconds)
  );
}

export type JoinedLegs<L extends Leg> = Readonly<{
  stored: StoredLegs;
  /** Exact repetitions of rows that we have. */
  duplicates: readonly L[];
  changed: boolean;
}>;

/**
 * Adds rows to the legs of a call. A row with a known hash is a duplicate. A row whose `data.leg` names a leg that we
 * have replaces it, unless the call would fold to something less complete: then the row is only remembered. Every other
 * row is a further leg.
 */
export function joinLegs<L extends Leg>(known: StoredLegs, incoming: readonly L[], fold: Fold): JoinedLegs<L> {
  const hashes = new Set([...known.legs.map(({ hash }) => hash), ...known.superseded]);
  const legs: Leg[] = [...known.legs];
  const places = new Map(legs.map(({ data }, place) => [data["leg"] ?? null, place]));
  const superseded = [...known.superseded];
  const duplicates: L[] = [];
  for (const leg of incoming) {
    if (hashes.has(leg.hash)) {
      duplicates.push(leg);
      continue;
    }
    hashes.add(leg.hash);
    const identity = leg.data["leg"] ?? null;
    const place = identity === null ? undefined : places.get(identity);
    const old = place === undefined ? undefined : legs[place];
    if (place === undefined || old === undefined) {
      places.set(identity, legs.length);
      legs.push(leg);
      continue;
    }
    const replaced = legs.with(place, leg);
    const keepsOld = isLessComplete(fold(inOrder(replaced)).record, fold(inOrder(legs)).record);
    superseded.push(keepsOld ? leg.hash : old.hash);
    if (!keepsOld) legs[place] = leg;
  }
  return { stored: { legs, superseded }, duplicates, changed: duplicates.length < incoming.length };
}
