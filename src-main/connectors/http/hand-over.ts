import type { Clock } from "../../engine/ports/clock.ts";

/** What is handed over is good for this long, ms. */
const goodForMs = 60_000;

/** What one question has just read, for the next one that would read the same: it gets it once, and not for long. */
export type HandOver<T> = Readonly<{ give(value: T): void; take(): T | undefined }>;

export function createHandOver<T>(clock: Clock): HandOver<T> {
  let held: Readonly<{ value: T; at: number }> | undefined;
  return {
    give: (value) => {
      held = { value, at: clock.monotonic() };
    },
    take: () => {
      const found = held;
      held = undefined;
      return found !== undefined && clock.monotonic() - found.at < goodForMs ? found.value : undefined;
    },
  };
}
