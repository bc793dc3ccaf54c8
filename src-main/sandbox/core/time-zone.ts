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

/** The wall time of a zone, written as if it were UTC (epoch ms). */
function toLocal(zone: string, instant: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

/** How far a zone's wall time is ahead of UTC at an instant, in ms. */
export function zoneOffsetMs(zone: string, instant: number): number {
  return toLocal(zone, instant) - Math.floor(instant / 1000) * 1000;
}

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
