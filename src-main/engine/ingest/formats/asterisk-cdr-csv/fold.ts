import type { CallDirection, CallRecord, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import type { Fold, Leg } from "../../../ports/ingest-store.ts";
import type { CallExclusion } from "../../exclusion.ts";

/**
 * What is kept of a row, in short names because a million of them are stored. `k` key, `d` direction, `f`/`t` parties,
 * `g` who dialled, `p` who talked on the called side, `c` what was at the end (person, voicemail, machine), `s` how it
 * ended, `r` seconds of ringing, `b` seconds from answer to end, `x` the other instant of a repeated hour. What would be
 * null or 0 is left out.
 */
export type AsteriskLeg = Readonly<{
  d: "i" | "o" | "n";
  c: "p" | "v" | "m";
  s: "a" | "n" | "b" | "f";
  k?: string;
  f?: string;
  t?: string;
  g?: string;
  p?: string;
  r?: number;
  b?: number;
  x?: number;
}>;

const directions: Readonly<Record<string, CallDirection>> = { i: "inbound", o: "outbound", n: "internal" };

const noAlternatives: number[] = [];

type Talk = Readonly<{ from: number; to: number }>;

/** Rounding of billsec makes neighbours overlap by a second or two; that is no parallel talk. */
const roundingMs = 2000;

const text = (leg: Leg, key: keyof AsteriskLeg): string | null => {
  const value = leg.data[key];
  return typeof value === "string" ? value : null;
};
const number = (leg: Leg, key: keyof AsteriskLeg): number => {
  const value = leg.data[key];
  return typeof value === "number" ? value : 0;
};

const isTalk = (leg: Leg): boolean => leg.data["c"] === "p" && leg.data["s"] === "a" && number(leg, "b") > 0;

const startOfTalk = (leg: Leg): number => leg.startedAt + number(leg, "r") * 1000;
const endOfTalk = (leg: Leg): number => startOfTalk(leg) + number(leg, "b") * 1000;

/** Seconds of talk: parallel rows of the same minutes (a consultation, a queue beside its agent) count once. */
function sumTalk(legs: readonly Leg[]): number {
  const [only, second] = legs;
  if (second === undefined) return only === undefined ? 0 : number(only, "b");
  const talks = legs
    .map((leg): Talk => ({ from: startOfTalk(leg), to: endOfTalk(leg) }))
    .toSorted((left, right) => left.from - right.from);
  let total = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const { from, to } of talks) {
    const overlap = Math.min(covered, to) - from;
    total += to - from - (overlap > roundingMs ? overlap : 0);
    covered = Math.max(covered, to);
  }
  return Math.round(total / 1000);
}

function toUnanswered(direction: CallDirection, legs: readonly Leg[]): CallStatus {
  if (legs.some((leg) => leg.data["c"] === "v" && leg.data["s"] === "a")) return "voicemail";
  if (direction === "inbound") return "missed";
  if (legs.some((leg) => leg.data["s"] === "n" || leg.data["s"] === "a")) return "missed";
  return legs.some((leg) => leg.data["s"] === "b") ? "busy" : "failed";
}

/** Rows of a call in the order in which they began; the log's order decides between equal ones. */
export function toRecord(legs: readonly Leg[]): CallRecord {
  const ordered = legs.length === 1 ? legs : legs.toSorted((left, right) => left.startedAt - right.startedAt);
  const first = ordered[0];
  if (first === undefined) throw new Error("A call has at least one leg.");
  const head = ordered.length === 1 ? first : (ordered.find((leg) => leg.data["d"] !== "n") ?? first);
  const direction = directions[text(head, "d") ?? "i"] ?? "inbound";
  const talks = ordered.length === 1 && isTalk(first) ? ordered : ordered.filter(isTalk);
  const last =
    talks.length < 2 ? talks[0] : talks.reduce((left, right) => (endOfTalk(right) >= endOfTalk(left) ? right : left));
  const alternative = number(first, "x");
  return {
    logId: text(head, "k"),
    direction,
    status: last === undefined ? toUnanswered(direction, ordered) : "answered",
    from: text(head, "f"),
    to: text(head, "t") ?? findTarget(ordered),
    startedAt: first.startedAt,
    startedAtPrecision: "second",
    startedAtAlternatives: alternative === 0 ? noAlternatives : [first.startedAt, alternative],
    durationSeconds: sumTalk(talks),
    agent: direction === "inbound" ? (last === undefined ? null : text(last, "p")) : text(head, "g"),
    legs: ordered.length,
  };
}

const findTarget = (legs: readonly Leg[]): string | null => {
  const found = legs.find((leg) => text(leg, "t") !== null);
  return found === undefined ? null : text(found, "t");
};

export const createFold =
  (exclude: (record: CallRecord) => CallExclusion | null): Fold =>
  (legs) => {
    const record = toRecord(legs);
    return { record, excluded: exclude(record) };
  };
