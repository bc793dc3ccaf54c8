/** Which of the first two numbers of a date is the day. */
export type DateOrder = "DMY" | "MDY" | "YMD";

/** A date as written. `order` is null where the text leaves day and month open. */
export type WallDate = Readonly<{ year: number; first: number; second: number; order: DateOrder | null }>;

/** A time of day. `hasSeconds` false: minute precision. */
export type WallTime = Readonly<{
  hour: number;
  minute: number;
  second: number;
  hasSeconds: boolean;
  isTwelve: boolean;
}>;

const day = 86_400_000;
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Epoch ms of midnight of a civil date as if it were UTC, or NaN where there is no such date. */
export function toDayStart(year: number, month: number, dayOfMonth: number): number {
  const days = monthDays[month - 1];
  if (days === undefined || dayOfMonth < 1 || dayOfMonth > days || year < 1900 || year > 2199) return Number.NaN;
  const start = Date.UTC(year, month - 1, dayOfMonth);
  // 29 February of a common year would have become 1 March.
  return month === 2 && dayOfMonth === 29 && new Date(start).getUTCDate() !== 29 ? Number.NaN : start;
}

/** Day start of a date in the given order, or NaN. */
export function resolveDate(date: WallDate, order: DateOrder): number {
  const { year, first, second } = date;
  const used = date.order ?? order;
  return used === "DMY" ? toDayStart(year, second, first) : toDayStart(year, first, second);
}

export const toMillis = (time: WallTime): number => ((time.hour * 60 + time.minute) * 60 + time.second) * 1000;

const digit = (text: string, at: number): number => {
  const code = text.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : Number.NaN;
};
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** The day and its start that were read last: rows of a log mostly lie on the day of the row before. */
let lastDay = "";
let lastStart = Number.NaN;

/**
 * Fast path for `YYYY-MM-DD HH:MM:SS` as phone systems write it: wall-clock time as if it were UTC, NaN for
 * everything else.
 */
export function readStamp(text: string): number {
  if (text.length !== 19) return Number.NaN;
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(hour < 24 && minute < 60 && second < 61)) return Number.NaN;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58 || text.charCodeAt(10) !== 32) return Number.NaN;
  const date = text.slice(0, 10);
  if (date !== lastDay) {
    lastStart = toDayStart(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8));
    lastDay = date;
  }
  return lastStart + ((hour * 60 + minute) * 60 + second) * 1000;
}

export const dayLength = day;
