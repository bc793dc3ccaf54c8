import type { CallDirection, CallRecord, CallStatus } from "../../../../src-shared/domain/call-record.ts";
import type { Fold, Leg } from "../../ports/ingest-store.ts";
import type { CallExclusion } from "../exclusion.ts";
import { dropRepeated } from "../fold/repeated-talk.ts";

/**
 * What is kept of a row of a preset, in short names because many are stored. `m` three letters: direction (i, o, n for
 * internal), called end (p person, v voicemail, m machine, w whole call, q agent of a queue), ending (a answered, n none, b busy, f failed).
 * `k` the log's key, `f`/`t` parties, `g` who of ours was called, `c` who of ours dialled, `r` seconds of ringing, `b`
 * seconds from answer to end, `o` order within a second, `p` 1 for minute precision, `x` the other instant of a repeated
 * hour, `q` 1 where rows follow each other although they share a start. Fields that say nothing are absent.
 */
export type PresetLeg = Readonly<{
  m: string;
  k: string | null;
  f: string | null;
  t: string | null;
  b: number;
  g?: string;
  c?: string;
  r?: number;
  o?: number;
  p?: 1;
  x?: number;
  q?: 1;
}>;

const directions: Readonly<Record<string, CallDirection>> = { i: "inbound", o: "outbound", n: "internal" };

/** Seconds are rounded on both sides: neighbours overlap by one or two, which is no parallel talk. */
const roundingMs = 2000;

const toText = (leg: Leg | undefined, name: keyof PresetLeg): string | null => {
  const value = leg?.data[name];
  return typeof value === "string" ? value : null;
};
const toNumber = (leg: Leg, name: keyof PresetLeg): number => {
  const value = leg.data[name];
  return typeof value === "number" ? value : 0;
};

const directionOf = (leg: Leg): string => toText(leg, "m")?.charAt(0) ?? "i";
const calledEndOf = (leg: Leg): string => toText(leg, "m")?.charAt(1) ?? "m";
const endingOf = (leg: Leg): string => toText(leg, "m")?.charAt(2) ?? "n";

const isPerson = (leg: Leg): boolean => calledEndOf(leg) === "p" || calledEndOf(leg) === "q";
const isTalk = (leg: Leg): boolean => endingOf(leg) === "a" && toNumber(leg, "b") > 0;

/** Rows of talk with a person; the row of the whole call only where no other tells. */
function findTalks(legs: readonly Leg[]): readonly Leg[] {
  const talks = legs.filter((leg) => isPerson(leg) && isTalk(leg));
  return talks.length > 0 ? talks : legs.filter((leg) => calledEndOf(leg) === "w" && isTalk(leg));
}

const isSerial = (leg: Leg): boolean => toNumber(leg, "q") === 1;

/** The row whose talk ended last. */
function findLast(talks: readonly Leg[]): Leg | undefined {
  if (talks.some(isSerial)) return talks.at(-1);
  return talks.reduce<Leg | undefined>(
    (left, right) => (left === undefined || endOfTalk(right) >= endOfTalk(left) ? right : left),
    undefined,
  );
}

/** Who of ours talked, where the row that talked last does not say it (a conference, a line to the outside). */
const findAgent = (talks: readonly Leg[]): string | null => {
  const known = talks.filter((leg) => toText(leg, "g") !== null);
  return toText(findLast(known), "g");
};

const startOfTalk = (leg: Leg): number => leg.startedAt + toNumber(leg, "r") * 1000;
const endOfTalk = (leg: Leg): number => startOfTalk(leg) + toNumber(leg, "b") * 1000;

/** Seconds of talk; minutes that two rows tell of (a consultation, both views of one call) count once. */
function sumTalk(talks: readonly Leg[]): number {
  if (talks.some(isSerial)) return talks.reduce((sum, leg) => sum + toNumber(leg, "b"), 0);
  let total = 0;
  let covered = Number.NEGATIVE_INFINITY;
  const spans = talks.map((leg) => {
    return { from: startOfTalk(leg), to: endOfTalk(leg), isQueue: calledEndOf(leg) === "q" };
  });
  for (const { from, to } of dropRepeated(spans).toSorted((left, right) => left.from - right.from)) {
    const overlap = Math.min(covered, to) - from;
    total += to - from - (overlap > roundingMs ? overlap : 0);
    covered = Math.max(covered, to);
  }
  return Math.round(total / 1000);
}

function toUnanswered(direction: CallDirection, legs: readonly Leg[]): CallStatus {
  if (legs.some((leg) => calledEndOf(leg) === "v" && endingOf(leg) === "a")) return "voicemail";
  if (direction === "inbound") return "missed";
  // A row of the whole call may only say that it was over: what its parts say counts.
  const endings = new Set(legs.map(endingOf));
  if (endings.has("b")) return "busy";
  if (endings.has("n") || endings.has("a")) return "missed";
  return "failed";
}

const compareLegs = (left: Leg, right: Leg): number =>
  left.startedAt - right.startedAt || toNumber(left, "o") - toNumber(right, "o");

/** Rows of one call, in any order, as the call that they are together. */
export function foldLegs(legs: readonly Leg[]): CallRecord {
  const ordered = legs.length === 1 ? legs : legs.toSorted(compareLegs);
  const first = ordered[0];
  if (first === undefined) throw new Error("A call has at least one leg.");
  const head = ordered.find((leg) => directionOf(leg) !== "n") ?? first;
  const direction = directions[directionOf(head)] ?? "inbound";
  const talks = findTalks(ordered);
  const last = findLast(talks);
  const target = ordered.find((leg) => toText(leg, "t") !== null);
  const caller = ordered.find((leg) => toText(leg, "c") !== null);
  const alternative = toNumber(first, "x");
  return {
    logId: toText(head, "k"),
    direction,
    status: last === undefined ? toUnanswered(direction, ordered) : "answered",
    from: toText(head, "f"),
    to: toText(head, "t") ?? toText(target, "t"),
    startedAt: first.startedAt,
    startedAtPrecision: toNumber(first, "p") === 1 ? "minute" : "second",
    startedAtAlternatives: alternative === 0 ? [] : [first.startedAt, alternative],
    durationSeconds: sumTalk(talks),
    agent:
      direction === "inbound" ? (toText(last, "g") ?? findAgent(talks)) : (toText(head, "c") ?? toText(caller, "c")),
    legs: ordered.length,
  };
}

export const createLegFold =
  (exclude: (record: CallRecord) => CallExclusion | null): Fold =>
  (legs) => {
    const record = foldLegs(legs);
    return { record, excluded: exclude(record) };
  };
