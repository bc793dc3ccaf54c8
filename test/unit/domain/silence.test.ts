import { expect, test } from "vitest";
import {
  type CallSlot,
  type SilenceAsk,
  defaultSilenceSettings,
  findSilence,
  slotMs,
} from "../../../src-shared/domain/silence.ts";

const timeZone = "Europe/London";
const dayMs = 86_400_000;
/** A Wednesday in February: London is at UTC, and was for weeks. */
const today = Date.UTC(2026, 1, 18);
const at = (hour: number, daysAgo = 0): number => today - daysAgo * dayMs + hour * 3_600_000;

/** Ten calls an hour from nine to five on weekdays, for so many weeks; today until `until`. */
function office(weeks: number, until = 0, live = 5): readonly CallSlot[] {
  const slots: CallSlot[] = [];
  for (let day = weeks * 7; day >= 0; day -= 1) {
    const weekday = new Date(at(0, day)).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    const end = day === 0 ? until : 17;
    for (let time = at(9, day); time < at(end, day); time += slotMs) slots.push({ at: time, calls: 5, live });
  }
  return slots;
}
const ask = (change: Partial<SilenceAsk>): SilenceAsk => ({
  now: at(12),
  lastAt: at(10),
  slots: office(7, 10),
  timeZone,
  settings: defaultSilenceSettings,
  ...change,
});

test("no calls since ten, where there usually are thirty by noon, is silence", () => {
  expect(findSilence(ask({}))).toEqual({ since: at(10), expected: 20, usualToday: 30 });
});

test("a short pause is chance: it is told when enough calls are missing", () => {
  expect(findSilence(ask({ now: at(10.5) }))).toBeNull();
  expect(findSilence(ask({ now: at(11) }))).toMatchObject({ expected: 10 });
  expect(findSilence(ask({ settings: { ...defaultSilenceSettings, least: 21 } }))).toBeNull();
});

test("nights, weekends and days off raise nothing", () => {
  expect(findSilence(ask({ now: at(7), lastAt: at(17, 1) }))).toBeNull();
  const saturday = 3 * dayMs;
  expect(findSilence(ask({ now: at(12) + saturday, lastAt: at(17) + 2 * dayMs }))).toBeNull();
  expect(findSilence(ask({ settings: { ...defaultSilenceSettings, holidays: ["2026-02-18"] } }))).toBeNull();
  expect(findSilence(ask({ settings: { ...defaultSilenceSettings, isOn: false } }))).toBeNull();
});

test("outside of the office hours that somebody set nothing is raised, inside it is", () => {
  const hours = { from: 13 * 60, to: 17 * 60 };
  expect(findSilence(ask({ settings: { ...defaultSilenceSettings, hours } }))).toBeNull();
  expect(findSilence(ask({ now: at(13), settings: { ...defaultSilenceSettings, hours } }))).not.toBeNull();
});

test("one week without calls, a holiday, does not hide it; named holidays do not count at all", () => {
  const without = (days: readonly number[]) =>
    office(7, 10).filter((slot) => !days.some((day) => slot.at >= at(0, day) && slot.at < at(24, day)));
  expect(findSilence(ask({ slots: without([14]) }))).toMatchObject({ expected: 20 });
  expect(findSilence(ask({ slots: without([14, 21]) }))).toBeNull();
  const settings = { ...defaultSilenceSettings, holidays: ["2026-02-04", "2026-01-28"] };
  expect(findSilence(ask({ slots: without([14, 21]), settings }))).toMatchObject({ expected: 20 });
});

test("what is not known for three weeks is not judged", () => {
  expect(findSilence(ask({ slots: office(2, 10) }))).toBeNull();
  expect(findSilence(ask({ slots: office(3, 10) }))).not.toBeNull();
});

test("a log that comes in one piece at night is silent all day, and that is usual", () => {
  expect(findSilence(ask({ slots: office(7, 10, 0) }))).toBeNull();
});

test("summer time moves with the clocks of the office", () => {
  // Eight weeks on, London has summer time since 29 March: by UTC the same calls come an hour earlier than before.
  const later = 8 * 7 * dayMs;
  const toSummer = (time: number): number => time - (time >= Date.UTC(2026, 2, 29, 1) ? 3_600_000 : 0);
  const slots = office(7, 10).map((slot) => ({ ...slot, at: toSummer(slot.at + later) }));
  const found = findSilence(ask({ now: toSummer(at(12) + later), lastAt: toSummer(at(10) + later), slots }));
  expect(found).toEqual({ since: toSummer(at(10) + later), expected: 20, usualToday: 30 });
});

test("a call of the future, from a clock that was set, is no silence", () => {
  expect(findSilence(ask({ lastAt: at(13) }))).toBeNull();
});
