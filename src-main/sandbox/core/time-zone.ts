const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws a RangeError for a name that is no IANA time zone. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}

export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The wall time of a zone, written as if it were UTC (epoch ms), worked out by the platform's calendar. */
function readLocal(zone: string, instant: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

const quarterMs = 900_000;
/** Since then (epoch ms) every zone changes its offset at a quarter of an hour of UTC. */
const quartersFrom = Date.UTC(1980, 0);
const mostOffsets = 10_000;
const offsets = new Map<string, number>();

const toWholeSeconds = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** How far a zone's wall time is ahead of UTC at an instant, in ms. Kept: the calendar takes long, and lists ask for each record. */
export function zoneOffsetMs(zone: string, instant: number): number {
  const read = (): number => readLocal(zone, instant) - toWholeSeconds(instant);
  if (instant < quartersFrom) return read();
  const key = `${zone} ${Math.floor(instant / quarterMs)}`;
  const known = offsets.get(key) ?? read();
  if (offsets.size >= mostOffsets) offsets.clear();
  offsets.set(key, known);
  return known;
}

/** The wall time of a zone, written as if it were UTC (epoch ms). */
const toLocal = (zone: string, instant: number): number => toWholeSeconds(instant) + zoneOffsetMs(zone, instant);

const dayMs = 86_400_000;

/** The instant at which the wall time of a zone shows `local`; read twice, as the offset may change in between. */
function toInstant(zone: string, local: number): number {
  const guess = local - zoneOffsetMs(zone, local);
  return local - zoneOffsetMs(zone, guess);
}

/** The midnight of a zone at or before an instant. */
export function dayStartIn(zone: string, instant: number): number {
  const local = toLocal(zone, instant);
  return toInstant(zone, local - (((local % dayMs) + dayMs) % dayMs));
}

/** The first midnight of a zone after an instant. */
export function nextMidnightIn(zone: string, instant: number): number {
  const local = toLocal(zone, instant);
  return toInstant(zone, local - (((local % dayMs) + dayMs) % dayMs) + dayMs);
}
