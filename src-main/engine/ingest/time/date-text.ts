import { toDayStart, type DateOrder, type WallDate, type WallTime } from "./wall-time.ts";

/** A date, a time or both as read from a text, before day and month order and zone are known. */
export type StampText = Readonly<{
  date: WallDate | null;
  time: WallTime | null;
  /** Offset from UTC in ms where the text states one. */
  offset: number | null;
}>;

const monthNames: readonly string[] = [
  "jan januar january janvier enero gennaio januari janeiro ene gen janv janeir",
  "feb februar february fevrier febrero febbraio februari fevereiro fev fevr",
  "mar marz march mars marzo maart marco maerz mrz mrt",
  "apr april avril abril aprile avr abr",
  "may mai mayo maggio mei maio mag",
  "jun juni june juin junio giugno junho giu",
  "jul juli july juillet julio luglio julho lug juil",
  "aug august aout agosto augustus ago",
  "sep september septembre septiembre settembre setembro sept set",
  "oct oktober october octobre octubre ottobre outubro okt ott out",
  "nov november novembre noviembre novembro",
  "dec dezember december decembre diciembre dicembre dezembro dez dic des",
];

const months: ReadonlyMap<string, number> = new Map(
  monthNames.flatMap((names, at) => names.split(" ").map((name) => [name, at + 1] as const)),
);

const toYear = (text: string): number => (text.length === 2 ? 2000 + Number(text) : Number(text));

const numeric = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?$/;
const spelled = /^(\d{1,2})\.?[\s/-]*(?:de\s+)?([a-z]{3,12})\.?[\s,/-]*(?:de\s+)?(\d{4}|\d{2})$/;
const spelledMonthFirst = /^([a-z]{3,12})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/;
const yearSpelled = /^(\d{4})[\s-]([a-z]{3,12})[\s-](\d{1,2})$/;

function readSpelled(text: string): WallDate | null {
  const dayFirst = spelled.exec(text);
  if (dayFirst !== null) {
    const month = months.get(dayFirst[2] ?? "");
    return month === undefined
      ? null
      : { year: toYear(dayFirst[3] ?? ""), first: Number(dayFirst[1]), second: month, order: "DMY" };
  }
  const monthFirst = spelledMonthFirst.exec(text);
  if (monthFirst !== null) {
    const month = months.get(monthFirst[1] ?? "");
    return month === undefined
      ? null
      : { year: Number(monthFirst[3]), first: month, second: Number(monthFirst[2]), order: "MDY" };
  }
  const yearFirst = yearSpelled.exec(text);
  const month = months.get(yearFirst?.[2] ?? "");
  if (yearFirst === null || month === undefined) return null;
  return { year: Number(yearFirst[1]), first: month, second: Number(yearFirst[3]), order: "YMD" };
}

/** A date without time: numbers in any order, or with the month's name in seven languages. */
export function readDate(text: string): WallDate | null {
  const found = numeric.exec(text);
  if (found !== null) {
    const [, left = "", , middle = "", right = ""] = found;
    if (left.length === 4) {
      return right.length <= 2
        ? { year: Number(left), first: Number(middle), second: Number(right), order: "YMD" }
        : null;
    }
    if (left.length === 3 || right.length === 3 || right.length === 1) return null;
    return { year: toYear(right), first: Number(left), second: Number(middle), order: null };
  }
  const compact = /^(20\d\d|19\d\d)(\d\d)(\d\d)$/.exec(text);
  if (compact !== null) {
    return { year: Number(compact[1]), first: Number(compact[2]), second: Number(compact[3]), order: "YMD" };
  }
  return /[a-z]/.test(text) ? readSpelled(text) : null;
}

const timePattern =
  /^(\d{1,2})(?:[:.h](\d{2})(?:[:.m](\d{2})(?:[.,]\d+)?s?)?)?\s*([ap])?\.?\s?(?:m\.?)?(?:\s*(?:uhr|h))?$/;

/** A time of day, 24 hours or with AM/PM in any spelling (`9:15 a. m.`). */
export function readTime(text: string): WallTime | null {
  const found = timePattern.exec(text);
  if (found === null) return null;
  const [, hourText = "", minuteText, secondText, half] = found;
  if (minuteText === undefined && half === undefined) return null;
  const hour = Number(hourText);
  const minute = Number(minuteText ?? 0);
  const second = Number(secondText ?? 0);
  // Some write the hours of 24 and AM or PM beside them, others midnight and noon as 0.
  const inRange = half === "a" ? hour <= 12 : hour < 24;
  if (!inRange || minute > 59 || second > 60) return null;
  const shifted = half === undefined || hour > 12 ? hour : (hour % 12) + (half === "p" ? 12 : 0);
  return { hour: shifted, minute, second, hasSeconds: secondText !== undefined, isTwelve: half !== undefined };
}

