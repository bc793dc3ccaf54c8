import fc from "fast-check";
import { expect, test } from "vitest";
import { fitsPattern, standsInText, toPattern } from "../../src-main/sandbox/core/wildcard.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", " ", "-", "*", "?", "1"), maxLength: 12 });
const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "-", "1"), maxLength: 16 });
const wildcards = { "*": "any", "?": "one" } as const;
const source = (pattern: string) => pattern.replace(/[*?]/g, (wildcard) => (wildcard === "*" ? ".*" : "."));

test("a pattern fits what the regular expression of it matches", () => {
  fc.assert(
    fc.property(letters, text, (pattern, given) => {
      const parts = toPattern(pattern, wildcards);
      expect(fitsPattern(parts, given)).toBe(new RegExp(`^${source(pattern)}$`, "s").test(given));
    }),
    { numRuns: 2000 },
  );
});

test("a pattern stands in a text where the regular expression of it finds whole words", () => {
  fc.assert(
    fc.property(letters, text, (pattern, given) => {
      const words = new RegExp(`(?<![a-z0-9])${source(pattern)}(?![a-z0-9])`, "s");
      expect(standsInText(toPattern(pattern, wildcards), given)).toBe(words.test(given));
    }),
    { numRuns: 2000 },
  );
});

test("a wildcard after a backslash is a character, and a pattern of many wildcards comes to its end", () => {
  expect(fitsPattern(toPattern("50\\%\\x", { "%": "any" }), "50%\\x")).toBe(true);
  expect(fitsPattern(toPattern("%a".repeat(200) + "b", { "%": "any" }), "a".repeat(5000))).toBe(false);
  expect(standsInText(toPattern("a*".repeat(50) + "b", wildcards), "a".repeat(5000))).toBe(false);
});
