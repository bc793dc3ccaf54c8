/** Longest expression that is taken over from a CRM, characters. */
const longest = 200;
/** Parts without an upper bound: the time that a text takes grows with its length to this power. */
const mostUnbounded = 2;

/**
 * Whether an expression that somebody else wrote can be tried on a text of bounded length at little cost: short, without
 * references back or looks ahead, without a repeated group, and with few parts that repeat without end.
 */
export function isSafePattern(pattern: string): boolean {
  if (pattern.length > longest || /\\[1-9k]|\(\?(?!:)/.test(pattern) || /\)[+*{]/.test(pattern)) return false;
  const unbounded = pattern.match(/[^\\][+*]|\{\d+,\}/g) ?? [];
  if (unbounded.length > mostUnbounded) return false;
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
