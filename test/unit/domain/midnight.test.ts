import { expect, test } from "vitest";
import { midnightAfter, midnightBefore } from "../../../src-shared/domain/midnight.ts";

const iso = (at: number): string => new Date(at).toISOString();

test.each([
  ["US/Eastern", "2026-11-20T09:00:00Z", "2026-11-20T05:00:00.000Z", "2026-11-21T05:00:00.000Z"],
  ["US/Eastern", "2026-11-20T04:59:59Z", "2026-11-19T05:00:00.000Z", "2026-11-20T05:00:00.000Z"],
  ["Asia/Kolkata", "2026-06-01T00:00:00Z", "2026-05-31T18:30:00.000Z", "2026-06-01T18:30:00.000Z"],
  // The day summer time begins has 23 hours, the day it ends 25.
  ["Europe/London", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00.000Z", "2026-03-29T23:00:00.000Z"],
  ["Europe/London", "2026-10-25T12:00:00Z", "2026-10-24T23:00:00.000Z", "2026-10-26T00:00:00.000Z"],
])("midnight in %s around %s", (zone, at, before, after) => {
  expect(iso(midnightBefore(Date.parse(at), zone))).toBe(before);
  expect(iso(midnightAfter(Date.parse(at), zone))).toBe(after);
});
