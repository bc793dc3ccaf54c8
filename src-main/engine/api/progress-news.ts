import type { SyncProgressView } from "../../../src-shared/ipc/sync-views.ts";
import type { Clock } from "../ports/clock.ts";

/** Allowances come back and days end although nothing was done: whoever shows them hears of the same progress this often, ms. */
const sameAgainMs = 15_000;

/**
 * Tells how far the sync is when that is news. A sync at rest says the same each second, and who listens reads the whole
 * day anew: that alone would keep a PC busy.
 */
export function tellNews(
  clock: Pick<Clock, "monotonic">,
  tell: (progress: SyncProgressView) => void,
): (progress: SyncProgressView) => void {
  let told = "";
  let toldAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const text = JSON.stringify(progress);
    const now = clock.monotonic();
    if (text === told && now - toldAt < sameAgainMs) return;
    told = text;
    toldAt = now;
    tell(progress);
  };
}