const iso = /^(\d{4})-?(\d\d)-?(\d\d)[t ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(z|utc|gmt|[+-]\d\d(?::?\d\d)?)?$/;

function readOffsetText(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^(z|utc|gmt)$/.test(text)) return 0;
  const found = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (found === null) return null;
  const size = (Number(found[2]) * 60 + Number(found[3] ?? 0)) * 60_000;
  return found[1] === "-" ? -size : size;
}

function readIso(text: string): StampText | null {
  const found = iso.exec(text);
  if (found === null) return null;
  const [, year, month, dayOfMonth, hour, minute, second] = found;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  return {
    date: { year: Number(year), first: Number(month), second: Number(dayOfMonth), order: "YMD" },
    time: {
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second ?? 0),
      hasSeconds: second !== undefined,
      isTwelve: false,
    },
    offset: readOffsetText(found[7]),
  };
}

/** Where the date ends and the time begins: the last place at which both halves read. */
function splitDateTime(text: string): StampText | null {
  for (let at = text.search(/[\s,t]/); at >= 0;) {
    const date = readDate(text.slice(0, at).replace(/[\s,]+$/, ""));
    const time = readTime(text.slice(at + 1).replace(/^[\s,-]+|^(?:um|at|a las|alle|om|as|a)\s+/g, ""));
    if (date !== null && time !== null) return { date, time, offset: null };
    const next = text.slice(at + 1).search(/[\s,t]/);
    at = next < 0 ? -1 : at + 1 + next;
  }
  return null;
}

/** `Fri Jun 13 09:15:02 BST 2025`, as C prints times: the year stands last. */
const timeWithin =
  /^(?:[a-z]{3},?\s+)?([a-z]{3,9}\s+\d{1,2})\s+(\d{1,2}:\d{2}:\d{2})\s+(?:(utc|gmt)|[a-z]{2,5})?\s*(\d{4})$/;
/** `13/Jun/2025:09:15:02 +0100`, as web servers do. */
const colonBetween = /^(\d{1,2}\/[a-z]{3}\/\d{4}):(?=\d)/;

const weekday = /^(?:[a-z]{2,10})\.?,?\s+(?=\d|[a-z]{3,}\.?\s*\d)/;
const zoneWord = /\s*\(?\b(utc|gmt|z|[a-z]{3,4}t)\)?$|\s*((?:utc|gmt)?[+-]\d\d:?\d\d)$/;

/**
 * Reads a date, a time or both from lower-case text without accents. Zone names other than UTC and GMT are dropped:
 * they are ambiguous, and the source's zone says what is meant.
 */
export function readStampText(text: string): StampText | null {
  const plain = readIso(text);
  if (plain !== null) return plain;
  if (text.includes("年"))
    return readStampText(
      text.replace(/(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日/, "$1-$2-$3").replaceAll("年", ""),
    );
  const within = timeWithin.exec(text);
  if (within !== null) return readStampText(`${within[1]} ${within[4]} ${within[2]} ${within[3] ?? ""}`.trim());
  if (colonBetween.test(text)) return readStampText(text.replace(colonBetween, "$1 "));
  // Before zones are looked for: the year of 13-06-2025 would be an offset.
  const alone = readDate(text);
  if (alone !== null) return { date: alone, time: null, offset: null };
  const zone = zoneWord.exec(text);
  const offset = zone === null ? null : readOffsetText((zone[1] ?? zone[2] ?? "").replace(/^(utc|gmt)(?=[+-])/, ""));
  const bare = zone === null ? text : text.slice(0, zone.index);
  const date = readDate(bare);
  if (date !== null) return { date, time: null, offset };
  const time = readTime(bare);
  if (time !== null) return { date: null, time, offset };
  const both = splitDateTime(bare) ?? (weekday.test(bare) ? splitDateTime(bare.replace(weekday, "")) : null);
  if (both !== null) return { ...both, offset };
  const named = weekday.test(bare) ? readDate(bare.replace(weekday, "")) : null;
  return named === null ? null : { date: named, time: null, offset };
}

/** True when the text, as it stands, holds a possible date. */
export function holdsDate(date: WallDate): boolean {
  if (date.order !== null) return !Number.isNaN(toDayStart(date.year, ...inOrder(date, date.order)));
  return [inOrder(date, "DMY"), inOrder(date, "MDY")].some((parts) => !Number.isNaN(toDayStart(date.year, ...parts)));
}

const inOrder = ({ first, second }: WallDate, order: DateOrder): [number, number] =>
  order === "DMY" ? [second, first] : [first, second];
