/** Backoff of transient failures: exponential with full jitter between `baseMs` and `capMs`, ended by count or age. */
export type RetryPolicy = Readonly<{ baseMs: number; capMs: number; maxAttempts: number; maxAgeMs: number }>;

export const defaultRetryPolicy: RetryPolicy = {
  baseMs: 2_000,
  capMs: 15 * 60_000,
  maxAttempts: 30,
  maxAgeMs: 7 * 24 * 3_600_000,
};

export type RetryAsk = Readonly<{
  /** Attempts spent, this one included; at least 1. */
  attempts: number;
  /** Requests that never left count for the backoff but not for the end: an office without network loses no call. */
  neverLeft?: boolean;
  /** Since the first attempt, ms. */
  ageMs: number;
  /** The vendor's own wait, ms; it wins over our backoff where it is longer. */
  retryAfterMs?: number;
  /** Uniform in [0, 1). */
  random: number;
}>;

/** Wait in ms before the next try, or undefined when the policy gives up. */
export function nextRetryDelay(ask: RetryAsk, policy: RetryPolicy = defaultRetryPolicy): number | undefined {
  if ((ask.attempts >= policy.maxAttempts && ask.neverLeft !== true) || ask.ageMs >= policy.maxAgeMs) return undefined;
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(ask.attempts - 1, 40));
  const jittered = Math.floor(ask.random * ceiling);
  return Math.max(jittered, ask.retryAfterMs ?? 0);
}
