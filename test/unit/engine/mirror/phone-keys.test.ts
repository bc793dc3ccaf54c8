import { describe, expect, test } from "vitest";
import { homeCodesOf } from "../../../../src-main/engine/mirror/home-codes.ts";
import { readNational, toPhoneKeys, toWantedNumber } from "../../../../src-main/engine/mirror/phone-keys.ts";

const keysOf = (typed: string): readonly string[] =>
  toPhoneKeys([{ field: "phone", typed }]).map(({ number, isNational }) => `${isNational ? "n" : "+"}${number}`);

describe("the keys of a typed number", () => {
  test.each([
    ["+44 20 7946 0958", ["+442079460958"]],
    ["0044 (0)20 7946 0958", ["+442079460958"]],
    ["+44 (0)20 7946 0958 ext. 12", ["+442079460958"]],
    ["Mobile: +44 7700 900123", ["+447700900123"]],
    ["011 44 20 7946 0958", ["+442079460958"]],
    ["0117 496 0123", ["n1174960123"]],
    ["(020) 7946-0958 x204", ["n2079460958"]],
    ["07700.900123 (private)", ["n7700900123"]],
    ["442079460958", ["n442079460958"]],
    ["+44 20 7946 0958 / +44 20 7946 0959", ["+442079460958", "+442079460959"]],
    ["030 / 901820", ["n30901820"]],
    ["ask at the desk", []],
    ["+44 7", []],
    ["12 34", []],
    ["0000000", []],
    ["", []],
  ])("%s", (typed, keys) => {
    for (const key of keys) expect(keysOf(typed)).toContain(key);
    if (keys.length === 0) expect(keysOf(typed)).toEqual([]);
  });

  test("an E.164 number is looked for under all of them, in its own country's trunk prefix too", () => {
    const keys = (e164: string) =>
      toWantedNumber(e164)?.keys.map(({ number, isNational }) => `${isNational ? "n" : "+"}${number}`);
    expect(keys("+442079460958")).toEqual(["+442079460958", "n2079460958", "n442079460958"]);
    expect(keys("+74951234567")).toEqual(["+74951234567", "n4951234567", "n84951234567", "n74951234567"]);
    expect(toWantedNumber("ext:204")).toBeUndefined();
    expect(toWantedNumber("+999123456789")).toBeUndefined();
  });

  test("a text without a country code is the number only as its own country writes it", () => {
    const wanted = toWantedNumber("+442079460958");
    if (wanted === undefined) throw new Error("it is a number");
    expect(readNational("020 7946 0958 ext. 7", wanted)).toBe("national");
    expect(readNational("2079460958", wanted)).toBe("national");
    expect(readNational("44 20 7946 0958", wanted)).toBe("full");
    expect(readNational("0020 7946 0958", wanted)).toBe("other");
  });
});

test("the house's countries are those of the setting, else of its own numbers, else not known", () => {
  expect([...(homeCodesOf("GB,IE", new Set()) ?? [])]).toEqual(["44", "353"]);
  expect([...(homeCodesOf(undefined, new Set(["+442079460010", "+12125550100"])) ?? [])]).toEqual(["44", "1"]);
  expect(homeCodesOf(undefined, new Set())).toBeNull();
});
