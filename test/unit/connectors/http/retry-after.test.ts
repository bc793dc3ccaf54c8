import { expect, test } from "vitest";
import { parseRetryAfter } from "../../../../src-main/connectors/http/retry-after.ts";

const now = Date.UTC(2026, 10, 20, 9, 0, 0);

test.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["1.5", 1_500],
  ["Fri, 20 Nov 2026 09:02:00 GMT", 120_000],
  ["Friday, 20-Nov-26 09:02:00 GMT", 120_000],
  ["Fri, 20 Nov 2026 08:00:00 GMT", 0],
  ["-5", undefined],
  ["soon", undefined],
  ["5 apples", undefined],
  ["Fri, once", undefined],
  ["99999999999999999999", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %j is %s ms", (header, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});
