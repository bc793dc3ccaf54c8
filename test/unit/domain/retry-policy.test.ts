import { expect, test } from "vitest";
import { defaultRetryPolicy, nextRetryDelay } from "../../../src-shared/domain/retry-policy.ts";

const dayMs = 86_400_000;

test("tries end by their count and by their age, whichever comes first", () => {
  const { maxAttempts, maxAgeMs } = defaultRetryPolicy;
  expect(nextRetryDelay({ attempts: maxAttempts - 1, ageMs: 0, random: 0.5 })).toBeGreaterThan(0);
  expect(nextRetryDelay({ attempts: maxAttempts, ageMs: 0, random: 0.5 })).toBeUndefined();
  expect(nextRetryDelay({ attempts: 1, ageMs: maxAgeMs - 1, random: 0.5 })).toBeDefined();
  expect(nextRetryDelay({ attempts: 1, ageMs: maxAgeMs, random: 0.5 })).toBeUndefined();
});

test("what never left does not end by its count, only by its age", () => {
  expect(nextRetryDelay({ attempts: 5_000, ageMs: 6 * dayMs, random: 0, neverLeft: true })).toBe(0);
  expect(nextRetryDelay({ attempts: 1, ageMs: 7 * dayMs, random: 0, neverLeft: true })).toBeUndefined();
});

test("waits grow up to a quarter of an hour, with full jitter; the vendor's own wait wins where it is longer", () => {
  const longest = (attempts: number) => nextRetryDelay({ attempts, ageMs: 0, random: 0.999_999 }) ?? 0;
  expect([1, 2, 3].map((attempts) => Math.ceil(longest(attempts) / 1_000))).toEqual([2, 4, 8]);
  expect(longest(25)).toBeLessThanOrEqual(defaultRetryPolicy.capMs);
  expect(nextRetryDelay({ attempts: 3, ageMs: 0, random: 0 })).toBe(0);
  expect(nextRetryDelay({ attempts: 3, ageMs: 0, random: 0, retryAfterMs: 90_000 })).toBe(90_000);
});
