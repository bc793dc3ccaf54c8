import type { CallDirection, CallRecord, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import type { Fold, Leg } from "../../../ports/ingest-store.ts";
import type { CallExclusion } from "../../exclusion.ts";

/**
 * What is kept of a row, in short names. `k` the log's id, `d` direction, `f`/`t` parties, `g` agent as written, `s`
 * status, `b` seconds of talk, `p` "m" for minute precision, `x` the other instant of a repeated hour, `q` 1 where the row
 * names no agent although the table has a column for it.
 */
export type GenericLeg = Readonly<{
  k: string | null;
  d: CallDirection;
  f: string | null;
  t: string | null;
  g: string | null;
  s: CallStatus;
  b: number;
  p: "s" | "m";
  x: number | null;
  q?: 1;
}>;

const statuses: readonly CallStatus[] = ["answered", "voicemail", "missed", "busy", "failed"];

const text = (leg: Leg, key: keyof GenericLeg): string | null => {
  const value = leg.data[key];
  return typeof value === "string" ? value : null;
};
const number = (leg: Leg, key: keyof GenericLeg): number => {
  const value = leg.data[key];
  return typeof value === "number" ? value : 0;
};
const statusOf = (leg: Leg): CallStatus => statuses.find((status) => status === leg.data["s"]) ?? "missed";
const directionOf = (leg: Leg): CallDirection => {
  const value = leg.data["d"];
  return value === "outbound" || value === "internal" ? value : "inbound";
};

/** The fuller of two readings of one row: an answer counts more than none, then more talk, then a known agent. */
function isFuller(left: Leg, right: Leg): boolean {
  const byStatus = statuses.indexOf(statusOf(left)) - statuses.indexOf(statusOf(right));
  if (byStatus !== 0) return byStatus < 0;
  if (number(left, "b") !== number(right, "b")) return number(left, "b") > number(right, "b");
  return text(left, "g") !== null && text(right, "g") === null;
}

/** A later export may hold the row again with its final status: rows of the same second and parties are one leg. */
function toDistinct(legs: readonly Leg[]): readonly Leg[] {
  const byPlace = new Map<string, Leg>();
  for (const leg of legs) {
    const place = [leg.startedAt, leg.data["f"], leg.data["t"]].join("\u001f");
    const known = byPlace.get(place);
    if (known === undefined || isFuller(leg, known)) byPlace.set(place, leg);
  }
  return [...byPlace.values()];
}

/** Seconds are rounded on both sides: neighbours overlap by one or two, which is no parallel talk. */
const roundingMs = 2000;

type Span = Readonly<{ from: number; to: number; isNameless: boolean }>;

/** True for a row without an agent within whose time one with an agent lies: the row of the queue that waited for them. */
function repeatsAgent(row: Span, rows: readonly Span[]): boolean {
  if (!row.isNameless) return false;
  return rows.some((other) => {
    const isWithin = other.from >= row.from - roundingMs && other.to <= row.to + roundingMs;
    return !other.isNameless && other.to > other.from && isWithin;
  });
}

/** Seconds of talk; minutes that several rows tell of (a queue beside its agent) count once. */
function sumTalk(legs: readonly Leg[]): number {
  const spans = legs.map((leg): Span => {
    const to = leg.startedAt + number(leg, "b") * 1000;
    return { from: leg.startedAt, to, isNameless: number(leg, "q") === 1 };
  });
  let total = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const span of spans.toSorted((left, right) => left.from - right.from)) {
    if (repeatsAgent(span, spans)) continue;
    const overlap = Math.min(covered, span.to) - span.from;
    total += span.to - span.from - (overlap > roundingMs ? overlap : 0);
    covered = Math.max(covered, span.to);
  }
  return Math.round(total / 1000);
}

function toStatus(direction: CallDirection, legs: readonly Leg[]): CallStatus {
  const found = statuses.find((status) => legs.some((leg) => statusOf(leg) === status)) ?? "missed";
  return direction === "inbound" && (found === "busy" || found === "failed") ? "missed" : found;
}

/** Folds rows that share an id. One row is the normal case. */
export function toRecord(legs: readonly Leg[]): CallRecord {
  const ordered =
    legs.length === 1 ? legs : toDistinct(legs).toSorted((left, right) => left.startedAt - right.startedAt);
  const first = ordered[0];
  if (first === undefined) throw new Error("A call has at least one leg.");
  const direction = directionOf(first);
  const talks = ordered.filter((leg) => statusOf(leg) === "answered");
  const last = talks.at(-1);
  const status = toStatus(direction, ordered);
  const alternative = number(first, "x");
  return {
    logId: text(first, "k"),
    direction,
    status,
    from: text(first, "f"),
    to: text(first, "t"),
    startedAt: first.startedAt,
    startedAtPrecision: first.data["p"] === "m" ? "minute" : "second",
    startedAtAlternatives: alternative === 0 ? [] : [first.startedAt, alternative],
    durationSeconds: sumTalk(talks),
    agent: direction === "inbound" ? (last === undefined ? null : text(last, "g")) : text(first, "g"),
    legs: legs.length,
  };
}

export const createFold =
  (exclude: (record: CallRecord) => CallExclusion | null): Fold =>
  (legs) => {
    const record = toRecord(legs);
    return { record, excluded: exclude(record) };
  };
