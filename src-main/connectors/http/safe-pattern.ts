/** Longest expression that is taken over from a CRM, characters. */
const longest = 200;

/**
 * Whether an expression that somebody else wrote can be tried on any text at little cost: short, without references back,
 * and without a repeated group that itself repeats or chooses, as those can take for ever.
 */
export function isSafePattern(pattern: string): boolean {
  if (pattern.length > longest || /\\[1-9k]|\(\?[<=!]/.test(pattern)) return false;
  if (/\([^()]*[+*{|][^()]*\)\s*[+*{]/.test(pattern) || /\)\s*\)\s*[+*{]/.test(pattern)) return false;
  // Two neighbours that repeat without end share a text in too many ways.
  if ((pattern.match(/[^\\][+*]|\{\d+,\d*\}/g) ?? []).length > 3) return false;
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
