import { say } from "./say.ts";
import { toLength, toLocalDate } from "../../src-shared/domain/local-time.ts";

/** Times and numbers as this person writes them. */
export type Formats = Readonly<{
  timeZone: string;
  /** 14:35 */
  time(at: number): string;
  /** 14, or 2 PM: an hour below an axis. */
  hour(at: number): string;
  /** 14:35:12 */
  timeSeconds(at: number): string;
  /** 14:35 today, Wed 17:44 within a week, else 9 Nov. */
  when(at: number, now: number): string;
  /** Today 14:35, Wed 17:44, 9 Nov 17:44: always with the time. */
  dayAndTime(at: number, now: number): string;
  /** Thursday 19 November; with the year where that is another one than at `now`. */
  day(at: number, now?: number): string;
  /** Nov of 2026-11-02, and 2026 of the year's first month: names along a rail of weeks. */
  month(date: string): string;
  /** Thursday 19 November, of 2026-11-19. */
  dayOf(date: string): string;
  /** 2026-11-19, the day in this zone. */
  date(at: number): string;
  number(value: number): string;
  /** 46 % of 0.46 */
  percent(share: number): string;
  /** Length of talk as in a column: 6:41, 1:02:03. */
  talk(seconds: number): string;
  /** Length of talk in a sentence: 6 min 41 s. */
  length(seconds: number): string;
  /** 24 h, 10 s: how long a limit is counted for. */
  span(ms: number): string;
  /** 12.4 MB */
  size(bytes: number): string;
  list(names: readonly string[]): string;
}>;

const dayMs = 86_400_000;

/** Made once: building an Intl formatter is slow. */
export function createFormats(locale: string, timeZone: string): Formats {
  const make = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone });
  const time = make({ hour: "2-digit", minute: "2-digit" });
  const timeSeconds = make({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const hour = make({ hour: "2-digit" });
  const weekday = make({ weekday: "short" });
  const shortDay = make({ day: "numeric", month: "short" });
  const oldDay = make({ day: "numeric", month: "short", year: "numeric" });
  const day = make({ weekday: "long", day: "numeric", month: "long" });
  const otherDay = make({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const month = new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" });
  const utcDay = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: "UTC",
  });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const megabytes = new Intl.NumberFormat(locale, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const date = (at: number): string => toLocalDate(at, timeZone);
  return {
    timeZone,
    time: (at) => time.format(at),
    hour: (at) => hour.format(at),
    timeSeconds: (at) => timeSeconds.format(at),
    when(at, now) {
      if (date(at) === date(now)) return time.format(at);
      const age = now - at;
      if (age >= 0 && age < 6 * dayMs) return `${weekday.format(at)} ${time.format(at)}`;
      return Math.abs(age) < 300 * dayMs ? shortDay.format(at) : oldDay.format(at);
    },
    dayAndTime(at, now) {
      if (date(at) === date(now)) return say("time.today", { time: time.format(at) });
      const age = now - at;
      return `${age >= 0 && age < 6 * dayMs ? weekday.format(at) : shortDay.format(at)} ${time.format(at)}`;
    },
    month: (text) => (text.slice(5, 7) === "01" ? text.slice(0, 4) : month.format(Date.parse(`${text}T00:00:00Z`))),
    day(at, now = at) {
      const isOther = date(at).slice(0, 4) !== date(now).slice(0, 4);
      return (isOther ? otherDay : day).format(at).replace(",", "");
    },
    dayOf: (text) => utcDay.format(Date.parse(`${text}T12:00:00Z`)).replace(",", ""),
    date,
    number: (value) => number.format(value),
    talk: toTalk,
    length: toLength,
    span: (ms) => toLength(Math.round(ms / 1_000)),
    percent: (share) => percent.format(share),
    size: (bytes) => megabytes.format(bytes / 1_048_576),
    list: (names) => list.format(names),
  };
}

function toTalk(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
