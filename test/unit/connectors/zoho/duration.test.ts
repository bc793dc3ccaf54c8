import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseDurationText,
  toDurationText,
  unitOf,
  unitOfMost,
  type DurationUnit,
} from "../../../../src-main/connectors/zoho/duration.ts";

const units = fc.constantFrom<DurationUnit>("hh:mm", "mm:ss");

test.each([
  [0, "hh:mm", "00:00"],
  [1, "hh:mm", "00:01"],
  [60, "hh:mm", "00:01"],
  [61, "hh:mm", "00:02"],
  [3_600, "hh:mm", "01:00"],
  [1, "mm:ss", "00:01"],
  [183, "mm:ss", "03:03"],
  [7_200, "mm:ss", "120:00"],
] as const)("%i seconds in %s are %s", (seconds, unit, text) => {
  expect(toDurationText(seconds, unit)).toBe(text);
});

test("a text is never shorter than the call, and by less than a unit longer", () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), units, (seconds, unit) => {
      const read = parseDurationText(toDurationText(seconds, unit), unit) ?? -1;
      expect(read).toBeGreaterThanOrEqual(seconds);
      expect(read - seconds).toBeLessThan(unit === "hh:mm" ? 60 : 1);
    }),
  );
});

test("the unit is told by what Zoho counts from a text", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50_000 }), units, (seconds, unit) => {
      const text = toDurationText(seconds, unit);
      expect(unitOf(text, parseDurationText(text, unit) ?? 0)).toBe(unit);
    }),
  );
});

test("nothing, zero and nonsense tell no unit; the most win", () => {
  expect(unitOf("00:00", 0)).toBeUndefined();
  expect(unitOf("5 min", 300)).toBeUndefined();
  expect(unitOf("00:05", 7_777)).toBeUndefined();
  expect(unitOfMost([])).toBeUndefined();
  const hours = { text: "00:05", seconds: 300 };
  const minutes = { text: "00:05", seconds: 5 };
  expect(unitOfMost([minutes, hours, minutes])).toBe("mm:ss");
  expect(unitOfMost([minutes, hours, hours])).toBe("hh:mm");
});
