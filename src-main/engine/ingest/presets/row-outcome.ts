import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { createPhoneNumbers, type PhoneNumbers } from "../numbers/phone-numbers.ts";
import {
  quoteValue,
  skip,
  type FormatContext,
  type LegRow,
  type PlacedLeg,
  type RowOutcome,
  type SkippedOutcome,
} from "../formats/log-format.ts";
import type { LogRecord } from "../records/log-record.ts";
import { toRowHash } from "../row-hash.ts";
import { maxDurationSeconds } from "../time/duration.ts";
import { createTimeZone, type TimeZone } from "../time/time-zone.ts";
import {
  describeImplausible,
  holdsDay,
  readPlainStamp,
  readTimeCell,
  resolveMoment,
  type Moment,
} from "../time/timestamp.ts";
import type { DateOrder } from "../time/wall-time.ts";
import type { PresetLeg } from "./fold-legs.ts";
import { isSkipped, type RowFacts, type RowReading, type RowStart } from "./row-facts.ts";

/** What a preset has at hand while it reads the rows of one file. */
export type RowTools = Readonly<{
  numbers: PhoneNumbers;
  settings: SourceSettings;
  /** Zone of the source's local times. */
  zone: TimeZone;
  /** Wall time, epoch ms. */
  now: number;
  /** When the file was written last, epoch ms: for dates without year. */
  modifiedAt: number;
  /** Order of day and month, settled for the whole file. */
  order: DateOrder;
}>;

export function createRowTools({ settings, zone, now, modifiedAt }: FormatContext, order: DateOrder): RowTools {
  return { numbers: createPhoneNumbers(settings), settings, zone: createTimeZone(zone), now, modifiedAt, order };
}

type Clock = Readonly<{ zone: TimeZone; utc: TimeZone; order: DateOrder }>;

/** The instant that is surely right, to tell the two hours of an autumn night apart: the end less the length. */
function readHint(end: string | undefined, seconds: number, zone: TimeZone, order: DateOrder): number | null {
  const cell = end === undefined ? null : readTimeCell(end);
  if (cell === null) return null;
  const moment = resolveMoment({ main: cell, time: null }, { order, zone });
  return moment === null || moment.alternatives.length > 0 ? null : moment.at - seconds * 1000;
}

function toMoment(start: Exclude<RowStart, { epochMs: number }>, seconds: number, clock: Clock): Moment | null {
  const zone = start.zone === "utc" ? clock.utc : clock.zone;
  const plain = start.time === undefined ? readPlainStamp(start.text, zone) : null;
  if (plain !== null) return { at: plain, precision: "second", alternatives: [] };
  const main = readTimeCell(start.text);
  if (main === null || !holdsDay(main)) return null;
  const time = start.time === undefined ? null : readTimeCell(start.time);
  const hint = readHint(start.end, seconds, zone, clock.order);
  return resolveMoment({ main, time }, { order: clock.order, zone, hint });
}

const letters = { inbound: "i", outbound: "o", internal: "n" } as const;
const endLetters = { person: "p", voicemail: "v", machine: "m", whole: "w", queue: "q" } as const;
const endingLetters = { answered: "a", none: "n", busy: "b", failed: "f" } as const;

function toData(facts: RowFacts, moment: Moment): PresetLeg {
  const { direction, called, ending, agent, caller, ring = 0, order } = facts;
  const [, alternative] = moment.alternatives;
  return {
    m: letters[direction] + endLetters[called] + endingLetters[ending],
    k: facts.key === null ? null : (facts.logId ?? facts.key),
    f: facts.from,
    t: facts.to,
    b: facts.talk,
    ...(agent === undefined || agent === null ? {} : { g: agent }),
    ...(caller === undefined || caller === null ? {} : { c: caller }),
    ...(ring === 0 ? {} : { r: ring }),
    ...(order === undefined || order === 0 ? {} : { o: order }),
    ...(moment.precision === "minute" ? { p: 1 } : {}),
    ...(alternative === undefined ? {} : { x: alternative }),
    ...(facts.isSerial === true ? { q: 1 } : {}),
  };
}

function findBadSeconds({ talk, ring = 0 }: RowFacts): SkippedOutcome | null {
  const isPossible = (seconds: number): boolean => seconds >= 0 && seconds <= maxDurationSeconds;
  if (isPossible(talk) && isPossible(ring)) return null;
  return skip("malformed", `${isPossible(talk) ? ring : talk} seconds are no possible length of a call`);
}

/**
 * Makes the outcome of a record of what a preset says of it: the start as an instant, checked for being possible; the
 * leg as it is stored; the identity of a call without key. `textOf`: what two equal rows have in common.
 */
export function createRowOutcome({ zone, now, order }: RowTools) {
  const clock: Clock = { zone, utc: createTimeZone("UTC"), order };

  const readMoment = ({ start, talk, ring = 0 }: RowFacts): Moment | SkippedOutcome => {
    if ("epochMs" in start) {
      const { epochMs, precision = "second", alternatives = [] } = start;
      const doubt = Number.isFinite(epochMs) ? describeImplausible(epochMs, now) : "is no time";
      if (doubt !== null) return skip("invalid_date", `the start ${doubt}`);
      return { at: Math.floor(epochMs / 1000) * 1000, precision, alternatives };
    }
    const text = [start.text, start.time ?? ""].join(" ").trim();
    const moment = toMoment(start, talk + ring, clock);
    if (moment === null) return skip("invalid_date", `start ${quoteValue(text)} is no date and time`);
    const before = (start.secondsBefore ?? 0) * 1000;
    const at = moment.at - before;
    const doubt = describeImplausible(at, now);
    if (doubt !== null) return skip("invalid_date", `start ${quoteValue(text)} ${doubt}`);
    return { ...moment, at, alternatives: moment.alternatives.map((other) => other - before) };
  };

  return (record: LogRecord, reading: RowReading, textOf: string = record.raw): RowOutcome => {
    if (reading === null || isSkipped(reading)) return reading;
    const bad = findBadSeconds(reading);
    if (bad !== null) return bad;
    const moment = readMoment(reading);
    if ("kind" in moment) return moment;
    const { key, node = "", direction, from, to, identity = [], talk, ring = 0, continues = false } = reading;
    const leg: PlacedLeg = {
      hash: toRowHash(reading.rowText ?? textOf),
      startedAt: moment.at,
      data: toData(reading, moment),
      line: record.line,
    };
    const row: LegRow = {
      kind: "leg",
      key,
      node,
      leg,
      endedAt: moment.at + (talk + ring) * 1000,
      identity: key === null ? [direction, from, to, ...identity].join("\u001f") : "",
    };
    const ended = reading.isLast === true ? { ...row, isLast: true } : row;
    return continues ? { ...ended, continues } : ended;
  };
}
