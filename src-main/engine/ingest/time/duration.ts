import { toPlainText } from "./plain-text.ts";

/** What a bare number of a duration column counts. */
export type DurationUnit = "s" | "ms" | "min";

/** How a column of durations reads: its unit, and whether `1:30` is hours and minutes. */
export type DurationStyle = Readonly<{ unit: DurationUnit; colonIsHours: boolean }>;

/** Patterns are not let loose on what is longer than any length of a call is written. */
const longestDuration = 80;

/** No phone call takes a week: a longer one is a damaged value. */
export const maxDurationSeconds = 7 * 86_400;

const secondsOfUnit: Readonly<Record<DurationUnit, number>> = { s: 1, ms: 0.001, min: 60 };

const clock = /^(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?(?:[.,]\d+)?$/;
const quoted = /^(?:(\d{1,3}):)?(\d{1,2})'(\d{2})"?$/;
const isoPeriod = /^p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)(?:[.,]\d+)?s)?)?$/;
const words =
  /^(?:(\d+)\s*(?:d|days?|tage?)[\s,]*)?(?:(\d+)\s*(?:h|hrs?|hours?|std\.?|stunden?|heures?|horas?|ore)[\s,]*)?(?:(\d+)\s*(?:m|mins?\.?|minutes?|minuten?|minutos?|minuti)[\s,]*)?(?:(\d+)(?:[.,]\d+)?\s*(?:s|secs?\.?|seconds?|sek\.?|sekunden?|secondes?|segundos?|secondi))?$/;

const sum = (parts: readonly (string | undefined)[], weights: readonly number[]): number =>
  parts.reduce((total, part, at) => total + Number(part ?? 0) * (weights[at] ?? 0), 0);

function readClock(text: string, style: DurationStyle): number | null {
  const found = clock.exec(text);
  if (found === null) return null;
  const [, left, middle, right] = found;
  if (Number(middle) > 59 || Number(right ?? 0) > 59) return null;
  if (right !== undefined) return sum([left, middle, right], [3600, 60, 1]);
  return sum([left, middle], style.colonIsHours ? [3600, 60] : [60, 1]);
}

/**
 * Seconds of a duration text, or null when it is none: bare numbers in the column's unit, `m:ss`, `h:mm:ss`, `mm'ss`,
 * `1 min 20 sec`, `PT1M20S`, `65s (1m 5s)`. Fractions are dropped, except in minutes. A negative number stays negative.
 */
export function readDuration(cell: string, style: DurationStyle): number | null {
  if (cell.length > longestDuration) return null;
  const text = toPlainText(cell)
    .toLowerCase()
    .replace(/\s*\(.*\)$/, "")
    .replace(/^[="']+|["]+$/g, "")
    .trim();
  if (text === "") return null;
  if (/^-?\d+([.,]\d+)?$|^[1-9]\d{0,2}(?:,\d{3})+$/.test(text)) {
    // Three digits behind a comma are thousands, except of minutes: seconds are not written with thousandths and a comma.
    const isGrouped = style.unit !== "min" && /^[1-9]\d{0,2}(?:,\d{3})+$/.test(text);
    const plain = isGrouped ? text.replaceAll(",", "") : text.replace(",", ".");
    const seconds = Number(plain) * secondsOfUnit[style.unit];
    return style.unit === "min" ? Math.round(seconds) : Math.trunc(seconds);
  }
  const bare = readClock(text, style);
  if (bare !== null) return bare;
  if (/^-\d+:\d/.test(text)) return -1;
  const marked = quoted.exec(text);
  if (marked !== null) return sum(marked.slice(1), [3600, 60, 1]);
  if (text.startsWith("p") && text.length > 2) {
    const period = isoPeriod.exec(text);
    if (period !== null) return sum(period.slice(1), [86_400, 3600, 60, 1]);
  }
  const spelled = words.exec(text);
  return spelled === null ? null : sum(spelled.slice(1), [86_400, 3600, 60, 1]);
}
