import { z } from "zod";
import { toLocalDate } from "./local-time.ts";
import { daysEarlier, midnightBefore, minuteOfDay } from "./midnight.ts";

const minuteOfDaySchema = z.int().min(0).max(1_440);

/** When the silence of a source is worth an alarm. */
export const silenceSettings = z.strictObject({
  isOn: z.boolean(),
  /** So many calls should have come since the last one, by the weeks before: fewer may be chance. */
  least: z.int().min(3).max(1_000),
  /** Minutes of the day between which the office is open, or null: learnt from the calls alone. */
  hours: z.strictObject({ from: minuteOfDaySchema, to: minuteOfDaySchema }).nullable(),
  /** Days without an alarm, as `2026-12-25`. */
  holidays: z.array(z.iso.date()).max(400),
});
export type SilenceSettings = Readonly<z.infer<typeof silenceSettings>>;

export const defaultSilenceSettings: SilenceSettings = { isOn: true, least: 10, hours: null, holidays: [] };

/** Calls that began within half an hour from `at` (epoch ms); `live`: those that were read soon after. */
export type CallSlot = Readonly<{ at: number; calls: number; live: number }>;

export const slotMs = 1_800_000;
const dayMs = 86_400_000;
const weeksLearnt = 6;
/** With fewer weeks to compare with, a quiet day may be any day. */
const leastWeeks = 3;
/** Of the calls of the last eight days so many must have been read soon after they ended: a log that comes at night is silent all day. */
const liveShare = 0.8;
const leastLive = 20;

export type SilenceAsk = Readonly<{
  now: number;
  /** When the newest call of the source began, or null. */
  lastAt: number | null;
  /** In any order; at least those of the last seven weeks. */
  slots: readonly CallSlot[];
  timeZone: string;
  settings: SilenceSettings;
}>;

/** `since`: start of the last call, or of the day. `expected`: calls there usually are since; `usualToday`: by now today. */
export type Silence = Readonly<{ since: number; expected: number; usualToday: number }>;

const countBetween = (slots: readonly CallSlot[], from: number, to: number): number =>
  slots.reduce((sum, { at, calls }) => (at >= from && at + slotMs <= to ? sum + calls : sum), 0);

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

function isOpen(now: number, timeZone: string, { hours, holidays }: SilenceSettings): boolean {
  if (holidays.includes(toLocalDate(now, timeZone))) return false;
  const minute = minuteOfDay(now, timeZone);
  return hours === null || (minute >= hours.from && minute < hours.to);
}

/** Whether the calls of a source are read while they happen. */
function isLive(slots: readonly CallSlot[], now: number): boolean {
  const recent = slots.filter(({ at }) => at >= now - 8 * dayMs && at <= now);
  const calls = recent.reduce((sum, each) => sum + each.calls, 0);
  const live = recent.reduce((sum, each) => sum + each.live, 0);
  return live >= leastLive && live >= calls * liveShare;
}

/**
 * No call for so long that there should have been many: as many as on the same weekday, between the same times of day, in
 * the weeks before (their median; one week without calls, a holiday, does not count). Pure.
 */
export function findSilence({ now, lastAt, slots, timeZone, settings }: SilenceAsk): Silence | null {
  if (!settings.isOn || !isOpen(now, timeZone, settings) || !isLive(slots, now)) return null;
  const midnight = midnightBefore(now, timeZone);
  const since = Math.max(lastAt ?? 0, midnight);
  // A call that begins in the future is of a clock that was set: nothing can be said.
  if (since >= now) return null;
  const oldest = slots.reduce((earliest, { at }) => Math.min(earliest, at), now);
  const first = midnightBefore(oldest, timeZone);
  const weeks = Array.from({ length: weeksLearnt }, (_, index) => (index + 1) * 7).flatMap((days) => {
    const to = daysEarlier(now, days, timeZone);
    const begin = daysEarlier(midnight, days, timeZone);
    if (begin < first || settings.holidays.includes(toLocalDate(to, timeZone))) return [];
    const from = daysEarlier(since, days, timeZone);
    return [{ expected: countBetween(slots, from, to), usual: countBetween(slots, begin, to) }];
  });
  if (weeks.length < leastWeeks) return null;
  const expected = medianOf(weeks.map((each) => each.expected));
  const quiet = weeks.filter((each) => each.expected === 0).length;
  if (expected < settings.least || quiet > 1) return null;
  return { since, expected: Math.round(expected), usualToday: Math.round(medianOf(weeks.map(({ usual }) => usual))) };
}
