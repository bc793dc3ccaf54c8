/** Time as a port, so that tests move it. */
export interface Clock {
  /** Wall time, epoch ms: for what is stored. */
  now(): number;
  /** Monotonic ms since an arbitrary start: for ages within a session. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
