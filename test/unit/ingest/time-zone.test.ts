import { expect, test } from "vitest";
import { createTimeZone } from "../../../src-main/engine/ingest/time/time-zone.ts";
import { readStamp, toDayStart } from "../../../src-main/engine/ingest/time/wall-time.ts";

const local = (text: string): number => Date.parse(`${text}Z`);
const iso = (at: number): string => new Date(at).toISOString().slice(0, 19);

test.each([
  ["Europe/London", "2025-01-15T12:00:00", "2025-01-15T12:00:00"],
  ["Europe/London", "2025-06-15T12:00:00", "2025-06-15T11:00:00"],
  ["Asia/Kolkata", "2025-06-15T12:00:00", "2025-06-15T06:30:00"],
  ["Pacific/Kiritimati", "2025-06-15T12:00:00", "2025-06-14T22:00:00"],
  ["Pacific/Niue", "2025-06-15T23:30:00", "2025-06-16T10:30:00"],
  ["Australia/Lord_Howe", "2025-07-15T12:00:00", "2025-07-15T01:30:00"],
  ["UTC", "2025-06-15T12:00:00", "2025-06-15T12:00:00"],
])("%s at %s is %s UTC", (zone, wall, utc) => {
  expect(iso(createTimeZone(zone).toInstant(local(wall)).at)).toBe(utc);
});

test("every quarter of an hour of two years converts there and back", () => {
  for (const name of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]) {
    const zone = createTimeZone(name);
    for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2026, 0, 1); at += 900_000 * 3) {
      const wall = at + zone.offsetAt(at);
      const found = zone.toInstant(wall);
      expect([found.at, found.alternative]).toContain(at);
    }
  }
});

test("a time that happened twice has two instants, one that was skipped is shifted by the gap", () => {
  const zone = createTimeZone("America/New_York");
  const twice = zone.toInstant(local("2025-11-02T01:30:00"));
  expect([twice.at, twice.alternative].map((at) => iso(at ?? 0))).toEqual([
    "2025-11-02T05:30:00",
    "2025-11-02T06:30:00",
  ]);
  const skipped = zone.toInstant(local("2025-03-09T02:30:00"));
  expect(skipped).toMatchObject({ shifted: true, at: local("2025-03-09T07:30:00") });
});

test("an unknown zone is refused by name", () => {
  expect(() => createTimeZone("Mars/Olympus")).toThrow(/"Mars\/Olympus"/);
});

test("days that do not exist are none", () => {
  expect(toDayStart(2025, 2, 29)).toBeNaN();
  expect(toDayStart(2024, 2, 29)).toBe(Date.UTC(2024, 1, 29));
  expect(toDayStart(2025, 13, 1)).toBeNaN();
  expect(readStamp("2025-06-31 10:00:00")).toBeNaN();
  expect(readStamp("2025-06-30 24:00:00")).toBeNaN();
  expect(readStamp("2025-06-30 10:00:00")).toBe(Date.UTC(2025, 5, 30, 10));
});
