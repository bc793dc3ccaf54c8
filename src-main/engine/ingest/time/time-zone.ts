import { LogRefusedError } from "../log-refused.ts";

const hour = 3_600_000;
const day = 24 * hour;
const quarter = 900_000;

/** A local time in UTC. Two instants where the clock was set back; `shifted` where it was set forward over it. */
export type Instant = Readonly<{ at: number; alternative: number | null; shifted: boolean }>;

export type TimeZone = Readonly<{
  name: string;
  /** UTC offset in ms at an instant (epoch ms). */
  offsetAt(instant: number): number;
  /** The instant of a wall-clock time given as if it were UTC (epoch ms). */
  toInstant(local: number): Instant;
  /** The offset where one holds all day, or NaN. `localDay`: day number of the wall-clock time. */
  offsetOfDay(localDay: number): number;
}>;

function openFormat(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw new LogRefusedError("settings", `Unknown time zone "${name}". Use a name such as Europe/London.`);
  }
}

function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - Math.floor(instant / 1000) * 1000;
}

/** Bounded memory for offsets: a log covers days, so a full table is simply begun again. */
function remember<T>(table: Map<number, T>, key: number, value: T): T {
  if (table.size >= 4096) table.clear();
  table.set(key, value);
  return value;
}

/** Zones are made once: their offsets are the same for every file. There are some 600 names, and others are refused. */
const zones = new Map<string, TimeZone>();

/** The zone of that name. Throws `LogRefusedError` for one that does not exist. */
export function createTimeZone(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = openTimeZone(name);
  zones.set(name, zone);
  return zone;
}

/**
 * Exact conversion by the IANA rules that Node carries. Offsets are looked up once a day of the log; only the days on
 * which clocks change are looked at by the quarter of an hour (every change since 1995 fell on one).
 */
function openTimeZone(name: string): TimeZone {
  const format = openFormat(name);
  const byQuarter = new Map<number, number>();
  const byDay = new Map<number, number>();

  const offsetAt = (instant: number): number => {
    const key = Math.floor(instant / quarter);
    return byQuarter.get(key) ?? remember(byQuarter, key, readOffset(format, key * quarter));
  };

  // A zone's offset lies within -12 and +14 hours: what is equal from one end to the other holds all day.
  const offsetOfDay = (localDay: number): number => {
    const known = byDay.get(localDay);
    if (known !== undefined) return known;
    const first = offsetAt(localDay * day - 15 * hour);
    const last = offsetAt((localDay + 1) * day + 13 * hour);
    return remember(byDay, localDay, first === last ? first : Number.NaN);
  };

  const toInstant = (local: number): Instant => {
    const steady = offsetOfDay(Math.floor(local / day));
    if (!Number.isNaN(steady)) return { at: local - steady, alternative: null, shifted: false };
    const before = offsetAt(local - 28 * hour);
    const after = offsetAt(local + 28 * hour);
    const early = local - before;
    const late = local - after;
    const earlyHolds = offsetAt(early) === before;
    const lateHolds = offsetAt(late) === after;
    if (earlyHolds && lateHolds && early !== late) {
      return { at: Math.min(early, late), alternative: Math.max(early, late), shifted: false };
    }
    if (earlyHolds) return { at: early, alternative: null, shifted: false };
    if (lateHolds) return { at: late, alternative: null, shifted: false };
    // The clock was set forward over this time: the old offset moves it forward by the gap.
    return { at: early, alternative: null, shifted: true };
  };

  return { name, offsetAt, toInstant, offsetOfDay };
}

/** The zone of this computer, used where a source has none. */
export function readLocalZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
