/** First wait after a death, ms; short, because most are single. */
const firstMs = 250;
const longestMs = 30_000;
/** An engine that ran this long was well: the next death counts as the first. */
export const healthyAfterMs = 60_000;

/** How long to wait before start number `deaths + 1`, ms: 250, 500, 1000 … 30000. */
export const restartDelayMs = (deaths: number): number =>
  Math.min(longestMs, firstMs * 2 ** Math.min(20, Math.max(0, deaths - 1)));
