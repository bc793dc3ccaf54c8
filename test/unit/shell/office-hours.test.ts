import { expect, test } from "vitest";
import { isOutsideOffice } from "../../../src-main/shell/office-hours.ts";

const thursday = (hours: number, minutes: number): Date => new Date(2026, 10, 19, hours, minutes);
const saturday = new Date(2026, 10, 21, 11, 0);
const office = { from: 480, to: 1_080 };

test("outside of the office hours is before they begin, from their end on, and the weekend", () => {
  const moments = [thursday(7, 59), thursday(8, 0), thursday(17, 59), thursday(18, 0), saturday];
  expect(moments.map((moment) => isOutsideOffice(moment, office))).toEqual([true, false, false, true, true]);
});

test("hours that go over midnight are inside on both of its sides", () => {
  const night = { from: 1_320, to: 360 };
  expect([thursday(23, 0), thursday(5, 0), thursday(12, 0)].map((each) => isOutsideOffice(each, night))).toEqual([
    false,
    false,
    true,
  ]);
});

test("where there are no office hours, no time is outside of them", () => {
  expect(isOutsideOffice(saturday, null)).toBe(false);
});
