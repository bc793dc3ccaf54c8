/**
 * Wait in ms that a `Retry-After` header asks for, in either form (seconds, or an HTTP date compared with `nowMs`, the
 * server's time where it is known). Undefined where the header is missing or makes no sense; never negative.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) {
    const ms = Math.ceil(Number(text) * 1000);
    return Number.isSafeInteger(ms) ? ms : undefined;
  }
  // HTTP dates start with the day's name; Date.parse alone would also take "5 apples".
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
