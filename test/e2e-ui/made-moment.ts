/** Thursday 19 November 2026, 14:31:50 in London, where these tests live. */
export const now = Date.UTC(2026, 10, 19, 14, 31, 50);
export const at = (hours: number, minutes: number, seconds = 0): number =>
  Date.UTC(2026, 10, 19, hours, minutes, seconds);
export const dayMs = 86_400_000;
