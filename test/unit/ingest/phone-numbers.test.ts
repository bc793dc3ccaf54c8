import { expect, test } from "vitest";
import { createPhoneNumbers } from "../../../src-main/engine/ingest/numbers/phone-numbers.ts";
import { createTextCache } from "../../../src-main/engine/ingest/numbers/text-cache.ts";

const british = createPhoneNumbers({ region: "GB", outsideLinePrefix: "9", ownNumber: "020 7946 0011" });
const american = createPhoneNumbers({ region: "US", outsideLinePrefix: ["9", "8"] });

test.each([
  ["07700 900123", "+447700900123"],
  ["+44 (0)20 7946 0011", "+442079460011"],
  ["(020) 7946-0011", "+442079460011"],
  ["0033199001299", "+33199001299"],
  ["sip:+447700900123@pbx.example.net", "+447700900123"],
  ["tel:+447700900123", "+447700900123"],
  ['"Test Clinic" <07700900123>', "+447700900123"],
  ["Test Clinic (07700900123)", "+447700900123"],
  ["Test Clinic 07700 900123", "+447700900123"],
  ["07700900123 (mobile)", "+447700900123"],
  ["+447700900123;ext=12", "+447700900123"],
  ["020 7946 0011 x123", "+442079460011"],
  ["02079460011 ext. 123", "+442079460011"],
  ["02079460011#123", "+442079460011"],
  ["\u200e+44\u00a07700\u202f900123", "+447700900123"],
  ["\u0660\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0662\u0663", "+447700900123"],
  ["\uff10\uff17\uff17\uff10\uff10\uff19\uff10\uff10\uff11\uff12\uff13", "+447700900123"],
  ["447700900123", "+447700900123"],
  ["7700900112", "+447700900112"],
  ["999", "999"],
  ["1471", "1471"],
  ["*97", "*97"],
])("%j is %s", (cell, party) => {
  expect(british.toRemote(cell)).toBe(party);
});

const noNumbers = [
  ["", "anonymous", "Anonymous", "private", "unknown", "Withheld", "No Caller ID", "-1", "-2", "0"],
  ["Unterdrückt", "Unbekannt", "Numéro masqué", "Privado", "Oculto", "+266696687", "+7378742833"],
  ["+4477009*****", "########", "4.477E+11", "<anonymous>", "Alice Example"],
];

test.each(noNumbers.flat())("%j is no number", (cell) => {
  expect(british.toRemote(cell)).toBeNull();
});

test("American numbers need no trunk digit and know 011", () => {
  expect(american.toRemote("(202) 555-0188")).toBe("+12025550188");
  expect(american.toRemote("12025550188")).toBe("+12025550188");
  expect(american.toRemote("011493023125220")).toBe("+493023125220");
  expect(american.toRemote("00493023125220")).toBe("+493023125220");
});

test("a vanity number is the digits of its letters, because that is what the telephone dials", () => {
  expect(american.toRemote("1-800-FLOWERS")).toBe("+18003569377");
  expect(american.toRemote("1800FLOWERS")).toBe("+18003569377");
});

test("the outside prefix goes only from what was dialled, and only before a number", () => {
  expect(british.toDialled("907700900123")).toBe("+447700900123");
  expect(british.toDialled("9999")).toBe("999");
  expect(british.toDialled("999")).toBe("999");
  expect(british.toDialled("+447700900123")).toBe("+447700900123");
  expect(american.toDialled("82025550188")).toBe("+12025550188");
  expect(american.toDialled("9112")).toBe("112");
  expect(british.toRemote("907700900123")).toBe("907700900123");
});

test("what has the form of an extension is one only on the own side", () => {
  expect(british.toOwn("204")).toBe("ext:204");
  expect(british.toOwn("Alice Example (204)")).toBe("ext:204");
  expect(british.toOwn("Ext. 204")).toBe("ext:204");
  expect(british.toOwn("204 - Alice")).toBe("ext:204");
  expect(british.toRemote("204")).toBe("204");
  const four = createPhoneNumbers({ region: "GB", extensionLengths: [4] });
  expect(four.isExtension("204")).toBe(false);
  expect(four.isExtension("2041")).toBe(true);
});

test("own numbers are known in any spelling", () => {
  expect(british.isOwnNumber("+44 20 7946 0011")).toBe(true);
  expect(british.isOwnNumber("02079460012")).toBe(false);
});

test("digits that are no possible number stay as dialled, so that nothing looks withheld", () => {
  expect(british.toRemote("123456789012345678")).toBe("123456789012345678");
});

test("an unknown country is refused by name", () => {
  expect(() => createPhoneNumbers({ region: "ZZ" })).toThrow(/"ZZ"/);
});

test("the cache answers as the function does, forgets within bounds and stops storing what never repeats", () => {
  let computed = 0;
  const double = createTextCache((text) => {
    computed += 1;
    return `${text}${text}`;
  });
  for (let round = 0; round < 3; round += 1) for (let at = 0; at < 1000; at += 1) double(`number ${at}`);
  expect(computed).toBe(1000);
  for (let at = 0; at < 200_000; at += 1) expect(double(`once ${at}`)).toBe(`once ${at}once ${at}`);
  expect(computed).toBe(201_000);
});

test("a zero behind the country code is a prefix that was not understood, except where numbers begin with one", () => {
  const french = createPhoneNumbers({ region: "FR", outsideLinePrefix: "0" });
  expect(french.toDialled("0044207946")).toBe("0044207946");
  expect(french.toDialled("00199001234")).toBe("+33199001234");
  expect(createPhoneNumbers({ region: "IT" }).toRemote("06 1234 5678")).toBe("+390612345678");
  expect(createPhoneNumbers({ region: "DE" }).toRemote("+39 06 1234 5678")).toBe("+390612345678");
});
