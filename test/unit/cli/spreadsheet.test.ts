import fc from "fast-check";
import { expect, test } from "vitest";
import { toCell, toCsvLine } from "../../../src-main/cli/spreadsheet.ts";

test.each(["=1+2", "+447700900134", "-5", "@SUM(A1)", "\t=1", "\r=1"])(
  "a cell that begins with %j is no formula",
  (text) => {
    expect(toCell(text).replace(/^"/, "")).toMatch(/^'/);
  },
);

test("quotes are doubled, and a cell with a separator or a line break is quoted", () => {
  expect(toCell('say "no", please')).toBe('"say ""no"", please"');
  expect(toCell("two\nlines")).toBe('"two\nlines"');
  expect(toCell("plain")).toBe("plain");
  expect(toCell(null)).toBe("");
  expect(toCell(-5)).toBe("-5");
});

test("no text, whatever it holds, makes a cell that a spreadsheet would run", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      expect(toCell(text).replace(/^"/, "")).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

test("a line ends as RFC 4180 says", () => {
  expect(toCsvLine(["a", 1, null])).toBe("a,1,\r\n");
});
