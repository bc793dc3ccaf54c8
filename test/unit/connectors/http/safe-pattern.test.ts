import { expect, test } from "vitest";
import { isSafePattern } from "../../../../src-main/connectors/http/safe-pattern.ts";

test.each(["^Call", "[A-Z]{2}\\d+", ".*(Inbound).*", "^\\+?\\d{5,15}$", "a|b", "(ab)?c"])(
  "%s can be tried",
  (pattern) => {
    expect(isSafePattern(pattern)).toBe(true);
  },
);

test.each([
  "(a+)+b",
  "(a|aa)+",
  "((a)*)*",
  "(a*)*",
  "a*a*a*b",
  "(?:a+)+",
  "(?=x)",
  "(?<n>x)",
  "(.)\\1",
  "[",
  "x".repeat(201),
  "(a{2,})+",
])("%s is left to the CRM", (pattern) => {
  expect(isSafePattern(pattern)).toBe(false);
});
