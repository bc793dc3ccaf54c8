import { expect, test } from "vitest";
import { dayBounds, toLength, toLocalDate, toLocalTime } from "../../../src-shared/domain/local-time.ts";

const hourMs = 3_600_000;

test.each([
  ["2026-03-29", "Europe/London", 23],
  ["2026-10-25", "Europe/London", 25],
  ["2026-07-01", "Europe/London", 24],
  ["2026-07-01", "Pacific/Kiritimati", 24],
  ["2026-07-01", "Pacific/Pago_Pago", 24],
  ["2026-07-01", "Asia/Kathmandu", 24],
])("the day %s in %s has %i hours", (date, timeZone, hours) => {
  const { from, to } = dayBounds(date, timeZone);
  expect((to - from) / hourMs).toBe(hours);
  expect(toLocalDate(from, timeZone)).toBe(date);
  expect(toLocalDate(from - 1, timeZone)).not.toBe(date);
  expect(toLocalDate(to - 1, timeZone)).toBe(date);
  expect(toLocalDate(to, timeZone)).not.toBe(date);
});

test("a time is told in the zone asked for", () => {
  const at = Date.UTC(2025, 5, 2, 7, 32, 16);
  expect(toLocalTime(at, "Europe/London")).toBe("2 Jun 2025, 08:32:16");
  expect(toLocalTime(at, "America/New_York")).toBe("2 Jun 2025, 03:32:16");
});

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [429, "7 min 9 s"],
  [3_600, "1 h"],
  [5_165, "1 h 26 min"],
])("%i seconds are told as %s", (seconds, text) => {
  expect(toLength(seconds)).toBe(text);
});
