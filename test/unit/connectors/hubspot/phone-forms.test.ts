import { describe, expect, test } from "vitest";
import { findHoldingField } from "../../../../src-main/connectors/hubspot/phone-fields.ts";
import { isSameNumber, type PhoneForms, toPhoneForms } from "../../../../src-main/connectors/hubspot/phone-forms.ts";

function formsOf(number: string): PhoneForms {
  const forms = toPhoneForms(number);
  if (forms === undefined) throw new Error(`${number} is no number`);
  return forms;
}

describe("one number's spellings", () => {
  test("of North America", () => {
    const { nationals, written } = formsOf("+14155551212");
    expect(nationals).toContain("4155551212");
    expect(written).toEqual(
      expect.arrayContaining(["+14155551212", "14155551212", "(415) 555-1212", "415-555-1212", "+1 415 555 1212"]),
    );
  });

  test("of a country with a trunk zero", () => {
    const { nationals, written } = formsOf("+442079460958");
    expect(nationals).toEqual(["2079460958", "02079460958", "442079460958"]);
    expect(written).toEqual(
      expect.arrayContaining([
        "+442079460958",
        "020 7946 0958",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "00442079460958",
      ]),
    );
  });

  test.each(["ext:204", "204", "", "+", "anonymous"])("%j has none", (text) => {
    expect(toPhoneForms(text)).toBeUndefined();
  });
});

describe("whether a typed text is the number", () => {
  test.each([
    "+44 20 7946 0958",
    "020 7946 0958",
    "(020) 7946-0958",
    "+44 (0)20 7946 0958",
    "0044 20 7946 0958",
    "020 7946 0958 ext. 12",
    "020 7946 0000 / 020 7946 0958",
    "tel: +44-20-7946-0958",
  ])("%s", (typed) => {
    expect(isSameNumber(typed, formsOf("+442079460958"))).toBe(true);
  });

  test.each(["+1 207 946 0958", "020 7946 0959", "7946 0958", "", "no phone", "+49 20 7946 0958"])(
    "not %s",
    (typed) => {
      expect(isSameNumber(typed, formsOf("+442079460958"))).toBe(false);
    },
  );
});

describe("the field that holds the number", () => {
  const fields = {
    typed: ["phone", "mobilephone", "reception"],
    searchable: ["hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"],
  };
  const forms = formsOf("+442079460958");

  test("is the typed one, custom fields included", () => {
    expect(findHoldingField(forms, { phone: "1", mobilephone: "020 7946 0958" }, fields)).toBe("mobilephone");
    expect(findHoldingField(forms, { phone: null, reception: "+442079460958" }, fields)).toBe("reception");
  });

  test("is judged by HubSpot's digits where the typed one is masked or hidden", () => {
    const digits = { hs_searchable_calculated_phone_number: "2079460958" };
    expect(findHoldingField(forms, { phone: "+44 ** **** 0958", ...digits }, fields)).toBe("phone");
    expect(findHoldingField(forms, { phone: "", ...digits }, fields)).toBe("phone");
    expect(findHoldingField(forms, { phone: "+12079460958", ...digits }, fields)).toBeUndefined();
  });

  test("is none where HubSpot's country code is another", () => {
    const held = { hs_searchable_calculated_phone_number: "2079460958", hs_calculated_phone_number_country_code: "1" };
    expect(findHoldingField(forms, held, fields)).toBeUndefined();
  });
});

test.each(["00447700900002", "00 44 7700 900002", "07700 900002", "+44 (0)7700 900002"])(
  "%s is the number it stands for, though no register gives its range to a country",
  (typed) => {
    expect(isSameNumber(typed, formsOf("+447700900002"))).toBe(true);
    expect(isSameNumber(typed, formsOf("+447700900003"))).toBe(false);
  },
);
