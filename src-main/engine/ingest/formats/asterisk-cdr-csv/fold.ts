import type { CallDirection, CallRecord, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import type { Fold, Leg } from "../../../ports/ingest-store.ts";
import type { CallExclusion } from "../../exclusion.ts";
import { dropRepeated } from "../../fold/repeated-talk.ts";

/**
 * What is kept of a row, in short names because a million of them are stored. `m` three letters: direction (i, o, n for
 * internal), who was at the called end (person, voicemail, machine, agent of a queue), how it ended (answered, no answer, busy, failed).
 * `k` key, `f`/`t` parties, `w` who talked on our side, `p` the called agent of an internal row, `r` seconds of ringing,
 * `b` seconds from answer to end, `x` the other instant of a repeated hour. Rare fields are absent, the others are always
 * there: objects of one shape are read fast.
 */
export type AsteriskLeg = Readonly<{
  m: `${"i" | "o" | "n"}${CalledEnd}${Ending}`;
  k: string | null;
  f: string | null;
  t: string | null;
  w: string | null;
  r: number;
  b: number;
  p?: string;
  x?: number;
}>;

export type CalledEnd = "p" | "v" | "m" | "q";
export type Ending = "a" | "n" | "b" | "f";

const directions: Readonly<Record<string, CallDirection>> = { i: "inbound", o: "outbound", n: "internal" };

const noAlternatives: number[] = [];

/** Rounding of billsec makes neighbours overlap by a second or two; that is no parallel talk. */
const roundingMs = 2000;

const toText = (value: string | number | null | undefined): string | null => (typeof value === "string" ? value : null);
const toNumber = (value: string | number | null | undefined): number => (typeof value === "number" ? value : 0);

/** A letter of the leg's mode: 0 direction, 1 called end, 2 ending. */
const letter = (leg: Leg, at: 0 | 1 | 2): string => {
  const mode = leg.data["m"];
  return typeof mode === "string" ? mode.charAt(at) : "";
};

const isPerson = (leg: Leg): boolean => letter(leg, 1) === "p" || letter(leg, 1) === "q";
const isTalk = (leg: Leg): boolean => isPerson(leg) && letter(leg, 2) === "a" && toNumber(leg.data["b"]) > 0;

const startOfTalk = (leg: Leg): number => leg.startedAt + toNumber(leg.data["r"]) * 1000;
const endOfTalk = (leg: Leg): number => startOfTalk(leg) + toNumber(leg.data["b"]) * 1000;

/** Seconds of talk: parallel rows of the same minutes (a consultation, a queue beside its agent) count once. */
function sumTalk(legs: readonly Leg[]): number {
  const [only, second] = legs;
  if (second === undefined) return only === undefined ? 0 : toNumber(only.data["b"]);
  const spans = legs.map((leg) => ({ from: startOfTalk(leg), to: endOfTalk(leg), isQueue: letter(leg, 1) === "q" }));
  const talks = dropRepeated(spans).toSorted((left, right) => left.from - right.from);
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
  if (legs.some((leg) => letter(leg, 1) === "v" && letter(leg, 2) === "a")) return "voicemail";
  if (direction === "inbound") return "missed";
  if (legs.some((leg) => letter(leg, 2) === "n" || letter(leg, 2) === "a")) return "missed";
  return legs.some((leg) => letter(leg, 2) === "b") ? "busy" : "failed";
}

/** Rows of a call in the order in which they began; the log's order decides between equal ones. */
export function toRecord(legs: readonly Leg[]): CallRecord {
  const ordered = legs.length === 1 ? legs : legs.toSorted((left, right) => left.startedAt - right.startedAt);
  const first = ordered[0];
  if (first === undefined) throw new Error("A call has at least one leg.");
  const head = ordered.length === 1 ? first : (ordered.find((leg) => letter(leg, 0) !== "n") ?? first);
  const direction = directions[letter(head, 0)] ?? "inbound";
  const talks = ordered.length === 1 && isTalk(first) ? ordered : ordered.filter(isTalk);
  const last =
    talks.length < 2 ? talks[0] : talks.reduce((left, right) => (endOfTalk(right) >= endOfTalk(left) ? right : left));
  const alternative = toNumber(first.data["x"]);
  return {
    logId: toText(head.data["k"]),
    direction,
    status: last === undefined ? toUnanswered(direction, ordered) : "answered",
    from: toText(head.data["f"]),
    to: toText(head.data["t"]) ?? findTarget(ordered),
    startedAt: first.startedAt,
    startedAtPrecision: "second",
    startedAtAlternatives: alternative === 0 ? noAlternatives : [first.startedAt, alternative],
    durationSeconds: sumTalk(talks),
    agent: direction === "inbound" ? readAgent(last) : toText(head.data["w"]),
    legs: ordered.length,
  };
}

const findTarget = (legs: readonly Leg[]): string | null => {
  for (const leg of legs) if (typeof leg.data["t"] === "string") return leg.data["t"];
  return null;
};

/** Who talked in a row: of an internal one inside a call from outside it is the one who was called. */
const readAgent = (leg: Leg | undefined): string | null =>
  leg === undefined ? null : (toText(leg.data["p"]) ?? toText(leg.data["w"]));

export const createFold =
  (exclude: (record: CallRecord) => CallExclusion | null): Fold =>
  (legs) => {
    const record = toRecord(legs);
    return { record, excluded: exclude(record) };
  };
