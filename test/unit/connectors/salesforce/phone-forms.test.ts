import { describe, expect, test } from "vitest";
import { isSameNumber, toPhoneForms } from "../../../../src-main/connectors/salesforce/phone-forms.ts";

function formsOf(e164: string) {
  const forms = toPhoneForms(e164);
  if (forms === undefined) throw new Error(`${e164} has no forms`);
  return forms;
}

describe("forms of a number", () => {
  test("search terms are digits as people type them, and the last groups with any character between", () => {
    expect(formsOf("+14155551212").terms).toEqual(["4155551212", "14155551212", "555?1212"]);
    expect(formsOf("+442079460958").terms).toEqual(["2079460958", "442079460958", "02079460958", "7946?0958"]);
  });

  test("spellings are the common ones", () => {
    expect(formsOf("+14155551212").written).toEqual(
      expect.arrayContaining([
        "+14155551212",
        "14155551212",
        "4155551212",
        "(415) 555-1212",
        "415-555-1212",
        "415.555.1212",
      ]),
    );
    expect(formsOf("+442079460958").written).toEqual(
      expect.arrayContaining(["020 7946 0958", "+44 20 7946 0958", "+44 (0)20 7946 0958", "00442079460958"]),
    );
  });

  test("what is no E.164 number has none", () => {
    for (const text of ["ext:204", "204", "", "+"]) expect(toPhoneForms(text)).toBeUndefined();
  });
});

describe("the same number", () => {
  const forms = formsOf("+442079460958");
  test.each([
    "+44 20 7946 0958",
    "020 7946 0958",
    "(020) 7946-0958",
    "00442079460958",
    "0044 20 7946 0958",
    "+44 (0)20 7946 0958",
    "020 7946 0958 ext. 12",
    "020 7946 0958 x12",
    "+442079460958;ext=12",
    "0161 496 0000 / 020 7946 0958",
  ])("%s is it", (typed) => {
    expect(isSameNumber(typed, forms)).toBe(true);
  });

  test.each(["020 7946 0959", "+1 207 946 0958", "7946 0958", "", "reception"])("%s is another", (typed) => {
    expect(isSameNumber(typed, forms)).toBe(false);
  });
});
