import { expect, test } from "vitest";
import { isSameNumber, tailsOf, toWantedNumber } from "../../../../src-main/connectors/pipedrive/phone-match.ts";

const wanted = (number: string) => {
  const known = toWantedNumber(number);
  if (known === undefined) throw new Error(`${number} is no number`);
  return known;
};

test.each([
  "+44 7700 900134",
  "07700 900134",
  "(07700) 900-134",
  "0044 7700 900134",
  "+44 (0)7700 900134",
  "7700 900134",
  "+44.7700.900134",
  "07700900134 ext 12",
  "020 7946 0187 / 07700 900134",
  "07700 900134, home",
])("%s is found by its end and is the same number", (typed) => {
  const known = wanted("+447700900134");
  expect(tailsOf(typed)).toContain(known.tail);
  expect(isSameNumber(typed, known)).toBe(true);
});

test.each(["07700 900135", "+1 7700 900134", "900134", ""])("%s is another number", (typed) => {
  expect(isSameNumber(typed, wanted("+447700900134"))).toBe(false);
});

test("what is no E.164 number is not looked for", () => {
  for (const number of ["ext:204", "999", "", "+1"]) expect(toWantedNumber(number)).toBeUndefined();
});
